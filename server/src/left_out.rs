//! What an answer leaves out, where its form has no place for it: a header.

use api::Truncation;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

/// The message of what is left out.
pub(crate) const TRUNCATED: HeaderName = HeaderName::from_static("x-alidade-truncated");

/// Adds the header, where there is something to say.
pub(crate) fn say(response: &mut Response, truncated: Option<&Truncation>) {
    let Some(truncated) = truncated else { return };
    // A header is plain ASCII.
    let text: String = truncated.message.chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect();
    let value = HeaderValue::from_str(&text).expect("printable ASCII can stand in a header");
    response.headers_mut().insert(TRUNCATED, value);
}
