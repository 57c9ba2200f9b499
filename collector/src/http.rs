//! OTLP/HTTP.
//!
//! A reply has the content type of the request; a request whose content type is neither of the two is answered in JSON,
//! which a person can read.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use storage::{Signal, TenantId};

use crate::collector::Collector;
use crate::compression::Encoding;
use crate::decode::{Described, Format};
use crate::reason::Refused;
use crate::refusal::{Refusal, RefusalKind};
use crate::signal::SignalNames;
use crate::{body, grpc, reply};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

pub(crate) fn router(collector: &Arc<Collector>) -> Router {
    Signal::ALL.into_iter().fold(Router::new(), |router, signal| {
        let exporter = Arc::clone(collector);
        let other = Arc::clone(collector);
        let route = post(move |request| export(exporter, signal, request))
            .fallback(move |request| method_not_allowed(other, signal, request));
        router.route(signal.http_path(), route)
    })
}

async fn export(collector: Arc<Collector>, signal: Signal, request: Request) -> Response {
    collector.tally().request(signal);
    let format = format(request.headers());
    match taken(&collector, signal, format, request).await {
        Ok((format, refused)) => {
            let body = reply::export_response(signal, format, &refused);
            response(StatusCode::OK, format, body)
        }
        Err(refusal) => {
            collector.tally().request_refused(signal, refusal.kind);
            refused_response(format.unwrap_or(Format::Json), &refusal)
        }
    }
}

async fn taken(
    collector: &Arc<Collector>,
    signal: Signal,
    format: Option<Format>,
    request: Request,
) -> Result<(Format, Refused), Refusal> {
    let (parts, body) = request.into_parts();
    let format = format.ok_or_else(|| unknown_content_type(&parts.headers))?;
    let encoding = Encoding::parse(parts.headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes))?;
    let mut admitted = collector.admit()?;
    let body = body::read(&parts.headers, body, collector.limits(), &mut admitted).await?;
    let tenant = parts.extensions.get::<TenantId>().cloned().unwrap_or_else(TenantId::default_tenant);
    let described = Described { signal, format, encoding };
    let refused = collector.accept(&tenant, described, body, admitted).await?;
    Ok((format, refused))
}

/// A path that is none of OTLP's, answered in the form the client speaks.
pub(crate) async fn not_found(collector: Arc<Collector>, request: Request) -> Response {
    collector.tally().unrouted();
    let path = request.uri().path();
    if grpc::is_grpc(request.headers()) {
        let message = format!("no method {path}: this server has the Export methods of OTLP's three services");
        return grpc::refused_response(&Refusal::new(RefusalKind::NotFound, message));
    }
    let message = format!("no path {path}: OTLP/HTTP has POST /v1/traces, /v1/logs and /v1/metrics");
    let refusal = Refusal::new(RefusalKind::NotFound, message);
    refused_response(format(request.headers()).unwrap_or(Format::Json), &refusal)
}

async fn method_not_allowed(collector: Arc<Collector>, signal: Signal, request: Request) -> Response {
    collector.tally().request(signal);
    collector.tally().request_refused(signal, RefusalKind::Method);
    let message = format!("{} {} is not OTLP: use POST", request.method(), request.uri().path());
    let refusal = Refusal::new(RefusalKind::Method, message);
    let mut response = refused_response(format(request.headers()).unwrap_or(Format::Json), &refusal);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

/// The media type, its parameters left aside.
fn format(headers: &HeaderMap) -> Option<Format> {
    let sent = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = sent.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(PROTOBUF) {
        Some(Format::Protobuf)
    } else if media_type.eq_ignore_ascii_case(JSON) {
        Some(Format::Json)
    } else {
        None
    }
}

fn unknown_content_type(headers: &HeaderMap) -> Refusal {
    let sent = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let found = sent.map_or("no content type was sent".to_owned(), |sent| format!("content type {sent:?}"));
    Refusal::new(RefusalKind::ContentType, format!("{found}: send {PROTOBUF} or {JSON}"))
}

fn refused_response(format: Format, refusal: &Refusal) -> Response {
    let mut response = response(refusal.kind.http_status(), format, reply::status_body(format, refusal));
    if let Some(seconds) = refusal.retry_after_seconds() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn response(status: StatusCode, format: Format, body: Vec<u8>) -> Response {
    let content_type = match format {
        Format::Protobuf => PROTOBUF,
        Format::Json => JSON,
    };
    (status, [(CONTENT_TYPE, content_type)], Body::from(body)).into_response()
}

#[cfg(test)]
pub(crate) mod tests;
