//! The search for traces: the newest ones of which a span meets all the conditions.
//!
//! The first read takes the ids and begins of matching spans, the newest segments first, and keeps, for each trace, its
//! newest one; a page is a piece of that order. It ends as soon as what is left can only be older than the page. Where it
//! ended early the second one counts the matches of the traces on the page. The last one takes all spans of these traces.

use std::collections::{HashMap, HashSet};

use api::trace::{TracePage, TraceSearch, TraceSummary};
use api::{Nanos, Truncation};
use arrow::array::RecordBatch;
use datafusion::logical_expr::{Expr, col, lit};
use storage::Signal;
use storage::promoted::PromotedSet;

use super::filtered;
use super::matching::{self, TraceId, is_one_of};
use super::rows::{OUTCOME_COLUMNS, Outcomes};
use super::summary::{Brief, Matched, summarize};
use crate::columns::Columns;
use crate::config::Config;
use crate::cursor::{self, Cursor};
use crate::error::Error;
use crate::reading::{Conditions, Reading, limit_reached};
use crate::text::TextQuery;
use crate::{class, function, graph};

pub(super) const PAGE_DEFAULT: u32 = 50;
pub(super) const PAGE_MAX: u32 = 1_000;
const KINDS: [&str; 6] = ["unspecified", "internal", "server", "client", "producer", "consumer"];

/// A page of traces.
pub(crate) async fn page(
    reading: &mut Reading,
    config: &Config,
    search: &TraceSearch,
    now: i64,
) -> Result<TracePage, Error> {
    if !search.filter.is_empty() {
        return filtered::page(reading, config, search, now).await;
    }
    let Picked { order, mut found, callers, conditions, next, cut } = pick(reading, config, search, now).await?;
    if !found.is_all {
        matching::count(reading, conditions, callers.as_ref(), &order, &mut found.traces).await?;
    }
    let traces = summaries(reading, config, &order, &found.traces).await?;
    Ok(TracePage {
        traces,
        cursor: next,
        statistics: reading.statistics(found.spans),
        truncated: reading.truncation(cut),
    })
}

/// Which traces are on a page.
pub(super) struct Picked {
    /// Begin of the newest matching span, and the trace, the newest first.
    pub(super) order: Vec<(i64, TraceId)>,
    /// What matched, of these and of others.
    pub(super) found: matching::Found,
    callers: Option<HashSet<(TraceId, [u8; 8])>>,
    conditions: Conditions,
    /// Where the next page begins.
    next: Option<String>,
    /// What was left out, or that there are more.
    pub(super) cut: Option<Truncation>,
}

/// Chooses the traces of a page.
pub(super) async fn pick(
    reading: &mut Reading,
    config: &Config,
    search: &TraceSearch,
    now: i64,
) -> Result<Picked, Error> {
    if !search.filter.is_empty() {
        return Err(Error::invalid("a filter expression cannot be used here: leave out `filter`"));
    }
    let size = page_size(search.limit, PAGE_DEFAULT, PAGE_MAX)?;
    let question = cursor::question(search);
    let cursor = Cursor::of(search.cursor.as_deref(), question)?;
    let (from, to) = match cursor {
        Some(cursor) => (cursor.from, cursor.to),
        None => search.range.resolve(now).map_err(Error::invalid)?,
    };
    let callers = match &search.callee {
        Some(callee) => Some(graph::callers_of(reading, config, callee, from, to).await?),
        None => None,
    };
    let conditions = conditions(&reading.promoted(), search, from, to)?;
    let beyond = |start: i64, id: &TraceId| {
        cursor.is_none_or(|cursor| (start, u128::from_be_bytes(*id)) < (cursor.time, cursor.tie))
    };
    let is_enough = |traces: &HashMap<TraceId, Matched>, after: i64| {
        let certain = traces.iter().filter(|(id, matched)| matched.start > after && beyond(matched.start, id));
        certain.count() > size
    };
    let mut found = matching::newest(reading, config, &conditions, callers.as_ref(), is_enough).await?;
    let mut order: Vec<(i64, TraceId)> = found.traces.iter().map(|(id, matched)| (matched.start, *id)).collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    order.retain(|(start, id)| beyond(*start, id));
    let more = order.len() > size;
    order.truncate(size);
    let next = order.last().filter(|_| more).map(|(start, id)| {
        Cursor { question, from, to, time: *start, tie: u128::from_be_bytes(*id), same: 1 }.encode()
    });
    let cut = found.cut.take().or_else(|| {
        more.then(|| limit_reached(size, format!("{size} traces a page; `cursor` is where the next page begins")))
    });
    Ok(Picked { order, found, callers, conditions, next, cut })
}

/// The size of a page, or what is wrong with it.
pub(crate) fn page_size(asked: Option<u32>, default: u32, max: u32) -> Result<usize, Error> {
    let size = asked.unwrap_or(default);
    if size == 0 || size > max {
        return Err(Error::invalid(format!("limit must be 1 to {max}, not {size}")));
    }
    Ok(size as usize)
}

/// What a matching span has.
pub(crate) fn conditions(set: &PromotedSet, search: &TraceSearch, from: i64, to: i64) -> Result<Conditions, Error> {
    let mut conditions = Conditions::in_range(Signal::Spans, from, to)
        .and_equal("service_name", search.service.as_deref())
        .and_equal("name", search.operation.as_deref());
    if let Some(unknown) = search.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
        return Err(Error::invalid(format!("{unknown:?} is not a kind of span; use {}", KINDS.join(", "))));
    }
    if !search.kinds.is_empty() {
        conditions = conditions.and(one_of("kind", search.kinds.iter().map(String::as_str)));
    }
    if !search.classes.is_empty() {
        let names = search.classes.iter().map(|class| lit(class::name(*class))).collect();
        conditions = conditions.and(function::span_class().in_list(names, false));
    }
    if let Some(min) = search.duration_min_ns {
        conditions = conditions.and(col("duration_ns").gt_eq(lit(min)));
    }
    if let Some(max) = search.duration_max_ns {
        conditions = conditions.and(col("duration_ns").lt_eq(lit(max)));
    }
    let text = TextQuery::parse(&search.text)?;
    if !text.is_empty() {
        conditions.index.extend(text.index());
        conditions =
            conditions.and(function::span_matches(["name", "status_message", "events"].map(col), &search.text));
    }
    conditions.and_attributes(set, Signal::Spans, &search.attributes)
}

/// `column IN (texts)`.
pub(crate) fn one_of<'a>(column: &str, texts: impl Iterator<Item = &'a str>) -> Expr {
    col(column).in_list(texts.map(lit).collect(), false)
}

async fn summaries(
    reading: &mut Reading,
    config: &Config,
    order: &[(i64, TraceId)],
    matched: &HashMap<TraceId, Matched>,
) -> Result<Vec<TraceSummary>, Error> {
    let Some(conditions) = all_spans_of(config, order) else { return Ok(Vec::new()) };
    let mut spans: HashMap<TraceId, Vec<Brief>> = HashMap::new();
    let rows = reading.rows(Signal::Spans, &conditions, &brief_columns()).await?;
    rows.each(|batch| {
        for (trace, brief) in briefs(batch) {
            spans.entry(trace).or_default().push(brief);
        }
        Ok(())
    })
    .await?;
    let summary = |(_, id): &(i64, TraceId)| summarize(id, spans.remove(id)?, *matched.get(id)?);
    Ok(order.iter().filter_map(summary).collect())
}

/// Spans of these traces, as far from the matching ones as the spans of a trace are looked for; `None` for no trace.
pub(super) fn all_spans_of(config: &Config, order: &[(i64, TraceId)]) -> Option<Conditions> {
    let ((newest, _), (oldest, _)) = (order.first()?, order.last()?);
    let window = i64::try_from(config.trace_window.as_nanos()).unwrap_or(i64::MAX);
    let range = (oldest.saturating_sub(window), newest.saturating_add(window));
    Some(Conditions::in_range(Signal::Spans, range.0, range.1).and(is_one_of(order)))
}

fn brief_columns() -> Vec<&'static str> {
    let own = [
        "trace_id",
        "span_id",
        "parent_span_id",
        "start_time",
        "start_time_ns",
        "duration_ns",
        "kind",
        "name",
        "service_name",
        "http_request_method",
    ];
    own.into_iter().chain(OUTCOME_COLUMNS).collect()
}

fn briefs(batch: &RecordBatch) -> Vec<(TraceId, Brief)> {
    let columns = Columns(batch);
    let (trace_id, span_id, parent) = (columns.id("trace_id"), columns.id("span_id"), columns.id("parent_span_id"));
    let (start, duration) = (columns.time("start_time"), columns.int("duration_ns"));
    let (kind, name) = (columns.text("kind"), columns.text("name"));
    let (service, method) = (columns.text("service_name"), columns.text("http_request_method"));
    let outcomes = Outcomes::of(columns);
    let brief = |row: usize| {
        let brief = Brief {
            span_id: span_id.exact(row)?,
            parent: parent.exact(row),
            start: start.or_zero(row),
            duration: duration.get(row).unwrap_or(0),
            entry: matches!(kind.or_empty(row), "server" | "consumer"),
            class: class::classify(outcomes.of_row(row)),
            service: service.or_empty(row).to_owned(),
            name: name.or_empty(row).to_owned(),
            http_method: method.owned(row),
            http_status: outcomes.http_status(row),
        };
        Some((trace_id.exact(row)?, brief))
    };
    (0..batch.num_rows()).filter_map(brief).collect()
}

/// The newest matching spans' traces, worst class first: examples for an alarm.
pub(crate) async fn examples(
    reading: &mut Reading,
    conditions: Conditions,
    limit: usize,
) -> Result<Vec<(Nanos, String)>, Error> {
    let columns = ["trace_id", "start_time", "start_time_ns", "duration_ns"];
    let columns: Vec<&str> = columns.into_iter().chain(OUTCOME_COLUMNS).collect();
    let rows = reading.rows(Signal::Spans, &conditions, &columns).await?;
    let mut best: Vec<(api::trace::Class, i64, i64, TraceId)> = Vec::new();
    rows.each(|batch| {
        let columns = Columns(batch);
        let (trace_id, start, duration) =
            (columns.id("trace_id"), columns.time("start_time"), columns.int("duration_ns"));
        let outcomes = Outcomes::of(columns);
        for row in 0..batch.num_rows() {
            let Some(trace) = trace_id.exact::<16>(row) else { continue };
            let class = class::classify(outcomes.of_row(row));
            best.push((class, duration.get(row).unwrap_or(0), start.or_zero(row), trace));
        }
        // Worst first, then slowest; each trace once.
        best.sort_unstable_by(|a, b| b.cmp(a));
        let mut seen = HashSet::new();
        best.retain(|(.., trace)| seen.insert(*trace));
        best.truncate(limit);
        Ok(())
    })
    .await?;
    Ok(best.into_iter().map(|(_, _, start, trace)| (Nanos(start), crate::hex::encode(&trace))).collect())
}
