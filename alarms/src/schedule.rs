//! When an alarm is evaluated, and over which window.
//!
//! Pure. CloudWatch evaluates every minute (every 10 s where the period is below a minute, once an hour where the range is
//! longer than a day). Data here can be asked for half a second after its acknowledgement, so the step is shorter where
//! the question is cheap: see [`step_seconds`]. Windows slide: they end at a whole step, not at a multiple of the period.

use api::alarm::AlarmRule;

use crate::state::evaluation_range;

const NANOS_PER_SECOND: i64 = 1_000_000_000;
/// The shortest step. Every other one is a multiple of it.
const STEP_SHORTEST_SECONDS: u32 = 10;
const THREE_HOURS: u64 = 3 * 3_600;
const DAY: u64 = 86_400;

/// What is asked for at an evaluation: `periods` periods from `start` to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Begin of the oldest period.
    pub start_unix_nano: i64,
    /// End of the newest period.
    pub end_unix_nano: i64,
    /// How many periods.
    pub periods: u32,
}

/// Seconds between two evaluations: 10; 60 where N periods cover more than 3 hours; 300 where they cover more than a day.
pub(crate) fn step_seconds(rule: &AlarmRule) -> u32 {
    let covered_seconds = u64::from(rule.period_seconds) * u64::from(rule.evaluation_periods);
    if covered_seconds <= THREE_HOURS {
        STEP_SHORTEST_SECONDS
    } else if covered_seconds <= DAY {
        60
    } else {
        300
    }
}

/// The newest step that may be evaluated now: a whole multiple of the step, the grace for late data ago.
pub(crate) fn newest_step(now_unix_nano: i64, step_seconds: u32, grace_nanos: i64) -> i64 {
    let step = i64::from(step_seconds.max(1)) * NANOS_PER_SECOND;
    now_unix_nano.saturating_sub(grace_nanos).div_euclid(step) * step
}

/// The step at which an alarm is due now, unless it has been evaluated at that one. Steps that passed meanwhile are not
/// made up for: the newest window holds what they would have seen.
pub(crate) fn due(rule: &AlarmRule, last_step: Option<i64>, now_unix_nano: i64, grace_nanos: i64) -> Option<i64> {
    let step = newest_step(now_unix_nano, step_seconds(rule), grace_nanos);
    match last_step {
        // A clock that was set back must not silence an alarm until it has caught up.
        Some(last) if last == step => None,
        _ => Some(step),
    }
}

/// How long until some alarm may be due.
pub(crate) fn nanos_to_next_step(now_unix_nano: i64, grace_nanos: i64) -> i64 {
    let current = newest_step(now_unix_nano, STEP_SHORTEST_SECONDS, grace_nanos);
    current + i64::from(STEP_SHORTEST_SECONDS) * NANOS_PER_SECOND + grace_nanos - now_unix_nano
}

/// The window of a rule that ends at a time.
pub fn window(rule: &AlarmRule, end_unix_nano: i64) -> Window {
    let periods = evaluation_range(rule.evaluation_periods);
    let length = i64::from(rule.period_seconds) * i64::from(periods) * NANOS_PER_SECOND;
    Window { start_unix_nano: end_unix_nano - length, end_unix_nano, periods }
}

#[cfg(test)]
mod tests;
