//! Functions of JSON.

use std::sync::Arc;

use super::{Context, Function, Kind, function, text_at};
use crate::syntax::BinaryOperator;
use crate::value::{Value, compare, json};

pub(super) const FUNCTIONS: &[Function] = &[
    function("jsonParse", &[Kind::Any], Kind::Any, parse),
    function("jsonStringify", &[Kind::Any], Kind::Text, stringify),
    function("jsonArraySize", &[Kind::Any], Kind::Number, size),
    function("jsonArrayContains", &[Kind::Any, Kind::Any], Kind::Bool, contains),
];

/// `jsonParse(text)`: the list, map or plain value; nothing where it is no JSON.
fn parse(arguments: &[Value], _: &Context) -> Value {
    match arguments.first() {
        Some(value @ (Value::List(_) | Value::Map(_))) => value.clone(),
        _ => text_at(arguments, 0).and_then(|text| json::parse(&text)).unwrap_or_default(),
    }
}

/// `jsonStringify(value)`
fn stringify(arguments: &[Value], _: &Context) -> Value {
    match arguments.first() {
        None | Some(Value::Null) => Value::Null,
        Some(value) => Value::from(json::to_json(value).to_string()),
    }
}

/// `jsonArraySize(list)`, of a list or the JSON of one.
fn size(arguments: &[Value], _: &Context) -> Value {
    list(arguments).map(|items| items.len() as f64).into()
}

/// `jsonArrayContains(list, value)`: whether an element equals it, as `=` does.
fn contains(arguments: &[Value], _: &Context) -> Value {
    let (Some(items), Some(wanted)) = (list(arguments), arguments.get(1)) else { return Value::Null };
    Value::Bool(items.iter().any(|item| compare::holds(BinaryOperator::Eq, item, wanted)))
}

fn list(arguments: &[Value]) -> Option<Arc<[Value]>> {
    match arguments.first()? {
        Value::List(items) => Some(Arc::clone(items)),
        Value::Text(text) => match json::parse(text)? {
            Value::List(items) => Some(items),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
