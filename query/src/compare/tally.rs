//! Spans counted by the values of their attributes. Pure.

use std::collections::HashMap;

use api::compare::ComparedSet;
use api::service::ClassCounts;
use api::trace::Class;

use crate::latency::Sketch;

/// So many attributes are told apart.
const KEYS_MAX: usize = 4_000;

/// So many values of an attribute are told apart; further ones count as others.
const VALUES_MAX: usize = 2_000;

/// A longer value is told apart by its begin.
const VALUE_BYTES_MAX: usize = 200;

/// One set.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) spans: u64,
    pub(super) keys: HashMap<String, Values>,
    classes: ClassCounts,
    durations: Sketch,
}

/// The values of an attribute.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Values {
    /// Spans that have the attribute.
    pub(super) present: u64,
    /// How many have which value.
    pub(super) counts: HashMap<String, u64>,
}

impl Tally {
    /// A span; its values follow.
    pub(super) fn span(&mut self, duration_ns: i64, class: Class) {
        self.spans += 1;
        self.durations.add(duration_ns);
        match class {
            Class::Ok => self.classes.ok += 1,
            Class::Error => self.classes.error += 1,
            Class::Throttle => self.classes.throttle += 1,
            Class::Fault => self.classes.fault += 1,
        }
    }

    /// A value of that span.
    pub(super) fn value(&mut self, key: &str, value: &str) {
        if !self.keys.contains_key(key) && self.keys.len() < KEYS_MAX {
            self.keys.insert(key.to_owned(), Values::default());
        }
        let Some(values) = self.keys.get_mut(key) else { return };
        values.present += 1;
        let value = begin(value);
        let is_room = values.counts.len() < VALUES_MAX;
        match values.counts.get_mut(value) {
            Some(count) => *count += 1,
            None if is_room => drop(values.counts.insert(value.to_owned(), 1)),
            None => {}
        }
    }

    pub(super) fn summary(&self) -> ComparedSet {
        ComparedSet {
            spans: self.spans,
            counts: self.classes,
            latency: self.durations.latency(),
            histogram: self.durations.panel(),
        }
    }
}

fn begin(value: &str) -> &str {
    let end = (0..=VALUE_BYTES_MAX.min(value.len())).rev().find(|end| value.is_char_boundary(*end));
    &value[..end.unwrap_or(0)]
}
