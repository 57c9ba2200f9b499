//! Patterns with stars: `user=*, method:*`.
//!
//! The pattern may begin anywhere in the text. A star takes as little as it can; a star at the end takes the rest, one at
//! the begin takes from the text's begin. A space stands for itself.

use crate::value::Value;

#[derive(Debug, Clone)]
pub(super) struct Glob {
    /// What stands before, between and behind the stars.
    literals: Vec<String>,
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Self {
        Self { literals: pattern.split('*').map(str::to_owned).collect() }
    }

    pub(super) fn stars(&self) -> usize {
        self.literals.len() - 1
    }

    /// One match behind the other.
    pub(super) fn matches<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Vec<Value>> + 'a {
        let mut rest = Some(text);
        std::iter::from_fn(move || {
            let (values, behind) = self.first_match(rest?)?;
            let used = rest?.len() - behind.len();
            rest = (used > 0 && !behind.is_empty()).then_some(behind);
            Some(values)
        })
    }

    /// The values of the first match, and the text behind it. The first place of each literal is the right one: from a
    /// later place, less text would be left for the others.
    fn first_match<'a>(&self, text: &'a str) -> Option<(Vec<Value>, &'a str)> {
        let (first, others) = self.literals.split_first()?;
        let mut rest = &text[text.find(first.as_str())? + first.len()..];
        let mut values = Vec::with_capacity(others.len());
        for (index, literal) in others.iter().enumerate() {
            let is_last = index + 1 == others.len();
            let length = if is_last && literal.is_empty() { rest.len() } else { rest.find(literal.as_str())? };
            values.push(Value::text(&rest[..length]));
            rest = &rest[length + literal.len()..];
        }
        Some((values, rest))
    }
}
