//! Whether the store can be reached, as far as the last request tells.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use object_store::{Error, Result};
use tokio::time::Instant;

/// A clone is the same one.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    refused_for: Duration,
    last: Arc<Mutex<Option<Failure>>>,
}

#[derive(Debug, Clone)]
struct Failure {
    at: Instant,
    reason: String,
}

impl Reach {
    pub(super) fn new(refused_for: Duration) -> Self {
        Self { refused_for, last: Arc::default() }
    }

    /// Why the last request got no answer, if so.
    pub(super) fn reason(&self) -> Option<String> {
        self.lock().as_ref().map(|failure| failure.reason.clone())
    }

    /// Whether that is so recent that another would get none either.
    pub(super) fn refuses(&self) -> bool {
        self.lock().as_ref().is_some_and(|failure| failure.at.elapsed() < self.refused_for)
    }

    /// An error where [`Self::refuses`].
    pub(super) fn check(&self, url: &str) -> Result<()> {
        if !self.refuses() {
            return Ok(());
        }
        let reason = self.reason().unwrap_or_default();
        Err(Error::Generic { store: "tables", source: format!("{url} cannot be reached: {reason}").into() })
    }

    /// Learns from the outcome of a request.
    pub(super) fn noted<T>(&self, outcome: Result<T>) -> Result<T> {
        let failure = match &outcome {
            Err(error) if is_no_answer(error) => Some(Failure { at: Instant::now(), reason: error.to_string() }),
            _ => None,
        };
        *self.lock() = failure;
        outcome
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Failure>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether nothing was learnt about the object that was asked for: no connection, a server's failure, no rights.
fn is_no_answer(error: &Error) -> bool {
    match error {
        // A range behind the end, say. The error has no kind of its own for it.
        Error::Generic { source, .. } => !source.to_string().contains("non-2xx status code: 4"),
        error => matches!(error, Error::PermissionDenied { .. } | Error::Unauthenticated { .. }),
    }
}
