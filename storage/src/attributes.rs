//! The text forms of values.
//!
//! *JSON text* is what the attribute maps hold: `"a"` with its quotation marks is a string, `5` a number. *Plain text*
//! is what people type and what the index holds: a string as it is, everything else as its JSON text.

use std::borrow::Cow;
use std::fmt::Write;

use crate::row::Value;

/// The JSON text of a value.
///
/// Strings are quoted, integers exact. Bytes are a base64 string (standard alphabet, padded), NaN and the infinities
/// are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`, as proto3 JSON has them; a value without content is `null`.
pub fn json_text(value: &Value<'_>) -> String {
    let mut out = String::new();
    write_json(value, &mut out);
    out
}

/// The plain text of a value: strings without quotation marks, everything else as its JSON text.
pub fn plain_text<'a>(value: &'a Value<'_>) -> Cow<'a, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Bytes(bytes) => Cow::Owned(base64(bytes)),
        Value::Double(number) if !number.is_finite() => Cow::Borrowed(not_finite(*number)),
        other => Cow::Owned(json_text(other)),
    }
}

/// The plain text of a JSON text, so that a map's value can be compared with what was asked for.
pub fn plain_of_json(json: &str) -> Cow<'_, str> {
    if !json.starts_with('"') {
        return Cow::Borrowed(json);
    }
    // Between its quotation marks a string without escapes is the text itself.
    if let Some(text) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))
        && !text.bytes().any(|byte| byte == b'\\' || byte == b'"' || byte < b' ')
    {
        return Cow::Borrowed(text);
    }
    match serde_json::from_str::<String>(json) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(json),
    }
}

/// The columns `body` and `body_type` of a log record: text as it is and `string`, anything else as JSON and `json`,
/// nothing for a value without content.
pub fn body_text<'a>(body: &'a Value<'_>) -> Option<(Cow<'a, str>, &'static str)> {
    match body {
        Value::Empty => None,
        Value::String(text) => Some((Cow::Borrowed(text), "string")),
        other => Some((Cow::Owned(json_text(other)), "json")),
    }
}

/// Appends the JSON text of a value. The collector bounds how deep a value nests.
pub fn write_json(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Empty => out.push_str("null"),
        Value::String(text) => write_string(text, out),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => write!(out, "{number}").expect("writing to a String cannot fail"),
        Value::Double(number) => write_double(*number, out),
        Value::Bytes(bytes) => write_string(&base64(bytes), out),
        Value::Array(values) => {
            out.push('[');
            for (position, item) in values.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (position, (key, item)) in entries.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write_json(item, out);
            }
            out.push('}');
        }
    }
}

fn write_double(number: f64, out: &mut String) {
    if number.is_finite() {
        // `{:?}` is the shortest text that reads back as the same double, and keeps the `.0` that tells it from an
        // integer.
        write!(out, "{number:?}").expect("writing to a String cannot fail");
    } else {
        write_string(not_finite(number), out);
    }
}

fn not_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    if !text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.push_str(text);
        out.push('"');
        return;
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => write!(out, "\\u{:04x}", c as u32).expect("writing to a String cannot fail"),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            if position <= chunk.len() {
                out.push(char::from(ALPHABET[(group >> (18 - 6 * position)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
