//! Plays the shop by the clock: first the past if asked for, then the present until the end or Ctrl-C.
//!
//! A trace is exported once all of it is over, so nothing is exported that has not happened yet.

#![expect(clippy::disallowed_methods, reason = "the demo is a program of its own that plays by the wall clock")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use thiserror::Error;

use crate::args::DemoArgs;
use crate::export::{Destination, Exports};
use crate::plan::Plan;
use crate::shop::Shop;

/// How often the shop is looked at.
const TICK: Duration = Duration::from_millis(100);
/// The past is made in steps of this.
const BACKFILL_STEP: Duration = Duration::from_secs(10);
/// At most so much of the past,
const BACKFILL_MAX: Duration = Duration::from_secs(24 * 3600);
/// and at most so many requests in it: beyond that the past was quieter than the present.
const BACKFILL_REQUESTS_MAX: f64 = 5_000.0;
/// Spans that are handed to the SDKs before they are flushed; below the length of their queues.
const BACKFILL_FLUSH_SPANS: usize = 4_000;
/// How often a running demo says how far it is.
const REPORT_EVERY: Duration = Duration::from_secs(60);

/// Why the demo could not play.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The endpoint or the key cannot be used.
    #[error("{0}")]
    Setup(String),
    /// Nothing was acknowledged.
    #[error(
        "none of {lost} spans was acknowledged by {endpoint}: is Alidade running there, and does it want --api-key?"
    )]
    NothingAcknowledged {
        /// Where they were sent.
        endpoint: String,
        /// How many were.
        lost: u64,
    },
    /// A part of this program panicked.
    #[error("the demo broke: {0}")]
    Broke(#[from] tokio::task::JoinError),
}

/// Plays until `duration` is over or Ctrl-C. Must run inside a Tokio runtime with time and IO.
pub async fn run(args: DemoArgs) -> Result<(), DemoError> {
    let destination = Destination { endpoint: args.endpoint.clone(), api_key: args.api_key.clone() };
    let exports = Arc::new(Exports::new(&destination).map_err(DemoError::Setup)?);
    let now = SystemTime::now();
    let start = now - args.backfill.unwrap_or_default().min(BACKFILL_MAX);
    let ids_seed = args.seed ^ now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos() as u64;
    let mut player = Player {
        shop: Shop::new(args.seed, ids_seed, args.incident, start),
        waiting: Vec::new(),
        exports: Arc::clone(&exports),
        rate: args.rate,
    };
    match args.incident {
        Some(incident) => {
            tracing::info!(?incident, endpoint = %args.endpoint, rate = args.rate, "the shop opens, in trouble")
        }
        None => tracing::info!(endpoint = %args.endpoint, rate = args.rate, "the shop opens"),
    }
    let played = async {
        player.play_the_past(start, now).await?;
        player.play(args.duration).await;
        Ok::<(), DemoError>(())
    };
    tokio::select! {
        result = played => result?,
        signal = tokio::signal::ctrl_c() => if let Err(error) = signal {
            tracing::warn!(%error, "cannot watch for Ctrl-C");
        },
    }
    let closing = Arc::clone(&exports);
    tokio::task::spawn_blocking(move || closing.shut_down()).await?;
    let (spans, logs) = (&exports.spans, &exports.logs);
    tracing::info!(
        spans = spans.acknowledged(),
        logs = logs.acknowledged(),
        spans_lost = spans.lost(),
        logs_lost = logs.lost(),
        "the shop is closed; acknowledged and lost records"
    );
    if spans.acknowledged() == 0 && spans.lost() > 0 {
        return Err(DemoError::NothingAcknowledged { endpoint: args.endpoint, lost: spans.lost() });
    }
    Ok(())
}

struct Player {
    shop: Shop,
    /// Traces that are not over yet.
    waiting: Vec<Plan>,
    exports: Arc<Exports>,
    rate: f64,
}

impl Player {
    async fn play_the_past(&mut self, start: SystemTime, now: SystemTime) -> Result<(), DemoError> {
        let past = now.duration_since(start).unwrap_or_default();
        if past.is_zero() {
            return Ok(());
        }
        let rate = self.rate.min(BACKFILL_REQUESTS_MAX / past.as_secs_f64());
        if rate < self.rate {
            tracing::info!(
                rate,
                limit = BACKFILL_REQUESTS_MAX,
                "the past is sent at a lower rate, because of its limit of requests"
            );
        }
        let (mut at, mut spans) = (start, 0);
        while at < now {
            at = (at + BACKFILL_STEP).min(now);
            for plan in self.shop.happen_until(at, rate) {
                if plan.end() > now {
                    self.waiting.push(plan);
                    continue;
                }
                spans += plan.spans.len();
                self.exports.export(plan, false);
            }
            if spans >= BACKFILL_FLUSH_SPANS || at == now {
                spans = 0;
                let exports = Arc::clone(&self.exports);
                tokio::task::spawn_blocking(move || exports.flush()).await?;
            }
        }
        tracing::info!(seconds = past.as_secs(), spans = self.exports.spans.acknowledged(), "the past is sent");
        Ok(())
    }

    async fn play(&mut self, duration: Option<Duration>) {
        let start = SystemTime::now();
        let end = duration.map(|duration| start + duration);
        let mut next_report = start + REPORT_EVERY;
        let mut tick = tokio::time::interval(TICK);
        loop {
            tick.tick().await;
            let now = SystemTime::now();
            self.waiting.extend(self.shop.happen_until(now, self.rate));
            for plan in self.waiting.extract_if(.., |plan| plan.end() <= now) {
                self.exports.export(plan, true);
            }
            self.exports.record_queue_depth(self.shop.queue_depth(now));
            if now >= next_report {
                next_report = now + REPORT_EVERY;
                let (spans, logs) = (&self.exports.spans, &self.exports.logs);
                tracing::info!(
                    spans = spans.acknowledged(),
                    logs = logs.acknowledged(),
                    lost = spans.lost() + logs.lost(),
                    "exported so far"
                );
            }
            if end.is_some_and(|end| now >= end) {
                return;
            }
        }
    }
}
