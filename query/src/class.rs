//! How a request went: ok, error, throttle or fault, decided from one span. Pure.
//!
//! The order: an `error.type` that says throttled; the HTTP status; the gRPC status; the span's status. HTTP goes
//! before the span's status because a CLIENT span of a 404 has status ERROR and is an error, not a fault.

use api::trace::Class;

/// What of a span decides its class.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcome<'a> {
    /// `http.response.status_code`.
    pub http_status: Option<i64>,
    /// `rpc.grpc.status_code`.
    pub grpc_status: Option<i64>,
    /// `error.type`.
    pub error_type: Option<&'a str>,
    /// `unset`, `ok`, `error`.
    pub status: &'a str,
}

/// The class of a span.
pub fn classify(outcome: Outcome<'_>) -> Class {
    if outcome.error_type.is_some_and(says_throttled) {
        return Class::Throttle;
    }
    match outcome.http_status {
        Some(429) => return Class::Throttle,
        Some(400..=499) => return Class::Error,
        Some(500..=599) => return Class::Fault,
        _ => {}
    }
    match outcome.grpc_status {
        Some(1 | 3 | 5 | 6 | 7 | 9 | 11 | 16) => return Class::Error,
        Some(8) => return Class::Throttle,
        Some(2 | 4 | 10 | 12..=15) => return Class::Fault,
        _ => {}
    }
    if outcome.status == "error" { Class::Fault } else { Class::Ok }
}

/// The class's name in JSON and in SQL.
pub fn name(class: Class) -> &'static str {
    match class {
        Class::Ok => "ok",
        Class::Error => "error",
        Class::Throttle => "throttle",
        Class::Fault => "fault",
    }
}

/// `ThrottlingException`, `ThrottledException`, and the names that some services of AWS use instead.
fn says_throttled(error_type: &str) -> bool {
    let lower = error_type.to_ascii_lowercase();
    ["throttl", "toomanyrequests", "provisionedthroughputexceeded", "requestlimitexceeded"]
        .iter()
        .any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests;
