//! Looks over a protobuf body before it is decoded, and says what decoding it will cost.
//!
//! An empty span is two bytes on the wire and some 400 in memory, so the length of a body says little: 64 MiB could
//! become 13 GB. This walk reads fields as the decoder does, follows lengths only and touches no text. What is malformed is left to
//! the decoder, which says what is wrong with it.

use storage::{Exemplar, LogRecord, MetricPoint, Resource, Scope, Signal, SpanEvent, SpanLink, Value};

use crate::protobuf::{DEPTH_MAX, Fields, Text};

/// What decoding costs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Bytes of the messages themselves; their texts are no longer than the body.
    pub(crate) bytes: usize,
    /// Spans, log records or metric points.
    pub(crate) rows: usize,
}

/// Looks over the body of a request, as far as the first row over `rows_max`: what lies behind it will not be decoded.
pub(crate) fn cost(signal: Signal, body: &[u8], rows_max: usize) -> Cost {
    let mut cost = Cost::default();
    walk(Kind::Request(signal), Fields::new(body), 0, rows_max, &mut cost);
    cost
}

/// The messages that can be repeated or hold repeated ones.
#[derive(Clone, Copy)]
enum Kind {
    Request(Signal),
    OfResource(Signal),
    OfScope(Signal),
    Resource,
    Scope,
    EntityRef,
    KeyValue,
    AnyValue,
    Array,
    Map,
    Span,
    Event,
    Link,
    LogRecord,
    Metric,
    Numbers,
    Histograms,
    Exponentials,
    Summaries,
    Number,
    Histogram,
    Exponential,
    Summary,
    Buckets,
    Quantile,
    Exemplar,
}

impl Kind {
    /// The message in a field.
    fn child(self, field: u32) -> Option<Self> {
        Some(match (self, field) {
            (Self::Request(signal), 1) => Self::OfResource(signal),
            (Self::OfResource(_), 1) => Self::Resource,
            (Self::OfResource(signal), 2) => Self::OfScope(signal),
            (Self::OfScope(_), 1) => Self::Scope,
            (Self::OfScope(Signal::Spans), 2) => Self::Span,
            (Self::OfScope(Signal::Logs), 2) => Self::LogRecord,
            (Self::OfScope(Signal::Metrics), 2) => Self::Metric,
            (Self::Resource, 3) => Self::EntityRef,
            (Self::KeyValue, 2) | (Self::Array, 1) | (Self::LogRecord, 5) => Self::AnyValue,
            (Self::AnyValue, 5) => Self::Array,
            (Self::AnyValue, 6) => Self::Map,
            (Self::Span, 11) => Self::Event,
            (Self::Span, 13) => Self::Link,
            (Self::Metric, 5 | 7) => Self::Numbers,
            (Self::Metric, 9) => Self::Histograms,
            (Self::Metric, 10) => Self::Exponentials,
            (Self::Metric, 11) => Self::Summaries,
            (Self::Numbers, 1) => Self::Number,
            (Self::Histograms, 1) => Self::Histogram,
            (Self::Exponentials, 1) => Self::Exponential,
            (Self::Summaries, 1) => Self::Summary,
            (Self::Exponential, 8 | 9) => Self::Buckets,
            (Self::Summary, 6) => Self::Quantile,
            (Self::Number, 5) | (Self::Histogram, 8) | (Self::Exponential, 11) => Self::Exemplar,
            (Self::Resource | Self::Map | Self::Exponential, 1)
            | (Self::Scope | Self::Event, 3)
            | (Self::Link, 4)
            | (Self::LogRecord, 6)
            | (Self::Number | Self::Summary | Self::Exemplar, 7)
            | (Self::Span | Self::Histogram, 9)
            | (Self::Metric, 12) => Self::KeyValue,
            _ => return None,
        })
    }

    /// What it becomes in memory.
    fn bytes(self) -> usize {
        match self {
            Self::OfResource(_) => size_of::<Resource<'_>>(),
            Self::OfScope(_) => size_of::<Scope<'_>>(),
            Self::KeyValue => size_of::<(Text<'_>, Value<'_>)>(),
            Self::AnyValue => size_of::<Value<'_>>(),
            Self::Span => size_of::<storage::Span<'_>>(),
            Self::Event => size_of::<SpanEvent<'_>>(),
            Self::Link => size_of::<SpanLink<'_>>(),
            Self::LogRecord => size_of::<LogRecord<'_>>(),
            Self::Number | Self::Histogram | Self::Exponential | Self::Summary => size_of::<MetricPoint<'_>>(),
            Self::Quantile => size_of::<(f64, f64)>(),
            Self::Exemplar => size_of::<Exemplar<'_>>(),
            // Fields of one of the above, read in passing, or the request itself.
            Self::Request(_)
            | Self::Resource
            | Self::Scope
            | Self::EntityRef
            | Self::Array
            | Self::Map
            | Self::Metric
            | Self::Buckets
            | Self::Numbers
            | Self::Histograms
            | Self::Exponentials
            | Self::Summaries => 0,
        }
    }

    fn is_row(self) -> bool {
        matches!(
            self,
            Self::Span | Self::LogRecord | Self::Number | Self::Histogram | Self::Exponential | Self::Summary
        )
    }
}

fn walk(kind: Kind, mut message: Fields<'_>, depth: usize, rows_max: usize, cost: &mut Cost) {
    // At what is malformed the decoder ends as well.
    while cost.rows <= rows_max
        && let Ok(Some(field)) = message.next()
    {
        let Ok(contents) = field.bytes() else { continue };
        if let Some(child) = kind.child(field.number) {
            cost.bytes = cost.bytes.saturating_add(child.bytes());
            cost.rows += usize::from(child.is_row());
            if depth < DEPTH_MAX {
                walk(child, Fields::new(contents), depth + 1, rows_max, cost);
            }
        } else if matches!((kind, field.number), (Kind::Buckets, 2)) {
            // Packed varints: one byte each on the wire, eight in memory.
            cost.bytes = cost.bytes.saturating_add(contents.len().saturating_mul(size_of::<u64>()));
        }
    }
}

#[cfg(test)]
mod tests;
