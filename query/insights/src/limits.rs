//! How much a query may ask for. Every limit has a name, and its error says it.

/// The limits of parsing and checking. The defaults are at or above those of CloudWatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a query's text. CloudWatch: 10,000 characters.
    pub query_bytes_max: usize,
    /// How deep expressions and sub-queries may lie in one another.
    pub nesting_max: usize,
    /// Commands of a query with its sub-queries.
    pub commands_max: usize,
    /// Operators of a query with its sub-queries.
    pub operators_max: usize,
    /// `stats` commands of a query. CloudWatch: 10.
    pub stats_max: usize,
    /// Rows that `limit` may ask for. CloudWatch: 100,000.
    pub limit_rows_max: u64,
    /// Values that `topk` may ask for. CloudWatch: 10,000.
    pub topk_values_max: u64,
    /// Bytes that a compiled regular expression may take.
    pub regex_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_bytes_max: 64 * 1_024,
            nesting_max: 64,
            commands_max: 200,
            operators_max: 1_000,
            stats_max: 10,
            limit_rows_max: 100_000,
            topk_values_max: 10_000,
            regex_bytes_max: 4 * 1_024 * 1_024,
        }
    }
}
