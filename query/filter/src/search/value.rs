//! Values of fields: how they are read and written.

use super::keys::{Key, KeyType};
use crate::nearest::nearest;
use crate::scanner::quote;

/// The value that a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Another number; finite.
    Double(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A duration, nanoseconds.
    Duration(i64),
    /// A size, bytes.
    Size(u64),
}

/// Units of time in nanoseconds, largest first.
const DURATIONS: [(&str, u64); 8] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("ns", 1),
];

/// Units of size in bytes, largest first, thousands before 1024s.
const SIZES: [(&str, u64); 9] = [
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// What is wrong with a value, and the nearest right one.
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) suggestion: Option<&'static str>,
    pub(super) expected: &'static [&'static str],
}

/// A value without quotation marks where any attribute may stand: numbers and booleans are typed, the rest is text.
pub(super) fn typed(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::Text(text.to_owned())),
    }
}

/// A value that has a size: a number, a duration or a size.
pub(super) fn sized(text: &str) -> Option<Value> {
    number(text).or_else(|| duration(text).map(Value::Duration)).or_else(|| size(text).map(Value::Size))
}

/// A value of a key of the table. `quoted`: whether it stood in quotation marks.
pub(super) fn of_key(key: &Key, text: &str, quoted: bool) -> Result<Value, Mistake> {
    let mistake = |message: String| Mistake { message, suggestion: None, expected: &[] };
    match key.key_type {
        KeyType::Text => Ok(Value::Text(text.to_owned())),
        KeyType::Number => number(text).ok_or_else(|| mistake(format!("{} needs a number, not {text:?}", key.name))),
        KeyType::Bool => match typed(text) {
            value @ Value::Bool(_) => Ok(value),
            _ => {
                let suggestion = nearest(text, ["true", "false"]);
                let message = format!("{} needs true or false, not {text:?}", key.name);
                Err(Mistake { message, suggestion, expected: &["true", "false"] })
            }
        },
        KeyType::Duration => {
            let with_unit = duration(text).or_else(|| duration(&format!("{text}ms")));
            let message = || format!("{} needs a duration such as 250ms, 1.5s or 2m, not {text:?}", key.name);
            with_unit.map(Value::Duration).ok_or_else(|| mistake(message()))
        }
        KeyType::Size => {
            let with_unit = size(text).or_else(|| size(&format!("{text}B")));
            let message = || format!("{} needs a size such as 512, 10KB or 1MiB, not {text:?}", key.name);
            with_unit.map(Value::Size).ok_or_else(|| mistake(message()))
        }
        KeyType::Words(words) | KeyType::Levels(words) => {
            let known = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            known.map(|word| Value::Text((*word).to_owned())).ok_or_else(|| {
                let shown = if quoted { quote(text) } else { text.to_owned() };
                let message = format!("{shown} is none of {}'s values; use {}", key.name, words.join(", "));
                Mistake { message, suggestion: nearest(text, words.iter().copied()), expected: words }
            })
        }
    }
}

/// A number as JSON has it.
fn number(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let whole_end = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    let (whole, rest) = unsigned.split_at(whole_end);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    if rest.is_empty()
        && let Ok(value) = text.parse()
    {
        return Some(Value::Int(value));
    }
    let after_fraction = match rest.strip_prefix('.') {
        Some(fraction) => {
            let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (after.len() < fraction.len()).then_some(after)?
        }
        None => rest,
    };
    if let Some(exponent) = after_fraction.strip_prefix(['e', 'E']) {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
    } else if !after_fraction.is_empty() {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::Double)
}

/// `250ms`, `1.5s`, `1h30m`.
fn duration(text: &str) -> Option<i64> {
    let (mut nanos, mut rest) = (0i64, text);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (amount, after) = amount(rest)?;
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        let factor = DURATIONS.iter().find(|(name, _)| *name == unit)?.1;
        nanos = nanos.checked_add(i64::try_from(scaled(amount, factor)?).ok()?)?;
        rest = next;
    }
    Some(nanos)
}

/// `10KB`, `1.5MiB`; units in any case.
fn size(text: &str) -> Option<u64> {
    let (amount, unit) = amount(text)?;
    let factor = SIZES.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1;
    scaled(amount, factor)
}

/// The decimal number that the text begins with, and what follows it.
fn amount(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (amount, rest) = text.split_at(end);
    let begins_and_ends = amount.starts_with(|c: char| c.is_ascii_digit()) && !amount.ends_with('.');
    (begins_and_ends && amount.matches('.').count() <= 1).then_some((amount, rest))
}

/// The amount in the smallest unit, exact where it is whole, otherwise rounded.
fn scaled(amount: &str, factor: u64) -> Option<u64> {
    match amount.parse::<u64>() {
        Ok(whole) => whole.checked_mul(factor),
        Err(_) => {
            let value = (amount.parse::<f64>().ok()? * factor as f64).round();
            (value < u64::MAX as f64).then_some(value as u64)
        }
    }
}

/// The amount with the largest unit that takes it whole.
pub(super) fn with_unit(value: &Value) -> Option<String> {
    let (amount, units): (u64, &[(&str, u64)]) = match value {
        Value::Duration(nanos) => (nanos.unsigned_abs(), &DURATIONS),
        Value::Size(bytes) => (*bytes, &SIZES),
        _ => return None,
    };
    let fits = |factor: u64| amount.is_multiple_of(factor) && amount >= factor;
    let (unit, factor) = units.iter().copied().find(|(_, factor)| fits(*factor)).or(units.last().copied())?;
    Some(format!("{}{unit}", amount / factor))
}

#[cfg(test)]
mod tests;
