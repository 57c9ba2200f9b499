//! Hexadecimal texts, with or without `0x`.

use crate::value::Value;

/// The largest whole number up to which a floating-point number holds all.
const EXACT_MAX: u64 = 1 << 53;

/// The characters of the bytes; `None` where it is not hexadecimal or not ASCII.
pub(super) fn to_ascii(text: &str) -> Option<String> {
    let digits = without_prefix(text);
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).ok().filter(u8::is_ascii).map(char::from))
        .collect()
}

/// Up to 64 bits; large numbers as the text of their digits.
pub(super) fn to_decimal(text: &str) -> Option<Value> {
    let digits = without_prefix(text);
    if digits.starts_with('+') {
        return None;
    }
    let number = u64::from_str_radix(digits, 16).ok()?;
    Some(if number <= EXACT_MAX { Value::Number(number as f64) } else { Value::from(number.to_string()) })
}

/// Of a whole number from 0.
pub(super) fn from_decimal(number: f64) -> Option<String> {
    let is_whole = number >= 0.0 && number.fract() == 0.0 && number <= u64::MAX as f64;
    is_whole.then(|| format!("{:x}", number as u64))
}

fn without_prefix(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text)
}
