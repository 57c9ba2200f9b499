//! The composition root: opens and binds everything, runs it, and takes it down in stages.
//!
//! What it promises: nothing is served before everything is open and bound; a shutdown stops listeners, drains, stops
//! the alarms and then closes the store, each stage named in the log and bounded in time.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

use crate::alarm_ports::{AskEngine, InDocuments, Post};
use crate::clock::SystemClock;
use crate::config::{Config, budget};
use crate::door::{Door, SetupCode};
use crate::listen::{Addresses, Listeners, Serving};
use crate::memory::Budget;
use crate::query_gate::QueryGate;
use crate::routes::{self, Parts};
use crate::telemetry::Telemetry;

/// How often keys are looked after.
const TENDING: std::time::Duration = std::time::Duration::from_secs(3_600);

/// A server that is open and bound, and not serving yet.
pub struct App {
    config: Config,
    listeners: Listeners,
    addresses: Addresses,
    parts: Arc<Parts>,
    setup_code: Option<SetupCode>,
}

impl App {
    /// Binds the listeners and opens the data directory. The error says what to change.
    pub async fn build(config: Config) -> Result<Self, String> {
        let listeners = Listeners::bind(&config.listen).await?;
        let addresses = listeners.addresses().map_err(|error| format!("cannot ask for the bound address: {error}"))?;
        let (parts, setup_code) = open(&config, &format!("http://{}", addresses.http), Arc::new(SystemClock)).await?;
        Ok(Self { config, listeners, addresses, parts, setup_code })
    }

    /// The addresses that were bound.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// The one-time code, while there is no administrator.
    pub fn setup_code(&self) -> Option<&str> {
        self.setup_code.as_ref().map(|code| code.0.as_str())
    }

    /// Serves until `shutdown` ends, then takes everything down. `ready` is called once everything is served.
    pub async fn run(self, shutdown: impl Future<Output = ()>, ready: impl FnOnce()) -> Result<(), String> {
        let Self { config, listeners, parts, .. } = self;
        let (stop, stopped) = watch::channel(false);
        let tending = tokio::spawn(tend(parts.door.clone(), stopped.clone()));
        let alarms = tokio::spawn(watch_alarms(parts.alarms.clone(), stopped));
        let serving = Serving::start(vec![
            ("http", listeners.http, routes::http(&parts)),
            ("otlp_grpc", listeners.otlp_grpc, routes::otlp_listener(&parts)),
            ("otlp_http", listeners.otlp_http, routes::otlp_listener(&parts)),
        ]);
        ready();
        shutdown.await;
        tracing::info!(stage = "1/3", "stopping: no new connections, waiting for requests in progress");
        parts.store.end_following();
        serving.drain(config.listen.drain_time_max).await;
        tracing::info!(stage = "2/3", "stopping alarms and the care of keys");
        stop.send_replace(true);
        for (name, task) in [("alarms", alarms), ("keys", tending)] {
            if let Err(error) = task.await {
                tracing::error!(name, %error, "background work had ended by itself: this is a bug");
            }
        }
        tracing::info!(stage = "3/3", "closing the store");
        match tokio::time::timeout(config.listen.close_time_max, parts.store.close()).await {
            Ok(closed) => closed.map_err(|error| {
                format!("the store could not be closed in order: {error}; the next start recovers from its log")
            })?,
            Err(_) => tracing::warn!(
                "the live rows could not all be sealed within shutdown.close_time_max; the next start takes them from the log"
            ),
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// Opens everything that handlers ask. `own_url` begins links where no public URL is configured.
pub(crate) async fn open(
    config: &Config,
    own_url: &str,
    clock: Arc<dyn storage::Clock>,
) -> Result<(Arc<Parts>, Option<SetupCode>), String> {
    let now: Arc<dyn Fn() -> i64 + Send + Sync> = {
        let clock = clock.clone();
        Arc::new(move || clock.now_unix_nano())
    };
    let store = storage::Store::open(config.storage.clone(), clock.clone())
        .await
        .map_err(|error| format!("cannot open the data directory {}: {error}", config.storage.data_dir.display()))?;
    let documents = store.documents();
    let public_url = config.public_url.as_deref();
    let (door, setup_code) = Door::open(config.door.clone(), public_url, documents.clone(), clock.clone())
        .await
        .map_err(|failure| format!("cannot read the accounts and keys: {failure}"))?;
    let retention = config.storage.retention.clone();
    let limits = collector::Config { limits: collector::Limits { retention, ..config.ingest.clone() } };
    let collector = collector::Collector::new(limits, Arc::new(IntoStore(store.clone())), now.clone());
    let engine = Arc::new(query::Engine::new(store.clone(), config.query.clone(), now.clone()));
    let tenant = storage::TenantId::default_tenant();
    let alarms = alarms::Alarms::new(
        alarms::Config { public_url: public_url.unwrap_or(own_url).to_owned(), ..config.alarms.clone() },
        Arc::new(InDocuments { documents, tenant: tenant.clone() }),
        Arc::new(AskEngine { engine: engine.clone(), tenant }),
        Arc::new(Post::new()?),
        Arc::new(move || now()),
    );
    let parts = Parts {
        door,
        store,
        engine,
        alarms,
        collector,
        memory: Budget { limit_bytes: config.memory_limit, parts: budget::parts(config) },
        gate: QueryGate::new(config.query_gate.clone()),
        telemetry: Telemetry::new(),
        started_at_unix_nano: clock.now_unix_nano(),
        clock,
        body_bytes_max: config.query_gate.body_bytes_max,
    };
    Ok((Arc::new(parts), setup_code))
}

/// Rotates signing keys and forgets what has ended.
async fn tend(door: Arc<Door>, mut stopped: watch::Receiver<bool>) {
    loop {
        let is_stopped = tokio::time::timeout(TENDING, stopped.wait_for(|stop| *stop)).await.is_ok();
        if is_stopped {
            return;
        }
        if let Err(failure) = door.tend().await {
            tracing::warn!(%failure, "keys could not be looked after; it is tried again in an hour");
        }
    }
}

/// Evaluates and notifies until told to stop; bounded by the alarms' own grace.
async fn watch_alarms(alarms: alarms::Alarms, mut stopped: watch::Receiver<bool>) {
    let told = async move {
        // An error means that the sender is gone, which is a reason to stop as well.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    alarms.run(told).await;
}

/// The collector's rows go into the store.
struct IntoStore(Arc<storage::Store>);

#[async_trait]
impl collector::Sink for IntoStore {
    async fn append(&self, tenant: &storage::TenantId, batch: storage::EncodedBatch) -> Result<(), storage::Error> {
        self.0.append(tenant, batch).await
    }
}

#[cfg(test)]
mod tests;
