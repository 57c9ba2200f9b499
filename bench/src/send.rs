//! Sends encoded requests as exporters do: over kept connections, one at a time on each, again where it is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use reqwest::{Client, Response, StatusCode};

use crate::feed::Batch;

/// An exporter gives a request up after this long of trying, as SDKs do after a minute or so.
const TRYING_MAX: Duration = Duration::from_secs(120);
/// The pause after the first answer that asks to come again and does not say when; doubles with each.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// What became of the requests of a round, or of several.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) accepted: usize,
    /// Records that were refused for good: by an answer, a partial success, or after [`TRYING_MAX`].
    pub(crate) refused: usize,
    /// Answers that asked to come again.
    pub(crate) again: usize,
    /// Of each answer that took the request.
    pub(crate) latencies: Vec<Duration>,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    pub(crate) bytes: usize,
    pub(crate) first_refusal: Option<String>,
}

impl Sent {
    pub(crate) fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.again += other.again;
        self.latencies.extend(other.latencies);
        self.elapsed += other.elapsed;
        self.bytes += other.bytes;
        self.first_refusal = self.first_refusal.take().or(other.first_refusal);
    }
}

/// Sends all batches in their order over so many connections. A connection that breaks is an error: what became of its
/// request is not known.
pub(crate) async fn send(url: &str, batches: Vec<Batch>, connections: usize) -> Result<Sent, String> {
    let (batches, next) = (Arc::new(batches), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let workers: Vec<_> =
        (0..connections).map(|_| tokio::spawn(work(url.to_owned(), Arc::clone(&batches), Arc::clone(&next)))).collect();
    let mut sent = Sent::default();
    for worker in workers {
        sent.add(worker.await.map_err(|error| format!("a sender: {error}"))??);
    }
    sent.elapsed = begun.elapsed();
    Ok(sent)
}

async fn work(url: String, batches: Arc<Vec<Batch>>, next: Arc<AtomicUsize>) -> Result<Sent, String> {
    // A client of its own is a connection of its own, since one request waits for the other.
    let client = Client::builder().timeout(ANSWER_MAX).build().map_err(|error| error.to_string())?;
    let mut sent = Sent::default();
    while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
        deliver(&client, &url, batch, &mut sent).await?;
    }
    Ok(sent)
}

async fn deliver(client: &Client, url: &str, batch: &Batch, sent: &mut Sent) -> Result<(), String> {
    let (first, mut pause) = (Instant::now(), PAUSE_FIRST);
    sent.bytes += batch.body.len();
    loop {
        let begun = Instant::now();
        let request = client.post(url).header("content-type", "application/x-protobuf").body(batch.body.clone());
        let response = request.send().await.map_err(|error| format!("{url}: {error:?}"))?;
        let (status, wait) = (response.status(), retry_after(&response));
        let body = response.bytes().await.map_err(|error| format!("{url}: {error:?}"))?;
        if status.is_success() {
            sent.latencies.push(begun.elapsed());
            let refused = refused(&body)?.min(batch.records);
            sent.refused += refused;
            sent.accepted += batch.records - refused;
            return Ok(());
        }
        if !asks_to_come_again(status) || first.elapsed() > TRYING_MAX {
            let text = String::from_utf8_lossy(&body);
            sent.first_refusal.get_or_insert_with(|| format!("{status}: {text}"));
            sent.refused += batch.records;
            return Ok(());
        }
        sent.again += 1;
        tokio::time::sleep(wait.unwrap_or(pause)).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// The answers of OTLP/HTTP to which a request is sent again.
fn asks_to_come_again(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Records that a success says were refused. The answers of the three signals share one form.
fn refused(body: &[u8]) -> Result<usize, String> {
    let answer =
        ExportTraceServiceResponse::decode(body).map_err(|error| format!("the answer to an export: {error}"))?;
    let refused = answer.partial_success.map_or(0, |part| part.rejected_spans);
    usize::try_from(refused).map_err(|error| format!("the answer to an export refuses {refused} records: {error}"))
}
