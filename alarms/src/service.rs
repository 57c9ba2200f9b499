//! The handle that `server` holds, and the loops that keep alarms going.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api::alarm::Datapoint;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use crate::config::{Config, nanos};
use crate::document::Store;
use crate::ports::{Ask, Clock, Deliver, Records};
use crate::schedule;

/// How long the outbox sleeps at most, and the pause after the records could not be read.
const OUTBOX_SLEEP_MAX: Duration = Duration::from_secs(30);
const HISTORY_PRUNE_EVERY: Duration = Duration::from_secs(3_600);

/// All alarms and webhooks of one tenant. Cheap to clone.
#[derive(Clone)]
pub struct Alarms {
    pub(crate) inner: Arc<Inner>,
}

/// What the handles share.
pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) ask: Arc<dyn Ask>,
    pub(crate) deliver: Arc<dyn Deliver>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) evaluations: Semaphore,
    pub(crate) deliveries: Semaphore,
    /// A rule is new or changed.
    pub(crate) rules_changed: Notify,
    /// The outbox has new entries, or a webhook is free again.
    pub(crate) outbox_changed: Notify,
    live: Mutex<HashMap<String, Live>>,
    calling: Mutex<HashSet<String>>,
}

/// What is known of an alarm since the start, and need not survive it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Live {
    /// The newest step whose evaluation was started.
    pub(crate) step: Option<i64>,
    pub(crate) running: bool,
    pub(crate) evaluated_at_unix_nano: Option<i64>,
    pub(crate) datapoints: Vec<Datapoint>,
    pub(crate) error: Option<String>,
}

impl Alarms {
    /// Alarms over the given records. Nothing runs before [`Alarms::run`].
    pub fn new(
        config: Config,
        records: Arc<dyn Records>,
        ask: Arc<dyn Ask>,
        deliver: Arc<dyn Deliver>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let inner = Inner {
            evaluations: Semaphore::new(config.evaluations_concurrent_max.max(1)),
            deliveries: Semaphore::new(config.deliveries_concurrent_max.max(1)),
            store: Store::new(records),
            rules_changed: Notify::new(),
            outbox_changed: Notify::new(),
            live: Mutex::default(),
            calling: Mutex::default(),
            config,
            ask,
            deliver,
            clock,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Evaluates and delivers until `shutdown` is ready; then waits for what is running, as long as the config allows.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        let (stop, stopped) = watch::channel(false);
        let mut loops = JoinSet::new();
        loops.spawn(evaluate_until(Arc::clone(&self.inner), stopped.clone()));
        loops.spawn(deliver_until(Arc::clone(&self.inner), stopped.clone()));
        loops.spawn(prune_until(Arc::clone(&self.inner), stopped));
        shutdown.await;
        let _ = stop.send(true);
        let finished = async { while loops.join_next().await.is_some() {} };
        if tokio::time::timeout(self.inner.config.shutdown_grace, finished).await.is_err() {
            tracing::warn!(
                "alarms: evaluations or calls still running at shutdown were cut off; they are repeated after the next start"
            );
        }
    }
}

impl Inner {
    pub(crate) fn now(&self) -> i64 {
        self.clock.now_unix_nano()
    }

    pub(crate) fn live(&self) -> MutexGuard<'_, HashMap<String, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The webhooks that are being called.
    pub(crate) fn calling(&self) -> MutexGuard<'_, HashSet<String>> {
        self.calling.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn evaluate_until(inner: Arc<Inner>, mut stopped: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    while !*stopped.borrow() {
        inner.start_due_evaluations(&mut running).await;
        let wait = schedule::nanos_to_next_step(inner.now(), nanos(inner.config.late_data_grace));
        let next_step = tokio::time::sleep(Duration::from_nanos(u64::try_from(wait).unwrap_or(0)));
        tokio::select! {
            _ = stopped.changed() => break,
            () = next_step => {}
            () = inner.rules_changed.notified() => {}
        }
        while let Some(ended) = running.try_join_next() {
            log_panic(ended);
        }
    }
    while running.join_next().await.is_some() {}
}

async fn deliver_until(inner: Arc<Inner>, mut stopped: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    while !*stopped.borrow() {
        let wait = inner.start_due_deliveries(&mut running).await.min(OUTBOX_SLEEP_MAX);
        tokio::select! {
            _ = stopped.changed() => break,
            () = tokio::time::sleep(wait) => {}
            () = inner.outbox_changed.notified() => {}
        }
        while let Some(ended) = running.try_join_next() {
            log_panic(ended);
        }
    }
    while running.join_next().await.is_some() {}
}

async fn prune_until(inner: Arc<Inner>, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = inner.prune_history().await {
            tracing::error!(%error, "alarm history could not be pruned; tried again in an hour");
        }
        tokio::select! {
            _ = stopped.changed() => break,
            () = tokio::time::sleep(HISTORY_PRUNE_EVERY) => {}
        }
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "an alarm task ended in a panic");
    }
}

#[cfg(test)]
mod tests;
