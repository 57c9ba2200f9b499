//! Waiting for something to become true, with a deadline.

use std::time::{Duration, Instant};

/// Calls `attempt` until it answers `Ok`, or panics with what it last said when `within` is over.
pub async fn eventually<T, F>(within: Duration, what: &str, mut attempt: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, String>>,
{
    let begin = Instant::now();
    loop {
        match attempt().await {
            Ok(value) => return value,
            Err(reason) if begin.elapsed() > within => panic!("{what}: not within {within:?}: {reason}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Nanoseconds since the epoch.
pub fn now_unix_nano() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_nanos()).expect("a clock before 2262")
}
