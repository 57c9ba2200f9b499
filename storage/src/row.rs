//! Rows as storage takes them: the OpenTelemetry data model, typed, before it becomes columns.
//!
//! The collector makes them, [`crate::Store::append`] takes them. Times are nanoseconds since the Unix epoch.
//! Nothing here knows OTLP's wire form.

mod memory;

use std::fmt;
use std::sync::Arc;

/// Names the tenant whose tables a row belongs to. There is one tenant, `default`, until tenants are configured.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(Arc<str>);

impl TenantId {
    /// The tenant of an installation without tenants.
    pub fn default_tenant() -> Self {
        Self(Arc::from("default"))
    }

    /// A tenant of this name; 1 to 64 characters of `a-z`, `0-9`, `-` and `_`, because it names a folder.
    pub fn new(name: &str) -> Result<Self, crate::Error> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
            return Err(crate::Error::new(
                crate::ErrorKind::Invalid,
                format!("tenant {name:?} must be 1 to 64 characters of a-z, 0-9, '-' and '_'"),
            ));
        }
        Ok(Self(Arc::from(name)))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of the three OpenTelemetry signals; each has a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Table `spans`.
    Spans,
    /// Table `logs`.
    Logs,
    /// Table `metrics`.
    Metrics,
}

impl Signal {
    /// All signals, in the order of their tables.
    pub const ALL: [Self; 3] = [Self::Spans, Self::Logs, Self::Metrics];

    /// The table's name.
    pub fn table(self) -> &'static str {
        match self {
            Self::Spans => "spans",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
        }
    }
}

/// Rows of one signal that are accepted together: all of them become durable, or none does.
#[derive(Debug, Clone, PartialEq)]
pub enum Batch {
    /// Rows of the table `spans`.
    Spans(Vec<Span>),
    /// Rows of the table `logs`.
    Logs(Vec<LogRecord>),
    /// Rows of the table `metrics`.
    Metrics(Vec<MetricPoint>),
}

impl Batch {
    /// Which table the rows belong to.
    pub fn signal(&self) -> Signal {
        match self {
            Self::Spans(_) => Signal::Spans,
            Self::Logs(_) => Signal::Logs,
            Self::Metrics(_) => Signal::Metrics,
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Spans(rows) => rows.len(),
            Self::Logs(rows) => rows.len(),
            Self::Metrics(rows) => rows.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An OpenTelemetry `AnyValue`.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A value that was sent without content.
    Empty,
    /// UTF-8 text.
    String(String),
    /// A boolean.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A double; NaN and the infinities are kept.
    Double(f64),
    /// Raw bytes; shown as base64.
    Bytes(Vec<u8>),
    /// A list.
    Array(Vec<Value>),
    /// Key and value pairs in the order they were sent.
    Map(Vec<(String, Value)>),
}

/// Attributes in the order they were sent; a key occurs once (the first occurrence was kept).
pub type Attributes = Vec<(String, Value)>;

/// What produced a row. Shared by all the rows of one resource in a request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resource {
    /// `service.name`; `unknown_service` where none was sent.
    pub service_name: String,
    /// `service.namespace`.
    pub service_namespace: Option<String>,
    /// `deployment.environment.name`, or the older `deployment.environment`.
    pub environment: Option<String>,
    /// The other resource attributes, as sent.
    pub attributes: Attributes,
}

/// The instrumentation scope of a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scope {
    /// Name of the instrumentation library; empty where none was sent.
    pub name: String,
    /// Its version; empty where none was sent.
    pub version: String,
    /// Scope attributes.
    pub attributes: Attributes,
}

/// The kind of a span. The number is the one that OTLP uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names are OpenTelemetry's own")]
pub enum SpanKind {
    #[default]
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

impl SpanKind {
    /// The text in the column `kind`: `server`, `client`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }
}

/// The status code of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names are OpenTelemetry's own")]
pub enum StatusCode {
    #[default]
    Unset,
    Ok,
    Error,
}

impl StatusCode {
    /// The text in the column `status_code`: `unset`, `ok` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }
}

/// A span.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// What produced it.
    pub resource: Arc<Resource>,
    /// Which library made it.
    pub scope: Arc<Scope>,
    /// Never all zero.
    pub trace_id: [u8; 16],
    /// Never all zero.
    pub span_id: [u8; 8],
    /// `None` for a root.
    pub parent_span_id: Option<[u8; 8]>,
    /// W3C `tracestate`; may be empty.
    pub trace_state: String,
    /// W3C trace flags and OTLP's remote bits.
    pub flags: u32,
    /// The operation.
    pub name: String,
    /// Server, client, …
    pub kind: SpanKind,
    /// Nanoseconds since the epoch.
    pub start_time_unix_nano: i64,
    /// `end - start`; 0 where the end lies before the start.
    pub duration_ns: i64,
    /// Unset, ok or error.
    pub status_code: StatusCode,
    /// May be empty.
    pub status_message: String,
    /// The span's own attributes.
    pub attributes: Attributes,
    /// Timed events, exceptions among them.
    pub events: Vec<SpanEvent>,
    /// Links to other spans.
    pub links: Vec<SpanLink>,
    /// How many attributes the client dropped.
    pub dropped_attributes_count: u32,
    /// How many events the client dropped.
    pub dropped_events_count: u32,
    /// How many links the client dropped.
    pub dropped_links_count: u32,
}

/// An event of a span.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanEvent {
    /// Nanoseconds since the epoch.
    pub time_unix_nano: i64,
    /// `exception` for an exception.
    pub name: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A link of a span to another one.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanLink {
    /// The other trace.
    pub trace_id: [u8; 16],
    /// The other span.
    pub span_id: [u8; 8],
    /// May be empty.
    pub trace_state: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A log record.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRecord {
    /// What produced it.
    pub resource: Arc<Resource>,
    /// Which library made it.
    pub scope: Arc<Scope>,
    /// Event time; the observed time where none was sent. Nanoseconds since the epoch.
    pub time_unix_nano: i64,
    /// When it was observed; the time of receipt where none was sent. Nanoseconds since the epoch.
    pub observed_time_unix_nano: i64,
    /// 0 (unspecified) to 24, as OpenTelemetry has them.
    pub severity_number: u8,
    /// As sent; may be empty.
    pub severity_text: String,
    /// The body; a structured one is shown as JSON.
    pub body: Value,
    /// May be empty.
    pub event_name: String,
    /// The trace it belongs to.
    pub trace_id: Option<[u8; 16]>,
    /// The span it belongs to.
    pub span_id: Option<[u8; 8]>,
    /// W3C trace flags.
    pub flags: u32,
    /// The record's own attributes.
    pub attributes: Attributes,
    /// How many attributes the client dropped.
    pub dropped_attributes_count: u32,
}

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are OpenTelemetry's own")]
pub enum MetricKind {
    Gauge,
    Sum,
    Histogram,
    ExponentialHistogram,
    Summary,
}

impl MetricKind {
    /// The text in the column `kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Sum => "sum",
            Self::Histogram => "histogram",
            Self::ExponentialHistogram => "exponential_histogram",
            Self::Summary => "summary",
        }
    }
}

/// Whether points are sums since the last point or since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are OpenTelemetry's own")]
pub enum Temporality {
    Delta,
    Cumulative,
}

impl Temporality {
    /// The text in the column `temporality`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delta => "delta",
            Self::Cumulative => "cumulative",
        }
    }
}

/// A metric data point.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricPoint {
    /// What produced it.
    pub resource: Arc<Resource>,
    /// Which library made it.
    pub scope: Arc<Scope>,
    /// The metric's name.
    pub name: Arc<str>,
    /// UCUM unit; may be empty.
    pub unit: Arc<str>,
    /// For people; may be empty.
    pub description: Arc<str>,
    /// Gauge, sum, …
    pub kind: MetricKind,
    /// `None` for gauges and summaries.
    pub temporality: Option<Temporality>,
    /// For sums.
    pub monotonic: bool,
    /// Nanoseconds since the epoch.
    pub time_unix_nano: i64,
    /// Start of the interval; 0 where none was sent.
    pub start_time_unix_nano: i64,
    /// OTLP data point flags; bit 0 says "no recorded value".
    pub flags: u32,
    /// The point's own attributes.
    pub attributes: Attributes,
    /// Gauge and sum: the value, integers converted.
    pub value: Option<f64>,
    /// Gauge and sum: the value where it was sent as an integer.
    pub value_int: Option<i64>,
    /// Histograms and summaries: how many measurements.
    pub count: Option<u64>,
    /// Histograms and summaries: their sum.
    pub sum: Option<f64>,
    /// Histograms: the smallest measurement.
    pub min: Option<f64>,
    /// Histograms: the largest measurement.
    pub max: Option<f64>,
    /// The distribution.
    pub buckets: Buckets,
    /// Example measurements with their traces.
    pub exemplars: Vec<Exemplar>,
}

/// The distribution of a data point.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Buckets {
    /// Gauge and sum.
    #[default]
    None,
    /// `counts.len() == bounds.len() + 1`, or both are empty.
    Explicit {
        /// Upper bounds, inclusive, rising.
        bounds: Vec<f64>,
        /// One more than bounds.
        counts: Vec<u64>,
    },
    /// Base-2 exponential buckets.
    Exponential(ExponentialBuckets),
    /// (quantile 0 to 1, value).
    Quantiles(Vec<(f64, f64)>),
}

/// Base-2 exponential buckets: bucket `i` of `positive` holds values in `(base^(offset+i), base^(offset+i+1)]`
/// where `base = 2^(2^-scale)`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExponentialBuckets {
    /// Resolution.
    pub scale: i32,
    /// Measurements within the zero threshold.
    pub zero_count: u64,
    /// Width of the zero bucket.
    pub zero_threshold: f64,
    /// Index of the first positive bucket.
    pub positive_offset: i32,
    /// Counts of the positive buckets.
    pub positive_counts: Vec<u64>,
    /// Index of the first negative bucket.
    pub negative_offset: i32,
    /// Counts of the negative buckets.
    pub negative_counts: Vec<u64>,
}

/// An example measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Exemplar {
    /// Nanoseconds since the epoch.
    pub time_unix_nano: i64,
    /// The measurement, integers converted.
    pub value: f64,
    /// The trace it was made in.
    pub trace_id: Option<[u8; 16]>,
    /// The span it was made in.
    pub span_id: Option<[u8; 8]>,
    /// Attributes that the point does not have.
    pub filtered_attributes: Attributes,
}
