//! What can be asked of the demo on the command line.

use std::time::Duration;

use clap::{Args, ValueEnum};

/// Plays a small serverless shop that exports OpenTelemetry to an OTLP/gRPC endpoint.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Where to export to (OTLP over gRPC).
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4317")]
    pub endpoint: String,
    /// An ingest key, sent as x-api-key.
    #[arg(long, value_name = "KEY")]
    pub api_key: Option<String>,
    /// Requests a second at the middle of the day; at night it is about half (at most 200).
    #[arg(long, value_name = "N", default_value_t = 5.0, value_parser = rate)]
    pub rate: f64,
    /// How long to play, such as 90s, 10m or 1h; without it until Ctrl-C.
    #[arg(long, value_name = "TIME", value_parser = time_span)]
    pub duration: Option<Duration>,
    /// First send traces and logs of this much of the past, such as 1h (at most 24h, and at most 5,000 requests).
    #[arg(long, value_name = "TIME", value_parser = time_span)]
    pub backfill: Option<Duration>,
    /// Something that goes wrong as long as this runs.
    #[arg(long, value_enum, value_name = "NAME")]
    pub incident: Option<Incident>,
    /// The same seed makes the same requests.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Incident {
    /// The payment host answers 503: checkouts fail after their retries.
    PaymentDown,
    /// The payment host answers 429 to most requests.
    PaymentThrottled,
    /// PostgreSQL takes seconds, and some statements are cancelled.
    SlowDatabase,
    /// No function instance stays warm: nearly every invocation is a cold start.
    ColdStartStorm,
    /// Orders are consumed slower than they arrive: the queue grows, and so does the age of its messages.
    QueueBacklog,
}

const RATE_MAX: f64 = 200.0;

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "give a number of requests a second, such as 5".to_owned())?;
    if rate > 0.0 && rate <= RATE_MAX { Ok(rate) } else { Err(format!("give more than 0 and at most {RATE_MAX}")) }
}

/// Reads `90s`, `10m`, `1h`.
fn time_span(text: &str) -> Result<Duration, String> {
    let wrong = || "give a number and a unit, such as 90s, 10m or 1h".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests;
