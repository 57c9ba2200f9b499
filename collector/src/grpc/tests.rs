//! The official generated clients over a real socket, and frames that they would never send.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_client::LogsServiceClient;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use storage::{Error, ErrorKind};
use tonic::codec::CompressionEncoding;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use tower::ServiceExt;

use super::*;
use crate::http::tests::{Kept, collector, request, span};
use crate::limits::Limits;

struct Served {
    collector: Arc<Collector>,
    kept: Arc<Kept>,
    channel: Channel,
}

async fn serve(limits: Limits, failure: Option<Error>) -> Served {
    let (collector, kept) = collector(limits, failure);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = collector.listener_router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    Served { collector, kept, channel }
}

async fn export(served: &Served, spans: Vec<Span>) -> Result<(i64, String), Status> {
    let response = TraceServiceClient::new(served.channel.clone()).export(request(spans)).await?;
    let partial = response.into_inner().partial_success;
    Ok(partial.map(|partial| (partial.rejected_spans, partial.error_message)).unwrap_or_default())
}

#[tokio::test]
async fn all_services_plain_and_compressed() {
    let served = serve(Limits::default(), None).await;
    for encoding in [None, Some(CompressionEncoding::Gzip), Some(CompressionEncoding::Zstd)] {
        let mut traces = TraceServiceClient::new(served.channel.clone());
        let mut logs = LogsServiceClient::new(served.channel.clone());
        let mut metrics = MetricsServiceClient::new(served.channel.clone());
        if let Some(encoding) = encoding {
            traces = traces.send_compressed(encoding).accept_compressed(encoding);
            logs = logs.send_compressed(encoding).accept_compressed(encoding);
            metrics = metrics.send_compressed(encoding).accept_compressed(encoding);
        }
        let response = traces.export(request(vec![span(); 100])).await.unwrap();
        assert_eq!(response.into_inner().partial_success, None);
        logs.export(ExportLogsServiceRequest::default()).await.unwrap();
        metrics.export(ExportMetricsServiceRequest::default()).await.unwrap();
    }
    let rows: Vec<_> = served.kept.batches.lock().unwrap().iter().map(|(_, batch)| batch.len()).collect();
    assert_eq!(rows, [100; 3]);
    assert!(served.collector.counters().signals.iter().all(|signal| signal.requests == 3));
    let spans = &served.collector.counters().signals[0];
    assert!(spans.bytes_sent < spans.bytes_decompressed);
}

#[tokio::test]
async fn partial_success() {
    let served = serve(Limits::default(), None).await;
    let zero = Span { span_id: vec![0; 8], ..span() };
    let (rejected, message) = export(&served, vec![zero, span()]).await.unwrap();
    assert_eq!((rejected, message.as_str()), (1, "1 span refused: span_id is all zero (1)"));
}

#[tokio::test]
async fn what_may_be_retried_says_when() {
    let failure = Error::unavailable("full", Duration::from_millis(1500));
    let status = export(&serve(Limits::default(), Some(failure)).await, vec![span()]).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "full"));
    assert_eq!(status.get_details_retry_info().unwrap().retry_delay, Some(Duration::from_millis(1500)));

    let served = serve(Limits { concurrent_requests_max: 1, ..Limits::default() }, None).await;
    let _in_progress = served.collector.admit().unwrap();
    let status = export(&served, vec![span()]).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.get_details_retry_info().is_some());
}

#[tokio::test]
async fn what_may_not_be_retried_has_a_final_code() {
    let limits = Limits { request_bytes_max: 300, decompressed_bytes_max: 500, ..Limits::default() };
    let served = serve(limits, None).await;
    let status = export(&served, vec![span(); 20]).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.get_details_retry_info().is_none());
    assert!(status.message().contains("ingest.request_bytes_max"), "{}", status.message());

    let mut client = TraceServiceClient::new(served.channel.clone()).send_compressed(CompressionEncoding::Gzip);
    let status = client.export(request(vec![span(); 50])).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.message().contains("ingest.decompressed_bytes_max"), "{}", status.message());

    let failure = Error::new(ErrorKind::Internal, "broken");
    let status = export(&serve(Limits::default(), Some(failure)).await, vec![span()]).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
}

fn frame(flag: u8, length: usize, message: &[u8]) -> Vec<u8> {
    let mut framed = vec![flag];
    framed.put_u32(length as u32);
    framed.put_slice(message);
    framed
}

async fn status_of(content_type: &str, encoding: Option<&'static str>, body: Vec<u8>) -> (StatusCode, Option<Status>) {
    let (collector, _) = collector(Limits::default(), None);
    let mut call =
        Request::post(Signal::Spans.grpc_path()).header(CONTENT_TYPE, content_type).body(Body::from(body)).unwrap();
    if let Some(encoding) = encoding {
        call.headers_mut().insert(GRPC_ENCODING, HeaderValue::from_static(encoding));
    }
    let response: Response = collector.grpc_router().oneshot(call).await.unwrap();
    let (parts, body) = response.into_parts();
    let trailers = body.collect().await.unwrap().trailers().cloned();
    let status = Status::from_header_map(&parts.headers).or_else(|| Status::from_header_map(&trailers?));
    (parts.status, status)
}

#[tokio::test]
async fn frames_that_are_not_a_unary_call() {
    let message = request(vec![span()]).encode_to_vec();
    let whole = frame(0, message.len(), &message);
    for (name, encoding, body, code) in [
        ("whole", None, whole.clone(), Code::Ok),
        ("no message", None, vec![], Code::Internal),
        ("cut prefix", None, whole[..4].to_vec(), Code::Internal),
        ("cut message", None, whole[..20].to_vec(), Code::Internal),
        ("two messages", None, [whole.clone(), whole.clone()].concat(), Code::Internal),
        ("unknown flag", None, frame(2, message.len(), &message), Code::Internal),
        ("compressed, not said how", None, frame(1, message.len(), &message), Code::Internal),
        ("said to be compressed, is not", Some("gzip"), whole.clone(), Code::Ok),
        ("not gzip", Some("gzip"), frame(1, message.len(), &message), Code::InvalidArgument),
        ("unknown compression", Some("snappy"), whole, Code::Unimplemented),
        ("huge length", None, frame(0, u32::MAX as usize, &message), Code::Internal),
        ("not protobuf", None, frame(0, 2, b"\x0a\xff"), Code::InvalidArgument),
    ] {
        let (http, status) = status_of("application/grpc+proto", encoding, body).await;
        assert_eq!((http, status.unwrap().code()), (StatusCode::OK, code), "{name}");
    }
}

#[tokio::test]
async fn other_content_types_are_no_calls() {
    for content_type in ["application/json", "application/grpc-web", "application/grpc+json"] {
        assert_eq!(status_of(content_type, None, vec![]).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
}

#[tokio::test]
async fn the_tenant_comes_through_layers() {
    use axum::extract::Extension;
    let (collector, kept) = collector(Limits::default(), None);
    let router = collector.grpc_router().layer(Extension(TenantId::new("acme").unwrap()));
    let message = request(vec![span()]).encode_to_vec();
    let call = Request::post(Signal::Spans.grpc_path())
        .header(CONTENT_TYPE, CONTENT_TYPE_GRPC)
        .body(Body::from(frame(0, message.len(), &message)))
        .unwrap();
    router.oneshot(call).await.unwrap();
    assert_eq!(kept.batches.lock().unwrap()[0].0.as_str(), "acme");
}
