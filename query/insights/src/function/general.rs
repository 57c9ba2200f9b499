//! Functions of any values: presence, choice, size.

use super::{Context, Function, Implicit, Kind, Parameters, function, with_implicit, with_optional, with_rest};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    function("ispresent", &[Kind::Any], Kind::Bool, |arguments, _| {
        Value::Bool(arguments.first().is_some_and(|value| !value.is_null()))
    }),
    with_rest(function("coalesce", &[Kind::Any], Kind::Any, coalesce), Kind::Any),
    function("if", &[Kind::Any, Kind::Any, Kind::Any], Kind::Any, choose),
    with_rest(function("case", &[Kind::Any, Kind::Any], Kind::Any, case), Kind::Any),
    function("isNumeric", &[Kind::Any], Kind::Bool, |arguments, _| {
        Value::Bool(
            arguments.first().is_some_and(|value| !matches!(value, Value::Bool(_)) && value.as_number().is_some()),
        )
    }),
    with_implicit(
        Function {
            parameters: Parameters { required: &[], optional: &[Kind::Any], rest: None },
            ..function("messageSize", &[], Kind::Number, message_size)
        },
        Implicit::Message,
    ),
    with_implicit(
        with_optional(
            function("unmask", &[], Kind::Any, |arguments, _| arguments.first().cloned().unwrap_or_default()),
            &[Kind::Any],
        ),
        Implicit::Message,
    ),
];

/// The pairs of `case`. AWS's limit; checked before a query runs.
pub(crate) const CASE_PAIRS_MAX: usize = 10;

/// `coalesce(a, b, …)`: the first that is not missing.
fn coalesce(arguments: &[Value], _: &Context) -> Value {
    arguments.iter().find(|value| !value.is_null()).cloned().unwrap_or_default()
}

/// `if(condition, a, b)`
fn choose(arguments: &[Value], _: &Context) -> Value {
    let [condition, then, otherwise] = arguments else { return Value::Null };
    if condition.is_true() { then.clone() } else { otherwise.clone() }
}

/// `case(condition, value, …[, default])`: the value behind the first condition that holds.
fn case(arguments: &[Value], _: &Context) -> Value {
    let mut pairs = arguments.chunks_exact(2);
    let found = pairs.find(|pair| pair[0].is_true()).map(|pair| pair[1].clone());
    found.unwrap_or_else(|| pairs.remainder().first().cloned().unwrap_or_default())
}

/// `messageSize()`: the bytes of the message in UTF-8.
fn message_size(arguments: &[Value], _: &Context) -> Value {
    arguments.first().and_then(Value::as_text).map(|text| text.len() as f64).into()
}

#[cfg(test)]
mod tests;
