//! What handlers take from a request, with every mistake answered in the one shape of a failure.

use api::ApiError;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::openapi;

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

/// Query parameters.
#[derive(Debug)]
pub(crate) struct Parameters<T>(pub(crate) T);

/// Parts of the path.
#[derive(Debug)]
pub(crate) struct Part<T>(pub(crate) T);

/// `If-Match`: the version that a change is meant for.
#[derive(Debug)]
pub(crate) struct IfMatch(pub(crate) Option<u64>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        // A page of another site can send a form or plain text without asking, but not JSON.
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Failure::invalid("send JSON with content-type: application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                return Failure::new(api::ErrorKind::TooLarge, "the body is larger than api.body_bytes_max");
            }
            Failure::invalid(format!("the body did not arrive: {}", rejection.body_text()))
        })?;
        json("the body", &bytes).map(Self)
    }
}

/// JSON of a type of the contract; `what` begins the error.
pub(crate) fn json<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, Failure> {
    let fields: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|error| Failure::invalid(format!("{what} is not JSON: {error}")))?;
    ApiError::refuse(what, &openapi::mistakes(std::any::type_name::<T>(), &fields))?;
    // From the bytes and not from the value: the error then says the line and the column.
    serde_json::from_slice(bytes)
        .map_err(|error| Failure::invalid(format!("{what} is not what is expected here: {error}")))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|rejection| {
            let text = rejection.body_text();
            let reason = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            Failure::invalid(format!("the parameters behind `?` are wrong: {reason}"))
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Part<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|rejection| Failure::invalid(rejection.body_text()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let Some(value) = parts.headers.get(http::header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let version = text.trim_matches('"').parse();
        version
            .map(|version| Self(Some(version)))
            .map_err(|_| Failure::invalid("If-Match must be a version, such as \"3\""))
    }
}

/// For a path that exists with other methods.
pub(crate) async fn method_not_allowed(request: Request) -> Response {
    let message = format!("{} is not possible on {}; see the header Allow", request.method(), request.uri().path());
    Failure::method_not_allowed(message).into_response()
}
