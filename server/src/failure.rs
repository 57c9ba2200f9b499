//! A failure on its way to the client: the one place that maps kinds to statuses and writes the body.

use api::{ApiError, ErrorKind};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

/// A failure of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    error: Box<ApiError>,
    /// Where it is not the one of the kind.
    status: Option<StatusCode>,
    retry_after_seconds: Option<u64>,
}

impl Failure {
    /// A failure whose message says what to change.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::from(ApiError::new(kind, message))
    }

    /// The request is wrong and will be wrong again.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// A login, token or key is missing or not valid.
    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unauthenticated, message)
    }

    /// Known, but not allowed.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, message)
    }

    /// There is no such thing.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// Somebody else changed it meanwhile.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// Stored data cannot be read.
    pub(crate) fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// A bug or an environment failure.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// Too many requests; the next one may come after this many seconds.
    pub(crate) fn too_many(message: impl Into<String>, wait_seconds: i64) -> Self {
        let retry_after_seconds = u64::try_from(wait_seconds).ok();
        Self { retry_after_seconds, ..Self::new(ErrorKind::TooMany, message) }
    }

    /// Not now; try again after this many seconds.
    pub(crate) fn unavailable(message: impl Into<String>, wait_seconds: u64) -> Self {
        Self { retry_after_seconds: Some(wait_seconds), ..Self::new(ErrorKind::Unavailable, message) }
    }

    /// The path exists, the method does not: `Invalid`, as 405.
    pub(crate) fn method_not_allowed(message: impl Into<String>) -> Self {
        Self { status: Some(StatusCode::METHOD_NOT_ALLOWED), ..Self::invalid(message) }
    }

    /// The same with what would have been right.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.error.error.hint = Some(hint.into());
        self
    }

    /// The body.
    pub(crate) fn into_api_error(self) -> ApiError {
        *self.error
    }

    /// What went wrong, coarsely.
    pub(crate) fn kind(&self) -> ErrorKind {
        self.error.error.kind
    }

    /// For a person.
    pub(crate) fn message(&self) -> &str {
        &self.error.error.message
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self { error: Box::new(error), status: None, retry_after_seconds: None }
    }
}

impl From<storage::Error> for Failure {
    fn from(error: storage::Error) -> Self {
        let kind = match error.kind() {
            storage::ErrorKind::Invalid => ErrorKind::Invalid,
            storage::ErrorKind::NotFound => ErrorKind::NotFound,
            storage::ErrorKind::Conflict => ErrorKind::Conflict,
            storage::ErrorKind::Unavailable => ErrorKind::Unavailable,
            storage::ErrorKind::Data => ErrorKind::Data,
            storage::ErrorKind::Internal => ErrorKind::Internal,
        };
        let retry_after_seconds = error.retry_after().map(|after| after.as_secs().max(1));
        Self { retry_after_seconds, ..Self::new(kind, error.to_string()) }
    }
}

impl From<query::Error> for Failure {
    fn from(error: query::Error) -> Self {
        let kind = match error.kind {
            query::ErrorKind::Invalid => ErrorKind::Invalid,
            query::ErrorKind::NotFound => ErrorKind::NotFound,
            query::ErrorKind::TooLarge => ErrorKind::TooLarge,
            query::ErrorKind::Timeout => ErrorKind::Timeout,
            query::ErrorKind::Unavailable => return Self::unavailable(error.message, 1),
            query::ErrorKind::Data => ErrorKind::Data,
            query::ErrorKind::Internal => ErrorKind::Internal,
        };
        let mut failure = Self::new(kind, error.message);
        failure.error.error.position = error.position;
        failure.error.error.hint = error.hint;
        failure
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Failure {}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let of_kind = StatusCode::from_u16(self.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let status = self.status.unwrap_or(of_kind);
        let mut response = (status, Json(&*self.error)).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
