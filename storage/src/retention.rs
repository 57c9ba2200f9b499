//! Which rows have had their time. Pure.
//!
//! A rule is looked at once all rows of a segment are older than it says: whole segments go, and where only some services'
//! rows have had their time the segment is rewritten without them, once for each rule.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arrow::array::{AsArray, BooleanArray, RecordBatch};

use crate::row::Signal;
use crate::segment::Segment;

/// For how long rows are kept, by the time that they carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Spans of every service that has no rule of its own.
    pub spans: Duration,
    /// Log records, likewise.
    pub logs: Duration,
    /// Metric points, likewise.
    pub metrics: Duration,
    /// Rules of services.
    pub services: Vec<ServiceRetention>,
}

/// For how long the rows of one service are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRetention {
    /// `service.name`.
    pub service: String,
    /// Of which signal; `None`: of each that has no rule of its own for this service.
    pub signal: Option<Signal>,
    /// How long.
    pub age: Duration,
}

impl Default for Retention {
    /// Traces and logs 30 days, as X-Ray keeps traces; metrics 15 months (455 days), as CloudWatch does.
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 86_400);
        Self { spans: days(30), logs: days(30), metrics: days(455), services: Vec::new() }
    }
}

impl Retention {
    /// How long the rows of a service are kept, and whether by a rule of its own.
    pub fn age(&self, signal: Signal, service: Option<&str>) -> (Duration, bool) {
        let own = service.and_then(|service| self.of(signal, service));
        own.map_or_else(|| (self.default_of(signal), false), |age| (age, true))
    }

    /// The age for a service.
    fn of(&self, signal: Signal, service: &str) -> Option<Duration> {
        let of_service = self.services.iter().filter(|rule| rule.service == service);
        let fitting = of_service.filter(|rule| rule.signal.is_none_or(|of| of == signal));
        fitting.max_by_key(|rule| rule.signal.is_some()).map(|rule| rule.age)
    }

    /// The age where a service has no rule of its own.
    fn default_of(&self, signal: Signal) -> Duration {
        match signal {
            Signal::Spans => self.spans,
            Signal::Logs => self.logs,
            Signal::Metrics => self.metrics,
        }
    }
}

/// The rules for one table.
#[derive(Debug)]
pub(crate) struct Rules {
    default: Duration,
    services: BTreeMap<String, Duration>,
}

/// What is to be done about a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    /// All of its rows have had their time, by this rule; `None`: by several, and which rows by which is not known.
    Remove(Option<String>),
    /// Rows of some services have; see [`Rules::keep`]. The names of all rules that are then done, for
    /// [`Segment::expired`].
    Rewrite(Vec<String>),
}

impl Rules {
    pub(crate) fn new(retention: &Retention, signal: Signal) -> Self {
        let names: HashSet<&String> = retention.services.iter().map(|rule| &rule.service).collect();
        let services = names.into_iter().filter_map(|name| Some((name.clone(), retention.of(signal, name)?))).collect();
        Self { default: retention.default_of(signal), services }
    }

    /// The names of all of them, as they are in [`Segment::expired`].
    pub(crate) fn names(&self) -> Vec<String> {
        self.services.keys().map(|service| of_service(service)).chain([DEFAULT.to_owned()]).collect()
    }

    /// What to do about a segment at this time.
    pub(crate) fn verdict(&self, segment: &Segment, now_unix_nano: i64) -> Verdict {
        let is_over = |age: Duration| {
            let age_us = i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
            segment.time_max_us < (now_unix_nano / 1000).saturating_sub(age_us)
        };
        let possible: Vec<(&String, Duration)> = self
            .services
            .iter()
            .filter(|(service, _)| {
                segment.service_min.as_ref().is_none_or(|min| min <= *service)
                    && segment.service_max.as_ref().is_none_or(|max| *service <= max)
            })
            .map(|(service, age)| (service, *age))
            .collect();
        let one_service = segment.service_min.is_some() && segment.service_min == segment.service_max;
        let has_default = !(one_service && possible.len() == 1);
        let mut ages = possible.iter().map(|(_, age)| *age).chain(has_default.then_some(self.default));
        let is_all = ages.all(is_over);
        let services = possible.iter().filter(|(_, age)| is_over(*age)).map(|(service, _)| of_service(service));
        let default = (has_default && is_over(self.default)).then(|| DEFAULT.to_owned());
        let over: Vec<String> = services.chain(default).collect();
        if is_all {
            // Of a rule that is done no row is left.
            let mut left = over.into_iter().filter(|rule| !segment.expired.contains(rule));
            return Verdict::Remove(left.next().filter(|_| left.next().is_none()));
        }
        if over.iter().all(|rule| segment.expired.contains(rule)) {
            return Verdict::Keep;
        }
        let mut all = segment.expired.clone();
        all.extend(over.into_iter().filter(|rule| !segment.expired.contains(rule)));
        Verdict::Rewrite(all)
    }

    /// Says of each row of a batch whether it stays when these rules are done, and counts those that do not.
    pub(crate) fn keep(
        &self,
        expired: &[String],
        counts: &Arc<Mutex<ExpiredRows>>,
    ) -> impl Fn(&RecordBatch) -> BooleanArray + Send + use<> {
        let rule = |name: String| (!expired.contains(&name), name);
        let own: BTreeMap<String, (bool, String)> =
            self.services.keys().map(|service| (service.clone(), rule(of_service(service)))).collect();
        let others = rule(DEFAULT.to_owned());
        let counts = counts.clone();
        move |batch| {
            let services = batch.column_by_name("service_name").expect("every table has a service").as_string::<i32>();
            let rules = services.iter().map(|service| service.and_then(|service| own.get(service)).unwrap_or(&others));
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            rules
                .map(|(stays, name)| {
                    if !stays {
                        counts.add(name, 1);
                    }
                    Some(*stays)
                })
                .collect()
        }
    }
}

/// How many rows a table's rules have removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ExpiredRows(BTreeMap<String, u64>);

impl ExpiredRows {
    /// None by each of these rules.
    pub(crate) fn none(rules: impl IntoIterator<Item = String>) -> Self {
        Self(rules.into_iter().map(|rule| (rule, 0)).collect())
    }

    /// So many rows by one rule; where it is not known by which, by that of the signal.
    pub(crate) fn of(rule: Option<&str>, rows: u64) -> Self {
        Self(BTreeMap::from([(rule.unwrap_or(DEFAULT).to_owned(), rows)]))
    }

    /// Adds to what a rule has removed.
    pub(crate) fn add(&mut self, rule: &str, rows: u64) {
        match self.0.get_mut(rule) {
            Some(count) => *count += rows,
            None => drop(self.0.insert(rule.to_owned(), rows)),
        }
    }

    /// Adds others, where there are any.
    pub(crate) fn extend_by(&mut self, others: Option<&Self>) {
        others.into_iter().flat_map(Self::iter).for_each(|(rule, rows)| self.add(rule, rows));
    }

    /// The rows of one rule.
    pub(crate) fn rows(&self, rule: &str) -> u64 {
        self.0.get(rule).copied().unwrap_or(0)
    }

    /// Every rule and its rows.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(rule, rows)| (rule.as_str(), *rows))
    }

    /// The rows of all rules.
    pub(crate) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The services that have rules of their own, and their rows.
    pub(crate) fn by_service(&self) -> Vec<(String, u64)> {
        let services =
            self.0.iter().filter_map(|(rule, rows)| Some((rule.strip_prefix(OF_SERVICE)?.to_owned(), *rows)));
        services.collect()
    }
}

const DEFAULT: &str = "signal";
const OF_SERVICE: &str = "service:";

fn of_service(service: &str) -> String {
    format!("{OF_SERVICE}{service}")
}

#[cfg(test)]
mod tests;
