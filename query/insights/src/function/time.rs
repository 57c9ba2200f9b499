//! Functions of time. Times are milliseconds since 1970, in UTC unless a zone is given.

mod format;
mod java;
mod rounding;
mod strftime;
mod zone;

pub use rounding::{before, bin, ceil, floor};

use super::{Context, Function, Implicit, Kind, also_called, function, text_at, with_implicit, with_optional};
use crate::period::Period;
use crate::value::Value;
use zone::Zone;

pub(super) const FUNCTIONS: &[Function] = &[
    with_implicit(
        function("bin", &[Kind::Period], Kind::Time, |arguments, _| round(arguments, floor)),
        Implicit::Timestamp,
    ),
    function("datefloor", &[Kind::Time, Kind::Period], Kind::Time, |arguments, _| round(arguments, floor)),
    function("dateceil", &[Kind::Time, Kind::Period], Kind::Time, |arguments, _| round(arguments, ceil)),
    function("fromMillis", &[Kind::Number], Kind::Time, |arguments, _| {
        time_at(arguments, 0).map_or(Value::Null, Value::Time)
    }),
    function("toMillis", &[Kind::Time], Kind::Number, to_millis),
    function("now", &[], Kind::Number, |_, context| Value::Number(context.now_ms.div_euclid(1_000) as f64)),
    with_optional(function("parseDate", &[Kind::Text, Kind::Text], Kind::Number, parse_date), &[Kind::Text]),
    also_called(
        with_optional(function("formatDate", &[Kind::Time, Kind::Text], Kind::Text, format_date), &[Kind::Text]),
        &["strftime"],
    ),
    function("queryStartTime", &[], Kind::Number, |_, context| Value::Number(context.query_start_ms as f64)),
    function("queryEndTime", &[], Kind::Number, |_, context| Value::Number(context.query_end_ms as f64)),
    function("queryTimeRange", &[], Kind::Number, |_, context| {
        Value::Number(context.query_end_ms.saturating_sub(context.query_start_ms) as f64)
    }),
];

/// `YYYY-MM-DD HH:MM:SS.mmm` in UTC; the number where no calendar reaches.
pub(crate) fn render(milliseconds: i64) -> String {
    match chrono::DateTime::from_timestamp_millis(milliseconds) {
        Some(time) => time.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        None => milliseconds.to_string(),
    }
}

/// The time that a result shows as `YYYY-MM-DD HH:MM:SS.mmm`, in milliseconds; RFC 3339 and a day alone are fine too.
pub(crate) fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    let text = text.replacen('T', " ", 1);
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let time = formats.iter().find_map(|format| chrono::NaiveDateTime::parse_from_str(&text, format).ok());
    let day =
        || chrono::NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().map(|day| day.and_time(chrono::NaiveTime::MIN));
    time.or_else(day).map(|time| time.and_utc().timestamp_millis())
}

/// The argument at a position as a time: a time, milliseconds, or a text as results show times.
fn time_at(arguments: &[Value], position: usize) -> Option<i64> {
    let value = arguments.get(position)?;
    if let Value::Time(milliseconds) = value {
        return Some(*milliseconds);
    }
    if let Some(number) = value.as_number() {
        return (number.abs() < i64::MAX as f64).then_some(number as i64);
    }
    match value {
        Value::Text(text) => read(text),
        _ => None,
    }
}

fn round(arguments: &[Value], round: impl Fn(i64, Period) -> Option<i64>) -> Value {
    let Some(time) = time_at(arguments, 0) else { return Value::Null };
    let Some(period) = text_at(arguments, 1).and_then(|text| Period::parse(&text)) else { return Value::Null };
    round(time, period).map_or(Value::Null, Value::Time)
}

/// `toMillis(time)`
fn to_millis(arguments: &[Value], _: &Context) -> Value {
    time_at(arguments, 0).map(|milliseconds| milliseconds as f64).into()
}

/// `parseDate(text, format[, zone])`: milliseconds. A zone in the text counts before the argument. What the format leaves
/// out is 1970-01-01 00:00.
fn parse_date(arguments: &[Value], _: &Context) -> Value {
    let (Some(text), Some(pattern)) = (text_at(arguments, 0), text_at(arguments, 1)) else { return Value::Null };
    let (Some(zone), Some(items)) = (zone_at(arguments, 2), items(&pattern)) else { return Value::Null };
    format::parse(&items, text.trim(), zone).map(|milliseconds| milliseconds as f64).into()
}

/// `formatDate(time, format[, zone])`: formats of Java's `DateTimeFormatter`; with a `%` in it, of `strftime`.
fn format_date(arguments: &[Value], _: &Context) -> Value {
    let (Some(time), Some(pattern)) = (time_at(arguments, 0), text_at(arguments, 1)) else { return Value::Null };
    let (Some(zone), Some(items)) = (zone_at(arguments, 2), items(&pattern)) else { return Value::Null };
    format::format(&items, time, zone).into()
}

fn items(pattern: &str) -> Option<Vec<format::Item>> {
    if pattern.contains('%') { strftime::items(pattern) } else { java::items(pattern) }
}

fn zone_at(arguments: &[Value], position: usize) -> Option<Zone> {
    match arguments.get(position) {
        None => Some(Zone::UTC),
        Some(_) => text_at(arguments, position).and_then(|name| Zone::named(&name)),
    }
}

#[cfg(test)]
mod tests;
