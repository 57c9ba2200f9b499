//! Reads a request's body, up to a limit and a deadline.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;

use crate::admission::Admitted;
use crate::limits::Limits;
use crate::refusal::{Refusal, RefusalKind};

/// The whole body as it was sent. A body that announces or reaches more than `request_bytes_max` is refused without
/// reading the rest.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
    admitted: &mut Admitted,
) -> Result<Bytes, Refusal> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.request_bytes_max) {
        return Err(too_large(limits));
    }
    match tokio::time::timeout(limits.body_timeout, collect(body, limits, admitted)).await {
        Ok(bytes) => bytes,
        Err(_) => Err(timed_out(limits.body_timeout)),
    }
}

async fn collect(mut body: Body, limits: &Limits, admitted: &mut Admitted) -> Result<Bytes, Refusal> {
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Refusal::new(RefusalKind::Broken, format!("the body ended before it was complete: {error}"))
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > limits.request_bytes_max - (first.len() + joined.len()) {
            return Err(too_large(limits));
        }
        admitted.hold(data.len())?;
        // Most requests are one frame, which is then taken as it is.
        if first.is_empty() && joined.is_empty() {
            first = data;
        } else {
            if joined.is_empty() {
                joined.extend_from_slice(&std::mem::take(&mut first));
            }
            joined.extend_from_slice(&data);
        }
    }
    Ok(if joined.is_empty() { first } else { joined.freeze() })
}

fn too_large(limits: &Limits) -> Refusal {
    Refusal::too_large("the length of the body as sent", "request_bytes_max", limits.request_bytes_max)
}

fn timed_out(timeout: Duration) -> Refusal {
    Refusal::new(
        RefusalKind::Timeout,
        format!("the body did not arrive within {} s (option ingest.body_timeout)", timeout.as_secs_f64()),
    )
}
