//! Which rows have had their time. Pure.
//!
//! A rule is looked at once all rows of a segment are older than it says: whole segments go, and where only some services'
//! rows have had their time the segment is rewritten without them, once for each rule.

use std::collections::{BTreeMap, HashSet};
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
    /// All of its rows have had their time.
    Remove,
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
        if ages.all(is_over) {
            return Verdict::Remove;
        }
        let services = possible.iter().filter(|(_, age)| is_over(*age)).map(|(service, _)| of_service(service));
        let default = (has_default && is_over(self.default)).then(|| DEFAULT.to_owned());
        let over: Vec<String> = services.chain(default).collect();
        if over.iter().all(|rule| segment.expired.contains(rule)) {
            return Verdict::Keep;
        }
        let mut all = segment.expired.clone();
        all.extend(over.into_iter().filter(|rule| !segment.expired.contains(rule)));
        Verdict::Rewrite(all)
    }

    /// Says of each row of a batch whether it stays when these rules are done.
    pub(crate) fn keep(&self, expired: &[String]) -> impl Fn(&RecordBatch) -> BooleanArray + Send + use<> {
        let own: BTreeMap<String, bool> =
            self.services.keys().map(|service| (service.clone(), !expired.contains(&of_service(service)))).collect();
        let others = !expired.iter().any(|rule| rule == DEFAULT);
        move |batch| {
            let services = batch.column_by_name("service_name").expect("every table has a service").as_string::<i32>();
            services
                .iter()
                .map(|service| Some(service.and_then(|service| own.get(service)).copied().unwrap_or(others)))
                .collect()
        }
    }
}

const DEFAULT: &str = "signal";

fn of_service(service: &str) -> String {
    format!("service:{service}")
}

#[cfg(test)]
mod tests;
