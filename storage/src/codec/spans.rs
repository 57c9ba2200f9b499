//! The stored form of a span.

use super::reader::{Reader, malformed};
use super::shared::{Shared, SharedRead};
use super::writer::Writer;
use crate::error::Error;
use crate::row::{Span, SpanEvent, SpanKind, SpanLink, StatusCode};

pub(super) fn write<'a>(out: &mut Writer, shared: &mut Shared<'a>, span: &Span<'a>) -> Result<(), Error> {
    out.count(shared.resource(&span.resource));
    out.count(shared.scope(&span.scope));
    out.raw(&span.trace_id);
    out.raw(&span.span_id);
    out.optional(span.parent_span_id, |out, id| out.raw(&id));
    out.text(&span.trace_state);
    out.unsigned(span.flags.into());
    out.text(&span.name);
    out.byte(match span.kind {
        SpanKind::Unspecified => 0,
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    });
    out.signed(span.start_time_unix_nano);
    out.signed(span.duration_ns);
    out.byte(match span.status_code {
        StatusCode::Unset => 0,
        StatusCode::Ok => 1,
        StatusCode::Error => 2,
    });
    out.text(&span.status_message);
    out.attributes(&span.attributes)?;
    out.count(span.events.len());
    for event in &span.events {
        out.signed(event.time_unix_nano);
        out.text(&event.name);
        out.attributes(&event.attributes)?;
    }
    out.count(span.links.len());
    for link in &span.links {
        out.raw(&link.trace_id);
        out.raw(&link.span_id);
        out.text(&link.trace_state);
        out.attributes(&link.attributes)?;
    }
    out.unsigned(span.dropped_attributes_count.into());
    out.unsigned(span.dropped_events_count.into());
    out.unsigned(span.dropped_links_count.into());
    Ok(())
}

pub(super) fn read<'a>(reader: &mut Reader<'a>, shared: &SharedRead<'a>) -> Result<Span<'a>, Error> {
    Ok(Span {
        resource: shared.resource(reader.narrow()?)?.clone(),
        scope: shared.scope(reader.narrow()?)?.clone(),
        trace_id: reader.array()?,
        span_id: reader.array()?,
        parent_span_id: reader.optional(Reader::array)?,
        trace_state: reader.text()?,
        flags: reader.narrow()?,
        name: reader.text()?,
        kind: match reader.byte()? {
            0 => SpanKind::Unspecified,
            1 => SpanKind::Internal,
            2 => SpanKind::Server,
            3 => SpanKind::Client,
            4 => SpanKind::Producer,
            5 => SpanKind::Consumer,
            _ => return Err(malformed("a span kind")),
        },
        start_time_unix_nano: reader.signed()?,
        duration_ns: reader.signed()?,
        status_code: match reader.byte()? {
            0 => StatusCode::Unset,
            1 => StatusCode::Ok,
            2 => StatusCode::Error,
            _ => return Err(malformed("a status code")),
        },
        status_message: reader.text()?,
        attributes: reader.attributes()?,
        events: reader.list(|reader| {
            Ok(SpanEvent { time_unix_nano: reader.signed()?, name: reader.text()?, attributes: reader.attributes()? })
        })?,
        links: reader.list(|reader| {
            Ok(SpanLink {
                trace_id: reader.array()?,
                span_id: reader.array()?,
                trace_state: reader.text()?,
                attributes: reader.attributes()?,
            })
        })?,
        dropped_attributes_count: reader.narrow()?,
        dropped_events_count: reader.narrow()?,
        dropped_links_count: reader.narrow()?,
    })
}

/// Trace id and start time: what comes before it is gone over.
pub(super) fn read_key(reader: &mut Reader<'_>) -> Result<([u8; 16], i64), Error> {
    reader.unsigned()?;
    reader.unsigned()?;
    let trace_id = reader.array()?;
    reader.array::<8>()?;
    reader.optional(Reader::array::<8>)?;
    reader.bytes()?;
    reader.unsigned()?;
    reader.bytes()?;
    reader.byte()?;
    Ok((trace_id, reader.signed()?))
}
