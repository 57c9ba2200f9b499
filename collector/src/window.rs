//! Rows that are too old or of the future: refused one by one, and counted.
//!
//! A row older than retention would be removed as soon as it came; one of the future would outlive it, and stands for a
//! clock that is wrong. A function that is told so can be mended; a row that vanishes cannot.

use std::time::Duration;

use storage::Batch;

use crate::limits::Limits;
use crate::reason::{Reason, Refused};

/// How far from now the times of a signal's rows may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Older rows are refused.
    pub late_max: Duration,
    /// Rows further ahead are refused.
    pub future_max: Duration,
}

impl Window {
    /// Ahead: two hours, as CloudWatch Logs and `PutMetricData` have it.
    pub(crate) fn of_days(days: u64) -> Self {
        Self { late_max: Duration::from_secs(days * 86_400), future_max: Duration::from_secs(2 * 3600) }
    }
}

/// What is named in a refusal.
struct Names {
    field: &'static str,
    late: &'static str,
    future: &'static str,
}

/// Takes the rows out that are outside of their signal's window.
pub(crate) fn refuse(batch: &mut Batch<'_>, limits: &Limits, now_unix_nano: i64, refused: &mut Refused) {
    match batch {
        Batch::Spans(spans) => {
            let names = Names { field: "start_time_unix_nano", late: "spans_late_max", future: "spans_future_max" };
            keep(spans, limits.spans_window, &names, now_unix_nano, refused, |span| span.start_time_unix_nano);
        }
        Batch::Logs(records) => {
            let names = Names { field: "time_unix_nano", late: "logs_late_max", future: "logs_future_max" };
            keep(records, limits.logs_window, &names, now_unix_nano, refused, |record| record.time_unix_nano);
        }
        Batch::Metrics(points) => {
            let names = Names { field: "time_unix_nano", late: "metrics_late_max", future: "metrics_future_max" };
            keep(points, limits.metrics_window, &names, now_unix_nano, refused, |point| point.time_unix_nano);
        }
    }
}

fn keep<T>(
    rows: &mut Vec<T>,
    window: Window,
    names: &Names,
    now_unix_nano: i64,
    refused: &mut Refused,
    time: impl Fn(&T) -> i64,
) {
    let nanoseconds = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    let oldest = now_unix_nano.saturating_sub(nanoseconds(window.late_max));
    let newest = now_unix_nano.saturating_add(nanoseconds(window.future_max));
    let (mut late, mut future) = (0, 0);
    rows.retain(|row| {
        let time = time(row);
        late += u64::from(time < oldest);
        future += u64::from(time > newest);
        (oldest..=newest).contains(&time)
    });
    let field = names.field;
    refused.add_many(Reason::TooLate { field, limit: names.late, max: window.late_max }, late);
    refused.add_many(Reason::InTheFuture { field, limit: names.future, max: window.future_max }, future);
}

#[cfg(test)]
mod tests {
    use storage::{Attributes, Scope, Signal};

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
        let limits = Limits { logs_window: Window::of_days(1), ..Limits::default() };
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
}
