//! Spans.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link, SpanKind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use serde::de::MapAccess;

use super::reader::{Field, Fields};

impl Fields for ExportTraceServiceRequest {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "resourceSpans" | "resource_spans" => field.list("resourceSpans", &mut self.resource_spans),
            _ => field.ignore(),
        }
    }
}

impl Fields for ResourceSpans {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "resource" => field.message("resource", &mut self.resource),
            "scopeSpans" | "scope_spans" => field.list("scopeSpans", &mut self.scope_spans),
            _ => field.ignore(),
        }
    }
}

impl Fields for ScopeSpans {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "scope" => field.message("scope", &mut self.scope),
            "spans" => field.list("spans", &mut self.spans),
            _ => field.ignore(),
        }
    }
}

impl Fields for Span {
    const IS_ROW: bool = true;

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "traceId" | "trace_id" => field.id("traceId", &mut self.trace_id),
            "spanId" | "span_id" => field.id("spanId", &mut self.span_id),
            "traceState" | "trace_state" => field.text("traceState", &mut self.trace_state),
            "parentSpanId" | "parent_span_id" => field.id("parentSpanId", &mut self.parent_span_id),
            "flags" => field.unsigned32("flags", &mut self.flags),
            "name" => field.text("name", &mut self.name),
            "kind" => {
                field.enumeration("kind", &mut self.kind, |name| SpanKind::from_str_name(name).map(|kind| kind as i32))
            }
            "startTimeUnixNano" | "start_time_unix_nano" => {
                field.unsigned64("startTimeUnixNano", &mut self.start_time_unix_nano)
            }
            "endTimeUnixNano" | "end_time_unix_nano" => {
                field.unsigned64("endTimeUnixNano", &mut self.end_time_unix_nano)
            }
            "attributes" => field.list("attributes", &mut self.attributes),
            "droppedAttributesCount" | "dropped_attributes_count" => {
                field.unsigned32("droppedAttributesCount", &mut self.dropped_attributes_count)
            }
            "events" => field.list("events", &mut self.events),
            "droppedEventsCount" | "dropped_events_count" => {
                field.unsigned32("droppedEventsCount", &mut self.dropped_events_count)
            }
            "links" => field.list("links", &mut self.links),
            "droppedLinksCount" | "dropped_links_count" => {
                field.unsigned32("droppedLinksCount", &mut self.dropped_links_count)
            }
            "status" => field.message("status", &mut self.status),
            _ => field.ignore(),
        }
    }
}

impl Fields for Event {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "timeUnixNano" | "time_unix_nano" => field.unsigned64("events.timeUnixNano", &mut self.time_unix_nano),
            "name" => field.text("events.name", &mut self.name),
            "attributes" => field.list("attributes", &mut self.attributes),
            _ => field.ignore(),
        }
    }
}

impl Fields for Link {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "traceId" | "trace_id" => field.id("links.traceId", &mut self.trace_id),
            "spanId" | "span_id" => field.id("links.spanId", &mut self.span_id),
            "traceState" | "trace_state" => field.text("links.traceState", &mut self.trace_state),
            "attributes" => field.list("attributes", &mut self.attributes),
            "flags" => field.unsigned32("links.flags", &mut self.flags),
            _ => field.ignore(),
        }
    }
}

impl Fields for Status {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "message" => field.text("status.message", &mut self.message),
            "code" => field.enumeration("status.code", &mut self.code, |name| {
                StatusCode::from_str_name(name).map(|code| code as i32)
            }),
            _ => field.ignore(),
        }
    }
}
