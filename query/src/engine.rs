//! The engine: one method for each question. Each takes a snapshot, runs within the limits, and counts what it read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::catalog::MemoryCatalogProviderList;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;
use storage::{Store, TenantId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::reading::Reading;
use crate::{function, scan, sql};

mod questions;

/// Answers questions over a store.
pub struct Engine {
    store: Arc<Store>,
    config: Config,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    turns: Arc<Semaphore>,
    state: SessionState,
}

impl Engine {
    /// An engine over a store. `clock` says what `now` is, in nanoseconds since the epoch.
    pub fn new(store: Arc<Store>, config: Config, clock: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        let state = base_state(&store, &config);
        let turns = Arc::new(Semaphore::new(config.queries_concurrent_max.max(1)));
        Self { store, config, clock, turns, state }
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Waits for a turn and opens a session with memory of its own.
    async fn begin(&self, tenant: &TenantId) -> Result<(Reading, Turn), Error> {
        let started = Instant::now();
        let deadline = started + self.config.query_timeout;
        let permit = match tokio::time::timeout(self.config.query_timeout, self.turns.clone().acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| Error::new(ErrorKind::Unavailable, "the engine is shutting down"))?,
            Err(_) => {
                let running = self.config.queries_concurrent_max;
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    format!("{running} other queries are running; try again later"),
                ));
            }
        };
        let runtime = RuntimeEnv {
            memory_pool: Arc::new(GreedyMemoryPool::new(self.config.query_memory_bytes)),
            ..self.state.runtime_env().as_ref().clone()
        };
        let state = SessionStateBuilder::new_from_existing(self.state.clone())
            .with_runtime_env(Arc::new(runtime))
            .with_catalog_list(Arc::new(MemoryCatalogProviderList::new()))
            .build();
        let reading = Reading::new(self.store.clone(), tenant.clone(), state, started);
        Ok((reading, Turn { deadline, timeout: self.config.query_timeout, _permit: permit }))
    }
}

/// The right to run, and how long it lasts.
struct Turn {
    deadline: Instant,
    timeout: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    /// Runs the work until it is done or the time is up. Dropping the future stops the work.
    async fn run<T>(self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match tokio::time::timeout_at(self.deadline.into(), work).await {
            Ok(result) => result,
            Err(_) => {
                let seconds = self.timeout.as_secs_f64();
                let message = format!("the query took longer than {seconds} s; ask for a shorter range or fewer rows");
                Err(Error::new(ErrorKind::Timeout, message))
            }
        }
    }
}

fn base_state(store: &Arc<Store>, config: &Config) -> SessionState {
    let runtime = RuntimeEnvBuilder::new()
        // Only storage writes to the data directory, so a query that needs more than its memory fails instead of spilling.
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .with_metadata_cache_limit(config.footer_cache_bytes)
        .build()
        .expect("no disk and no memory is asked for yet");
    runtime.register_object_store(scan::objects_url().as_ref(), store.object_store());
    let mut session = SessionConfig::new()
        .with_target_partitions(config.query_threads.max(1))
        .with_information_schema(true)
        .with_default_catalog_and_schema("alidade", "public");
    let options = session.options_mut();
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.execution.parquet.bloom_filter_on_read = true;
    options.execution.parquet.enable_page_index = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    SessionStateBuilder::new()
        .with_config(session)
        .with_runtime_env(Arc::new(runtime))
        .with_scalar_functions(function::all())
        .with_expr_planners(sql::planners())
        .with_default_features()
        .build()
}
