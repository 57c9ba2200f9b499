//! Requests through the router, without a socket.

use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use http_body_util::BodyExt;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use serde_json::{Value, json};
use storage::{EncodedBatch, Error, ErrorKind};
use tonic_types::pb;
use tower::ServiceExt;

use super::*;
use crate::collector::{Config, Sink};
use crate::limits::Limits;

/// Keeps what it is given, or fails as it is told.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) batches: Mutex<Vec<(TenantId, EncodedBatch)>>,
    pub(crate) failure: Option<Error>,
}

#[async_trait]
impl Sink for Kept {
    async fn append(&self, tenant: &TenantId, batch: EncodedBatch) -> Result<(), Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.batches.lock().unwrap().push((tenant.clone(), batch));
        Ok(())
    }
}

pub(crate) fn collector(limits: Limits, failure: Option<Error>) -> (Arc<Collector>, Arc<Kept>) {
    let kept = Arc::new(Kept { failure, ..Kept::default() });
    let sink: Arc<dyn Sink> = Arc::clone(&kept) as Arc<dyn Sink>;
    let limits = limits.at_any_time();
    (Collector::new(Config { limits }, sink, Arc::new(|| 1_700_000_000_000_000_000)), kept)
}

pub(crate) fn span() -> Span {
    Span { trace_id: vec![1; 16], span_id: vec![2; 8], start_time_unix_nano: 1, ..Default::default() }
}

pub(crate) fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { spans, ..Default::default() }];
    ExportTraceServiceRequest { resource_spans: vec![ResourceSpans { scope_spans, ..Default::default() }] }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: impl http::header::AsHeaderName) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    fn content_type(&self) -> &str {
        self.header(CONTENT_TYPE)
    }

    fn json(&self) -> Value {
        assert_eq!(self.content_type(), JSON);
        serde_json::from_slice(&self.body).unwrap()
    }

    fn status_message(&self) -> pb::Status {
        assert_eq!(self.content_type(), PROTOBUF);
        pb::Status::decode(self.body.clone()).unwrap()
    }
}

async fn send(collector: &Arc<Collector>, request: Request) -> Answer {
    let (parts, body) = collector.listener_router().oneshot(request).await.unwrap().into_parts();
    Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
}

fn post_to(path: &str, content_type: &str, body: impl Into<Body>) -> Request {
    Request::post(path).header(CONTENT_TYPE, content_type).body(body.into()).unwrap()
}

fn encoded(path: &str, content_type: &str, encoding: &str, body: Vec<u8>) -> Request {
    let mut request = post_to(path, content_type, body);
    request.headers_mut().insert(CONTENT_ENCODING, encoding.parse().unwrap());
    request
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn json_span() -> Value {
    json!({ "traceId": "01".repeat(16), "spanId": "02".repeat(8), "startTimeUnixNano": "1" })
}

fn json_request(spans: Value) -> Vec<u8> {
    json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string().into_bytes()
}

#[tokio::test]
async fn full_success_in_both_formats() {
    let (collector, kept) = collector(Limits::default(), None);
    let answer = send(&collector, post_to("/v1/traces", PROTOBUF, request(vec![span()]).encode_to_vec())).await;
    assert_eq!((answer.status, answer.content_type()), (StatusCode::OK, PROTOBUF));
    assert!(answer.body.is_empty());
    let charset = "Application/JSON; charset=utf-8";
    let answer = send(&collector, post_to("/v1/traces", charset, json_request(json!([json_span()])))).await;
    assert_eq!((answer.status, answer.content_type()), (StatusCode::OK, JSON));
    assert_eq!(answer.body, "{}");
    let batches = kept.batches.lock().unwrap();
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[0], batches[1]);
    assert_eq!(batches[0].0, TenantId::default_tenant());
}

#[tokio::test]
async fn partial_success_lists_the_reasons() {
    let (collector, kept) = collector(Limits::default(), None);
    let short = Span { trace_id: vec![1; 4], ..span() };
    let body = request(vec![short.clone(), span(), short]).encode_to_vec();
    let answer = send(&collector, post_to("/v1/traces", PROTOBUF, body)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let partial = ExportTraceServiceResponse::decode(answer.body).unwrap().partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 2);
    assert_eq!(partial.error_message, "2 spans refused: trace_id is 4 bytes long, must be 16 (2)");
    assert_eq!(kept.batches.lock().unwrap()[0].1.len(), 1);

    let mut wrong = json_span();
    wrong["traceId"] = json!("01020304");
    let answer = send(&collector, post_to("/v1/traces", JSON, json_request(json!([wrong, json_span()])))).await;
    let want = json!({ "partialSuccess": {
        "rejectedSpans": "1",
        "errorMessage": "1 span refused: trace_id is 4 bytes long, must be 16 (1)",
    }});
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, want));

    let spans = &collector.counters().signals[0];
    assert_eq!((spans.requests, spans.rows_accepted), (2, 2));
    assert!(spans.rows_refused.contains(&("invalid_id", 3)));
}

#[tokio::test]
async fn empty_requests_succeed_without_an_append() {
    let (collector, kept) = collector(Limits::default(), Some(Error::new(ErrorKind::Internal, "must not be called")));
    for path in ["/v1/traces", "/v1/logs", "/v1/metrics"] {
        assert_eq!(send(&collector, post_to(path, PROTOBUF, "")).await.status, StatusCode::OK);
        let answer = send(&collector, post_to(path, JSON, "{}")).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({})));
    }
    assert!(kept.batches.lock().unwrap().is_empty());
}

#[tokio::test]
async fn compressed_bodies() {
    let (collector, kept) = collector(Limits::default(), None);
    let body = request(vec![span()]).encode_to_vec();
    let zstd = zstd::encode_all(&body[..], 3).unwrap();
    for (encoding, body) in [("gzip", gzip(&body)), ("zstd", zstd), ("identity", body.clone()), ("none", body.clone())]
    {
        let answer = send(&collector, encoded("/v1/traces", PROTOBUF, encoding, body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{encoding}");
    }
    assert_eq!(kept.batches.lock().unwrap().len(), 4);
    let answer = send(&collector, encoded("/v1/traces", PROTOBUF, "br", body)).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let message = answer.status_message().message;
    assert_eq!(message, "content encoding \"br\" is not supported: send gzip, zstd or identity");
    let answer = send(&collector, encoded("/v1/traces", JSON, "gzip", b"plain".to_vec())).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(
        answer.json()["message"].as_str().unwrap().starts_with("the body is not gzip, though its encoding says so")
    );
}

#[tokio::test]
async fn content_types_paths_and_methods_are_answered_with_a_status() {
    let (collector, _) = collector(Limits::default(), None);
    let answer = send(&collector, post_to("/v1/traces", "text/plain", "x")).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let message = "content type \"text/plain\": send application/x-protobuf or application/json";
    assert_eq!(answer.json()["message"], message);
    let untyped = Request::post("/v1/logs").body(Body::empty()).unwrap();
    assert_eq!(send(&collector, untyped).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);

    let answer = send(&collector, Request::get("/v1/traces").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.header(ALLOW)), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    assert_eq!(answer.json()["message"], "GET /v1/traces is not OTLP: use POST");

    let answer = send(&collector, post_to("/v1/trace", PROTOBUF, "")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.status_message().message.contains("/v1/traces"));
    let answer = send(&collector, post_to("/some.Service/Method", "application/grpc", "")).await;
    assert_eq!((answer.status, answer.header("grpc-status")), (StatusCode::OK, "12"));
    assert_eq!(collector.counters().requests_unrouted, 2);
}

#[tokio::test]
async fn bad_requests_say_what_is_wrong_where() {
    let (collector, kept) = collector(Limits::default(), None);
    let answer = send(&collector, post_to("/v1/traces", PROTOBUF, &b"\x0a\xff"[..])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let status = answer.status_message();
    assert_eq!(status.code, 3);
    assert!(status.message.starts_with("the body is not a valid protobuf message: "), "{}", status.message);

    let body = r#"{"resourceSpans":[{"scopeSpans":[{},{"spans":7}]}]}"#;
    let answer = send(&collector, post_to("/v1/traces", JSON, body)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let status = answer.json();
    assert_eq!(status["code"], 3);
    let message = status["message"].as_str().unwrap();
    assert!(message.contains("$.resourceSpans[0].scopeSpans[1].spans"), "{message}");
    assert!(message.contains("spans must be a list, found a number"), "{message}");

    for body in ["", " ", "{", "[]", "nul", r#"{"resourceSpans":[{}]} x"#] {
        let answer = send(&collector, post_to("/v1/traces", JSON, body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert!(kept.batches.lock().unwrap().is_empty());
}

#[tokio::test]
async fn too_large_names_the_limit() {
    let limits =
        Limits { request_bytes_max: 1000, decompressed_bytes_max: 2000, rows_per_request_max: 3, ..Limits::default() };
    let (collector, _) = collector(limits, None);
    let many = request(vec![span(); 4]).encode_to_vec();
    for (limit, request) in [
        ("ingest.request_bytes_max", post_to("/v1/traces", PROTOBUF, vec![0; 1001])),
        ("ingest.decompressed_bytes_max", encoded("/v1/traces", PROTOBUF, "gzip", gzip(&[0; 2001]))),
        ("ingest.rows_per_request_max", post_to("/v1/traces", PROTOBUF, many)),
    ] {
        let answer = send(&collector, request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{limit}");
        assert!(!answer.headers.contains_key(RETRY_AFTER));
        let status = answer.status_message();
        assert_eq!(status.code, 8);
        assert!(status.message.contains(limit), "{}", status.message);
    }
    let body = json_request(Value::Array(vec![json!({}); 4]));
    let answer = send(&collector, post_to("/v1/traces", JSON, body)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(collector.counters().signals[0].requests_refused.contains(&("too_large", 4)));
}

#[tokio::test]
async fn a_body_in_pieces_is_joined_and_capped() {
    let (collector, kept) = collector(Limits { request_bytes_max: 200, ..Limits::default() }, None);
    let pieces = |body: Vec<u8>| {
        let pieces: Vec<_> =
            body.chunks(7).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
        post_to("/v1/traces", PROTOBUF, Body::from_stream(futures::stream::iter(pieces)))
    };
    assert_eq!(send(&collector, pieces(request(vec![span()]).encode_to_vec())).await.status, StatusCode::OK);
    assert_eq!(kept.batches.lock().unwrap()[0].1.len(), 1);
    assert_eq!(send(&collector, pieces(vec![0; 201])).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn failures_of_storage_have_their_status() {
    let unavailable = Error::unavailable("the write-ahead log is full", Duration::from_millis(2500));
    for (failure, status, code) in [
        (unavailable, StatusCode::SERVICE_UNAVAILABLE, 14),
        (Error::new(ErrorKind::Invalid, "no"), StatusCode::BAD_REQUEST, 3),
        (Error::new(ErrorKind::Internal, "broken"), StatusCode::INTERNAL_SERVER_ERROR, 13),
    ] {
        let (collector, _) = collector(Limits::default(), Some(failure.clone()));
        let answer = send(&collector, post_to("/v1/traces", PROTOBUF, request(vec![span()]).encode_to_vec())).await;
        assert_eq!(answer.status, status);
        let sent = answer.status_message();
        assert_eq!((sent.code, sent.message), (code, failure.to_string()));
        assert_eq!(collector.counters().signals[0].rows_accepted, 0);
        let is_retryable = failure.kind() == ErrorKind::Unavailable;
        assert_eq!(answer.headers.get(RETRY_AFTER).map(HeaderValue::as_bytes), is_retryable.then_some(&b"3"[..]));
        assert_eq!(sent.details.len(), usize::from(is_retryable));

        let answer = send(&collector, post_to("/v1/traces", JSON, json_request(json!([json_span()])))).await;
        let delay = if is_retryable { json!("2.5s") } else { Value::Null };
        assert_eq!(answer.json()["details"][0]["retryDelay"], delay);
    }
}

#[tokio::test]
async fn too_many_requests_are_throttled() {
    let (collector, _) = collector(Limits { concurrent_requests_max: 1, ..Limits::default() }, None);
    let _in_progress = collector.admit().unwrap();
    let answer = send(&collector, post_to("/v1/traces", PROTOBUF, "")).await;
    assert_eq!((answer.status, answer.header(RETRY_AFTER)), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert_eq!(answer.status_message().details.len(), 1);
}

#[tokio::test]
async fn a_full_byte_budget_asks_to_come_back() {
    let (collector, _) = collector(Limits { inflight_bytes_max: 10_000, ..Limits::default() }, None);
    let mut in_progress = collector.admit().unwrap();
    in_progress.hold(9_990).unwrap();
    let body = request(vec![span()]).encode_to_vec();
    let answer = send(&collector, post_to("/v1/traces", PROTOBUF, body.clone())).await;
    assert_eq!((answer.status, answer.header(RETRY_AFTER)), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    drop(in_progress);
    assert_eq!(send(&collector, post_to("/v1/traces", PROTOBUF, body)).await.status, StatusCode::OK);
    // Fifty thousand spans of two bytes each would need some 40 MB.
    let bomb = request(vec![Span::default(); 50_000]).encode_to_vec();
    let answer = send(&collector, post_to("/v1/traces", PROTOBUF, bomb)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let bomb = json_request(Value::Array(vec![json!({}); 50_000]));
    let answer = send(&collector, post_to("/v1/traces", JSON, bomb)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_never_ends_times_out() {
    let (collector, _) = collector(Limits { body_timeout: Duration::from_millis(1), ..Limits::default() }, None);
    let body = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = send(&collector, post_to("/v1/traces", PROTOBUF, body)).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert!(answer.status_message().message.contains("ingest.body_timeout"));
}

#[tokio::test]
async fn large_bodies_are_decoded_too() {
    let (collector, kept) = collector(Limits::default(), None);
    let body = request(vec![span(); 5_000]).encode_to_vec();
    assert!(body.len() > 64 * 1024);
    assert_eq!(send(&collector, post_to("/v1/traces", PROTOBUF, body)).await.status, StatusCode::OK);
    assert_eq!(kept.batches.lock().unwrap()[0].1.len(), 5_000);
}

#[tokio::test]
async fn the_tenant_comes_from_the_extensions() {
    let (collector, kept) = collector(Limits::default(), None);
    let mut request = post_to("/v1/traces", JSON, json_request(json!([json_span()])));
    request.extensions_mut().insert(TenantId::new("acme").unwrap());
    send(&collector, request).await;
    assert_eq!(kept.batches.lock().unwrap()[0].0.as_str(), "acme");
}

#[tokio::test]
async fn routers_can_be_merged_beside_others() {
    let (collector, _) = collector(Limits::default(), None);
    let router =
        Router::new().fallback(|| async { "ui" }).merge(collector.http_router()).merge(collector.grpc_router());
    let answer = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "ui");
}
