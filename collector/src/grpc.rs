//! OTLP/gRPC: the three unary Export methods.
//!
//! The framing of a unary call is read here and not by tonic's generated servers, so that gRPC and HTTP share the
//! limits, the decompression and the byte budget, the limits of what was sent and what it unpacks to are two, and
//! every refusal has the code that the OTLP specification gives it. Replies are not compressed: a success is empty
//! and a partial success a line of text.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full};
use storage::{Signal, TenantId};

use crate::collector::Collector;
use crate::compression::Encoding;
use crate::decode::{Described, Format};
use crate::reason::Refused;
use crate::refusal::{Refusal, RefusalKind};
use crate::signal::SignalNames;
use crate::{body, reply};

const CONTENT_TYPE_GRPC: &str = "application/grpc";
const GRPC_ENCODING: &str = "grpc-encoding";
const GRPC_ACCEPT_ENCODING: &str = "grpc-accept-encoding";
const GRPC_STATUS: &str = "grpc-status";
const ACCEPTED_ENCODINGS: HeaderValue = HeaderValue::from_static("gzip,zstd,identity");

/// The compressed flag and the length in front of a message.
const PREFIX_BYTES: usize = 5;

pub(crate) fn router(collector: &Arc<Collector>) -> Router {
    Signal::ALL.into_iter().fold(Router::new(), |router, signal| {
        let collector = Arc::clone(collector);
        router.route(signal.grpc_path(), post(move |request| export(collector, signal, request)))
    })
}

/// Whether a request is a gRPC call.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    sent.strip_prefix(CONTENT_TYPE_GRPC.as_bytes())
        .is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')) && !rest.starts_with(b"+json"))
}

async fn export(collector: Arc<Collector>, signal: Signal, request: Request) -> Response {
    collector.tally().request(signal);
    if !is_grpc(request.headers()) {
        collector.tally().request_refused(signal, RefusalKind::ContentType);
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "this path takes gRPC: send content type application/grpc")
            .into_response();
    }
    match taken(&collector, signal, request).await {
        Ok(refused) => success_response(&reply::export_response(signal, Format::Protobuf, &refused)),
        Err(refusal) => {
            collector.tally().request_refused(signal, refusal.kind);
            refused_response(&refusal)
        }
    }
}

async fn taken(collector: &Arc<Collector>, signal: Signal, request: Request) -> Result<Refused, Refusal> {
    let (parts, body) = request.into_parts();
    let declared = Encoding::parse(parts.headers.get(GRPC_ENCODING).map(HeaderValue::as_bytes))?;
    let mut admitted = collector.admit()?;
    let body = body::read(&parts.headers, body, collector.limits(), &mut admitted).await?;
    let (is_compressed, message) = unframed(body)?;
    let encoding = match (is_compressed, declared) {
        (false, _) => Encoding::Identity,
        (true, Encoding::Identity) => {
            return Err(broken("the message is compressed, but grpc-encoding does not say how"));
        }
        (true, declared) => declared,
    };
    let tenant = parts.extensions.get::<TenantId>().cloned().unwrap_or_else(TenantId::default_tenant);
    let described = Described { signal, format: Format::Protobuf, encoding };
    collector.accept(&tenant, described, message, admitted).await
}

/// Takes the one message of a unary call out of its frame; says whether it is compressed.
fn unframed(mut body: Bytes) -> Result<(bool, Bytes), Refusal> {
    if body.len() < PREFIX_BYTES {
        return Err(broken("the call has no message"));
    }
    let flag = body.get_u8();
    let length = body.get_u32() as usize;
    match (flag, length.cmp(&body.len())) {
        (0 | 1, std::cmp::Ordering::Equal) => Ok((flag == 1, body)),
        (0 | 1, std::cmp::Ordering::Less) => Err(broken("the call has more than one message")),
        (0 | 1, std::cmp::Ordering::Greater) => Err(broken("the message is shorter than its length says")),
        _ => Err(broken("the compressed flag of the message is neither 0 nor 1")),
    }
}

fn broken(message: &str) -> Refusal {
    Refusal::new(RefusalKind::Broken, message)
}

fn success_response(message: &[u8]) -> Response {
    let mut framed = BytesMut::with_capacity(PREFIX_BYTES + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).expect("a reply is a line of text"));
    framed.put_slice(message);
    let mut trailers = HeaderMap::new();
    trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
    let body = Full::new(framed.freeze()).with_trailers(async move { Some(Ok::<_, Infallible>(trailers)) });
    let mut response = Response::new(Body::new(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE_GRPC));
    headers.insert(GRPC_ACCEPT_ENCODING, ACCEPTED_ENCODINGS);
    response
}

/// A refusal: a response of headers alone, which carry the status.
pub(crate) fn refused_response(refusal: &Refusal) -> Response {
    let mut response = reply::grpc_status(refusal).into_http::<Body>();
    response.headers_mut().insert(GRPC_ACCEPT_ENCODING, ACCEPTED_ENCODINGS);
    response
}

#[cfg(test)]
mod tests;
