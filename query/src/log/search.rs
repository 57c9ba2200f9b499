//! The log search.

use api::log::{LogHistogram, LogPage, LogRecord, LogSearch, Severity};
use datafusion::logical_expr::{Expr, col, lit};
use storage::promoted::PromotedSet;
use storage::{IndexQuery, Signal};

use super::counted;
use super::histogram::Counts;
use super::page::{NearestTimes, Page, Position};
use super::rows::records;
use crate::columns::Columns;
use crate::cursor::{self, Cursor};
use crate::error::Error;
use crate::find::Rows;
use crate::reading::{Conditions, Reading, limit_reached};
use crate::text::TextQuery;
use crate::trace::search::{one_of, page_size};
use crate::{function, hex};

const PAGE_DEFAULT: u32 = 100;
const PAGE_MAX: u32 = 1_000;

/// A page of records, and the histogram if it is asked for.
pub(crate) async fn page(reading: &mut Reading, search: &LogSearch, now: i64) -> Result<LogPage, Error> {
    let size = if search.limit == Some(0) { 0 } else { page_size(search.limit, PAGE_DEFAULT, PAGE_MAX)? };
    let question = cursor::question(search);
    let cursor = Cursor::of(search.cursor.as_deref(), question)?;
    let (from, to) = match cursor {
        Some(cursor) => (cursor.from, cursor.to),
        None => search.range.resolve(now).map_err(Error::invalid)?,
    };
    let bars = search.histogram_bars.unwrap_or(0);
    let counts = if bars == 0 { None } else { Some(Counts::over(from, to, bars)?) };
    let page = Page { from, to, size, oldest_first: search.oldest_first, question, cursor };
    let few = if counts.is_none() { few(reading, search, &page).await? } else { None };
    let (survey, found) = match few {
        Some(few) => few,
        None => survey(reading, search, &page, counts).await?,
    };
    let (records, next) = page.cut(found);
    let cut = next
        .as_ref()
        .map(|_| limit_reached(size, format!("{size} records a page; `cursor` is where the next page begins")));
    Ok(LogPage {
        records,
        cursor: next.map(|cursor| cursor.encode()),
        histogram: survey.histogram,
        statistics: reading.statistics(survey.matched),
        truncated: reading.truncation(cut),
    })
}

/// What a matching record has.
pub(crate) fn conditions(set: &PromotedSet, search: &LogSearch, from: i64, to: i64) -> Result<Conditions, Error> {
    let mut conditions = Conditions::in_range(Signal::Logs, from, to);
    if let Some(min) = search.severity_min {
        let min = min.first_number();
        conditions = conditions.and(col("severity_number").gt_eq(lit(i32::from(min))));
        // Below that most records match, and the index could not leave much out.
        if min >= Severity::Warn.first_number() {
            conditions.index.push(IndexQuery::Severity { min, max: 24 });
        }
    }
    if !search.services.is_empty() {
        conditions = conditions.and(one_of("service_name", search.services.iter().map(String::as_str)));
    }
    let text = TextQuery::parse(&search.text)?;
    if !text.is_empty() {
        // The table asks the index for what `matches` says.
        conditions = conditions.and(function::matches(col("body"), &search.text));
    }
    if let Some(id) = &search.trace_id {
        conditions = conditions.and(col("trace_id").eq(id_literal(id, 16)?));
    }
    if let Some(id) = &search.span_id {
        conditions = conditions.and(col("span_id").eq(id_literal(id, 8)?));
    }
    conditions.and_attributes(set, Signal::Logs, &search.attributes)
}

/// The bytes of an id, or what is wrong with it.
pub(crate) fn id_literal(digits: &str, bytes: usize) -> Result<Expr, Error> {
    let right_length = hex::decode(digits).is_some_and(|id| id.len() == bytes);
    if !right_length {
        return Err(Error::invalid(format!("{digits:?} is not such an id; it has {} hex digits", bytes * 2)));
    }
    Ok(lit(function::id_bytes(digits)?))
}

/// Rows that are looked through before it is asked whether the nearest are found; twice as many each time.
const WAVE_ROWS: u64 = 16 << 10;

struct Survey {
    /// Matches that were seen: all of the range where they are counted over time.
    matched: u64,
    histogram: Option<LogHistogram>,
    /// All records of the page are of this time or nearer; `None` where it has none.
    reaches_to: Option<i64>,
}

/// Candidates of which all columns are read at once, rather than the times of all and then the rest of the nearest.
const FEW_ROWS: u64 = 64 << 10;

type Found = Vec<(Position, LogRecord)>;

/// All matches, where the index names few candidates: an id, the lines of a trace.
async fn few(reading: &mut Reading, search: &LogSearch, page: &Page) -> Result<Option<(Survey, Found)>, Error> {
    let (from, to) = page.rest();
    let conditions = conditions(&reading.promoted(), search, from, to)?;
    let rows = reading.few_whole_rows(Signal::Logs, &conditions, page.order(), FEW_ROWS).await?;
    let Some(rows) = rows else { return Ok(None) };
    let (matched, found) = nearest_of(reading, rows, page).await?;
    Ok(Some((Survey { matched, histogram: None, reaches_to: None }, found)))
}

/// First how far the page reaches, from the times alone; then its records.
async fn survey(
    reading: &mut Reading,
    search: &LogSearch,
    page: &Page,
    counts: Option<Counts>,
) -> Result<(Survey, Found), Error> {
    let survey = match counts {
        Some(counts) => count(reading, search, page, counts).await?,
        None => nearest(reading, search, page).await?,
    };
    let found = match survey.reaches_to {
        Some(time) if page.size > 0 => read(reading, search, page, time).await?,
        _ => Vec::new(),
    };
    Ok((survey, found))
}

/// Counts all matches over time and finds how far the page reaches.
async fn count(reading: &mut Reading, search: &LogSearch, page: &Page, mut counts: Counts) -> Result<Survey, Error> {
    let range = (page.from, page.to);
    if let Some(matched) = counted::count(reading, search, range, &mut counts).await? {
        let reaches_to = if page.size > 0 { nearest(reading, search, page).await?.reaches_to } else { None };
        return Ok(Survey { matched, histogram: Some(counts.finish()), reaches_to });
    }
    let mut nearest = NearestTimes::of(page);
    let conditions = conditions(&reading.promoted(), search, page.from, page.to)?;
    let rows = reading.rows(Signal::Logs, &conditions, &counted::COLUMNS).await?;
    let matched = counted::add(rows, &mut counts, |time| nearest.add(time)).await?;
    Ok(Survey { matched, histogram: Some(counts.finish()), reaches_to: nearest.reach() })
}

/// Finds how far the page reaches, and leaves off as soon as nothing nearer can come.
async fn nearest(reading: &mut Reading, search: &LogSearch, page: &Page) -> Result<Survey, Error> {
    let (from, to) = page.rest();
    let conditions = conditions(&reading.promoted(), search, from, to)?;
    let columns = ["time", "time_ns"];
    let (mut under_way, columns) = reading.search(Signal::Logs, &conditions, page.order(), &columns).await?;
    let mut matched = 0;
    let mut nearest = NearestTimes::of(page);
    let mut rows = WAVE_ROWS;
    loop {
        let pieces = under_way.next(rows).await;
        if pieces.is_empty() {
            break;
        }
        // Of what lies beyond those that are known, nothing else is asked.
        let near_enough = match nearest.farthest() {
            Some(time) => Some(reading.sieve(Signal::Logs, &[page.not_beyond(time)]).await?),
            None => None,
        };
        let read = under_way.read(pieces, &columns, near_enough);
        read.each(|batch| {
            let time = Columns(batch).time("time");
            matched += batch.num_rows() as u64;
            (0..batch.num_rows()).for_each(|row| nearest.add(time.or_zero(row)));
            Ok(())
        })
        .await?;
        let is_beyond = |bound: i64, time: i64| page.distance(bound) > page.distance(time.div_euclid(1_000));
        if let (Some(time), Some(bound)) = (nearest.farthest(), under_way.bound())
            && is_beyond(bound, time)
        {
            break;
        }
        rows = rows.saturating_mul(2);
    }
    Ok(Survey { matched, histogram: None, reaches_to: nearest.reach() })
}

/// The page's records and perhaps more, each with what orders it. They are of this time or nearer.
async fn read(reading: &mut Reading, search: &LogSearch, page: &Page, reaches_to: i64) -> Result<Found, Error> {
    let (from, to) = page.rest();
    let (from, to) =
        if page.oldest_first { (from, to.min(reaches_to.saturating_add(1))) } else { (from.max(reaches_to), to) };
    let rows = reading.whole_rows(Signal::Logs, &conditions(&reading.promoted(), search, from, to)?).await?;
    Ok(nearest_of(reading, rows, page).await?.1)
}

/// How many rows there are, and the page's records among them, perhaps more, in order.
async fn nearest_of(reading: &Reading, mut rows: Rows, page: &Page) -> Result<(u64, Found), Error> {
    let set = reading.promoted();
    let mut matched = 0;
    let mut found = Found::new();
    let keep = page.keep();
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        matched += batch.num_rows() as u64;
        for record in records(&batch, &set) {
            let position = page.position(&record);
            if page.is_beyond_cursor(position) {
                found.push((position, record));
            }
        }
        if found.len() > keep.saturating_mul(2) {
            found.sort_by_key(|(position, _)| *position);
            found.truncate(keep);
        }
    }
    found.sort_by_key(|(position, _)| *position);
    Ok((matched, found))
}

/// Trace ids of the newest matching records.
pub(crate) async fn example_traces(
    reading: &mut Reading,
    conditions: Conditions,
    limit: usize,
) -> Result<Vec<String>, Error> {
    let columns = ["trace_id", "time", "time_ns"];
    let rows = reading.rows(Signal::Logs, &conditions.and(col("trace_id").is_not_null()), &columns).await?;
    let mut newest: Vec<(i64, [u8; 16])> = Vec::new();
    rows.each(|batch| {
        let columns = Columns(batch);
        let (trace_id, time) = (columns.id("trace_id"), columns.time("time"));
        newest.extend((0..batch.num_rows()).filter_map(|row| Some((time.or_zero(row), trace_id.exact(row)?))));
        newest.sort_unstable_by(|a, b| b.cmp(a));
        let mut seen = std::collections::HashSet::new();
        newest.retain(|(_, trace)| seen.insert(*trace));
        newest.truncate(limit);
        Ok(())
    })
    .await?;
    Ok(newest.into_iter().map(|(_, trace)| hex::encode(&trace)).collect())
}

/// The times of all matching records, given one by one.
pub(crate) async fn times(
    reading: &mut Reading,
    conditions: Conditions,
    mut take: impl FnMut(i64),
) -> Result<(), Error> {
    let rows = reading.rows(Signal::Logs, &conditions, &["time", "time_ns"]).await?;
    rows.each(|batch| {
        let time = Columns(batch).time("time");
        (0..batch.num_rows()).for_each(|row| take(time.or_zero(row)));
        Ok(())
    })
    .await
}
