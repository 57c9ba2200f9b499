//! `+ - * / % ^` and the sign. What is no number, and what has no finite result (a division by zero), gives nothing.

use super::Value;
use crate::syntax::BinaryOperator;

/// The result of an arithmetic operator; [`Value::Null`] for other operators.
pub fn calculate(operator: BinaryOperator, left: &Value, right: &Value) -> Value {
    let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else { return Value::Null };
    Value::number(match operator {
        BinaryOperator::Add => a + b,
        BinaryOperator::Subtract => a - b,
        BinaryOperator::Multiply => a * b,
        BinaryOperator::Divide => a / b,
        BinaryOperator::Remainder => a % b,
        BinaryOperator::Power => a.powf(b),
        _ => return Value::Null,
    })
}

/// `-a`
pub fn negate(value: &Value) -> Value {
    value.as_number().map(|number| -number).into()
}

#[cfg(test)]
mod tests;
