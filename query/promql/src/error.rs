//! Why a query has no answer.

use std::fmt;

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvalErrorKind {
    /// The query or its times cannot be evaluated, whatever the data.
    Invalid,
    /// The data does not fit the query: two series have the same labels, a match is not unique.
    Data,
    /// A limit was reached.
    Limit,
    /// The caller gave up.
    Cancelled,
}

/// Why an evaluation failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalError {
    /// What kind it is.
    pub kind: EvalErrorKind,
    /// What happened, and what to change; in Prometheus' words where it has some.
    pub message: String,
}

impl EvalError {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self { kind: EvalErrorKind::Invalid, message: message.into() }
    }

    pub(crate) fn data(message: impl Into<String>) -> Self {
        Self { kind: EvalErrorKind::Data, message: message.into() }
    }

    pub(crate) fn same_labels() -> Self {
        Self::data("vector cannot contain metrics with the same labelset")
    }

    pub(crate) fn cancelled() -> Self {
        Self { kind: EvalErrorKind::Cancelled, message: "query was canceled in expression evaluation".into() }
    }

    pub(crate) fn too_many_samples(max: usize) -> Self {
        let message = format!(
            "query processing would load too many samples into memory in query execution (samples_max is {max}): \
             select fewer series, a shorter time, or a larger step"
        );
        Self { kind: EvalErrorKind::Limit, message }
    }

    pub(crate) fn too_many_steps(steps: usize, max: usize) -> Self {
        let message = format!(
            "exceeded maximum resolution of {max} points per timeseries (steps_max), {steps} were asked for: try \
             decreasing the query resolution (?step=XX)"
        );
        Self { kind: EvalErrorKind::Limit, message }
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EvalError {}
