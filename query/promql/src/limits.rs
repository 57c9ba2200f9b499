//! What a query may use.

/// Nested expressions, brackets and calls a query may have; the parser refuses more.
pub const EXPRESSION_DEPTH_MAX: usize = 250;

/// Bytes a query may have; the parser refuses more.
pub const QUERY_BYTES_MAX: usize = 1 << 20;

/// What an evaluation may use. The error that reports a limit names it and says what to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Samples that results and intermediate results hold at the same time (as `query.max-samples` of Prometheus): one
    /// for each series and step, whether there is a value or not. A histogram counts as many as it has buckets, and
    /// ten. The series that the caller fetched are the caller's to count.
    pub samples_max: usize,
    /// Points a series of a range query may have: its steps.
    pub steps_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { samples_max: 50_000_000, steps_max: 11_000 }
    }
}
