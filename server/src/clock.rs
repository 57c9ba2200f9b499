//! The one reader of the wall clock.

use std::time::SystemTime;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl SystemClock {
    /// Nanoseconds since the Unix epoch.
    #[expect(clippy::disallowed_methods, reason = "this is the place that reads the clock for all the others")]
    pub(crate) fn unix_nano(self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }
}

impl storage::Clock for SystemClock {
    fn now_unix_nano(&self) -> i64 {
        self.unix_nano()
    }
}
