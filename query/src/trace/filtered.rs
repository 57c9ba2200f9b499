//! The search for traces with an X-Ray filter expression: the newest traces of which a span meets the conditions of the search
//! and which, as a whole, meet the expression.
//!
//! ```text
//! expression ─► what a span of any such trace must meet ─► index, rows: candidates, the newest first
//!                     └─► whole traces of a few candidates at a time ─► the expression itself ─► page
//! ```
//!
//! What it promises: every trace of the answer meets the expression, and none that is newer than the last one is missing. A
//! page for which too many candidates would have to be put together says so and where to go on. What it leaves out: groups
//! that the caller does not give.

mod driver;
mod facts;

use std::collections::{HashMap, HashSet};

use api::trace::{Span, TracePage, TraceSearch, TraceSummary};
use filter::filter::{Filter, Groups};
use storage::Signal;

use super::matching::{self, TraceId};
use super::search::{self, page_size};
use super::summary::{Brief, Matched, summarize};
use crate::config::Config;
use crate::cursor::{self, Cursor};
use crate::error::Error;
use crate::find::Nearest;
use crate::hex;
use crate::reading::{Conditions, Reading, limit_reached};

/// Candidates that are put together at once.
const WHOLE_AT_ONCE: usize = 200;

/// Reads an expression; the error says where it is wrong.
pub(crate) fn read(text: &str) -> Result<Filter, Error> {
    let wrong = |message: String, position: usize, hint: Option<String>| Error {
        position: u64::try_from(position).ok(),
        hint: hint.map(|nearest| format!("did you mean {nearest}?")),
        ..Error::invalid(format!("filter: {message}"))
    };
    let expression =
        filter::parse(text).map_err(|error| wrong(error.message.clone(), error.position, error.suggestion))?;
    Filter::new(expression, &Groups::new())
        .map_err(|error| wrong(error.message.clone(), error.position, error.suggestion))
}

/// A page of traces.
pub(crate) async fn page(
    reading: &mut Reading,
    config: &Config,
    search: &TraceSearch,
    now: i64,
) -> Result<TracePage, Error> {
    let size = page_size(search.limit, search::PAGE_DEFAULT, search::PAGE_MAX)?;
    let filter = read(&search.filter)?;
    if search.callee.is_some() {
        return Err(Error::invalid("say the edge in the filter, edge(\"a\", \"b\"), and leave out `callee`"));
    }
    let question = cursor::question(search);
    let cursor = Cursor::of(search.cursor.as_deref(), question)?;
    let (from, to) = match cursor {
        Some(cursor) => (cursor.from, cursor.to),
        None => search.range.resolve(now).map_err(Error::invalid)?,
    };
    let mut conditions = search::conditions(&reading.promoted(), search, from, to)?;
    // A search without conditions of its own finds the spans that the expression is about.
    if is_bare(search) {
        conditions = driver::narrow(conditions, &filter.necessary(), &reading.promoted())?;
    }
    let mut found = Finding::new(size, cursor, config.filter_traces_max);
    find(reading, config, &conditions, &filter, &mut found).await?;
    let more = found.accepted.len() > size;
    found.accepted.truncate(size);
    let last = match (more, found.is_cut) {
        (true, _) => found.accepted.last().map(|accepted| (accepted.start, accepted.id)),
        (false, true) => found.checked_to,
        (false, false) => None,
    };
    let next =
        last.map(|(time, id)| Cursor { question, from, to, time, tie: u128::from_be_bytes(id), same: 1 }.encode());
    let cut = if more {
        Some(limit_reached(size, format!("{size} traces a page; `cursor` is where the next page begins")))
    } else {
        found.is_cut.then(|| {
            let limit = config.filter_traces_max;
            let message = format!(
                "{limit} traces were looked through for this page (query.filter_traces_max); `cursor` is where to go on"
            );
            limit_reached(limit, message)
        })
    };
    let traces = counted(reading, conditions, found.accepted).await?;
    Ok(TracePage {
        traces,
        cursor: next,
        statistics: reading.statistics(found.spans),
        truncated: reading.truncation(cut.or(found.cut)),
    })
}

/// Whether a search has a range and a filter, and nothing else.
fn is_bare(search: &TraceSearch) -> bool {
    let TraceSearch { range, filter, limit, cursor, .. } = search.clone();
    *search == TraceSearch { range, filter, limit, cursor, ..TraceSearch::default() }
}

/// What has been found so far.
struct Finding {
    size: usize,
    cursor: Option<Cursor>,
    traces_max: usize,
    candidates: HashMap<TraceId, Matched>,
    checked: HashSet<TraceId>,
    /// The last candidate in the order of the page that was checked, as far as all before it were.
    checked_to: Option<(i64, TraceId)>,
    accepted: Vec<Accepted>,
    spans: u64,
    is_cut: bool,
    cut: Option<api::Truncation>,
}

/// A trace that meets everything.
struct Accepted {
    start: i64,
    id: TraceId,
    matched: Matched,
    briefs: Vec<Brief>,
}

impl Finding {
    fn new(size: usize, cursor: Option<Cursor>, traces_max: usize) -> Self {
        Self {
            size,
            cursor,
            traces_max,
            candidates: HashMap::new(),
            checked: HashSet::new(),
            checked_to: None,
            accepted: Vec::new(),
            spans: 0,
            is_cut: false,
            cut: None,
        }
    }

    fn is_done(&self) -> bool {
        self.accepted.len() > self.size || self.is_cut
    }

    /// Candidates that nothing to come goes before, in the order of the page.
    fn certain(&self, after: Option<i64>) -> Vec<(i64, TraceId)> {
        let is_beyond = |start: i64, id: &TraceId| {
            self.cursor.is_none_or(|cursor| (start, u128::from_be_bytes(*id)) < (cursor.time, cursor.tie))
        };
        let unchecked = self.candidates.iter().filter(|(id, _)| !self.checked.contains(*id));
        let mut certain: Vec<(i64, TraceId)> = unchecked
            .filter(|(id, matched)| after.is_none_or(|after| matched.start > after) && is_beyond(matched.start, id))
            .map(|(id, matched)| (matched.start, *id))
            .collect();
        certain.sort_unstable_by(|a, b| b.cmp(a));
        certain
    }
}

/// Finds traces until there are enough, all were checked, or too many had to be.
async fn find(
    reading: &mut Reading,
    config: &Config,
    conditions: &Conditions,
    filter: &Filter,
    found: &mut Finding,
) -> Result<(), Error> {
    let columns = ["trace_id", "span_id", "start_time", "start_time_ns"];
    let (mut search, columns) = reading.search(Signal::Spans, conditions, Nearest::Newest, &columns).await?;
    let mut rows = matching::WAVE_ROWS;
    loop {
        let pieces = search.next(rows).await;
        let is_end = pieces.is_empty();
        let mut wave = matching::Found::nothing();
        wave.traces = std::mem::take(&mut found.candidates);
        let read = search.read(pieces, &columns, None);
        read.each(|batch| {
            matching::add_matches(batch, None, i64::MIN, &mut wave);
            Ok(())
        })
        .await?;
        found.spans += wave.spans;
        found.candidates = wave.traces;
        if found.candidates.len() > config.search_traces_max {
            // All of them would have to stay in memory. Those that are certain are checked; the others are not reached.
            let limit = config.search_traces_max;
            let message =
                format!("more than {limit} traces are candidates; the oldest were left out: choose a shorter range");
            found.cut = Some(limit_reached(limit, message));
        }
        let bound = search.bound().map(|bound| bound.saturating_mul(1_000).saturating_add(999));
        let certain = found.certain(if is_end || found.cut.is_some() { None } else { bound });
        check(reading, config, filter, certain, found).await?;
        if is_end || found.is_done() || found.cut.is_some() {
            return Ok(());
        }
        rows = rows.saturating_mul(2);
    }
}

/// Puts candidates together and asks the expression, a few at a time.
async fn check(
    reading: &mut Reading,
    config: &Config,
    filter: &Filter,
    certain: Vec<(i64, TraceId)>,
    found: &mut Finding,
) -> Result<(), Error> {
    for part in certain.chunks(WHOLE_AT_ONCE) {
        if found.is_done() {
            return Ok(());
        }
        let left = found.traces_max.saturating_sub(found.checked.len());
        let part = &part[..part.len().min(left)];
        let Some(conditions) = search::all_spans_of(config, part) else {
            found.is_cut = true;
            return Ok(());
        };
        let mut spans: HashMap<String, Vec<Span>> = HashMap::new();
        let set = reading.promoted();
        let rows = reading.whole_rows(Signal::Spans, &conditions).await?;
        rows.each(|batch| {
            for span in super::rows::spans(batch, &set) {
                spans.entry(span.trace_id.clone()).or_default().push(span);
            }
            Ok(())
        })
        .await?;
        for (start, id) in part {
            found.checked.insert(*id);
            found.checked_to = Some((*start, *id));
            let Some(spans) = spans.remove(&hex::encode(id)) else { continue };
            if facts::of(&spans, &set).is_some_and(|facts| facts.meets(filter)) {
                let briefs = spans.iter().filter_map(Brief::of).collect();
                let matched = found.candidates[id];
                found.accepted.push(Accepted { start: *start, id: *id, matched, briefs });
            }
        }
        found.is_cut = found.checked.len() >= found.traces_max;
    }
    Ok(())
}

/// The summaries, with all matching spans counted: older ones may not have been read yet.
async fn counted(
    reading: &mut Reading,
    conditions: Conditions,
    accepted: Vec<Accepted>,
) -> Result<Vec<TraceSummary>, Error> {
    let order: Vec<(i64, TraceId)> = accepted.iter().map(|accepted| (accepted.start, accepted.id)).collect();
    let mut matched: HashMap<TraceId, Matched> =
        accepted.iter().map(|accepted| (accepted.id, accepted.matched)).collect();
    matching::count(reading, conditions, None, &order, &mut matched).await?;
    let summary = |Accepted { id, briefs, .. }: Accepted| summarize(&id, briefs, *matched.get(&id)?);
    Ok(accepted.into_iter().filter_map(summary).collect())
}
