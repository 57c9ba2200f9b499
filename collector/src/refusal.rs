//! Why a whole request was refused, and the one place that maps it to HTTP and gRPC statuses.
//!
//! What may be retried says after how long; what may not, gets a code that the OTLP specification lists as not
//! retryable. So a request that is too large is RESOURCE_EXHAUSTED without RetryInfo, not OUT_OF_RANGE, which clients
//! would send again and again.

use std::time::Duration;

use http::StatusCode;
use tonic::Code;

/// How long a client is asked to wait where nobody knows better.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What kind of refusal it is; decides the status and is the name in the counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// The body cannot be read as what it claims to be, or storage says it is wrong.
    Invalid,
    /// A content type that is neither protobuf nor JSON.
    ContentType,
    /// A compression that is not supported.
    Encoding,
    /// A limit on the request was hit.
    TooLarge,
    /// The body did not arrive in time.
    Timeout,
    /// The client went away or broke the protocol while sending.
    Broken,
    /// Too many requests in progress.
    Throttled,
    /// The byte budget is used up, or storage cannot take more now.
    Unavailable,
    /// A bug or a failure of the environment.
    Internal,
    /// No such path.
    NotFound,
    /// Another HTTP method than POST.
    Method,
}

impl RefusalKind {
    pub(crate) const ALL: [Self; 11] = [
        Self::Invalid,
        Self::ContentType,
        Self::Encoding,
        Self::TooLarge,
        Self::Timeout,
        Self::Broken,
        Self::Throttled,
        Self::Unavailable,
        Self::Internal,
        Self::NotFound,
        Self::Method,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::ContentType => "content_type",
            Self::Encoding => "encoding",
            Self::TooLarge => "too_large",
            Self::Timeout => "timeout",
            Self::Broken => "broken",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::NotFound => "not_found",
            Self::Method => "method",
        }
    }

    pub(crate) fn http_status(self) -> StatusCode {
        match self {
            Self::Invalid | Self::Broken => StatusCode::BAD_REQUEST,
            Self::ContentType | Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Throttled => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    pub(crate) fn grpc_code(self) -> Code {
        match self {
            Self::Invalid => Code::InvalidArgument,
            Self::ContentType | Self::Encoding | Self::NotFound | Self::Method => Code::Unimplemented,
            Self::TooLarge | Self::Throttled => Code::ResourceExhausted,
            Self::Timeout => Code::DeadlineExceeded,
            Self::Unavailable => Code::Unavailable,
            Self::Broken | Self::Internal => Code::Internal,
        }
    }
}

/// A refused request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    pub(crate) message: String,
    /// Present exactly where the client may send the same request again.
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    pub(crate) fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        let retryable = matches!(kind, RefusalKind::Throttled | RefusalKind::Unavailable);
        Self { kind, message: message.into(), retry_after: retryable.then_some(RETRY_AFTER) }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Invalid, message)
    }

    /// A limit on the request was hit: names the option to raise.
    pub(crate) fn too_large(what: &str, limit: &str, max: usize) -> Self {
        Self::new(
            RefusalKind::TooLarge,
            format!("{what} is above the limit of {max} (option ingest.{limit}): send smaller batches or raise it"),
        )
    }

    /// A decimal number of whole seconds, at least 1, as `Retry-After` has it.
    pub(crate) fn retry_after_seconds(&self) -> Option<u64> {
        let after = self.retry_after?;
        let rounded_up = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        Some(rounded_up.max(1))
    }
}

impl From<storage::Error> for Refusal {
    fn from(error: storage::Error) -> Self {
        let kind = match error.kind() {
            storage::ErrorKind::Invalid | storage::ErrorKind::NotFound | storage::ErrorKind::Conflict => {
                RefusalKind::Invalid
            }
            storage::ErrorKind::Unavailable => RefusalKind::Unavailable,
            storage::ErrorKind::Data | storage::ErrorKind::Internal => RefusalKind::Internal,
        };
        let mut refusal = Self::new(kind, error.to_string());
        if kind == RefusalKind::Unavailable {
            refusal.retry_after = Some(error.retry_after().unwrap_or(RETRY_AFTER));
        }
        refusal
    }
}
