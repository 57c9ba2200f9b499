//! Counting requests: by service or operation, and over time. Pure.

use std::collections::{BTreeMap, BTreeSet};

use api::service::{ClassCounts, ServiceMeasure, ServiceSummary};
use api::trace::Class;

use crate::latency::Sketch;

/// How many steps a sparkline has.
pub const TREND_STEPS: usize = 30;

/// A span as far as counting goes.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `service.name`.
    pub service: &'a str,
    /// The span's name.
    pub operation: &'a str,
    /// Whether it is a SERVER or CONSUMER span; the others only say that the service exists.
    pub entry: bool,
    /// Begin, nanoseconds.
    pub start: i64,
    /// Duration, nanoseconds.
    pub duration: i64,
    /// How it went.
    pub class: Class,
    /// `deployment.environment.name`.
    pub environment: Option<&'a str>,
    /// Whether it has faas attributes.
    pub function: bool,
    /// `faas.coldstart`.
    pub cold_start: bool,
}

/// Adds a request to the counts.
pub fn count(counts: &mut ClassCounts, class: Class) {
    match class {
        Class::Ok => counts.ok += 1,
        Class::Error => counts.error += 1,
        Class::Throttle => counts.throttle += 1,
        Class::Fault => counts.fault += 1,
    }
}

#[derive(Debug, Default)]
struct Tally {
    counts: ClassCounts,
    durations: Sketch,
    environments: BTreeSet<String>,
    function: bool,
    cold_starts: u64,
    trend: Vec<u64>,
    fault_trend: Vec<u64>,
}

/// Requests by service, or by operation of one service.
#[derive(Debug)]
pub struct Tallies {
    from: i64,
    to: i64,
    by_operation: bool,
    tallies: BTreeMap<(String, Option<String>), Tally>,
}

impl Tallies {
    /// Nothing yet, over `[from, to)`.
    pub fn over(from: i64, to: i64, by_operation: bool) -> Self {
        Self { from, to, by_operation, tallies: BTreeMap::new() }
    }

    /// Adds a span.
    pub fn add(&mut self, request: &Request<'_>) {
        if self.by_operation && !request.entry {
            return;
        }
        let step = self.step_of(request.start);
        let operation = self.by_operation.then(|| request.operation.to_owned());
        let tally = self.tallies.entry((request.service.to_owned(), operation)).or_insert_with(|| Tally {
            trend: vec![0; TREND_STEPS],
            fault_trend: vec![0; TREND_STEPS],
            ..Tally::default()
        });
        tally.function |= request.function;
        if let Some(environment) = request.environment.filter(|name| !tally.environments.contains(*name)) {
            tally.environments.insert(environment.to_owned());
        }
        if !request.entry {
            return;
        }
        count(&mut tally.counts, request.class);
        tally.durations.add(request.duration);
        tally.cold_starts += u64::from(request.cold_start);
        tally.trend[step] += 1;
        tally.fault_trend[step] += u64::from(request.class == Class::Fault);
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.tallies.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tallies.is_empty()
    }

    /// The lines, most requests first.
    pub fn finish(self) -> Vec<ServiceSummary> {
        let seconds = (self.to - self.from) as f64 / 1e9;
        let line = |((service, operation), tally): ((String, Option<String>), Tally)| ServiceSummary {
            service,
            operation,
            counts: tally.counts,
            rate: tally.counts.total() as f64 / seconds,
            latency: tally.durations.latency(),
            environments: tally.environments.into_iter().collect(),
            function: tally.function,
            cold_starts: tally.cold_starts,
            trend: tally.trend,
            fault_trend: tally.fault_trend,
        };
        let mut lines: Vec<ServiceSummary> = self.tallies.into_iter().map(line).collect();
        // Stable: equal ones stay in order of their names.
        lines.sort_by_key(|line| std::cmp::Reverse(line.counts.total()));
        lines
    }

    fn step_of(&self, start: i64) -> usize {
        let share = (start - self.from).max(0) as f64 / (self.to - self.from).max(1) as f64;
        ((share * TREND_STEPS as f64) as usize).min(TREND_STEPS - 1)
    }
}

/// Requests of one period.
#[derive(Debug, Clone, Default)]
pub struct Period {
    counts: ClassCounts,
    durations: Sketch,
}

impl Period {
    /// Adds a request.
    pub fn add(&mut self, class: Class, duration: i64) {
        count(&mut self.counts, class);
        self.durations.add(duration);
    }

    /// The measure; `None` where there was no request.
    pub fn measure(&self, measure: ServiceMeasure, seconds: f64) -> Option<f64> {
        const NANOS_PER_MILLI: f64 = 1e6;
        let total = self.counts.total();
        if total == 0 {
            return None;
        }
        let percent = |count: u64| count as f64 / total as f64 * 100.0;
        Some(match measure {
            ServiceMeasure::Rate => total as f64 / seconds,
            ServiceMeasure::Requests => total as f64,
            ServiceMeasure::FaultRate => percent(self.counts.fault),
            ServiceMeasure::ErrorRate => percent(self.counts.error),
            ServiceMeasure::ThrottleRate => percent(self.counts.throttle),
            ServiceMeasure::LatencyP50 => self.durations.percentile(50.0) / NANOS_PER_MILLI,
            ServiceMeasure::LatencyP90 => self.durations.percentile(90.0) / NANOS_PER_MILLI,
            ServiceMeasure::LatencyP99 => self.durations.percentile(99.0) / NANOS_PER_MILLI,
        })
    }
}

/// UCUM unit of a measure.
pub fn unit(measure: ServiceMeasure) -> &'static str {
    match measure {
        ServiceMeasure::Rate => "{request}/s",
        ServiceMeasure::Requests => "{request}",
        ServiceMeasure::FaultRate | ServiceMeasure::ErrorRate | ServiceMeasure::ThrottleRate => "%",
        ServiceMeasure::LatencyP50 | ServiceMeasure::LatencyP90 | ServiceMeasure::LatencyP99 => "ms",
    }
}

#[cfg(test)]
mod tests;
