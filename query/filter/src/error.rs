//! What is wrong with a text of one of the two languages: where, what was expected, what was probably meant.

/// A text that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", hint(.suggestion))]
pub struct SyntaxError {
    /// What is wrong and what to change.
    pub message: String,
    /// Where it begins, in bytes.
    pub position: usize,
    /// How long it is, in bytes; 0 where something is missing.
    pub length: usize,
    /// What would have been right there, for a list of proposals; may be empty.
    pub expected: Vec<String>,
    /// The nearest thing that exists.
    pub suggestion: Option<String>,
}

impl SyntaxError {
    /// An error about `length` bytes from `position` on.
    pub(crate) fn new(position: usize, length: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), position, length, expected: Vec::new(), suggestion: None }
    }

    /// With what would have been right.
    pub(crate) fn expecting<'a>(mut self, expected: impl IntoIterator<Item = &'a str>) -> Self {
        self.expected = expected.into_iter().map(str::to_owned).collect();
        self
    }

    /// With the nearest thing that exists, if one is near.
    pub(crate) fn suggesting(mut self, suggestion: Option<&str>) -> Self {
        self.suggestion = suggestion.map(str::to_owned);
        self
    }
}

fn hint(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default()
}
