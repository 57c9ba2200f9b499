//! Spans, their events and links.

use std::sync::Arc;

use storage::{Resource, Scope, Span, SpanEvent, SpanKind, SpanLink, StatusCode};

use super::attributes::Pairs;
use super::resource::rows_of_scopes;
use super::text::{at_most, name, text};
use super::{Stop, id, time};
use crate::limits::Limits;
use crate::protobuf::{Fields, Malformed, Text};
use crate::reason::Refused;

const SPANS: u32 = 2;
const EVENTS: u32 = 11;
const LINKS: u32 = 13;

/// The spans of a request.
pub(super) fn spans<'a>(
    request: Fields<'a>,
    limits: &Limits,
    refused: &mut Refused,
) -> Result<Vec<Span<'a>>, Malformed> {
    rows_of_scopes(request, SPANS, limits, refused, |sent, resource, scope| span(sent, resource, scope, limits))
}

fn span<'a>(
    sent: Fields<'a>,
    resource: &Arc<Resource<'a>>,
    scope: &Arc<Scope<'a>>,
    limits: &Limits,
) -> Result<Span<'a>, Stop> {
    let mut row = Span {
        resource: Arc::clone(resource),
        scope: Arc::clone(scope),
        trace_id: [0; 16],
        span_id: [0; 8],
        parent_span_id: None,
        trace_state: Text::default(),
        flags: 0,
        name: Text::default(),
        kind: SpanKind::Unspecified,
        start_time_unix_nano: 0,
        duration_ns: 0,
        status_code: StatusCode::Unset,
        status_message: Text::default(),
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
        dropped_attributes_count: 0,
        dropped_events_count: 0,
        dropped_links_count: 0,
    };
    let (mut trace_id, mut span_id, mut parent): (&[u8], &[u8], &[u8]) = (&[], &[], &[]);
    let (mut start, mut end) = (0, 0);
    let mut pairs = Pairs::new(limits);
    let (mut events, mut links) = (0, 0);
    let mut fields = sent;
    while let Some(field) = fields.next()? {
        match field.number {
            1 => trace_id = field.bytes()?,
            2 => span_id = field.bytes()?,
            3 => row.trace_state = text("length of trace_state", field.text()?, limits)?,
            4 => parent = field.bytes()?,
            5 => row.name = name("length of the span's name", field.text()?, limits)?,
            6 => row.kind = kind(field.int32()?),
            7 => start = field.fixed64()?,
            8 => end = field.fixed64()?,
            9 => pairs.add(field.message()?)?,
            10 => row.dropped_attributes_count = field.uint32()?,
            EVENTS => {
                events += 1;
                if events <= limits.events_per_span_max {
                    row.events.push(event(field.message()?, limits)?);
                }
            }
            12 => row.dropped_events_count = field.uint32()?,
            LINKS => {
                links += 1;
                if links <= limits.links_per_span_max {
                    row.links.push(link(field.message()?, limits)?);
                }
            }
            14 => row.dropped_links_count = field.uint32()?,
            15 => (row.status_code, row.status_message) = status(field.message()?, limits)?,
            16 => row.flags = field.fixed32()?,
            _ => {}
        }
    }
    row.start_time_unix_nano = time::required("start_time_unix_nano", start)?;
    let end_time_unix_nano = time::in_range("end_time_unix_nano", end)?;
    at_most("number of events", events, limits.events_per_span_max, "ingest.events_per_span_max")?;
    at_most("number of links", links, limits.links_per_span_max, "ingest.links_per_span_max")?;
    // Both are positive, so the difference cannot overflow.
    row.duration_ns = (end_time_unix_nano - row.start_time_unix_nano).max(0);
    row.trace_id = id::required("trace_id", trace_id)?;
    row.span_id = id::required("span_id", span_id)?;
    row.parent_span_id = id::optional("parent_span_id", parent)?;
    row.attributes = pairs.finish()?;
    Ok(row)
}

fn event<'a>(mut sent: Fields<'a>, limits: &Limits) -> Result<SpanEvent<'a>, Stop> {
    let mut row = SpanEvent { time_unix_nano: 0, name: Text::default(), attributes: Vec::new() };
    let mut pairs = Pairs::new(limits);
    while let Some(field) = sent.next()? {
        match field.number {
            1 => row.time_unix_nano = time::in_range("events.time_unix_nano", field.fixed64()?)?,
            2 => row.name = name("length of an event's name", field.text()?, limits)?,
            3 => pairs.add(field.message()?)?,
            _ => {}
        }
    }
    row.attributes = pairs.finish()?;
    Ok(row)
}

/// SDKs record a link with an empty context if it has attributes: such ids are kept as zeros.
fn link<'a>(mut sent: Fields<'a>, limits: &Limits) -> Result<SpanLink<'a>, Stop> {
    let mut row = SpanLink { trace_id: [0; 16], span_id: [0; 8], trace_state: Text::default(), attributes: Vec::new() };
    let mut pairs = Pairs::new(limits);
    while let Some(field) = sent.next()? {
        match field.number {
            1 => row.trace_id = id::optional("links.trace_id", field.bytes()?)?.unwrap_or_default(),
            2 => row.span_id = id::optional("links.span_id", field.bytes()?)?.unwrap_or_default(),
            3 => row.trace_state = text("length of a link's trace_state", field.text()?, limits)?,
            4 => pairs.add(field.message()?)?,
            _ => {}
        }
    }
    row.attributes = pairs.finish()?;
    Ok(row)
}

fn status<'a>(mut sent: Fields<'a>, limits: &Limits) -> Result<(StatusCode, Text<'a>), Stop> {
    let (mut code, mut message) = (StatusCode::Unset, Text::default());
    while let Some(field) = sent.next()? {
        match field.number {
            2 => message = text("length of the status message", field.text()?, limits)?,
            3 => code = status_code(field.int32()?),
            _ => {}
        }
    }
    Ok((code, message))
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
