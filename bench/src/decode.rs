//! `bench decode`: what it costs to go from the bytes of an export to the rows that are logged and kept, beside what a tree
//! of messages alone would cost.
//!
//! In this process, without a network: requests go through the collector's own router to a sink that drops them. On one
//! thread, rounds of both by turns, the quickest round of each counts. What it leaves out: sockets, the log, columns.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use http::{Request, StatusCode};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use storage::{EncodedBatch, TenantId};
use tests::poll::now_unix_nano;
use tower::ServiceExt;

use crate::expected::Expected;
use crate::feed::{Batch, Feed, Signal};
use crate::load::positive;
use crate::table::Table;
use crate::{Place, machine};

/// Records of one request, as SDKs send them.
const BATCH: usize = 500;

/// How much.
#[derive(clap::Args)]
pub(crate) struct Plan {
    /// Records of each signal
    #[arg(long, default_value_t = 100_000, value_parser = positive)]
    count: usize,
    /// How often each way is taken
    #[arg(long, default_value_t = 9, value_parser = positive)]
    rounds: usize,
    /// Decides the records
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    place: Place,
}

/// Takes the rows and drops them.
struct Dropped;

#[async_trait]
impl collector::Sink for Dropped {
    async fn append(&self, _tenant: &TenantId, batch: EncodedBatch) -> Result<(), storage::Error> {
        drop(black_box(batch));
        Ok(())
    }
}

/// Measures; the table.
pub(crate) async fn run(plan: &Plan) -> Result<String, String> {
    let mut table = Table::new(&[
        "nanoseconds a record, one thread",
        "bytes as sent",
        "a tree of messages, and nothing done with it",
        "bytes to rows as they are logged and kept",
    ]);
    for signal in Signal::ALL {
        let now = u64::try_from(now_unix_nano()).map_err(|error| error.to_string())?;
        let mut feed = Feed::new(signal, plan.seed, BATCH, plan.count, now);
        let batches = feed.round(plan.count, &mut Expected::default());
        let records: usize = batches.iter().map(|batch| batch.records).sum();
        let (mut tree, mut rows) = (Duration::MAX, Duration::MAX);
        let router = router();
        for _ in 0..plan.rounds {
            tree = tree.min(trees(signal, &batches)?);
            rows = rows.min(through(&router, signal, &batches).await?);
        }
        let each = |took: Duration| format!("{:.0}", took.as_secs_f64() * 1e9 / records as f64);
        let bytes: usize = batches.iter().map(|batch| batch.body.len()).sum();
        table.row([signal.unit().to_owned(), (bytes / records).to_string(), each(tree), each(rows)]);
    }
    let command = format!("bench decode --count {} --rounds {} --seed {}", plan.count, plan.rounds, plan.seed);
    Ok(format!("{}\n\n{table}", machine::line(&plan.place.commit, &command)))
}

fn router() -> Router {
    let config = collector::Config { limits: collector::Limits::default() };
    collector::Collector::new(config, Arc::new(Dropped), Arc::new(now_unix_nano)).http_router()
}

fn trees(signal: Signal, batches: &[Batch]) -> Result<Duration, String> {
    let begun = Instant::now();
    for batch in batches {
        match signal {
            Signal::Traces => tree::<ExportTraceServiceRequest>(&batch.body),
            Signal::Logs => tree::<ExportLogsServiceRequest>(&batch.body),
            Signal::Metrics => tree::<ExportMetricsServiceRequest>(&batch.body),
        }?;
    }
    Ok(begun.elapsed())
}

fn tree<T: Message + Default>(body: &Bytes) -> Result<(), String> {
    let message = T::decode(body.clone()).map_err(|error| error.to_string())?;
    drop(black_box(message));
    Ok(())
}

async fn through(router: &Router, signal: Signal, batches: &[Batch]) -> Result<Duration, String> {
    let begun = Instant::now();
    for batch in batches {
        let request = Request::post(signal.path()).header("content-type", "application/x-protobuf");
        let request = request.body(Body::from(batch.body.clone())).map_err(|error| error.to_string())?;
        let answer = router.clone().oneshot(request).await.map_err(|error| error.to_string())?;
        if answer.status() != StatusCode::OK {
            return Err(format!("an export was answered {}", answer.status()));
        }
    }
    Ok(begun.elapsed())
}
