//! What is wrong with a query, where, and what would be right.

use crate::nearest::nearest;
use crate::span::Span;

/// A mistake in a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", hint(.nearest.as_deref()))]
pub struct SyntaxError {
    /// What was expected, and what stands there.
    pub message: String,
    /// The first byte of what is wrong, in the query's text.
    pub position: usize,
    /// How many bytes are wrong; 0 where something is missing.
    pub length: usize,
    /// The nearest thing that exists.
    pub nearest: Option<String>,
}

impl SyntaxError {
    /// A mistake at a place.
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), position: span.position, length: span.length, nearest: None }
    }

    /// With the nearest of the names that exist, if one is near.
    #[must_use]
    pub fn near<'a>(mut self, name: &str, existing: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest = nearest(name, existing).map(str::to_owned);
        self
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
