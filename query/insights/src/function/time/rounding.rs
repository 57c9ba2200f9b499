//! Times rounded to the begins of periods, in UTC.
//!
//! Periods of fixed length count from 1970, weeks from Monday 1970-01-05, so that they begin on Mondays. Months, quarters
//! and years are those of the calendar: `3mo` begins in January, April, July, October; `5y` in 1970, 1975.

use chrono::{DateTime, Datelike, NaiveDate};

use crate::period::{Length, Period, Unit};

const WEEK_BEGIN_MS: i64 = 4 * 86_400_000;

/// The begin of the period that holds a time; `None` beyond the calendar.
pub fn floor(time_ms: i64, period: Period) -> Option<i64> {
    match period.length() {
        Length::Milliseconds(length) => {
            let origin = if period.unit == Unit::Week { WEEK_BEGIN_MS } else { 0 };
            let since = time_ms.checked_sub(origin)?;
            since.div_euclid(length).checked_mul(length)?.checked_add(origin)
        }
        Length::Months(length) => begin_of_month(month_of(time_ms)?.div_euclid(length).checked_mul(length)?),
    }
}

/// The begin of the next period, or the time itself if it is one.
pub fn ceil(time_ms: i64, period: Period) -> Option<i64> {
    let begin = floor(time_ms, period)?;
    if begin == time_ms {
        return Some(begin);
    }
    match period.length() {
        Length::Milliseconds(length) => begin.checked_add(length),
        Length::Months(length) => begin_of_month(month_of(begin)?.checked_add(length)?),
    }
}

/// The bin of a record under `by bin(period) offset …`: a record counts as if it had happened so much later, so that the
/// past stands in the bins of the present.
pub fn bin(time_ms: i64, period: Period, offset: Option<Period>) -> Option<i64> {
    let shifted = match offset.map(Period::length) {
        None => time_ms,
        Some(Length::Milliseconds(offset)) => time_ms.checked_add(offset)?,
        Some(Length::Months(months)) => {
            let time = DateTime::from_timestamp_millis(time_ms)?;
            time.checked_add_months(chrono::Months::new(u32::try_from(months).ok()?))?.timestamp_millis()
        }
    };
    floor(shifted, period)
}

/// The time so long before; months are those of the calendar.
pub fn before(time_ms: i64, period: Period) -> Option<i64> {
    match period.length() {
        Length::Milliseconds(length) => time_ms.checked_sub(length),
        Length::Months(months) => {
            let time = DateTime::from_timestamp_millis(time_ms)?;
            Some(time.checked_sub_months(chrono::Months::new(u32::try_from(months).ok()?))?.timestamp_millis())
        }
    }
}

/// Months since January 1970.
fn month_of(time_ms: i64) -> Option<i64> {
    let time = DateTime::from_timestamp_millis(time_ms)?;
    Some((i64::from(time.year()) - 1_970) * 12 + i64::from(time.month0()))
}

fn begin_of_month(month: i64) -> Option<i64> {
    let year = i32::try_from(month.div_euclid(12).checked_add(1_970)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, u32::try_from(month.rem_euclid(12)).ok()? + 1, 1)?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}
