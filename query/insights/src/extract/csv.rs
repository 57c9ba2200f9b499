//! `a,"b, c",d`: values with commas between them (RFC 4180, one record). Unquoted values lose blanks at their ends.

use crate::value::Value;

pub(super) fn split(text: &str) -> Vec<Value> {
    let mut values = Vec::new();
    let mut rest = text.trim_end_matches(['\r', '\n']);
    loop {
        let (value, behind) = value_at(rest);
        values.push(value);
        match behind.strip_prefix(',') {
            Some(behind) => rest = behind,
            None => return values,
        }
    }
}

/// The value at the begin of a text, and the rest, which begins with a comma unless it is empty.
fn value_at(text: &str) -> (Value, &str) {
    let Some(inside) = text.trim_start().strip_prefix('"') else {
        let length = text.find(',').unwrap_or(text.len());
        return (Value::text(text[..length].trim()), &text[length..]);
    };
    let mut value = String::new();
    let mut characters = inside.char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        if character != '"' {
            value.push(character);
        } else if characters.next_if(|(_, next)| *next == '"').is_some() {
            value.push('"');
        } else {
            let behind = &inside[offset + 1..];
            let comma = behind.find(',').unwrap_or(behind.len());
            return (Value::from(value), &behind[comma..]);
        }
    }
    (Value::from(value), "")
}
