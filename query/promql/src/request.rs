//! At which times a query is evaluated, and what it has to be given for that.

use crate::error::EvalError;
use crate::matcher::Matcher;

/// How long a sample is taken for the current value of its series: 5 minutes.
pub const LOOKBACK_DEFAULT_MS: i64 = 5 * 60 * 1000;

/// The step of a subquery that has none: a minute.
pub const SUBQUERY_STEP_DEFAULT_MS: i64 = 60 * 1000;

/// When and how a query is evaluated. All times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The first time.
    pub start_ms: i64,
    /// The time that the last one is not behind.
    pub end_ms: i64,
    /// Milliseconds from one time to the next; 0 for an instant query.
    pub step_ms: i64,
    /// How long a sample is taken for the current value of its series.
    pub lookback_ms: i64,
    /// The step of a subquery that has none.
    pub subquery_step_ms: i64,
    /// Whether `rate`, `increase`, `irate` and `resets` use the start times of samples (of which Prometheus' flag is
    /// `use-start-timestamps`): a counter that began within the range is known to have begun at zero.
    pub uses_start_times: bool,
}

impl Request {
    /// An instant query.
    pub fn instant(at_ms: i64) -> Self {
        Self::range(at_ms, at_ms, 0)
    }

    /// A range query.
    pub fn range(start_ms: i64, end_ms: i64, step_ms: i64) -> Self {
        Self {
            start_ms,
            end_ms,
            step_ms,
            lookback_ms: LOOKBACK_DEFAULT_MS,
            subquery_step_ms: SUBQUERY_STEP_DEFAULT_MS,
            uses_start_times: true,
        }
    }

    /// Whether it is an instant query.
    pub fn is_instant(&self) -> bool {
        self.step_ms == 0
    }

    pub(crate) fn grid(&self, steps_max: usize) -> Result<Grid, EvalError> {
        let range = self.end_ms.checked_sub(self.start_ms).filter(|range| *range >= 0);
        let Some(range) = range else {
            return Err(EvalError::invalid("end timestamp must not be before start time"));
        };
        if self.step_ms < 0 || (self.is_instant() && range > 0) {
            return Err(EvalError::invalid(
                "zero or negative query resolution step widths are not accepted: try a positive integer",
            ));
        }
        let steps = range.checked_div(self.step_ms).unwrap_or(0).saturating_add(1);
        let steps = usize::try_from(steps).unwrap_or(usize::MAX);
        if steps > steps_max {
            return Err(EvalError::too_many_steps(steps, steps_max));
        }
        Ok(Grid { start: self.start_ms, step: self.step_ms.max(1), len: steps })
    }
}

/// Times an expression is evaluated at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) start: i64,
    pub(crate) step: i64,
    pub(crate) len: usize,
}

impl Grid {
    pub(crate) fn time(&self, at: usize) -> i64 {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        self.start.saturating_add(self.step.saturating_mul(at))
    }

    pub(crate) fn times(&self) -> impl Iterator<Item = i64> + use<> {
        let grid = *self;
        (0..grid.len).map(move |at| grid.time(at))
    }

    pub(crate) fn end(&self) -> i64 {
        self.time(self.len.saturating_sub(1))
    }

    /// Only the first time.
    pub(crate) fn first(&self) -> Self {
        Self { len: self.len.min(1), ..*self }
    }
}

/// What a selector of a query needs: the samples of some series in a range of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// What a series has to match, all of them.
    pub matchers: Vec<Matcher>,
    /// The first time of a sample that may be needed, in milliseconds.
    pub from_ms: i64,
    /// The last one.
    pub to_ms: i64,
}
