//! What follows a failed delivery. Pure.

use crate::config::{Config, nanos};
use crate::ports::DeliveryError;

/// The receiver says that it will never take it.
const GONE: u16 = 410;

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another try at this time.
    RetryAt(i64),
    /// No more tries, and why.
    GiveUp(String),
}

/// What follows the failure of try number `attempts`, at `now`, of a notification created at `created`. `random` lies in
/// `[0, 1)`: the pause is between half and all of the doubled one, so that receivers are not hit by many at once.
pub(crate) fn after_failure(
    config: &Config,
    error: &DeliveryError,
    attempts: u32,
    created_unix_nano: i64,
    now_unix_nano: i64,
    random: f64,
) -> Next {
    if error.status == Some(GONE) {
        return Next::GiveUp(format!("given up: the receiver is gone ({})", error.message));
    }
    if attempts >= config.delivery_attempts_max {
        return Next::GiveUp(format!("given up after {attempts} tries: {}", error.message));
    }
    let doubled = config.delivery_backoff_first.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
    let pause = doubled.min(config.delivery_backoff_max).mul_f64(0.5 + random / 2.0);
    let asked = error.retry_after.unwrap_or_default().min(config.retry_after_max);
    let at = now_unix_nano.saturating_add(nanos(pause.max(asked)));
    if too_old(config, created_unix_nano, at) {
        let hours = config.delivery_age_max.as_secs() / 3_600;
        return Next::GiveUp(format!("given up after {hours} hours: {}", error.message));
    }
    Next::RetryAt(at)
}

/// Whether a notification is beyond the age at which it still tells something.
pub(crate) fn too_old(config: &Config, created_unix_nano: i64, now_unix_nano: i64) -> bool {
    now_unix_nano.saturating_sub(created_unix_nano) > nanos(config.delivery_age_max)
}

#[cfg(test)]
mod tests;
