//! The one shape of a failure: `{"error": {"kind", "message", …}}`.

use serde::{Deserialize, Serialize};

/// What went wrong, coarsely; each kind has one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// 400: the request is wrong and will be wrong again.
    Invalid,
    /// 401: a login, token or key is missing or not valid.
    Unauthenticated,
    /// 403: known, but not allowed.
    Forbidden,
    /// 404.
    NotFound,
    /// 409: somebody else changed it meanwhile.
    Conflict,
    /// 413: the request or the answer is larger than a named limit.
    TooLarge,
    /// 429: too many requests.
    TooMany,
    /// 503: try again later.
    Unavailable,
    /// 504: the query ran out of its time.
    Timeout,
    /// 500: stored data cannot be read.
    Data,
    /// 500: a bug or an environment failure.
    Internal,
}

impl ErrorKind {
    /// The HTTP status of this kind.
    pub fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Timeout => 504,
            Self::Data | Self::Internal => 500,
        }
    }
}

/// A failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What went wrong, coarsely.
    pub kind: ErrorKind,
    /// What went wrong and what to change, for a person.
    pub message: String,
    /// For a wrong query text: the byte offset of the mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// What would have been right: the nearest existing name, the expected token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// The failure.
    pub error: ErrorBody,
}

impl ApiError {
    /// A failure without position and hint.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { error: ErrorBody { kind, message: message.into(), position: None, hint: None } }
    }

    /// One failure that names all the mistakes of `what`, or nothing where there are none.
    pub fn refuse(what: &str, mistakes: &[String]) -> Result<(), Self> {
        match mistakes {
            [] => Ok(()),
            [mistake] => Err(Self::new(ErrorKind::Invalid, mistake)),
            _ => {
                let (count, all) = (mistakes.len(), mistakes.join("; "));
                Err(Self::new(ErrorKind::Invalid, format!("{what} has {count} mistakes: {all}")))
            }
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.error.message)
    }
}

impl std::error::Error for ApiError {}
