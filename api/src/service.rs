//! Services, their operations, and the service graph.

use serde::{Deserialize, Serialize};

use crate::statistics::{Statistics, Truncation};
use crate::time::{Nanos, TimeRange};

/// Radius of a node's circle in the drawing of the service graph; routes begin and end on it.
pub const NODE_RADIUS: f64 = 28.0;
/// Room below a node's circle for its name and numbers.
pub const LABEL_HEIGHT: f64 = 40.0;
/// Room between two layers, on top of what the nodes take.
pub const LAYER_GAP: f64 = 72.0;
/// Room between two nodes of a layer.
pub const NODE_GAP: f64 = 24.0;

/// Requests by class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCounts {
    /// Not marked otherwise.
    pub ok: u64,
    /// 4xx other than 429.
    pub error: u64,
    /// 429.
    pub throttle: u64,
    /// 5xx or span status ERROR.
    pub fault: u64,
}

impl ClassCounts {
    /// All requests.
    pub fn total(&self) -> u64 {
        self.ok + self.error + self.throttle + self.fault
    }
}

/// Percentiles of durations, nanoseconds; 0 where there was nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Arithmetic mean.
    pub average_ns: f64,
    /// Median.
    pub p50_ns: f64,
    /// 90th percentile.
    pub p90_ns: f64,
    /// 95th percentile.
    pub p95_ns: f64,
    /// 99th percentile.
    pub p99_ns: f64,
    /// Longest.
    pub max_ns: f64,
}

/// A bucket of a latency histogram: durations in `(lower, upper]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LatencyBucket {
    /// Exclusive lower end.
    pub lower_ns: f64,
    /// Inclusive upper end.
    pub upper_ns: f64,
    /// How many requests.
    pub count: u64,
}

/// A service in a list, or an operation of one. Counts come from its SERVER and CONSUMER spans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceSummary {
    /// `service.name`.
    pub service: String,
    /// The operation; absent for the whole service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Requests by class.
    pub counts: ClassCounts,
    /// Requests a second over the range.
    pub rate: f64,
    /// Durations.
    pub latency: Latency,
    /// Environments it was seen in.
    pub environments: Vec<String>,
    /// Whether it is a function (it has faas attributes).
    pub function: bool,
    /// Cold starts among the requests.
    pub cold_starts: u64,
    /// Requests in equal steps over the range, oldest first, for a sparkline.
    pub trend: Vec<u64>,
    /// Faults in the same steps.
    pub fault_trend: Vec<u64>,
}

/// Answer of `GET /api/v1/services` and `GET /api/v1/services/{service}/operations`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceList {
    /// Most requests first.
    pub services: Vec<ServiceSummary>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether services were left out.
    pub truncated: Option<Truncation>,
}

/// What a node of the map is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Where requests come from that nobody instrumented calls.
    Client,
    /// A service that sends spans.
    Service,
    /// A service that sends spans and has faas attributes.
    Function,
    /// Inferred from a caller's spans: a database or cache.
    Database,
    /// Inferred from a caller's spans: a queue.
    Queue,
    /// Inferred from a caller's spans: a topic.
    Topic,
    /// Inferred from a caller's spans: an AWS service.
    Aws,
    /// Inferred from a caller's spans: another host.
    Remote,
}

/// A point of the drawing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downward.
    pub y: f64,
}

/// Phases of a function, as X-Ray shows them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionPhases {
    /// How many invocations were cold starts.
    pub cold_starts: u64,
    /// Mean of the initialization, over cold starts; 0 where it is not known.
    pub initialization_average_ns: f64,
    /// Mean of the invocation.
    pub invocation_average_ns: f64,
    /// Mean of what is neither; 0 where it is not known.
    pub overhead_average_ns: f64,
}

/// A node of the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphNode {
    /// Unique and stable: `kind:name`, `service:name` for services and functions.
    pub id: String,
    /// What is written below it.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// `dynamodb`, `redis`, `aws_sqs`, …, for the icon; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub system: String,
    /// Requests by class: its own spans', or for an inferred node its callers'.
    pub counts: ClassCounts,
    /// Requests a second.
    pub rate: f64,
    /// Durations.
    pub latency: Latency,
    /// Durations by bucket.
    pub histogram: Vec<LatencyBucket>,
    /// For a function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<FunctionPhases>,
    /// Centre of the node in the drawing.
    pub position: Point,
}

/// An edge of the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphEdge {
    /// `caller->callee`.
    pub id: String,
    /// Id of the caller's node.
    pub caller: String,
    /// Id of the callee's node.
    pub callee: String,
    /// Producer to consumer: drawn dashed; `latency` is then the age of the event.
    pub asynchronous: bool,
    /// Requests by class as the caller saw them.
    pub counts: ClassCounts,
    /// Requests a second.
    pub rate: f64,
    /// Durations as the caller saw them, network included.
    pub latency: Latency,
    /// Durations by bucket.
    pub histogram: Vec<LatencyBucket>,
    /// The route of the line: from the caller's border over the bends to the callee's border.
    pub route: Vec<Point>,
}

/// Answer of `GET /api/v1/service-graph`: nodes and edges with their places in a drawing from left to right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceGraph {
    /// Begin of the range.
    pub start_unix_nano: Nanos,
    /// End of the range.
    pub end_unix_nano: Nanos,
    /// In order of layers.
    pub nodes: Vec<GraphNode>,
    /// By caller and callee.
    pub edges: Vec<GraphEdge>,
    /// Width of the drawing.
    pub width: f64,
    /// Height of the drawing.
    pub height: f64,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether nodes or edges were left out.
    pub truncated: Option<Truncation>,
}

/// What of a service is plotted or watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceMeasure {
    /// Requests a second.
    Rate,
    /// Requests.
    Requests,
    /// Percent of requests that are faults.
    FaultRate,
    /// Percent of requests that are errors (4xx, without throttles).
    ErrorRate,
    /// Percent of requests that are throttled.
    ThrottleRate,
    /// Median duration, milliseconds.
    LatencyP50,
    /// 90th percentile of durations, milliseconds.
    LatencyP90,
    /// 99th percentile of durations, milliseconds.
    LatencyP99,
}

/// A measure of a service over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceQuery {
    /// `service.name`; absent: one line for each service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Only this operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Only this environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What is measured.
    pub measure: ServiceMeasure,
}

/// Body of `POST /api/v1/services/query`; the answer is a [`crate::metric::SeriesAnswer`], its exemplars are traces of
/// the slowest requests for a latency, and of the worst class for every other measure, with their duration in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceRequest {
    /// When the requests began.
    #[serde(flatten)]
    pub range: TimeRange,
    /// What is asked.
    #[serde(flatten)]
    pub query: ServiceQuery,
    /// Period in seconds; absent: chosen so that a line has at most 300 points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_seconds: Option<u32>,
}
