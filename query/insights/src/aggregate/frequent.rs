//! Which values are most frequent: exact up to [`KEPT_MAX`] distinct values; beyond, rare ones are dropped now and then, so
//! that a count may be too low by at most [`Frequent::error`].

use super::bytes::{Bytes, write_all};
use std::collections::HashMap;
use std::sync::Arc;

use crate::value::{Value, order};

/// Distinct values kept for sure.
pub const KEPT_MAX: usize = 50_000;

/// The counts so far.
#[derive(Debug, Clone, Default)]
pub struct Frequent {
    counts: HashMap<Arc<str>, (Value, u64)>,
    error: u64,
    bytes: usize,
}

impl Frequent {
    /// Takes a value that is there so many times. Values of the same text are the same.
    pub fn add(&mut self, value: &Value, times: u64) {
        let Some(text) = value.as_text() else { return };
        if let Some((_, count)) = self.counts.get_mut(&text) {
            *count = count.saturating_add(times);
            return;
        }
        self.bytes += 2 * text.len() + 64;
        self.counts.insert(text, (value.clone(), times));
        if self.counts.len() > 2 * KEPT_MAX {
            self.drop_rare();
        }
    }

    /// Takes the counts of another.
    pub fn merge(&mut self, other: &Self) {
        self.error = self.error.saturating_add(other.error);
        other.counts.values().for_each(|(value, count)| self.add(value, *count));
    }

    /// The most frequent values, and how often each is there; of equal counts, in natural order.
    pub fn top(&self, k: usize) -> Vec<(Value, u64)> {
        let mut all: Vec<&(Value, u64)> = self.counts.values().collect();
        all.sort_by(|a, b| by_count(a, b));
        all.into_iter().take(k).cloned().collect()
    }

    /// By how much a count may be too low.
    pub fn error(&self) -> u64 {
        self.error
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn drop_rare(&mut self) {
        let mut all: Vec<(Arc<str>, (Value, u64))> = self.counts.drain().collect();
        all.sort_by(|a, b| by_count(&a.1, &b.1));
        let dropped = all.get(KEPT_MAX).map_or(0, |(_, (_, count))| *count);
        self.error = self.error.saturating_add(dropped);
        all.truncate(KEPT_MAX);
        self.bytes = all.iter().map(|(text, _)| 2 * text.len() + 64).sum();
        self.counts = all.into_iter().collect();
    }
}

fn by_count(a: &(Value, u64), b: &(Value, u64)) -> std::cmp::Ordering {
    // The last comparison tells `1` from `1.0`.
    b.1.cmp(&a.1).then_with(|| order::natural(&a.0, &b.0)).then_with(|| a.0.to_string().cmp(&b.0.to_string()))
}

impl Bytes for Frequent {
    fn write(&self, bytes: &mut Vec<u8>) {
        write_all(self.counts.values(), self.counts.len(), bytes);
        self.error.write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let counts: Vec<(Value, u64)> = Vec::read(bytes)?;
        let mut frequent = Self { error: u64::read(bytes)?, ..Self::default() };
        counts.iter().for_each(|(value, count)| frequent.add(value, *count));
        Some(frequent)
    }
}
