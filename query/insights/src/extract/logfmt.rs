//! `level=info msg="it is done" retry`: pairs with blanks between them. A word without a value is true.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::Value;

/// The map of the pairs, of equal keys the last; `None` where there is no pair with `=`.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut members: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut has_pair = false;
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let length = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (key, behind) = rest.split_at(length);
        let value;
        (value, rest) = match behind.strip_prefix('=') {
            None => (Value::Bool(true), behind),
            Some(behind) => {
                has_pair |= !key.is_empty();
                let (text, rest) = value_at(behind);
                (Value::from(text), rest)
            }
        };
        if !key.is_empty() {
            members.insert(Arc::from(key), value);
        }
        rest = rest.trim_start();
    }
    has_pair.then(|| Value::Map(Arc::new(members)))
}

/// The value at the begin of a text, and the rest. A quote without a partner holds the rest.
fn value_at(text: &str) -> (String, &str) {
    let Some(inside) = text.strip_prefix('"') else {
        let length = text.find(char::is_whitespace).unwrap_or(text.len());
        return (text[..length].to_owned(), &text[length..]);
    };
    let mut value = String::new();
    let mut characters = inside.char_indices();
    while let Some((offset, character)) = characters.next() {
        match character {
            '"' => return (value, &inside[offset + 1..]),
            '\\' => match characters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    (value, "")
}
