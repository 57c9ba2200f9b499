//! The columns of the table `spans`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder, Int64Builder, StringBuilder};

use super::attributes::{AttributeColumns, MapColumn};
use super::lists::{Lengths, struct_fields};
use super::{Origin, Times, not_empty, push_id};
use crate::promoted::PromotedSet;
use crate::row::{Signal, Span, SpanEvent, SpanLink};
use crate::schema;

pub(super) struct Columns<'a> {
    trace_id: BinaryBuilder,
    span_id: BinaryBuilder,
    parent_span_id: BinaryBuilder,
    trace_state: StringBuilder,
    flags: Int64Builder,
    name: StringBuilder,
    kind: StringBuilder,
    start_time: Times,
    duration_ns: Int64Builder,
    status_code: StringBuilder,
    status_message: StringBuilder,
    origin: Origin,
    attributes: AttributeColumns<'a>,
    events: Events,
    links: Links,
    dropped: [Int64Builder; 3],
}

impl<'a> Columns<'a> {
    pub(super) fn new(rows: usize, set: &Arc<PromotedSet>) -> Self {
        Self {
            trace_id: BinaryBuilder::with_capacity(rows, rows * 16),
            span_id: BinaryBuilder::with_capacity(rows, rows * 8),
            parent_span_id: BinaryBuilder::with_capacity(rows, rows * 8),
            trace_state: StringBuilder::new(),
            flags: Int64Builder::with_capacity(rows),
            name: StringBuilder::new(),
            kind: StringBuilder::new(),
            start_time: Times::new(rows),
            duration_ns: Int64Builder::with_capacity(rows),
            status_code: StringBuilder::new(),
            status_message: StringBuilder::new(),
            origin: Origin::new(),
            attributes: AttributeColumns::new(rows, set),
            events: Events::new(),
            links: Links::new(),
            dropped: std::array::from_fn(|_| Int64Builder::with_capacity(rows)),
        }
    }

    pub(super) fn push(&mut self, span: &Span<'a>) {
        self.trace_id.append_value(span.trace_id);
        self.span_id.append_value(span.span_id);
        push_id(&mut self.parent_span_id, span.parent_span_id);
        self.trace_state.append_option(not_empty(&span.trace_state));
        self.flags.append_value(span.flags.into());
        self.name.append_value(&span.name);
        self.kind.append_value(span.kind.as_str());
        self.start_time.push(span.start_time_unix_nano);
        self.duration_ns.append_value(span.duration_ns);
        self.status_code.append_value(span.status_code.as_str());
        self.status_message.append_option(not_empty(&span.status_message));
        self.origin.push(&span.resource, &span.scope);
        self.attributes.push(&span.attributes, &span.resource, &span.scope);
        self.events.push(&span.events);
        self.links.push(&span.links);
        let counts = [span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count];
        for (builder, count) in self.dropped.iter_mut().zip(counts) {
            builder.append_value(count.into());
        }
    }

    /// In the order of [`schema::schema`].
    pub(super) fn finish(mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.trace_id.finish()),
            Arc::new(self.span_id.finish()),
            Arc::new(self.parent_span_id.finish()),
            Arc::new(self.trace_state.finish()),
            Arc::new(self.flags.finish()),
            Arc::new(self.name.finish()),
            Arc::new(self.kind.finish()),
        ];
        columns.extend(self.start_time.finish());
        columns.push(Arc::new(self.duration_ns.finish()));
        columns.push(Arc::new(self.status_code.finish()));
        columns.push(Arc::new(self.status_message.finish()));
        columns.extend(self.origin.finish());
        columns.extend(self.attributes.finish());
        columns.push(self.events.finish());
        columns.push(self.links.finish());
        columns.extend(self.dropped.into_iter().map(|mut builder| Arc::new(builder.finish()) as ArrayRef));
        columns
    }
}

struct Events {
    lengths: Lengths,
    time: Times,
    name: StringBuilder,
    attributes: MapColumn,
}

impl Events {
    fn new() -> Self {
        Self {
            lengths: Lengths::default(),
            time: Times::new(0),
            name: StringBuilder::new(),
            attributes: MapColumn::new(),
        }
    }

    fn push(&mut self, events: &[SpanEvent<'_>]) {
        self.lengths.push((!events.is_empty()).then_some(events.len()));
        for event in events {
            self.time.push(event.time_unix_nano);
            self.name.append_value(&event.name);
            self.attributes.push(&event.attributes);
        }
    }

    fn finish(mut self) -> ArrayRef {
        let schema = schema::schema(Signal::Spans);
        let field = schema.field_with_name("events").expect("the schema has this column");
        let mut columns = Vec::from(self.time.finish());
        columns.push(Arc::new(self.name.finish()));
        columns.push(self.attributes.finish());
        self.lengths.list_of_structs(struct_fields(field), columns)
    }
}

struct Links {
    lengths: Lengths,
    trace_id: BinaryBuilder,
    span_id: BinaryBuilder,
    trace_state: StringBuilder,
    attributes: MapColumn,
}

impl Links {
    fn new() -> Self {
        Self {
            lengths: Lengths::default(),
            trace_id: BinaryBuilder::new(),
            span_id: BinaryBuilder::new(),
            trace_state: StringBuilder::new(),
            attributes: MapColumn::new(),
        }
    }

    fn push(&mut self, links: &[SpanLink<'_>]) {
        self.lengths.push((!links.is_empty()).then_some(links.len()));
        for link in links {
            self.trace_id.append_value(link.trace_id);
            self.span_id.append_value(link.span_id);
            self.trace_state.append_option(not_empty(&link.trace_state));
            self.attributes.push(&link.attributes);
        }
    }

    fn finish(mut self) -> ArrayRef {
        let schema = schema::schema(Signal::Spans);
        let field = schema.field_with_name("links").expect("the schema has this column");
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.trace_id.finish()),
            Arc::new(self.span_id.finish()),
            Arc::new(self.trace_state.finish()),
            self.attributes.finish(),
        ];
        self.lengths.list_of_structs(struct_fields(field), columns)
    }
}
