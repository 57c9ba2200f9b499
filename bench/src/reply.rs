//! How long functions wait for the reply to an export of one span while many of them export.

use std::time::{Duration, Instant};

use tests::otlp::{self, Reply};
use tests::poll::now_unix_nano;

use crate::times::Times;

/// The service of the spans.
const SERVICE: &str = "bench-reply";

/// Exports one span each `1 / per_second`, whether or not the ones before are answered, for a time. Every reply must be a
/// full success.
pub(crate) async fn times(otlp_http: &str, per_second: u32, time: Duration) -> Result<Times, String> {
    let client = reqwest::Client::builder().build().map_err(|error| error.to_string())?;
    let count = u64::from(per_second) * time.as_secs();
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second);
    let mut exports = Vec::with_capacity(count as usize);
    for number in 1..=count {
        let (client, otlp_http) = (client.clone(), otlp_http.to_owned());
        let span = otlp::span(u128::from(number), number, "GET /items", now_unix_nano());
        let body = otlp::traces(SERVICE, vec![span]);
        ticks.tick().await;
        exports.push(tokio::spawn(async move {
            let begun = Instant::now();
            let reply = otlp::export_replied(&client, &otlp_http, "/v1/traces", body).await;
            (reply, begun.elapsed())
        }));
    }
    let mut times = Vec::with_capacity(exports.len());
    for export in exports {
        match export.await.map_err(|error| format!("an export: {error}"))? {
            (Reply::Acknowledged, took) => times.push(took),
            (reply, _) => return Err(format!("an export of one span was not acknowledged: {reply:?}")),
        }
    }
    Ok(Times::new(times))
}
