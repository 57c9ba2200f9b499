//! One trace by its id, without a range of time: the index of each segment says whether and where it has spans of it.

use api::trace::{LinkedTrace, Span, TraceAnswer};
use api::{Nanos, Truncation};
use arrow::array::ListArray;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::scalar::ScalarValue;
use storage::Signal;

use super::assembly::{Assembled, assemble};
use crate::columns::Columns;
use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::find::Rows;
use crate::reading::{Conditions, Reading, limit_reached};
use crate::{function, hex};

/// The trace with this id.
pub(crate) async fn answer(reading: &mut Reading, config: &Config, digits: &str) -> Result<TraceAnswer, Error> {
    let id = hex::decode_exact::<16>(digits.trim())
        .ok_or_else(|| Error::invalid(format!("{digits:?} is not a trace id; it has 32 hex digits")))?;
    // They are read while the spans are.
    let records = reading.rows(Signal::Logs, &Conditions::default().and(is_trace(&id)), &["trace_id"]).await?;
    let (spans, cut) = read(reading, config, &id).await?;
    let matched = spans.len() as u64;
    let Some(trace) = assemble(spans) else {
        let missing = reading.truncation(None).map(|missing| missing.message);
        let error = Error::new(
            ErrorKind::NotFound,
            format!("there is no trace {digits}; it may be older than the retention, or not sampled"),
        );
        return Err(Error { hint: missing, ..error });
    };
    let linked_traces = linked(reading, config, &id, &trace).await?;
    let cut = cut.or_else(|| {
        let limit = config.linked_traces_max;
        let full = linked_traces.len() >= limit;
        full.then(|| limit_reached(limit, format!("{limit} linked traces are shown; there may be more")))
    });
    let log_count = count(records).await?;
    Ok(TraceAnswer {
        trace_id: hex::encode(&id),
        start_time_unix_nano: Nanos(trace.start_unix_nano),
        duration_ns: trace.duration_ns,
        class: trace.class,
        root_span_id: trace.root_span_id,
        spans: trace.spans,
        critical_path: trace.critical_path,
        orphan_span_ids: trace.orphan_span_ids,
        linked_traces,
        log_count,
        statistics: reading.statistics(matched),
        truncated: reading.truncation(cut),
    })
}

async fn read(reading: &mut Reading, config: &Config, id: &[u8]) -> Result<(Vec<Span>, Option<Truncation>), Error> {
    let conditions = Conditions::default().and(is_trace(id));
    let set = reading.promoted();
    let mut rows = reading.whole_rows(Signal::Spans, &conditions).await?;
    let mut spans = Vec::new();
    let limit = config.trace_spans_max;
    while let Some(batch) = rows.next().await {
        spans.extend(super::rows::spans(&batch?, &set));
        if spans.len() > limit {
            spans.truncate(limit);
            let message =
                format!("the trace has more than {limit} spans; the others are not shown (ask for them with SQL)");
            return Ok((spans, Some(limit_reached(limit, message))));
        }
    }
    Ok((spans, None))
}

fn is_trace(id: &[u8]) -> Expr {
    col("trace_id").eq(lit(ScalarValue::Binary(Some(id.to_vec()))))
}

/// Upstream from the links of these spans; downstream from spans that begin while the trace runs, or some time after.
async fn linked(
    reading: &mut Reading,
    config: &Config,
    id: &[u8],
    trace: &Assembled,
) -> Result<Vec<LinkedTrace>, Error> {
    let mut linked: Vec<LinkedTrace> = Vec::new();
    let own = hex::encode(id);
    let add = |found: LinkedTrace, linked: &mut Vec<LinkedTrace>| {
        if found.trace_id != own && linked.len() < config.linked_traces_max && !linked.contains(&found) {
            linked.push(found);
        }
    };
    for span in &trace.spans {
        for link in &span.links {
            let (trace_id, span_id) = (link.trace_id.clone(), link.span_id.clone());
            add(LinkedTrace { trace_id, span_id, local_span_id: span.span_id.clone(), upstream: true }, &mut linked);
        }
    }
    let window = i64::try_from(config.downstream_window.as_nanos()).unwrap_or(i64::MAX);
    let end = trace.start_unix_nano.saturating_add(trace.duration_ns).saturating_add(window);
    let conditions =
        Conditions::in_range(Signal::Spans, trace.start_unix_nano, end).and(function::links_to(col("links"), id));
    let rows = reading.rows(Signal::Spans, &conditions, &["trace_id", "span_id", "links"]).await?;
    rows.each(|batch| {
        let columns = Columns(batch);
        let (trace_id, span_id) = (columns.id("trace_id"), columns.id("span_id"));
        let links = columns.of::<ListArray>("links");
        for row in 0..batch.num_rows() {
            let Some(structs) = links.structs(row) else { continue };
            let to_trace = crate::columns::field::<arrow::array::BinaryArray>(&structs, "trace_id");
            let to_span = crate::columns::field::<arrow::array::BinaryArray>(&structs, "span_id");
            for at in (0..arrow::array::Array::len(&structs)).filter(|&at| to_trace.get(at) == Some(id)) {
                let found = LinkedTrace {
                    trace_id: trace_id.hex(row).unwrap_or_default(),
                    span_id: span_id.hex(row).unwrap_or_default(),
                    local_span_id: to_span.hex(at).unwrap_or_default(),
                    upstream: false,
                };
                add(found, &mut linked);
            }
        }
        Ok(())
    })
    .await?;
    Ok(linked)
}

async fn count(rows: Rows) -> Result<u64, Error> {
    let mut count = 0;
    rows.each(|batch| {
        count += batch.num_rows() as u64;
        Ok(())
    })
    .await?;
    Ok(count)
}
