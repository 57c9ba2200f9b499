//! Jaeger's parameters as questions of ours. Pure.
//!
//! Names, defaults and refusals are those of its query service: `service`, `operation`, `start` and `end` in microseconds,
//! `minDuration` and `maxDuration` as Go writes durations, `limit`, `tag=key:value` any number of times, `tags={"key":"value"}`
//! any number of times, `traceID` any number of times.

use std::collections::BTreeMap;

use api::trace::TraceSearch;
use api::{AttributeFilter, FilterOperator, TimeRange};
use serde_json::Value;

/// Jaeger's own.
const LIMIT_DEFAULT: u32 = 100;
/// The largest page of a search of ours.
const LIMIT_MAX: u32 = 1_000;
/// Jaeger's own: two days.
const LOOKBACK_NANOS: i64 = 48 * 3_600 * 1_000_000_000;
/// Jaeger's own: a day.
const DEPENDENCIES_LOOKBACK_MS: i64 = 24 * 3_600 * 1_000;

/// What is asked of `/traces`.
#[derive(Debug, PartialEq)]
pub(super) enum Asked {
    /// These traces, ids of 32 hex digits.
    Ids(Vec<String>),
    /// Those that are found.
    Search(Box<TraceSearch>),
}

/// The parameters in their order, decoded.
pub(super) fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
}

/// `/traces`.
pub(super) fn traces(pairs: &[(String, String)], now: i64) -> Result<Asked, String> {
    let ids: Vec<String> = all(pairs, "traceID").map(trace_id).collect::<Result<_, _>>()?;
    if !ids.is_empty() {
        return Ok(Asked::Ids(ids));
    }
    let service = first(pairs, "service").ok_or("parameter 'service' is required")?;
    let (start, end) = (micros(pairs, "start")?, micros(pairs, "end")?);
    let end = end.unwrap_or(now);
    let start = start.unwrap_or_else(|| now.saturating_sub(LOOKBACK_NANOS));
    if start >= end {
        return Err("parameter 'start' must lie before 'end'".to_owned());
    }
    let (min, max) = (duration(pairs, "minDuration")?, duration(pairs, "maxDuration")?);
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        return Err("'maxDuration' should be greater than 'minDuration'".to_owned());
    }
    let limit = match first(pairs, "limit") {
        None => LIMIT_DEFAULT,
        Some(text) => text.parse().map_err(|_| format!("unable to parse param 'limit': {text:?} is not a number"))?,
    };
    let mut search = TraceSearch {
        range: TimeRange { from: start.to_string(), to: end.to_string() },
        service: Some(service.to_owned()),
        operation: first(pairs, "operation").map(str::to_owned),
        duration_min_ns: min,
        duration_max_ns: max,
        limit: Some(limit.clamp(1, LIMIT_MAX)),
        ..TraceSearch::default()
    };
    for (key, value) in tags(pairs)? {
        add_tag(&mut search, key, value);
    }
    Ok(Asked::Search(Box::new(search)))
}

/// `/operations`: the service, and the kind if one is asked for.
pub(super) fn operations(pairs: &[(String, String)]) -> Result<(String, Option<String>), String> {
    let service = first(pairs, "service").ok_or("parameter 'service' is required")?;
    Ok((service.to_owned(), first(pairs, "spanKind").map(str::to_owned)))
}

/// `/dependencies`: `endTs` and `lookback` in milliseconds.
pub(super) fn dependencies(pairs: &[(String, String)], now: i64) -> Result<TimeRange, String> {
    let number = |name: &str| match first(pairs, name) {
        None => Ok(None),
        Some(text) => match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(Some(number)),
            _ => Err(format!("unable to parse param '{name}': {text:?} is not a number of milliseconds")),
        },
    };
    let end = number("endTs")?.unwrap_or(now / 1_000_000);
    let start = end.saturating_sub(number("lookback")?.unwrap_or(DEPENDENCIES_LOOKBACK_MS).max(1));
    let nanos = |ms: i64| ms.saturating_mul(1_000_000).to_string();
    Ok(TimeRange { from: nanos(start.max(0)), to: nanos(end) })
}

/// Up to 32 hex digits; Jaeger leaves zeros in front out.
pub(super) fn trace_id(text: &str) -> Result<String, String> {
    let is_id = (1..=32).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_id
        .then(|| format!("{:0>32}", text.to_ascii_lowercase()))
        .ok_or_else(|| format!("unable to parse param 'traceID': {text:?} must be up to 32 hex digits"))
}

fn all<'a>(pairs: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    pairs.iter().filter(move |(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

fn first<'a>(pairs: &'a [(String, String)], name: &'a str) -> Option<&'a str> {
    all(pairs, name).next()
}

/// A time in microseconds, as nanoseconds.
fn micros(pairs: &[(String, String)], name: &str) -> Result<Option<i64>, String> {
    let Some(text) = first(pairs, name) else { return Ok(None) };
    let micros = text.parse::<i64>().ok().filter(|micros| *micros >= 0);
    let nanos = micros.and_then(|micros| micros.checked_mul(1_000));
    nanos.map(Some).ok_or_else(|| format!("unable to parse param '{name}': {text:?} is not a time in microseconds"))
}

fn duration(pairs: &[(String, String)], name: &str) -> Result<Option<i64>, String> {
    let Some(text) = first(pairs, name) else { return Ok(None) };
    let nanos = go_duration(text);
    nanos.map(Some).ok_or_else(|| format!("unable to parse param '{name}': {text:?} is not a duration such as 1.5s"))
}

/// A duration as Go writes it: `1h15m`, `1.5s`, `300us`; nanoseconds.
fn go_duration(text: &str) -> Option<i64> {
    const UNITS: [(&str, f64); 8] =
        [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3_600e9)];
    if text == "0" {
        return Some(0);
    }
    let (mut rest, mut nanos) = (text, 0.0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == &rest[..letters])?;
        nanos += number * unit;
        rest = &rest[letters..];
    }
    (!text.is_empty() && nanos < 9e18).then_some(nanos as i64)
}

fn tags(pairs: &[(String, String)]) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    for text in all(pairs, "tag") {
        let (key, value) = text
            .split_once(':')
            .ok_or_else(|| format!("malformed 'tag' parameter, expecting key:value, received: {text}"))?;
        found.push((key.to_owned(), value.to_owned()));
    }
    for text in all(pairs, "tags") {
        let values: BTreeMap<String, Value> = serde_json::from_str(text)
            .map_err(|error| format!("malformed 'tags' parameter, cannot unmarshal JSON: {error}"))?;
        found.extend(values.into_iter().map(|(key, value)| match value {
            Value::String(value) => (key, value),
            other => (key, other.to_string()),
        }));
    }
    Ok(found)
}

/// A tag as a condition; those that Jaeger makes of fields of OpenTelemetry's are asked of the fields.
fn add_tag(search: &mut TraceSearch, key: String, value: String) {
    let status = |operator| AttributeFilter {
        key: "otel.status_code".to_owned(),
        operator,
        value: Value::String("error".to_owned()),
    };
    match key.as_str() {
        "span.kind" => search.kinds.push(value),
        "error" if value == "true" => search.attributes.push(status(FilterOperator::Eq)),
        "error" if value == "false" => search.attributes.push(status(FilterOperator::Ne)),
        "otel.status_code" => search.attributes.push(AttributeFilter {
            key,
            operator: FilterOperator::Eq,
            value: Value::String(value.to_ascii_lowercase()),
        }),
        _ => {
            let value = Value::String(value);
            search.attributes.push(AttributeFilter { key, operator: FilterOperator::Eq, value });
        }
    }
}

#[cfg(test)]
mod tests;
