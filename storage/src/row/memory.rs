//! How much memory rows take before they are columns.
//!
//! What it promises: what the rows own on the heap, with the allocator's rounding of small texts; a resource or a scope
//! that neighbours share counts once. It is what the live budget is charged, so it must not be too little.

use std::sync::Arc;

use super::{Attributes, Batch, Buckets, Exemplar, LogRecord, MetricPoint, Resource, Scope, Span, Value};

/// Allocators give texts in steps of this size.
const STEP: usize = 16;

impl Batch {
    /// Bytes that the rows take in memory, which is several times what they take in their stored form.
    pub(crate) fn memory_bytes(&self) -> usize {
        match self {
            Self::Spans(rows) => own(rows) + of_rows(rows, span, |row| (&row.resource, &row.scope)),
            Self::Logs(rows) => own(rows) + of_rows(rows, log_record, |row| (&row.resource, &row.scope)),
            Self::Metrics(rows) => own(rows) + of_rows(rows, metric_point, |row| (&row.resource, &row.scope)),
        }
    }
}

fn of_rows<T>(rows: &[T], of_row: fn(&T) -> usize, origin: fn(&T) -> (&Arc<Resource>, &Arc<Scope>)) -> usize {
    let mut last: (*const Resource, *const Scope) = (std::ptr::null(), std::ptr::null());
    rows.iter().fold(0, |mut bytes, row| {
        let (resource, scope) = origin(row);
        let this = (Arc::as_ptr(resource), Arc::as_ptr(scope));
        if this != last {
            bytes += attributes(&resource.attributes) + size_of::<Resource>();
            bytes += attributes(&scope.attributes) + size_of::<Scope>();
            last = this;
        }
        bytes + of_row(row)
    })
}

fn span(span: &Span) -> usize {
    let events = span.events.iter().map(|event| text(&event.name) + attributes(&event.attributes)).sum::<usize>();
    let links = span.links.iter().map(|link| text(&link.trace_state) + attributes(&link.attributes)).sum::<usize>();
    let texts = text(&span.name) + text(&span.status_message) + text(&span.trace_state);
    texts + attributes(&span.attributes) + own(&span.events) + events + own(&span.links) + links
}

fn log_record(record: &LogRecord) -> usize {
    let texts = text(&record.severity_text) + text(&record.event_name);
    texts + value(&record.body) + attributes(&record.attributes)
}

fn metric_point(point: &MetricPoint) -> usize {
    let buckets = match &point.buckets {
        Buckets::None => 0,
        Buckets::Explicit { bounds, counts } => own(bounds) + own(counts),
        Buckets::Exponential(buckets) => own(&buckets.positive_counts) + own(&buckets.negative_counts),
        Buckets::Quantiles(quantiles) => own(quantiles),
    };
    let of_exemplar = |exemplar: &Exemplar| attributes(&exemplar.filtered_attributes);
    let exemplars = own(&point.exemplars) + point.exemplars.iter().map(of_exemplar).sum::<usize>();
    attributes(&point.attributes) + buckets + exemplars
}

fn attributes(attributes: &Attributes) -> usize {
    own(attributes) + attributes.iter().map(|(key, of_key)| text(key) + value(of_key)).sum::<usize>()
}

fn value(of: &Value) -> usize {
    match of {
        Value::Empty | Value::Bool(_) | Value::Int(_) | Value::Double(_) => 0,
        Value::String(of) => text(of),
        Value::Bytes(bytes) => bytes.capacity().next_multiple_of(STEP),
        Value::Array(items) => own(items) + items.iter().map(value).sum::<usize>(),
        Value::Map(entries) => attributes(entries),
    }
}

fn text(of: &String) -> usize {
    of.capacity().next_multiple_of(STEP)
}

fn own<T>(of: &Vec<T>) -> usize {
    of.capacity() * size_of::<T>()
}

#[cfg(test)]
mod tests;
