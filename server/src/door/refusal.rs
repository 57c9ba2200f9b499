//! A refusal at the door in the words of the protocol that knocked: OTLP over gRPC, OTLP over HTTP, or the API.

use api::ErrorKind;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use prost::Message;

use crate::failure::Failure;

/// `google.rpc.Status`, the body of an OTLP failure over HTTP.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// For exporters.
pub(super) fn ingest(failure: &Failure, headers: &HeaderMap) -> Response {
    let code = match failure.kind() {
        ErrorKind::Unauthenticated => tonic::Code::Unauthenticated,
        _ => tonic::Code::PermissionDenied,
    };
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("application/grpc") {
        return tonic::Status::new(code, failure.message()).into_http::<axum::body::Body>();
    }
    let status = StatusCode::from_u16(failure.kind().status()).unwrap_or(StatusCode::FORBIDDEN);
    let body = RpcStatus { code: code as i32, message: failure.message().to_owned() };
    let mut response = if content_type.starts_with("application/json") {
        axum::Json(serde_json::json!({ "code": body.code, "message": body.message })).into_response()
    } else {
        ([(CONTENT_TYPE, "application/x-protobuf")], body.encode_to_vec()).into_response()
    };
    *response.status_mut() = status;
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
