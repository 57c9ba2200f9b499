//! `= != < <= > >=`, `like`, `in`.
//!
//! Two values compare as numbers where both are numbers or read as numbers, else as texts, by their characters, in their
//! case. A test of a missing value, a list or a map is false, whichever test it is: `!=`, `not like` and `not in` too.
//! Only the word `not` before a test turns it around.

use std::cmp::Ordering;

use super::Value;
use crate::syntax::BinaryOperator;

/// How two values compare; `None` where one is missing, a list or a map.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    if !is_comparable(left) || !is_comparable(right) {
        return None;
    }
    if let (Some(a), Some(b)) = (left.as_number(), right.as_number()) {
        return a.partial_cmp(&b);
    }
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(a.as_ref().cmp(b.as_ref())),
        _ => Some(left.to_string().cmp(&right.to_string())),
    }
}

/// Whether a comparison holds; false for operators that compare nothing.
pub fn holds(operator: BinaryOperator, left: &Value, right: &Value) -> bool {
    let Some(ordering) = compare(left, right) else { return false };
    match operator {
        BinaryOperator::Eq => ordering.is_eq(),
        BinaryOperator::Ne => ordering.is_ne(),
        BinaryOperator::Lt => ordering.is_lt(),
        BinaryOperator::Le => ordering.is_le(),
        BinaryOperator::Gt => ordering.is_gt(),
        BinaryOperator::Ge => ordering.is_ge(),
        _ => false,
    }
}

/// Whether a value, as text, holds a part.
pub fn like_text(value: &Value, part: &str, negated: bool) -> bool {
    test_text(value, negated, |text| text.contains(part))
}

/// Whether a value, as text, has a match.
pub fn like_regex(value: &Value, regex: &regex::Regex, negated: bool) -> bool {
    test_text(value, negated, |text| regex.is_match(text))
}

/// Whether a value equals one of the set.
pub fn is_in(value: &Value, set: &[Value], negated: bool) -> bool {
    is_comparable(value) && set.iter().any(|member| holds(BinaryOperator::Eq, value, member)) != negated
}

fn is_comparable(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::List(_) | Value::Map(_))
}

fn test_text(value: &Value, negated: bool, test: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::Text(text) => test(text) != negated,
        other if is_comparable(other) => test(&other.to_string()) != negated,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
