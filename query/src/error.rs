//! The one error of this crate: a message a person can act on, and a kind that says what the caller should do.

use arrow::error::ArrowError;
use datafusion::error::DataFusionError;

use crate::engine::{ALL_QUERIES, ONE_QUERY};

/// What the caller should do about an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The question is wrong and will be wrong again.
    Invalid,
    /// What was asked for does not exist.
    NotFound,
    /// The question needs more memory or makes a larger answer than a named limit allows.
    TooLarge,
    /// Its time was up.
    Timeout,
    /// It may be asked again later.
    Unavailable,
    /// Stored data cannot be read.
    Data,
    /// A bug or an environment failure.
    Internal,
}

/// A query that has no answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What the caller should do.
    pub kind: ErrorKind,
    /// What went wrong and what to change.
    pub message: String,
    /// For a wrong query text: the byte offset of the mistake.
    pub position: Option<u64>,
    /// What would have been right.
    pub hint: Option<String>,
}

impl Error {
    /// An error without position and hint.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), position: None, hint: None }
    }

    /// The question is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// The same error with a hint.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        let kind = match error.kind() {
            storage::ErrorKind::Invalid | storage::ErrorKind::Conflict => ErrorKind::Invalid,
            storage::ErrorKind::NotFound => ErrorKind::NotFound,
            storage::ErrorKind::Unavailable => ErrorKind::Unavailable,
            storage::ErrorKind::Data => ErrorKind::Data,
            storage::ErrorKind::Internal => ErrorKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        let root = error.find_root();
        let kind = match root {
            // Others have the memory; it may be asked again.
            DataFusionError::ResourcesExhausted(text) if text.contains(ALL_QUERIES) => ErrorKind::Unavailable,
            DataFusionError::ResourcesExhausted(_) => ErrorKind::TooLarge,
            DataFusionError::SQL(..)
            | DataFusionError::Plan(_)
            | DataFusionError::SchemaError(..)
            | DataFusionError::NotImplemented(_)
            | DataFusionError::Execution(_) => ErrorKind::Invalid,
            DataFusionError::ArrowError(error, _) => match error.as_ref() {
                ArrowError::ParquetError(_) | ArrowError::IoError(..) | ArrowError::ExternalError(_) => ErrorKind::Data,
                // Arithmetic of the query's own: a cast, an overflow.
                _ => ErrorKind::Invalid,
            },
            DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
                ErrorKind::Data
            }
            _ => ErrorKind::Internal,
        };
        let text = first_line(&root.strip_backtrace());
        let message = match kind {
            ErrorKind::TooLarge => format!(
                "the query needs more memory than {ONE_QUERY} allows; ask for a shorter range or fewer groups ({text})"
            ),
            ErrorKind::Unavailable => {
                format!("the queries that run now need all the memory that queries may have; ask again later ({text})")
            }
            ErrorKind::Data => format!("a stored file cannot be read: {text}"),
            _ => text,
        };
        Self::new(kind, message)
    }
}

/// DataFusion's text without the name of its own error classes, and without the list of every column there is.
fn first_line(text: &str) -> String {
    let line = text.trim();
    let line = line.split("\nValid fields are").next().unwrap_or(line);
    for prefix in [
        "Error during planning: ",
        "SQL error: ",
        "Execution error: ",
        "Schema error: ",
        "This feature is not implemented: ",
        "Arrow error: ",
    ] {
        if let Some(rest) = line.strip_prefix(prefix) {
            return rest.to_owned();
        }
    }
    line.to_owned()
}
