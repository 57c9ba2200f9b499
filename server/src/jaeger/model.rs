//! The JSON of Jaeger's query API (`model/json` of its sources), as its UI and Grafana read it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// What every answer is in.
#[derive(Debug, Serialize)]
pub(super) struct Envelope<T> {
    /// The answer; null for a failure.
    pub(super) data: Option<T>,
    /// How many, where Jaeger says it.
    pub(super) total: usize,
    pub(super) limit: usize,
    pub(super) offset: usize,
    pub(super) errors: Option<Vec<Problem>>,
}

/// What went wrong.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    /// The HTTP status.
    pub(super) code: u16,
    pub(super) msg: String,
}

impl<T> Envelope<T> {
    pub(super) fn nothing() -> Self {
        Self { data: None, total: 0, limit: 0, offset: 0, errors: None }
    }

    pub(super) fn of(data: T) -> Self {
        Self { data: Some(data), ..Self::nothing() }
    }
}

impl<T> Envelope<Vec<T>> {
    pub(super) fn counted(data: Vec<T>) -> Self {
        Self { total: data.len(), ..Self::of(data) }
    }
}

/// A name with the kind of its spans.
#[derive(Debug, Serialize)]
pub(super) struct Operation {
    pub(super) name: String,
    /// Empty for spans without a kind.
    #[serde(rename = "spanKind")]
    pub(super) span_kind: String,
}

/// Who calls whom.
#[derive(Debug, Serialize)]
pub(super) struct Dependency {
    pub(super) parent: String,
    pub(super) child: String,
    #[serde(rename = "callCount")]
    pub(super) call_count: u64,
}

/// A trace.
#[derive(Debug, Serialize)]
pub(super) struct Trace {
    #[serde(rename = "traceID")]
    pub(super) trace_id: String,
    pub(super) spans: Vec<Span>,
    /// By [`Span::process_id`].
    pub(super) processes: BTreeMap<String, Process>,
    pub(super) warnings: Option<Vec<String>>,
}

/// A span.
#[derive(Debug, Serialize)]
pub(super) struct Span {
    #[serde(rename = "traceID")]
    pub(super) trace_id: String,
    #[serde(rename = "spanID")]
    pub(super) span_id: String,
    pub(super) flags: u32,
    #[serde(rename = "operationName")]
    pub(super) operation_name: String,
    pub(super) references: Vec<Reference>,
    /// Microseconds since the epoch.
    #[serde(rename = "startTime")]
    pub(super) start_time: i64,
    /// Microseconds.
    pub(super) duration: i64,
    pub(super) tags: Vec<Tag>,
    pub(super) logs: Vec<Log>,
    #[serde(rename = "processID")]
    pub(super) process_id: String,
    pub(super) warnings: Option<Vec<String>>,
}

/// The parent, or a link.
#[derive(Debug, Serialize)]
pub(super) struct Reference {
    /// `CHILD_OF` or `FOLLOWS_FROM`.
    #[serde(rename = "refType")]
    pub(super) kind: &'static str,
    #[serde(rename = "traceID")]
    pub(super) trace_id: String,
    #[serde(rename = "spanID")]
    pub(super) span_id: String,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Process {
    #[serde(rename = "serviceName")]
    pub(super) service_name: String,
    pub(super) tags: Vec<Tag>,
}

/// An event.
#[derive(Debug, Serialize)]
pub(super) struct Log {
    /// Microseconds since the epoch.
    pub(super) timestamp: i64,
    pub(super) fields: Vec<Tag>,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Tag {
    pub(super) key: String,
    /// `string`, `bool`, `int64`, `float64`.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) value: Value,
}
