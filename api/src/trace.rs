//! Traces and spans.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::search::AttributeFilter;
use crate::statistics::{Statistics, Truncation};
use crate::time::{Nanos, TimeRange};

/// Attributes by name.
pub type Attributes = BTreeMap<String, Value>;

/// How a request went, as X-Ray classifies it. A trace has the class of its worst span that a client saw, a span its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Everything that is not marked otherwise.
    #[default]
    Ok,
    /// 4xx other than 429.
    Error,
    /// 429, or an equivalent of it.
    Throttle,
    /// 5xx, or span status ERROR.
    Fault,
}

/// A span as it is stored, with what assembly of the trace knows about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// 32 hex digits.
    pub trace_id: String,
    /// 16 hex digits.
    pub span_id: String,
    /// 16 hex digits; absent for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<String>,
    /// W3C `tracestate`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trace_state: String,
    /// W3C trace flags.
    #[serde(default)]
    pub flags: u32,
    /// The operation.
    pub name: String,
    /// `unspecified`, `internal`, `server`, `client`, `producer`, `consumer`.
    pub kind: String,
    /// When it began.
    pub start_time_unix_nano: Nanos,
    /// When it ended.
    pub end_time_unix_nano: Nanos,
    /// How long it took.
    pub duration_ns: i64,
    /// `unset`, `ok`, `error`.
    pub status_code: String,
    /// The message of the status.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_message: String,
    /// How it went.
    pub class: Class,
    /// `service.name`.
    pub service_name: String,
    /// `service.namespace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_namespace: Option<String>,
    /// `deployment.environment.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Instrumentation scope.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope_name: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope_version: String,
    /// The span's attributes.
    pub attributes: Attributes,
    /// The resource's attributes, without service name, namespace and environment.
    pub resource_attributes: Attributes,
    /// In order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<SpanEvent>,
    /// As sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<SpanLink>,
    /// Duration that no child covers.
    #[serde(default)]
    pub self_time_ns: i64,
}

/// An event of a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpanEvent {
    /// When.
    pub time_unix_nano: Nanos,
    /// `exception` for an exception.
    pub name: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A link to another span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpanLink {
    /// 32 hex digits.
    pub trace_id: String,
    /// 16 hex digits.
    pub span_id: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A stretch of the critical path: in it, this span and nothing below it kept the trace from ending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriticalStretch {
    /// The span.
    pub span_id: String,
    /// Begin of the stretch.
    pub start_time_unix_nano: Nanos,
    /// Its end.
    pub end_time_unix_nano: Nanos,
}

/// A trace that is linked with this one by a span link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedTrace {
    /// The other trace.
    pub trace_id: String,
    /// The span of the other trace.
    pub span_id: String,
    /// The span of this trace.
    pub local_span_id: String,
    /// True: the other trace came first (this one links to it). False: the other one links to this one.
    pub upstream: bool,
}

/// Answer of `GET /api/v1/traces/{trace_id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceAnswer {
    /// 32 hex digits.
    pub trace_id: String,
    /// Begin of the first span.
    pub start_time_unix_nano: Nanos,
    /// From the first begin to the last end.
    pub duration_ns: i64,
    /// The class of the root, or of the worst entry span.
    pub class: Class,
    /// The root: the first span without a parent, or the first one whose parent did not arrive.
    pub root_span_id: String,
    /// Every span, once, in pre-order: a child after its parent, siblings by begin.
    pub spans: Vec<Span>,
    /// In order of time.
    pub critical_path: Vec<CriticalStretch>,
    /// Spans whose parent did not arrive.
    pub orphan_span_ids: Vec<String>,
    /// Upstream from the links of these spans; downstream where the search for it was made.
    pub linked_traces: Vec<LinkedTrace>,
    /// How many log records carry this trace id.
    pub log_count: u64,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether spans were left out.
    pub truncated: Option<Truncation>,
}

/// Body of `POST /api/v1/traces/search`. A trace matches if one of its spans meets all conditions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceSearch {
    /// When the matching span began.
    #[serde(flatten)]
    pub range: TimeRange,
    /// `service.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Name of the matching span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Kinds of the matching span; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Classes of the matching span; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Class>,
    /// Smallest duration of the matching span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_min_ns: Option<i64>,
    /// Largest duration of the matching span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_max_ns: Option<i64>,
    /// Conditions on its attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeFilter>,
    /// Words that its name, status message or exceptions contain.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// An X-Ray filter expression that the trace as a whole meets (`service("cart") { fault } AND responsetime > 2`). With
    /// nothing else but the range, a matching span is one that the expression is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// An edge of the map: the matching span calls this service or remote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callee: Option<String>,
    /// How many traces a page has; 1 to 1000, default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `cursor` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// How many spans of a service a trace has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceSpans {
    /// `service.name`.
    pub service: String,
    /// How many spans.
    pub spans: u64,
    /// How many of them are not ok.
    pub failed: u64,
}

/// A trace in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceSummary {
    /// 32 hex digits.
    pub trace_id: String,
    /// Begin of its first span.
    pub start_time_unix_nano: Nanos,
    /// From the first begin to the last end.
    pub duration_ns: i64,
    /// Class of the root, or of the worst entry span.
    pub class: Class,
    /// Service of the root.
    pub root_service: String,
    /// Name of the root span.
    pub root_name: String,
    /// `http.request.method` of the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_method: Option<String>,
    /// `http.response.status_code` of the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status_code: Option<i64>,
    /// How many spans it has by now.
    pub span_count: u64,
    /// Most spans first.
    pub services: Vec<ServiceSpans>,
    /// The newest span that met the conditions.
    pub matched_span_id: String,
    /// How many spans met them.
    pub matched_spans: u64,
}

/// Answer of `POST /api/v1/traces/search`: newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracePage {
    /// Ordered by the begin of the newest matching span, newest first.
    pub traces: Vec<TraceSummary>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether there are more than this page holds, or something was left out.
    pub truncated: Option<Truncation>,
}
