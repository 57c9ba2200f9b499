//! Values from and to JSON, and the way to a member.
//!
//! A whole number that a floating-point number cannot hold exactly (an id of 19 digits) becomes a text of its digits, so
//! that it shows and compares as it was written.

use std::sync::Arc;

use serde_json::Value as Json;

use super::Value;
use crate::syntax::Step;

/// The largest whole number up to which a floating-point number holds all.
const EXACT_MAX: u64 = 1 << 53;

/// Reads JSON; `None` where it is not well formed. `serde_json` allows 128 levels.
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str::<Json>(text).ok().map(|json| from_json(&json))
}

/// The value of a JSON value.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => {
            let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if whole.is_some_and(|whole| whole > EXACT_MAX) {
                return Value::from(number.to_string());
            }
            number.as_f64().map_or(Value::Null, Value::number)
        }
        Json::String(text) => Value::text(text),
        Json::Array(items) => items.iter().map(from_json).collect(),
        Json::Object(members) => Value::Map(Arc::new(
            members.iter().map(|(key, member)| (Arc::from(key.as_str()), from_json(member))).collect(),
        )),
    }
}

/// The JSON of a value. Whole numbers have no point, times are milliseconds.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) if number.fract() == 0.0 && number.abs() <= EXACT_MAX as f64 => {
            Json::from(*number as i64)
        }
        Value::Number(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_ref()),
        Value::Time(milliseconds) => Json::from(*milliseconds),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(members) => {
            Json::Object(members.iter().map(|(key, member)| (key.to_string(), to_json(member))).collect())
        }
    }
}

/// The member at the end of a path. A whole number as a key goes into a list too (`a.0` is `a[0]`).
pub fn member(value: &Value, path: &[Step]) -> Value {
    let mut value = value;
    for step in path {
        let next = match (value, step) {
            (Value::Map(members), Step::Key(key)) => members.get(key.as_str()),
            (Value::Map(members), Step::Index(index)) => members.get(index.to_string().as_str()),
            (Value::List(items), Step::Index(index)) => items.get(*index),
            (Value::List(items), Step::Key(key)) => key.parse().ok().and_then(|index: usize| items.get(index)),
            _ => None,
        };
        match next {
            Some(next) => value = next,
            None => return Value::Null,
        }
    }
    value.clone()
}

/// Reads a path such as `a.b[0].c`, `$.a`, `['odd.key']`; `None` where it is none.
pub fn path(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.trim().trim_start_matches('$');
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let end = inside.find(']')?;
            let step = inside[..end].trim();
            let quoted = step.strip_prefix(['\'', '"']).and_then(|step| step.strip_suffix(['\'', '"']));
            steps.push(match quoted {
                Some(key) => Step::Key(key.to_owned()),
                None => Step::Index(step.parse().ok()?),
            });
            rest = &inside[end + 1..];
            continue;
        }
        let key = rest.strip_prefix('.').unwrap_or(rest);
        let length = key.find(['.', '[']).unwrap_or(key.len());
        if length == 0 {
            return None;
        }
        steps.push(Step::Key(key[..length].to_owned()));
        rest = &key[length..];
    }
    (!steps.is_empty()).then_some(steps)
}

#[cfg(test)]
mod tests;
