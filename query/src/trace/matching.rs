//! The traces of which a span meets the conditions of a search, the newest first.

use std::collections::{HashMap, HashSet};

use api::Truncation;
use arrow::array::RecordBatch;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::scalar::ScalarValue;
use storage::Signal;

use super::summary::Matched;
use crate::columns::Columns;
use crate::config::Config;
use crate::error::Error;
use crate::find::Nearest;
use crate::reading::{Conditions, Reading, limit_reached};

pub(super) type TraceId = [u8; 16];

/// Matching spans by trace.
pub(super) struct Found {
    /// Of each trace its newest one, and how many.
    pub(super) traces: HashMap<TraceId, Matched>,
    /// Matching spans that were seen.
    pub(super) spans: u64,
    pub(super) cut: Option<Truncation>,
    /// All segments of the range were read.
    pub(super) is_all: bool,
}

impl Found {
    /// Before the first row.
    pub(super) fn nothing() -> Self {
        Self { traces: HashMap::new(), spans: 0, cut: None, is_all: true }
    }
}

/// Spans that are looked through before it is asked whether there are enough; twice as many each time.
pub(super) const WAVE_ROWS: u64 = 128 << 10;

type Callers = HashSet<(TraceId, [u8; 8])>;

/// The traces with matching spans, until there are enough that are newer than all that is left: `is_enough` says it for a
/// time in nanoseconds that nothing to come is later than.
pub(super) async fn newest(
    reading: &mut Reading,
    config: &Config,
    conditions: &Conditions,
    callers: Option<&Callers>,
    is_enough: impl Fn(&HashMap<TraceId, Matched>, i64) -> bool,
) -> Result<Found, Error> {
    let columns = ["trace_id", "span_id", "start_time", "start_time_ns"];
    let (mut search, columns) = reading.search(Signal::Spans, conditions, Nearest::Newest, &columns).await?;
    let mut found = Found::nothing();
    let limit = config.search_traces_max;
    let mut floor = i64::MIN;
    let mut rows = WAVE_ROWS;
    loop {
        let pieces = search.next(rows).await;
        if pieces.is_empty() {
            return Ok(found);
        }
        let read = search.read(pieces, &columns, None);
        read.each(|batch| {
            add_matches(batch, callers, floor, &mut found);
            if found.traces.len() > limit {
                floor = keep_newest(&mut found.traces, limit / 2);
                let message =
                    format!("more than {limit} traces match; the oldest of them are left out: choose a shorter range");
                found.cut = Some(limit_reached(limit, message));
            }
            Ok(())
        })
        .await?;
        let latest = search.bound().map(|bound| bound.saturating_mul(1_000).saturating_add(999));
        if latest.is_some_and(|latest| is_enough(&found.traces, latest)) {
            found.is_all = false;
            return Ok(found);
        }
        rows = rows.saturating_mul(2);
    }
}

pub(super) fn add_matches(batch: &RecordBatch, callers: Option<&Callers>, floor: i64, found: &mut Found) {
    let columns = Columns(batch);
    let (trace_id, span_id, start) = (columns.id("trace_id"), columns.id("span_id"), columns.time("start_time"));
    for row in 0..batch.num_rows() {
        let (Some(trace), Some(span)) = (trace_id.exact::<16>(row), span_id.exact::<8>(row)) else { continue };
        let start = start.or_zero(row);
        if start < floor || callers.is_some_and(|callers| !callers.contains(&(trace, span))) {
            continue;
        }
        found.spans += 1;
        let matched = found.traces.entry(trace).or_insert(Matched { start, span_id: span, spans: 0 });
        matched.spans += 1;
        if (start, span) > (matched.start, matched.span_id) {
            (matched.start, matched.span_id) = (start, span);
        }
    }
}

/// Counts all matching spans of the traces on a page: their older ones may not have been read yet.
pub(super) async fn count(
    reading: &mut Reading,
    conditions: Conditions,
    callers: Option<&Callers>,
    order: &[(i64, TraceId)],
    traces: &mut HashMap<TraceId, Matched>,
) -> Result<(), Error> {
    if order.is_empty() {
        return Ok(());
    }
    for (_, id) in order {
        traces.entry(*id).and_modify(|matched| matched.spans = 0);
    }
    let rows = reading.rows(Signal::Spans, &conditions.and(is_one_of(order)), &["trace_id", "span_id"]).await?;
    rows.each(|batch| {
        let columns = Columns(batch);
        let (trace_id, span_id) = (columns.id("trace_id"), columns.id("span_id"));
        for row in 0..batch.num_rows() {
            let (Some(trace), Some(span)) = (trace_id.exact::<16>(row), span_id.exact::<8>(row)) else { continue };
            if callers.is_none_or(|callers| callers.contains(&(trace, span))) {
                traces.entry(trace).and_modify(|matched| matched.spans += 1);
            }
        }
        Ok(())
    })
    .await
}

/// `trace_id IN (…)`.
pub(super) fn is_one_of(traces: &[(i64, TraceId)]) -> Expr {
    let ids = traces.iter().map(|(_, id)| lit(ScalarValue::Binary(Some(id.to_vec())))).collect();
    col("trace_id").in_list(ids, false)
}

/// Lets the oldest go; answers the begin of the oldest that is kept.
fn keep_newest(traces: &mut HashMap<TraceId, Matched>, keep: usize) -> i64 {
    let mut starts: Vec<i64> = traces.values().map(|matched| matched.start).collect();
    let at = starts.len().saturating_sub(keep.max(1));
    let (_, floor, _) = starts.select_nth_unstable(at);
    let floor = *floor;
    traces.retain(|_, matched| matched.start >= floor);
    floor
}
