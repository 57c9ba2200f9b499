//! Rows that are too old or of the future: refused one by one, and counted.
//!
//! A row older than retention would be removed as soon as it came; one of the future would outlive it, and stands for a
//! clock that is wrong. A function that is told so can be mended; a row that vanishes cannot.

use std::sync::Arc;
use std::time::Duration;

use storage::{Batch, Resource, Retention, Signal};

use crate::limits::Limits;
use crate::reason::{Reason, Refused};

/// How far from now the times of a signal's rows may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Older rows are refused; `None`: those that retention would remove at once. Those are refused in any case.
    pub late_max: Option<Duration>,
    /// Rows further ahead are refused.
    pub future_max: Duration,
}

impl Default for Window {
    /// As late as rows are kept; ahead two hours, as CloudWatch Logs and `PutMetricData` have it.
    fn default() -> Self {
        Self { late_max: None, future_max: Duration::from_secs(2 * 3600) }
    }
}

/// What is named in a refusal.
struct Names {
    field: &'static str,
    late: &'static str,
    kept: &'static str,
    future: &'static str,
}

const SPANS: Names = Names {
    field: "start_time_unix_nano",
    late: "spans_late_max",
    kept: "retention.spans",
    future: "spans_future_max",
};
const LOGS: Names =
    Names { field: "time_unix_nano", late: "logs_late_max", kept: "retention.logs", future: "logs_future_max" };
const METRICS: Names = Names {
    field: "time_unix_nano",
    late: "metrics_late_max",
    kept: "retention.metrics",
    future: "metrics_future_max",
};
/// Of a service that has a rule of its own.
const KEPT_OF_SERVICE: &str = "retention.services";

/// Takes the rows out that are outside of their signal's window.
pub(crate) fn refuse(batch: &mut Batch<'_>, limits: &Limits, now_unix_nano: i64, refused: &mut Refused) {
    let bounds = |signal| Bounds::new(limits, signal, now_unix_nano);
    match batch {
        Batch::Spans(spans) => {
            bounds(Signal::Spans).keep(spans, refused, |span| (&span.resource, span.start_time_unix_nano));
        }
        Batch::Logs(records) => {
            bounds(Signal::Logs).keep(records, refused, |record| (&record.resource, record.time_unix_nano));
        }
        Batch::Metrics(points) => {
            bounds(Signal::Metrics).keep(points, refused, |point| (&point.resource, point.time_unix_nano));
        }
    }
}

/// The bounds of one request's rows.
struct Bounds<'a> {
    window: Window,
    names: Names,
    signal: Signal,
    retention: &'a Retention,
    now_unix_nano: i64,
}

impl<'a> Bounds<'a> {
    fn new(limits: &'a Limits, signal: Signal, now_unix_nano: i64) -> Self {
        let (window, names) = match signal {
            Signal::Spans => (limits.spans_window, SPANS),
            Signal::Logs => (limits.logs_window, LOGS),
            Signal::Metrics => (limits.metrics_window, METRICS),
        };
        Self { window, names, signal, retention: &limits.retention, now_unix_nano }
    }

    /// How old the rows of a resource may be, and what says so.
    fn late_max(&self, resource: &Resource<'_>) -> (Duration, &'static str) {
        let (age, is_of_service) = self.retention.age(self.signal, Some(&resource.service_name));
        match self.window.late_max {
            Some(late_max) if late_max < age => (late_max, self.names.late),
            _ => (age, if is_of_service { KEPT_OF_SERVICE } else { self.names.kept }),
        }
    }

    fn keep<'b, T>(
        &self,
        rows: &mut Vec<T>,
        refused: &mut Refused,
        of_row: impl for<'r> Fn(&'r T) -> (&'r Arc<Resource<'b>>, i64),
    ) {
        let nanoseconds = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
        let newest = self.now_unix_nano.saturating_add(nanoseconds(self.window.future_max));
        // Rows of one resource follow each other.
        let mut of_last: Option<(*const Resource<'b>, i64, Reason)> = None;
        let mut future = 0;
        rows.retain(|row| {
            let (resource, time) = of_row(row);
            let is_same = of_last.is_some_and(|(last, ..)| std::ptr::eq(last, resource.as_ref()));
            if !is_same {
                let (max, limit) = self.late_max(resource);
                let oldest = self.now_unix_nano.saturating_sub(nanoseconds(max));
                of_last =
                    Some((Arc::as_ptr(resource), oldest, Reason::TooLate { field: self.names.field, limit, max }));
            }
            let Some((_, oldest, too_late)) = of_last else { return true };
            if time < oldest {
                refused.add(too_late);
            }
            future += u64::from(time > newest);
            (oldest..=newest).contains(&time)
        });
        let Names { field, future: limit, .. } = self.names;
        refused.add_many(Reason::InTheFuture { field, limit, max: self.window.future_max }, future);
    }
}

#[cfg(test)]
mod tests {
    use storage::{Attributes, Scope};

    use super::*;

    const NOW: i64 = 1_795_435_200_000_000_000;
    const HOUR: i64 = 3_600_000_000_000;

    fn record(time_unix_nano: i64) -> storage::LogRecord<'static> {
        storage::LogRecord {
            resource: Default::default(),
            scope: std::sync::Arc::<Scope<'_>>::default(),
            time_unix_nano,
            observed_time_unix_nano: NOW,
            severity_number: 9,
            severity_text: "".into(),
            event_name: "".into(),
            body: storage::Value::Empty,
            attributes: Attributes::default(),
            dropped_attributes_count: 0,
            trace_id: None,
            span_id: None,
            flags: 0,
        }
    }

    #[test]
    fn the_ends_of_the_window_are_in_it_and_each_side_is_told_apart() {
        let window = Window { late_max: Some(Duration::from_secs(86_400)), ..Window::default() };
        let limits = Limits { logs_window: window, ..Limits::default() };
        let times = [NOW - 24 * HOUR, NOW - 24 * HOUR - 1, NOW, NOW + 2 * HOUR, NOW + 2 * HOUR + 1, i64::MIN, i64::MAX];
        let mut batch = Batch::Logs(times.map(record).to_vec());
        let mut refused = Refused::default();
        refuse(&mut batch, &limits, NOW, &mut refused);
        let Batch::Logs(kept) = batch else { unreachable!() };
        let kept: Vec<i64> = kept.iter().map(|record| record.time_unix_nano).collect();
        assert_eq!(kept, [times[0], times[2], times[3]]);
        assert_eq!(
            refused.message(Signal::Logs),
            "4 log records refused: time_unix_nano is more than 1d ago, the limit logs_late_max (2); time_unix_nano is \
             more than 2h ahead of the server's clock, the limit logs_future_max (2)"
        );
    }

    #[test]
    fn what_retention_would_remove_at_once_is_refused_by_its_name() {
        let of = |service: &str| {
            let resource = Resource { service_name: service.to_owned().into(), ..Resource::default() };
            storage::LogRecord { resource: Arc::new(resource), ..record(NOW - 30 * HOUR) }
        };
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let rule = |service: &str, age| storage::ServiceRetention { service: service.into(), signal: None, age };
        let services = vec![rule("audit", hours(48)), rule("probe", hours(4))];
        let retention = Retention { logs: hours(24), services, ..Retention::default() };
        let limits = Limits { retention, ..Limits::default() };
        let mut batch = Batch::Logs(vec![of("shop"), of("audit"), of("probe"), of("probe")]);
        let mut refused = Refused::default();
        refuse(&mut batch, &limits, NOW, &mut refused);
        let Batch::Logs(kept) = batch else { unreachable!() };
        assert_eq!(kept.iter().map(|record| record.resource.service_name.as_ref()).collect::<Vec<_>>(), ["audit"]);
        assert_eq!(
            refused.message(Signal::Logs),
            "3 log records refused: time_unix_nano is more than 1d ago, the limit retention.logs (1); time_unix_nano is \
             more than 4h ago, the limit retention.services (2)"
        );
        let window = Window { late_max: Some(hours(40)), ..Window::default() };
        let limits = Limits { logs_window: window, ..limits };
        let mut batch = Batch::Logs(vec![of("audit"), of("shop")]);
        refuse(&mut batch, &limits, NOW, &mut Refused::default());
        assert_eq!(batch.len(), 1, "what is taken is never longer than what is kept");
    }
}
