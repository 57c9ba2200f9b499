//! The one error of this crate: a message a person can act on, and a kind that says what the caller should do.

use std::time::Duration;

/// What the caller should do about an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request is wrong and will be wrong again.
    Invalid,
    /// The thing asked for does not exist.
    NotFound,
    /// A precondition (an expected version) does not hold.
    Conflict,
    /// Storage cannot take this now; the same request may succeed after [`Error::retry_after`].
    Unavailable,
    /// Stored data cannot be read: a file is corrupt or missing.
    Data,
    /// A bug or an environment failure.
    Internal,
}

/// A storage failure.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    retry_after: Option<Duration>,
}

impl Error {
    /// An error of the given kind with a message in lower case that says what to change.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    /// A refusal that may be retried after `retry_after`.
    pub fn unavailable(message: impl Into<String>, retry_after: Duration) -> Self {
        Self { kind: ErrorKind::Unavailable, message: message.into(), retry_after: Some(retry_after) }
    }

    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// For [`ErrorKind::Unavailable`]: when to try again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}
