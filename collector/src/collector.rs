//! The collector: what a request goes through, whichever way it came in.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use bytes::Bytes;
use storage::{EncodedBatch, TenantId};

use crate::admission::{Admission, Admitted};
use crate::counters::{Counters, Tally};
use crate::decode::{Decoded, Described, decode};
use crate::limits::Limits;
use crate::reason::Refused;
use crate::refusal::{Refusal, RefusalKind};
use crate::{grpc, http};

/// Bodies up to this size, as sent, are decoded on the thread they arrived on: for a function's small batch a change
/// of threads costs more than the decoding.
const DECODED_INLINE_BYTES_MAX: usize = 16 * 1024;

/// What of the collector can be configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// What a request may hold and cost.
    pub limits: Limits,
}

/// Where rows go. The server plugs storage in.
#[async_trait]
pub trait Sink: Send + Sync + 'static {
    /// When this returns `Ok`, all rows of the batch are durable. When it returns an error, none need be.
    async fn append(&self, tenant: &TenantId, batch: EncodedBatch) -> Result<(), storage::Error>;
}

/// The wall clock: nanoseconds since the Unix epoch. Gives log records that do not say it their observed time.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Takes OTLP requests, answers them, counts.
pub struct Collector {
    limits: Limits,
    sink: Arc<dyn Sink>,
    clock: Clock,
    admission: Admission,
    tally: Tally,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").field("limits", &self.limits).field("tally", &self.tally).finish_non_exhaustive()
    }
}

impl Collector {
    /// A collector that hands rows to `sink`.
    pub fn new(config: Config, sink: Arc<dyn Sink>, clock: Clock) -> Arc<Self> {
        let admission = Admission::new(&config.limits);
        Arc::new(Self { limits: config.limits, sink, clock, admission, tally: Tally::default() })
    }

    /// OTLP/HTTP: POST `/v1/traces`, `/v1/logs` and `/v1/metrics`. Has no fallback, so it can be merged with others.
    pub fn http_router(self: &Arc<Self>) -> Router {
        http::router(self)
    }

    /// OTLP/gRPC: the three Export methods. Has no fallback, so it can be merged with others.
    pub fn grpc_router(self: &Arc<Self>) -> Router {
        grpc::router(self)
    }

    /// Both, for a listener that serves nothing but OTLP: a client that took the wrong port is served all the same,
    /// and any other path is answered in the form the client speaks.
    pub fn listener_router(self: &Arc<Self>) -> Router {
        let collector = Arc::clone(self);
        self.http_router().merge(self.grpc_router()).fallback(move |request| http::not_found(collector, request))
    }

    /// What came in and what was refused so far.
    pub fn counters(&self) -> Counters {
        self.tally.snapshot()
    }

    /// What exports in progress hold together, of [`Limits::inflight_bytes_max`].
    pub fn bytes_in_progress(&self) -> usize {
        self.admission.held()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Lets a request in, before any of its body is read.
    pub(crate) fn admit(&self) -> Result<Admitted, Refusal> {
        self.admission.admit()
    }

    /// Decodes a body and appends its rows. Returns the rows that were refused; the others are durable.
    pub(crate) async fn accept(
        self: &Arc<Self>,
        tenant: &TenantId,
        described: Described,
        body: Bytes,
        admitted: Admitted,
    ) -> Result<Refused, Refusal> {
        let sent_bytes = body.len();
        // What the request holds is given back after the append.
        let (decoded, _admitted) = self.decode(described, body, admitted).await?;
        let Decoded { batch, refused, decompressed_bytes } = decoded;
        self.tally.bytes(described.signal, sent_bytes, decompressed_bytes);
        let rows = batch.len();
        if rows > 0 {
            self.sink.append(tenant, batch).await?;
        }
        self.tally.rows_accepted(described.signal, rows);
        self.tally.rows_refused(described.signal, &refused);
        Ok(refused)
    }

    async fn decode(
        self: &Arc<Self>,
        described: Described,
        body: Bytes,
        mut admitted: Admitted,
    ) -> Result<(Decoded, Admitted), Refusal> {
        let received_unix_nano = (self.clock)();
        if body.len() <= DECODED_INLINE_BYTES_MAX {
            let decoded = decode(described, body, &self.limits, received_unix_nano, &mut admitted)?;
            return Ok((decoded, admitted));
        }
        let collector = Arc::clone(self);
        let work = tokio::task::spawn_blocking(move || {
            let decoded = decode(described, body, &collector.limits, received_unix_nano, &mut admitted)?;
            Ok((decoded, admitted))
        });
        work.await.map_err(|error| {
            tracing::error!(%error, "decoding a request failed");
            Refusal::new(RefusalKind::Internal, "decoding the request failed: this is a bug, see the log")
        })?
    }
}
