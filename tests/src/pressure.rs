//! A load at full speed that is told to wait now and then, and comes again as an SDK does.
//!
//! What it promises: every record that it sent was acknowledged in the end; a refusal is the one that OTLP wants (503 with
//! Retry-After), anything else ends the load with what the server said.

use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::Span;

use crate::otlp;
use crate::poll::now_unix_nano;

/// Records of one export.
pub const RECORDS: u64 = 1_000;
/// How long an export may be refused before the load is given up.
const PATIENCE: Duration = Duration::from_secs(120);
/// A client waits as long as it is told, and no longer than this: the test is to press.
const PAUSE_MAX: Duration = Duration::from_millis(200);

/// What a writer sent, all of it acknowledged.
#[derive(Debug, Default, Clone, Copy)]
pub struct Sent {
    /// Spans, and as many log records.
    pub records: u64,
    /// How often it was told to wait.
    pub refusals: u64,
}

/// Sends so many exports of [`RECORDS`] spans and of as many log records. Numbers begin at `first`.
pub async fn write(client: reqwest::Client, endpoint: String, first: u64, exports: u64) -> Result<Sent, String> {
    let mut sent = Sent::default();
    for export in 0..exports {
        let numbers = || (first + export * RECORDS)..(first + (export + 1) * RECORDS);
        let now = now_unix_nano();
        let spans = otlp::traces("pressure", numbers().map(|number| span(number, now)).collect());
        let logs = otlp::logs("pressure", numbers().map(|number| otlp::log(&body(number), now)).collect());
        for (path, body) in [("/v1/traces", spans), ("/v1/logs", logs)] {
            sent.refusals += deliver(&client, &format!("{endpoint}{path}"), body).await?;
        }
        sent.records += RECORDS;
    }
    Ok(sent)
}

/// A span with a dozen attributes, half of them of many values.
fn span(number: u64, now: i64) -> Span {
    let mut span = otlp::span(u128::from(number / 10) + 1, number + 1, &format!("operation {}", number % 50), now);
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    span.attributes = vec![
        otlp::int("number", number.cast_signed()),
        otlp::text("http.request.method", ["GET", "PUT", "POST"][(number % 3) as usize]),
        otlp::text("url.path", &format!("/orders/{number}/items/{}", mixed % 1000)),
        otlp::int("http.response.status_code", 200 + (number % 5).cast_signed() * 50),
        otlp::text("enduser.id", &format!("user-{}", mixed % 20_000)),
        otlp::text("session", &format!("{mixed:016x}{:016x}", mixed.rotate_left(17))),
        otlp::text("faas.invocation_id", &format!("{:016x}", mixed.rotate_left(31))),
        otlp::text("db.statement", &format!("SELECT * FROM orders WHERE id = {number} AND shard = {}", number % 64)),
        otlp::text("cloud.region", "eu-central-1"),
        otlp::int("size", (mixed % 1_000_000).cast_signed()),
    ];
    span
}

/// The number is the first word.
fn body(number: u64) -> String {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{number} order {mixed:016x} of user-{} was placed, {} items in the basket", mixed % 20_000, mixed % 9)
}

/// Posts until it is acknowledged; how often it was refused.
async fn deliver(client: &reqwest::Client, url: &str, body: Vec<u8>) -> Result<u64, String> {
    let begun = Instant::now();
    let mut refusals = 0;
    loop {
        let request = client.post(url).header("content-type", "application/x-protobuf").body(body.clone());
        let response = request.send().await.map_err(|error| format!("{url}: {error:?}"))?;
        let status = response.status();
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let reply = response.bytes().await.map_err(|error| error.to_string())?;
        if status.is_success() && reply.is_empty() {
            return Ok(refusals);
        }
        let said = || format!("{url}: {status}: {}", String::from_utf8_lossy(&reply));
        let Some(seconds) = retry_after.filter(|_| status == 503) else { return Err(said()) };
        if begun.elapsed() > PATIENCE {
            return Err(format!("refused for {PATIENCE:?}: {}", said()));
        }
        refusals += 1;
        tokio::time::sleep(Duration::from_secs(seconds).min(PAUSE_MAX)).await;
    }
}
