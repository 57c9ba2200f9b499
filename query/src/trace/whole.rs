//! Traces with all their spans, several at once: those that a search finds, or those with these ids.
//!
//! What it promises: the spans of each trace are put together as [`super::assembly`] does it, once each and in pre-order. What
//! it leaves out: what an answer about one trace has besides, its critical path and its linked traces.

use std::collections::HashMap;

use api::trace::{Span, TraceSearch};
use api::{Statistics, Truncation};
use storage::Signal;

use super::assembly::assemble;
use super::matching::{TraceId, is_one_of};
use super::search::{self, Picked};
use crate::config::Config;
use crate::error::Error;
use crate::hex;
use crate::reading::{Conditions, Reading, limit_reached};

/// How many traces may be asked for by their ids at once.
pub const TRACES_BY_ID_MAX: usize = 1_000;

/// Some traces.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeTraces {
    /// Of each its spans in pre-order; the traces in the order of the search, or of the ids. An id that no span has is left out.
    pub traces: Vec<Vec<Span>>,
    /// What was read.
    pub statistics: Statistics,
    /// What is left out.
    pub truncated: Option<Truncation>,
}

/// The traces on the page of a search.
pub(crate) async fn found(
    reading: &mut Reading,
    config: &Config,
    search: &TraceSearch,
    now: i64,
) -> Result<WholeTraces, Error> {
    let Picked { order, found, cut, .. } = search::pick(reading, config, search, now).await?;
    let matched = found.spans;
    let conditions = search::all_spans_of(config, &order);
    let ids: Vec<TraceId> = order.into_iter().map(|(_, id)| id).collect();
    read(reading, config, conditions, &ids, matched, cut).await
}

/// The traces with these ids of 32 hex digits.
pub(crate) async fn by_ids(reading: &mut Reading, config: &Config, ids: &[String]) -> Result<WholeTraces, Error> {
    if ids.len() > TRACES_BY_ID_MAX {
        return Err(Error::invalid(format!("{} traces are asked for; at most {TRACES_BY_ID_MAX} at once", ids.len())));
    }
    let id = |digits: &String| {
        hex::decode_exact::<16>(digits)
            .ok_or_else(|| Error::invalid(format!("{digits:?} is not a trace id; it has 32 hex digits")))
    };
    let ids: Vec<TraceId> = ids.iter().map(id).collect::<Result<_, _>>()?;
    let order: Vec<(i64, TraceId)> = ids.iter().map(|id| (0, *id)).collect();
    let conditions = (!order.is_empty()).then(|| Conditions::default().and(is_one_of(&order)));
    read(reading, config, conditions, &ids, ids.len() as u64, None).await
}

async fn read(
    reading: &mut Reading,
    config: &Config,
    conditions: Option<Conditions>,
    ids: &[TraceId],
    matched: u64,
    mut cut: Option<Truncation>,
) -> Result<WholeTraces, Error> {
    let mut spans: HashMap<String, Vec<Span>> = HashMap::new();
    if let Some(conditions) = conditions {
        let set = reading.promoted();
        let mut rows = reading.whole_rows(Signal::Spans, &conditions).await?;
        let (limit, mut count) = (config.trace_spans_max, 0);
        while let Some(batch) = rows.next().await {
            for span in super::rows::spans(&batch?, &set).into_iter().take(limit.saturating_sub(count)) {
                count += 1;
                spans.entry(span.trace_id.clone()).or_default().push(span);
            }
            if count == limit {
                let message = format!("the traces together have {limit} spans or more; what is beyond is not shown");
                cut = Some(limit_reached(limit, message));
                break;
            }
        }
    }
    let traces = ids.iter().filter_map(|id| Some(assemble(spans.remove(&hex::encode(id))?)?.spans)).collect();
    Ok(WholeTraces { traces, statistics: reading.statistics(matched), truncated: reading.truncation(cut) })
}
