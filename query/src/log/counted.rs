//! Matches over time without reading them, where a search asks for nothing but time, service and severity.

use api::log::LogSearch;
use arrow::array::Int32Array;
use storage::{Signal, TalliedKey, TalliedValue};

use super::histogram::Counts;
use super::rows::severity_number;
use super::search::conditions;
use crate::columns::Columns;
use crate::error::Error;
use crate::find::Rows;
use crate::reading::Reading;
use crate::tallied::{Micros, Wanted};
use crate::text::TextQuery;

/// What the histogram needs of a record.
pub(super) const COLUMNS: [&str; 3] = ["time", "time_ns", "severity_number"];

/// Counts all matches of `[from, to)`, nanoseconds, and says how many there are; `None` where tallies are no help, and
/// nothing is counted.
pub(super) async fn count(
    reading: &mut Reading,
    search: &LogSearch,
    (from, to): (i64, i64),
    counts: &mut Counts,
) -> Result<Option<u64>, Error> {
    let Some(unit_us) = counts.width_us() else { return Ok(None) };
    if !is_of_tallied_columns(search)? {
        return Ok(None);
    }
    let wanted = Wanted { times: Micros::within_nanos((from, to)), unit_us: Some(unit_us) };
    let division = reading.divide(Signal::Logs, wanted).await?;
    if division.counted.is_empty() {
        return Ok(None);
    }
    let mut matched = 0;
    for counted in &division.counted {
        counted.each(wanted.unit_us, |key, time_us, rows| {
            if let Some(severity) = severity_of_match(search, key) {
                matched += rows;
                // A unit that was cut begins before the range, and its bar as well.
                counts.add(time_us.saturating_mul(1_000), severity, rows);
            }
        });
    }
    let set = reading.promoted();
    for ((from, to), part) in division.to_read((from, to)) {
        let conditions = conditions(&set, search, from, to)?;
        let rows = reading.rows_of(Signal::Logs, part, &conditions, &COLUMNS).await?;
        matched += add(rows, counts, |_| {}).await?;
    }
    Ok(Some(matched))
}

/// Counts the records of a reading, and hands on their times.
pub(super) async fn add(rows: Rows, counts: &mut Counts, mut time_of: impl FnMut(i64)) -> Result<u64, Error> {
    let mut matched = 0;
    rows.each(|batch| {
        let columns = Columns(batch);
        let (time, severity) = (columns.time("time"), columns.of::<Int32Array>("severity_number"));
        matched += batch.num_rows() as u64;
        for row in 0..batch.num_rows() {
            let time = time.or_zero(row);
            counts.add(time, severity_number(severity.get(row)), 1);
            time_of(time);
        }
        Ok(())
    })
    .await?;
    Ok(matched)
}

/// Whether a record's time, service and severity say that it matches.
fn is_of_tallied_columns(search: &LogSearch) -> Result<bool, Error> {
    let LogSearch {
        range: _,
        text,
        severity_min: _,
        services: _,
        attributes,
        trace_id,
        span_id,
        limit: _,
        cursor: _,
        histogram_bars: _,
        oldest_first: _,
    } = search;
    Ok(TextQuery::parse(text)?.is_empty() && attributes.is_empty() && trace_id.is_none() && span_id.is_none())
}

/// The severity of the records of a key, if they match.
fn severity_of_match(search: &LogSearch, [service, severity, _]: &TalliedKey) -> Option<u8> {
    let is_of_service = |service: &TalliedValue| match service {
        TalliedValue::Text(name) => search.services.iter().any(|one| one.as_str() == name.as_ref()),
        TalliedValue::Int(_) | TalliedValue::Null => false,
    };
    let number = match severity {
        TalliedValue::Int(number) => Some(*number),
        TalliedValue::Text(_) | TalliedValue::Null => None,
    };
    let is_severe =
        search.severity_min.is_none_or(|min| number.is_some_and(|number| number >= min.first_number().into()));
    let matches = is_severe && (search.services.is_empty() || is_of_service(service));
    matches.then(|| severity_number(number))
}
