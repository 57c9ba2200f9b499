//! What sets two sets of spans apart: slow ones from the rest, this hour from yesterday, one version from another.

use serde::{Deserialize, Serialize};

use crate::service::{ClassCounts, Latency, LatencyBucket};
use crate::statistics::{Statistics, Truncation};
use crate::trace::TraceSearch;

/// Body of `POST /api/v1/traces/compare`. Of both searches only the conditions and the range count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CompareRequest {
    /// The spans that are asked about.
    pub selection: TraceSearch,
    /// What they are compared with. Spans that are in the selection as well are left out of it, so that the same search
    /// without the condition on the duration stands for the rest.
    pub baseline: TraceSearch,
    /// How many attributes are answered; 1 to 200, default 20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// One of the two sets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedSet {
    /// How many spans were read.
    pub spans: u64,
    /// By class.
    pub counts: ClassCounts,
    /// Durations.
    pub latency: Latency,
    /// Durations by bucket.
    pub histogram: Vec<LatencyBucket>,
}

/// A value, or a range of numbers, and how many spans of each set have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedValue {
    /// As text; `1024 to 2048` for the numbers from 1,024 on that are less than 2,048.
    pub value: String,
    /// Spans of the selection.
    pub selection: u64,
    /// Spans of the baseline.
    pub baseline: u64,
}

/// An attribute by which the sets differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedAttribute {
    /// The attribute by its stable name; `name`, `kind` and `class` of the span among them.
    pub key: String,
    /// Which part of the spans of one set would need another value for the sets to be alike: 0 to 1.
    pub difference: f64,
    /// Values, those first whose shares differ most.
    pub values: Vec<ComparedValue>,
    /// Values that are too rare to be listed, together.
    pub others: ComparedValue,
    /// Spans without the attribute.
    pub missing: ComparedValue,
}

/// Answer of `POST /api/v1/traces/compare`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompareAnswer {
    /// The spans that were asked about.
    pub selection: ComparedSet,
    /// What they are compared with.
    pub baseline: ComparedSet,
    /// Those that differ most first.
    pub attributes: Vec<ComparedAttribute>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether spans or attributes were left out.
    pub truncated: Option<Truncation>,
}
