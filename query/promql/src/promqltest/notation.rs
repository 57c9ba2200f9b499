//! Series as scripts write them: `metric{label="value"} 1+2x3 _ stale {{schema:0 count:1 sum:1 buckets:[1]}}`.

use std::sync::Arc;

use crate::histogram::{Buckets, FloatHistogram, ResetHint};
use crate::labels::{Labels, METRIC_NAME};
use crate::series::stale;
use crate::syntax::{parse_duration, parse_number, unquote};

/// Values that one item may stand for.
const REPEATS_MAX: usize = 1_000_000;

/// A value of a series.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Point {
    Missing,
    Float(f64),
    Histogram {
        histogram: Arc<FloatHistogram>,
        /// Whether the hint was written, so that it is to be compared.
        has_hint: bool,
    },
}

/// Labels and values of a line.
pub(super) fn series(line: &str) -> Result<(Labels, Vec<Point>), String> {
    let (labels, rest) = metric(line)?;
    Ok((labels, points(rest)?))
}

/// Labels, and what is to be added to the time of each value for its start time.
pub(super) type StartTimes = (Labels, Vec<Option<i64>>);

/// Labels and offsets of start times, in milliseconds, of a line like `metric@st -1mx3`; none if it is another line.
pub(super) fn start_times(line: &str) -> Result<Option<StartTimes>, String> {
    let Some((before, after)) = line
        .split_once("@st")
        .filter(|(before, after)| after.starts_with([' ', '\t']) && !before.contains([' ', '\t']))
    else {
        return Ok(None);
    };
    let (labels, _) = metric(before)?;
    let mut offsets = Vec::new();
    for item in after.split_whitespace() {
        start_item(item, &mut offsets)
            .ok_or_else(|| format!("invalid start time {item:?}, expected one like -1mx3"))?;
    }
    Ok(Some((labels, offsets)))
}

fn start_item(item: &str, offsets: &mut Vec<Option<i64>>) -> Option<()> {
    if let Some(count) = item.strip_prefix('_') {
        let count = if count.is_empty() { 1 } else { repeats(count.strip_prefix('x')?)? };
        offsets.extend(std::iter::repeat_n(None, count));
        return Some(());
    }
    let (mut offset, rest) = signed_duration(item)?;
    if rest.is_empty() {
        offsets.push(Some(offset));
        return Some(());
    }
    let (step, rest) = if rest.starts_with(['+', '-']) { signed_duration(rest)? } else { (0, rest) };
    for _ in 0..=repeats(rest.strip_prefix('x')?)? {
        offsets.push(Some(offset));
        offset += step;
    }
    Some(())
}

fn signed_duration(text: &str) -> Option<(i64, &str)> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let letters = unsigned[digits..].bytes().take_while(|byte| byte.is_ascii_alphabetic() && *byte != b'x').count();
    let (duration, rest) = unsigned.split_at(digits + letters);
    let duration = if duration == "0" { 0 } else { parse_duration(duration)? };
    Some((if text.starts_with('-') { -duration } else { duration }, rest))
}

fn repeats(text: &str) -> Option<usize> {
    text.parse().ok().filter(|count| *count <= REPEATS_MAX)
}

/// Reads labels, and returns what follows.
fn metric(line: &str) -> Result<(Labels, &str), String> {
    let line = line.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let end = line.find(|c| !is_name(c)).unwrap_or(line.len());
    let (name, mut rest) = line.split_at(end);
    let mut pairs: Vec<(String, String)> = Vec::new();
    if !name.is_empty() {
        pairs.push((METRIC_NAME.into(), name.into()));
    }
    let braces = rest.trim_start();
    if let (Some(inner), false) = (braces.strip_prefix('{'), braces.starts_with("{{")) {
        rest = labels(inner, &mut pairs)?;
    } else if name.is_empty() {
        return Err(format!("{line:?} does not begin with a metric"));
    }
    Ok((Labels::new(pairs), rest))
}

fn labels<'a>(mut rest: &'a str, pairs: &mut Vec<(String, String)>) -> Result<&'a str, String> {
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if let Some(behind) = rest.strip_prefix('}') {
            return Ok(behind);
        }
        let (name, behind) = word_or_text(rest)?;
        let behind = behind.trim_start();
        if let Some(behind) = behind.strip_prefix('=') {
            let (value, behind) = word_or_text(behind.trim_start())?;
            pairs.push((name, value));
            rest = behind;
        } else {
            pairs.push((METRIC_NAME.into(), name));
            rest = behind;
        }
    }
}

fn word_or_text(text: &str) -> Result<(String, &str), String> {
    let Some(quote) = text.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`')) else {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
        return if end == 0 {
            Err(format!("expected a label at {text:?}"))
        } else {
            Ok((text[..end].into(), &text[end..]))
        };
    };
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' && quote != '`' {
            is_escaped = true;
        } else if c == quote {
            let end = at + c.len_utf8();
            return Ok((unquote(&text[..end])?, &text[end..]));
        }
    }
    Err(format!("the quote in {text:?} has no partner"))
}

fn points(text: &str) -> Result<Vec<Point>, String> {
    let mut points = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let item_end = if rest.starts_with("{{") { histogram_item_end(rest)? } else { word_end(rest) };
        let (item, behind) = rest.split_at(item_end);
        let is_read =
            if item.starts_with("{{") { histogram_item(item, &mut points) } else { item_of(item, &mut points) };
        is_read.ok_or_else(|| format!("cannot read the value {item:?}"))?;
        rest = behind.trim_start();
    }
    Ok(points)
}

fn word_end(text: &str) -> usize {
    text.find([' ', '\t']).unwrap_or(text.len())
}

fn histogram_item_end(text: &str) -> Result<usize, String> {
    let close = |from: usize| text[from..].find("}}").map(|at| from + at + 2);
    let mut end = close(0).ok_or_else(|| format!("{text:?} has no }}}}"))?;
    if text[end..].starts_with("+{{") || text[end..].starts_with("-{{") {
        end = close(end).ok_or_else(|| format!("{text:?} has no second }}}}"))?;
    }
    Ok(end + word_end(&text[end..]))
}

/// A float: `_`, `_x3`, `stale`, `1`, `1x3`, `1+2x3`, `1-2x3`.
fn item_of(item: &str, points: &mut Vec<Point>) -> Option<()> {
    if let Some(count) = item.strip_prefix('_') {
        let count = if count.is_empty() { 1 } else { repeats(count.strip_prefix('x')?)? };
        points.extend(std::iter::repeat_n(Point::Missing, count));
        return Some(());
    }
    if item == "stale" {
        points.push(Point::Float(stale()));
        return Some(());
    }
    // An x repeats: there are no hexadecimal numbers here.
    let Some((values, count)) = item.rsplit_once('x') else {
        points.push(Point::Float(signed_number(item)?));
        return Some(());
    };
    let count = repeats(count)?;
    if values == "stale" {
        points.extend(std::iter::repeat_n(Point::Float(stale()), count + 1));
        return Some(());
    }
    let (start, step) = match signed_number(values) {
        Some(start) => (start, 0.0),
        None => split_step(values)?,
    };
    let mut value = start;
    for _ in 0..=count {
        points.push(Point::Float(value));
        value += step;
    }
    Some(())
}

/// `1+2` or `-1e-3-2`: at the last sign that has a number on both sides.
fn split_step(values: &str) -> Option<(f64, f64)> {
    let signs = values.char_indices().filter(|(at, c)| *at > 0 && matches!(c, '+' | '-'));
    let mut splits = signs.filter_map(|(at, _)| Some((signed_number(&values[..at])?, signed_number(&values[at..])?)));
    splits.next_back()
}

pub(super) fn signed_number(text: &str) -> Option<f64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    parse_number(rest).or_else(|| milliseconds(rest)).map(|number| sign * number)
}

#[expect(clippy::cast_precision_loss, reason = "a duration as a number is a float")]
fn milliseconds(text: &str) -> Option<f64> {
    parse_duration(text).map(|milliseconds| milliseconds as f64 / 1000.0)
}

/// A histogram: `{{…}}`, `{{…}}x3`, `{{…}}+{{…}}x3`, `{{…}}-{{…}}x3`.
fn histogram_item(item: &str, points: &mut Vec<Point>) -> Option<()> {
    let end = item.find("}}")? + 2;
    let (histogram, has_hint) = histogram(&item[2..end - 2])?;
    let rest = &item[end..];
    let point =
        |histogram: &FloatHistogram, has_hint| Point::Histogram { histogram: Arc::new(histogram.clone()), has_hint };
    if rest.is_empty() {
        points.push(point(&histogram, has_hint));
        return Some(());
    }
    if let Some(count) = rest.strip_prefix('x') {
        points.extend(std::iter::repeat_n(point(&histogram, has_hint), repeats(count)? + 1));
        return Some(());
    }
    let is_sum = rest.starts_with('+');
    let end = rest.find("}}")? + 2;
    let (step, step_has_hint) = self::histogram(rest.get(3..end - 2)?)?;
    let count = repeats(rest[end..].strip_prefix('x')?)?;
    let mut current = histogram;
    points.push(point(&current, has_hint));
    for _ in 0..count {
        let combined = if is_sum { current.add(&step) } else { current.sub(&step) };
        combined.ok()?;
        points.push(point(&current, has_hint || step_has_hint));
    }
    Some(())
}

/// Reads what is between the braces.
fn histogram(text: &str) -> Option<(FloatHistogram, bool)> {
    let mut histogram = FloatHistogram::default();
    let (mut offset, mut negative_offset) = (0, 0);
    let (mut positive, mut negative) = (Vec::new(), Vec::new());
    let mut has_hint = false;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once(':')?;
        let end = if behind.starts_with('[') { behind.find(']')? + 1 } else { word_end(behind) };
        let (value, behind) = behind.split_at(end);
        #[expect(clippy::cast_possible_truncation, reason = "a script's schemas and offsets are small")]
        let integer = || signed_number(value).map(|number| number as i32);
        match key.trim() {
            "schema" => histogram.schema = integer()?,
            "sum" => histogram.sum = signed_number(value)?,
            "count" => histogram.count = signed_number(value)?,
            "z_bucket" => histogram.zero_count = signed_number(value)?,
            "z_bucket_w" => histogram.zero_threshold = signed_number(value)?,
            "custom_values" => histogram.bounds = list(value)?.into(),
            "buckets" => positive = list(value)?,
            "n_buckets" => negative = list(value)?,
            "offset" => offset = integer()?,
            "n_offset" => negative_offset = integer()?,
            "counter_reset_hint" => {
                has_hint = true;
                histogram.reset_hint = hint(value)?;
            }
            _ => return None,
        }
        rest = behind.trim_start();
    }
    histogram.positive = buckets(offset, positive);
    histogram.negative = buckets(negative_offset, negative);
    Some((histogram, has_hint))
}

fn hint(text: &str) -> Option<ResetHint> {
    match text {
        "unknown" => Some(ResetHint::Unknown),
        "reset" => Some(ResetHint::Reset),
        "not_reset" => Some(ResetHint::NotReset),
        "gauge" => Some(ResetHint::Gauge),
        _ => None,
    }
}

fn list(text: &str) -> Option<Vec<f64>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    inner.split_whitespace().map(signed_number).collect()
}

fn buckets(offset: i32, counts: Vec<f64>) -> Buckets {
    (offset..).zip(counts).collect()
}
