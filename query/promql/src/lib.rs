//! PromQL, evaluated: queries over series of floats and native histograms.
//!
//! What it promises: the language of Prometheus 3 with all of its experimental functions and modifiers, and its results;
//! the same answer from an instant and a range query. What it leaves out: where series come from, and any IO: a caller
//! asks which [`Selection`]s a query has, fetches their series, and evaluates. Prometheus' flags are all on; of them
//! `type-and-unit-labels` only as far as `__type__` and `__unit__` go with the name. Histograms are never read without
//! their buckets, so the hints that Prometheus' iterator for `histogram_count` and its like makes up are not made up.
//!
//! ```text
//! text ──► Query ──► selections(request): matchers and time of each selector ──► (the caller fetches) ──► series
//!            └────────────────────────────────── evaluate(query, request, series, limits) ──► Answer ◄──────┘
//! ```

mod annotation;
mod answer;
mod calendar;
mod error;
mod eval;
pub mod histogram;
mod kahan;
mod labels;
mod limits;
mod matcher;
pub mod otlp;
pub mod promqltest;
mod query;
mod request;
mod selection;
mod series;
mod syntax;

pub use annotation::{Annotation, Severity};
pub use answer::{Answer, Value, VectorSample};
pub use error::{EvalError, EvalErrorKind};
pub use eval::evaluate;
pub use histogram::FloatHistogram;
pub use labels::{BUCKET_BOUND, Label, Labels, METRIC_NAME};
pub use limits::{EXPRESSION_DEPTH_MAX, Limits, QUERY_BYTES_MAX};
pub use matcher::{MatchOp, Matcher};
pub use query::Query;
pub use request::{LOOKBACK_DEFAULT_MS, Request, SUBQUERY_STEP_DEFAULT_MS, Selection};
pub use series::{STALE_NAN_BITS, Sample, Samples, Series, is_stale, stale};
pub use syntax::{QueryError, Span, ValueType, aggregation_names, function_names};
