//! Spans, their events and links.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{Span as Sent, span::Event, span::Link};
use storage::{Resource, Scope, Span, SpanEvent, SpanKind, SpanLink, StatusCode};

use super::attributes::attributes;
use super::resource::{resource, scope};
use super::text::{at_most, name, text};
use super::{id, time};
use crate::limits::Limits;
use crate::reason::{Reason, Refused};

/// How many spans a request holds.
fn count(request: &ExportTraceServiceRequest) -> usize {
    request.resource_spans.iter().flat_map(|resource| &resource.scope_spans).map(|scope| scope.spans.len()).sum()
}

/// The spans of a request.
pub(crate) fn spans(request: ExportTraceServiceRequest, limits: &Limits, refused: &mut Refused) -> Vec<Span> {
    let mut rows = Vec::with_capacity(count(&request));
    for sent in request.resource_spans {
        let resource = resource(sent.resource, limits);
        for sent in sent.scope_spans {
            let shared = resource.clone().and_then(|resource| Ok((resource, scope(sent.scope, limits)?)));
            let (resource, scope) = match shared {
                Ok(shared) => shared,
                Err(reason) => {
                    refused.add_many(reason, sent.spans.len() as u64);
                    continue;
                }
            };
            for sent in sent.spans {
                match span(sent, &resource, &scope, limits) {
                    Ok(row) => rows.push(row),
                    Err(reason) => refused.add(reason),
                }
            }
        }
    }
    rows
}

fn span(sent: Sent, resource: &Arc<Resource>, scope: &Arc<Scope>, limits: &Limits) -> Result<Span, Reason> {
    let start_time_unix_nano = time::required("start_time_unix_nano", sent.start_time_unix_nano)?;
    let end_time_unix_nano = time::in_range("end_time_unix_nano", sent.end_time_unix_nano)?;
    at_most("number of events", sent.events.len(), limits.events_per_span_max, "ingest.events_per_span_max")?;
    at_most("number of links", sent.links.len(), limits.links_per_span_max, "ingest.links_per_span_max")?;
    let status = sent.status.unwrap_or_default();
    Ok(Span {
        trace_id: id::required("trace_id", &sent.trace_id)?,
        span_id: id::required("span_id", &sent.span_id)?,
        parent_span_id: id::optional("parent_span_id", &sent.parent_span_id)?,
        trace_state: text("length of trace_state", sent.trace_state, limits)?,
        flags: sent.flags,
        name: name("length of the span's name", sent.name, limits)?,
        kind: kind(sent.kind),
        start_time_unix_nano,
        // Both are positive, so the difference cannot overflow.
        duration_ns: (end_time_unix_nano - start_time_unix_nano).max(0),
        status_code: status_code(status.code),
        status_message: text("length of the status message", status.message, limits)?,
        attributes: attributes(sent.attributes, limits)?,
        events: sent.events.into_iter().map(|sent| event(sent, limits)).collect::<Result<_, _>>()?,
        links: sent.links.into_iter().map(|sent| link(sent, limits)).collect::<Result<_, _>>()?,
        dropped_attributes_count: sent.dropped_attributes_count,
        dropped_events_count: sent.dropped_events_count,
        dropped_links_count: sent.dropped_links_count,
        resource: Arc::clone(resource),
        scope: Arc::clone(scope),
    })
}

fn event(sent: Event, limits: &Limits) -> Result<SpanEvent, Reason> {
    Ok(SpanEvent {
        time_unix_nano: time::in_range("events.time_unix_nano", sent.time_unix_nano)?,
        name: name("length of an event's name", sent.name, limits)?,
        attributes: attributes(sent.attributes, limits)?,
    })
}

/// SDKs record a link with an empty context if it has attributes: such ids are kept as zeros.
fn link(sent: Link, limits: &Limits) -> Result<SpanLink, Reason> {
    Ok(SpanLink {
        trace_id: id::optional("links.trace_id", &sent.trace_id)?.unwrap_or_default(),
        span_id: id::optional("links.span_id", &sent.span_id)?.unwrap_or_default(),
        trace_state: text("length of a link's trace_state", sent.trace_state, limits)?,
        attributes: attributes(sent.attributes, limits)?,
    })
}

fn kind(sent: i32) -> SpanKind {
    match sent {
        1 => SpanKind::Internal,
        2 => SpanKind::Server,
        3 => SpanKind::Client,
        4 => SpanKind::Producer,
        5 => SpanKind::Consumer,
        _ => SpanKind::Unspecified,
    }
}

fn status_code(sent: i32) -> StatusCode {
    match sent {
        1 => StatusCode::Ok,
        2 => StatusCode::Error,
        _ => StatusCode::Unset,
    }
}
