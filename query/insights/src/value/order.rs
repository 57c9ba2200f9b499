//! The natural order, by which `sort`, `sortsFirst`, `max` of texts and groups are ordered.
//!
//! Missing values come first, then all that are no numbers, then the numbers by their size. Those that are no numbers are
//! compared chunk by chunk, where a chunk is a run of digits or a run of other characters: digits by their length, then by
//! their value; others by their characters. (`item2` before `item10`.) It is a total order.

use std::cmp::Ordering;

use super::Value;

/// How two values are ordered.
pub fn natural(left: &Value, right: &Value) -> Ordering {
    match (rank(left), rank(right)) {
        (Rank::Number(a), Rank::Number(b)) => a.total_cmp(&b),
        (Rank::Other, Rank::Other) => match (left, right) {
            (Value::Text(a), Value::Text(b)) => natural_text(a, b),
            _ => natural_text(&left.to_string(), &right.to_string()),
        },
        (a, b) => a.level().cmp(&b.level()),
    }
}

/// How two texts that are no numbers are ordered.
pub fn natural_text(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left, right);
    loop {
        if a.is_empty() || b.is_empty() {
            return a.len().cmp(&b.len());
        }
        let (first, rest_a) = chunk(a);
        let (second, rest_b) = chunk(b);
        let are_digits = is_digit(first) && is_digit(second);
        let by_length = if are_digits { first.len().cmp(&second.len()) } else { Ordering::Equal };
        let ordering = by_length.then_with(|| first.cmp(second));
        if ordering.is_ne() {
            return ordering;
        }
        (a, b) = (rest_a, rest_b);
    }
}

enum Rank {
    Missing,
    Other,
    Number(f64),
}

impl Rank {
    fn level(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Other => 1,
            Self::Number(_) => 2,
        }
    }
}

fn rank(value: &Value) -> Rank {
    match value {
        Value::Null => Rank::Missing,
        Value::Bool(_) => Rank::Other,
        // `+ 0.0` makes negative zero zero.
        other => other.as_number().map_or(Rank::Other, |number| Rank::Number(number + 0.0)),
    }
}

/// The first run of digits or of others, and the rest.
fn chunk(text: &str) -> (&str, &str) {
    let digits = is_digit(text);
    let length = text.bytes().position(|byte| byte.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(length)
}

fn is_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests;
