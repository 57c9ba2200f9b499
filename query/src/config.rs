//! The limits of a query. Each has a name, a default and a sentence; what is cut by one is said in the answer.

use std::time::Duration;

/// Limits of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How much memory the operators of one query (sorts, joins, groups) may hold. Beyond it the query fails.
    pub query_memory_bytes: usize,
    /// How much the operators of all running queries may hold together. A query that needs more meanwhile is refused.
    pub queries_memory_bytes: usize,
    /// How long one query may take, waiting for its turn included. Beyond it the query fails with a time-out.
    pub query_timeout: Duration,
    /// How many queries run at once; the others wait.
    pub queries_concurrent_max: usize,
    /// How many threads all queries share; they are the engine's own.
    pub threads: usize,
    /// How many of them one query may keep busy.
    pub query_threads: usize,
    /// How much memory the cache of Parquet footers may hold, all queries together.
    pub footer_cache_bytes: usize,
    /// Rows of a SQL answer where the request names no limit.
    pub sql_rows_default: usize,
    /// Rows of a SQL answer, whatever the request says.
    pub sql_rows_max: usize,
    /// Bytes of the values of a SQL answer; the rows that fit are answered.
    pub sql_answer_bytes_max: usize,
    /// The longest SQL statement, bytes.
    pub sql_text_bytes_max: usize,
    /// Bytes that one call of a SQL function may make for a batch of rows, and 1/1,024 of it for a constant. The memory
    /// of values is counted by no one else.
    pub sql_function_bytes_max: usize,
    /// Spans of one trace that are assembled; a longer trace is shown in part.
    pub trace_spans_max: usize,
    /// Matching traces that a search keeps apart; beyond it the oldest are let go.
    pub search_traces_max: usize,
    /// Traces that one page of a search with a filter expression puts together to ask the expression; then it says where to go
    /// on.
    pub filter_traces_max: usize,
    /// How far from a matching span the other spans of its trace are looked for when a list is completed.
    pub trace_window: Duration,
    /// How long after a trace the search for traces that link to it goes on.
    pub downstream_window: Duration,
    /// Linked traces of one trace.
    pub linked_traces_max: usize,
    /// Spans that one service graph is made of.
    pub graph_spans_max: usize,
    /// Nodes of one service graph; the ones with the most requests are kept.
    pub graph_nodes_max: usize,
    /// Services or operations in a list; the ones with the most requests are kept.
    pub services_max: usize,
    /// Metric points that one metric query reads.
    pub metric_points_max: usize,
    /// Combinations of labels that one metric query tells apart.
    pub metric_groups_max: usize,
    /// Metrics in a list.
    pub metrics_max: usize,
    /// How long before the range the last point of a cumulative series is looked for.
    pub cumulative_lookback: Duration,
    /// Attribute keys or values in a list.
    pub attribute_list_max: usize,
    /// Rows that are read to find attribute keys or values; beyond it the counts are of the rows read.
    pub attribute_rows_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            query_memory_bytes: 256 << 20,
            queries_memory_bytes: 512 << 20,
            query_timeout: Duration::from_secs(30),
            queries_concurrent_max: 16,
            threads: 4,
            query_threads: 2,
            footer_cache_bytes: 64 << 20,
            sql_rows_default: 1_000,
            sql_rows_max: 100_000,
            sql_answer_bytes_max: 64 << 20,
            sql_text_bytes_max: 64 << 10,
            sql_function_bytes_max: 64 << 20,
            trace_spans_max: 200_000,
            search_traces_max: 500_000,
            filter_traces_max: 5_000,
            trace_window: Duration::from_secs(3_600),
            downstream_window: Duration::from_secs(3_600),
            linked_traces_max: 100,
            graph_spans_max: 1_000_000,
            graph_nodes_max: 400,
            services_max: 1_000,
            metric_points_max: 5_000_000,
            metric_groups_max: 10_000,
            metrics_max: 10_000,
            cumulative_lookback: Duration::from_secs(900),
            attribute_list_max: 500,
            attribute_rows_max: 200_000,
        }
    }
}
