//! The engine: one method for each question. Each takes a snapshot, runs within the limits, and counts what it read.

use std::sync::Arc;
use std::time::Instant;

use chrono::DateTime;
use datafusion::catalog::MemoryCatalogProviderList;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::prelude::SessionConfig;
use storage::{Store, TenantId};
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::reading::Reading;
use crate::scan::{Footers, Tally};
use crate::{function, scan, sql};

mod memory;
mod questions;
mod tails;
mod threads;

use memory::Pool;
pub(crate) use memory::{ALL_QUERIES, ONE_QUERY};
use threads::{Deadline, Threads};

/// What questions hold in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Reserved by running queries, of [`Config::queries_memory_bytes`].
    pub queries_bytes: usize,
    /// Taken by cached footers, of [`Config::footer_cache_bytes`].
    pub footer_cache_bytes: usize,
}

/// Answers questions over a store.
pub struct Engine {
    store: Arc<Store>,
    config: Arc<Config>,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    turns: Arc<Semaphore>,
    memory: Arc<Pool>,
    state: SessionState,
    footers: Arc<Footers>,
    threads: Threads,
}

impl Engine {
    /// An engine over a store. `clock` says what `now` is, in nanoseconds since the epoch.
    pub fn new(store: Arc<Store>, config: Config, clock: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        let state = base_state(&store, &config);
        let turns = Arc::new(Semaphore::new(config.queries_concurrent_max.max(1)));
        let memory = Pool::new(config.queries_memory_bytes);
        let footers = Arc::new(Footers::new(config.footer_cache_bytes));
        let threads = Threads::start(config.threads);
        Self { store, config: Arc::new(config), clock, turns, memory, state, footers, threads }
    }

    /// Memory that the operators of running queries have reserved, and that the cache of footers takes.
    pub fn memory(&self) -> Memory {
        Memory { queries_bytes: self.memory.used(), footer_cache_bytes: self.footers.bytes() }
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Waits for a turn, opens a session with memory of its own, and runs the work on the engine's threads until it is
    /// done or the time is up. Dropping the future stops the work. Where it failed on a damaged file it runs again without
    /// that file, and the answer says so.
    async fn ask<T, W>(
        &self,
        tenant: &TenantId,
        work: impl FnOnce(Reading, Arc<Config>) -> W + Clone,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let started = Instant::now();
        let time = self.config.query_timeout;
        let turn = match tokio::time::timeout(time, self.turns.clone().acquire_owned()).await {
            Ok(turn) => Arc::new(turn.map_err(|_| Error::new(ErrorKind::Unavailable, "the engine is shutting down"))?),
            Err(_) => {
                let running = self.config.queries_concurrent_max;
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    format!("{running} other queries are running; try again later"),
                ));
            }
        };
        let deadline = Deadline { at: started + time, time };
        loop {
            let damage_before = self.store.damage_count();
            let reading =
                Reading::new(self.store.clone(), self.footers.clone(), tenant.clone(), self.session(), started);
            let tally = reading.tally();
            let (turn, work) = (turn.clone(), Box::pin(work.clone()(reading, self.config.clone())));
            let hold_the_turn = async move {
                let _turn = turn;
                work.await
            };
            match self.threads.run(deadline, hold_the_turn).await {
                // It happens as rarely as an operator changes what is promoted.
                Err(_) if tally.is_stale() => {}
                Err(error) if self.found_damage(&error, damage_before, &tally, deadline).await => {
                    tracing::warn!(%error, "a question met a damaged file and is asked again without it");
                }
                answer => return answer,
            }
        }
    }

    /// Whether a failed question has to do with a file that is left out from now on.
    async fn found_damage(&self, error: &Error, damage_before: u64, tally: &Tally, deadline: Deadline) -> bool {
        if matches!(error.kind, ErrorKind::Timeout | ErrorKind::Unavailable) {
            return false;
        }
        let is_new = || self.store.damage_count() > damage_before;
        if !is_new() && matches!(error.kind, ErrorKind::Data | ErrorKind::Internal) {
            let (store, unchecked) = (self.store.clone(), tally.take_unchecked());
            let look = async move {
                store.find_damage(&unchecked).await;
                Ok(())
            };
            let _ = self.threads.run(deadline, look).await;
        }
        is_new()
    }

    /// A session whose operators share the memory of one query, which is part of that of all queries.
    fn session(&self) -> SessionState {
        let now = DateTime::from_timestamp_nanos(self.now());
        let runtime = RuntimeEnv {
            memory_pool: Arc::new(self.memory.of_query(self.config.query_memory_bytes)),
            ..self.state.runtime_env().as_ref().clone()
        };
        SessionStateBuilder::new_from_existing(self.state.clone())
            .with_runtime_env(Arc::new(runtime))
            .with_catalog_list(Arc::new(MemoryCatalogProviderList::new()))
            // What `now()` says in SQL.
            .with_execution_props(ExecutionProps::new().with_query_execution_start_time(now))
            .build()
    }
}

fn base_state(store: &Arc<Store>, config: &Config) -> SessionState {
    let runtime = RuntimeEnvBuilder::new()
        // Only storage writes to the data directory, so a query that needs more than its memory fails instead of spilling.
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build()
        .expect("no disk and no memory is asked for yet");
    runtime.register_object_store(scan::objects_url().as_ref(), store.object_store());
    let mut session = SessionConfig::new()
        .with_target_partitions(config.query_threads.max(1))
        .with_information_schema(true)
        .with_default_catalog_and_schema("alidade", "public");
    let options = session.options_mut();
    options.execution.time_zone = Some("UTC".to_owned());
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.execution.parquet.bloom_filter_on_read = true;
    options.execution.parquet.enable_page_index = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    let mut state = SessionStateBuilder::new()
        .with_config(session)
        .with_runtime_env(Arc::new(runtime))
        .with_scalar_functions(function::all())
        .with_expr_planners(sql::planners(config.sql_function_bytes_max))
        .with_default_features()
        .with_optimizer_rule(Arc::new(scan::CountsFromTallies))
        .build();
    sql::bound_functions(&mut state, config.sql_function_bytes_max);
    state
}
