//! Background work: freezes what waits, seals what is large or old.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::{OpenTable, Store};
use crate::error::Error;

/// How often it looks. Where questions are asked, rows become columns at the latest [`crate::Config::freeze_age`] after they
/// came, plus this.
const TICK: Duration = Duration::from_millis(50);
/// How often it looks how much room the disk has.
const DISK_TICKS: u32 = 20;
/// The pause after a failed seal, so that a full disk is not hammered.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Runs until the store is dropped or closed.
pub(super) fn spawn(store: &Arc<Store>) {
    tokio::spawn(run(Arc::downgrade(store)));
}

async fn run(store: Weak<Store>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seals = JoinSet::new();
    let mut not_before = Instant::now();
    for tick in (0..DISK_TICKS).cycle() {
        ticks.tick().await;
        let Some(store) = store.upgrade() else { return };
        while let Some(ended) = seals.try_join_next() {
            if !is_good(&store, ended) {
                not_before = Instant::now() + PAUSE_AFTER_FAILURE;
            }
        }
        if store.closing.load(std::sync::atomic::Ordering::Acquire) {
            // Not aborted: its commit may be happening. Whoever closes the store waits for it, to seal the table again.
            seals.detach_all();
            return;
        }
        if tick == 0 {
            store.look_at_disk();
            store.table_store.look_again();
        }
        freeze_due(&store).await;
        // One at a time: a second one would only compete for the same two or four cores and hold more memory.
        if seals.is_empty()
            && Instant::now() >= not_before
            && let Some(open) = next_to_seal(&store)
        {
            seals.spawn(async move { store.seal(&open).await });
        }
    }
}

fn is_good(store: &Store, ended: Result<Result<(), Error>, JoinError>) -> bool {
    match ended {
        Ok(sealed) => sealed.is_ok(),
        Err(error) => {
            if error.is_panic() {
                store.wal.poison(format!("a seal panicked: {error}"));
            }
            false
        }
    }
}

async fn freeze_due(store: &Store) {
    for open in store.tables.all() {
        let config = &store.config;
        if open.table.wants_freeze(config.freeze_rows, config.freeze_age, config.freeze_asked_within)
            && let Err(error) = open.table.freeze().await
        {
            store.wal.poison(error.to_string());
        }
    }
}

/// Of the tables that are large or old enough, the one with the oldest row, so that each gets its turn.
fn next_to_seal(store: &Store) -> Option<Arc<OpenTable>> {
    let config = &store.config;
    // Above half of the budget every table with rows is sealed.
    let is_pressed = store.budget.used() > config.buffer_bytes_max / 2;
    let bytes = if is_pressed { 1 } else { config.seal_bytes };
    let due = store.tables.all().into_iter().filter_map(|open| {
        let since = open.table.due_for_seal(bytes, config.seal_age)?;
        Some((since, open))
    });
    due.min_by_key(|(since, _)| *since).map(|(_, open)| open)
}
