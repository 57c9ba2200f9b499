//! The columns of the table `logs`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder, Int32Builder, Int64Builder, StringBuilder};

use super::attributes::AttributeColumns;
use super::{Origin, Times, not_empty, push_id};
use crate::attributes::body_text;
use crate::promoted::PromotedSet;
use crate::row::LogRecord;

pub(super) struct Columns<'a> {
    time: Times,
    observed_time: Times,
    severity_number: Int32Builder,
    severity_text: StringBuilder,
    body: StringBuilder,
    body_type: StringBuilder,
    event_name: StringBuilder,
    trace_id: BinaryBuilder,
    span_id: BinaryBuilder,
    flags: Int64Builder,
    origin: Origin,
    attributes: AttributeColumns<'a>,
    dropped_attributes_count: Int64Builder,
}

impl<'a> Columns<'a> {
    pub(super) fn new(rows: usize, set: &Arc<PromotedSet>) -> Self {
        Self {
            time: Times::new(rows),
            observed_time: Times::new(rows),
            severity_number: Int32Builder::with_capacity(rows),
            severity_text: StringBuilder::new(),
            body: StringBuilder::new(),
            body_type: StringBuilder::new(),
            event_name: StringBuilder::new(),
            trace_id: BinaryBuilder::new(),
            span_id: BinaryBuilder::new(),
            flags: Int64Builder::with_capacity(rows),
            origin: Origin::new(),
            attributes: AttributeColumns::new(rows, set),
            dropped_attributes_count: Int64Builder::with_capacity(rows),
        }
    }

    pub(super) fn push(&mut self, record: &LogRecord<'a>) {
        self.time.push(record.time_unix_nano);
        self.observed_time.push(record.observed_time_unix_nano);
        self.severity_number.append_value(record.severity_number.into());
        self.severity_text.append_option(not_empty(&record.severity_text));
        let body = body_text(&record.body);
        self.body.append_option(body.as_ref().map(|(text, _)| text.as_ref()));
        self.body_type.append_option(body.as_ref().map(|(_, body_type)| *body_type));
        self.event_name.append_option(not_empty(&record.event_name));
        push_id(&mut self.trace_id, record.trace_id);
        push_id(&mut self.span_id, record.span_id);
        self.flags.append_value(record.flags.into());
        self.origin.push(&record.resource, &record.scope);
        self.attributes.push(&record.attributes, &record.resource, &record.scope);
        self.dropped_attributes_count.append_value(record.dropped_attributes_count.into());
    }

    /// In the order of [`crate::schema::schema`].
    pub(super) fn finish(mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = Vec::new();
        columns.extend(self.time.finish());
        columns.extend(self.observed_time.finish());
        columns.push(Arc::new(self.severity_number.finish()));
        columns.push(Arc::new(self.severity_text.finish()));
        columns.push(Arc::new(self.body.finish()));
        columns.push(Arc::new(self.body_type.finish()));
        columns.push(Arc::new(self.event_name.finish()));
        columns.push(Arc::new(self.trace_id.finish()));
        columns.push(Arc::new(self.span_id.finish()));
        columns.push(Arc::new(self.flags.finish()));
        columns.extend(self.origin.finish());
        columns.extend(self.attributes.finish());
        columns.push(Arc::new(self.dropped_attributes_count.finish()));
        columns
    }
}
