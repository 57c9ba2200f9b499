//! The catalog: one Delta table per tenant and signal, through the Delta log.
//!
//! What it promises: a commit adds segments and the sequence of the log that they reach to in one step, synced. A reader
//! of Delta sees the same rows as we do. What it leaves out: which files to write, and the log itself.

mod actions;
mod evolution;
mod repair;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use deltalake_core::ensure_table_uri;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, Remove, Transaction};
use deltalake_core::logstore::{LogStoreRef, StorageConfig, logstore_with};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::table::state::DeltaTableState;
use futures::TryStreamExt;
use object_store::path::Path;

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::promoted::{Known, PromotedSet};
use crate::retention::{ExpiredRows, Rules};
use crate::schema;
use crate::segment::Segment;
use crate::set_aside::SetAsideFolder;
use crate::table_store::TableStore;
use crate::wal::TableKey;

pub(crate) use actions::day_text;
pub(crate) use repair::{Inspected, inspect_log, names_in_log};

/// The `txn` action's application: its version is the highest sequence of the log in the table.
const APP_ID: &str = "alidade-wal";

/// Begins the `txn` actions whose version is how many rows a rule of retention has removed: counted in the commit that
/// removes them, so that no crash comes between.
const EXPIRED_APP_ID: &str = "alidade-expired/";

/// How often a log that cannot be read after a commit is read again, while its store can be reached.
const LOOKS_MAX: u32 = 20;

/// For how long old commits, and what is known of removed files, stay in the log once a checkpoint has their outcome.
const LOG_RETENTION: &str = "interval 1 days";

/// One table's log, opened for reading and writing. Its owner holds the lock under which a table is sealed.
pub(crate) struct Catalog {
    key: TableKey,
    tables: TableStore,
    log_store: LogStoreRef,
    checkpoint_commits: u64,
    state: Option<DeltaTableState>,
    /// A commit failed, and whether it has happened could not be read.
    in_doubt: bool,
    known: HashMap<String, Arc<Segment>>,
    /// Of every rule of retention.
    expired: ExpiredRows,
}

/// What the catalog says.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) segments: Vec<Arc<Segment>>,
    /// The highest sequence of the log whose rows are in the segments.
    pub(crate) sealed: u64,
    pub(crate) version: i64,
    /// What retention has removed, as far as its rules are still there.
    pub(crate) expired: ExpiredRows,
}

/// Segments that take the place of others.
#[derive(Debug)]
pub(crate) struct Replacement<'a> {
    pub(crate) removed: &'a [Arc<Segment>],
    pub(crate) added: Option<&'a Segment>,
    /// By which the added one was written.
    pub(crate) set: &'a PromotedSet,
    /// The rows that are left out, where the rows are not the same ones as before.
    pub(crate) expired: Option<&'a ExpiredRows>,
}

/// The folder of a table, relative to the data directory.
pub(crate) fn table_path(key: &TableKey) -> Path {
    Path::from_iter(["tenants", key.0.as_str(), key.1.table()])
}

impl Catalog {
    /// The catalog of a table that may not exist yet.
    pub(crate) fn new(tables: &TableStore, config: &Config, key: &TableKey) -> Result<Self, Error> {
        // Within `tables`. The scheme says no more than that the store is handed over and not to be looked for.
        let url =
            ensure_table_uri(format!("memory:///{}", table_path(key))).map_err(|error| failed("locate", &error))?;
        let root = Arc::new(sums::Stamping(tables.objects().clone()));
        let log_store = logstore_with(root, &url, StorageConfig::default()).map_err(|error| failed("open", &error))?;
        Ok(Self {
            key: key.clone(),
            tables: tables.clone(),
            log_store,
            checkpoint_commits: config.checkpoint_commits.max(1),
            state: None,
            in_doubt: false,
            known: HashMap::new(),
            expired: ExpiredRows::none(Rules::new(&config.retention, key.1).names()),
        })
    }

    /// Whether a commit failed and could not be looked at afterwards. Only a restart can tell.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// Reads the log; `None` where there is no table yet. What is damaged is set aside, see [`repair`].
    pub(crate) async fn load(&mut self, set_aside: &SetAsideFolder) -> Result<Option<Loaded>, Error> {
        let table = table_path(&self.key);
        let checkpoint = repair::flipped_bits(&self.tables, &table, set_aside).await?;
        repair::torn_commits(&self.tables, &table, set_aside).await?;
        repair::damaged_commits(&self.tables, &table, set_aside, checkpoint).await?;
        for step in repair::STEPS {
            if !repair::has_log(&self.tables, &table).await? {
                return Ok(None);
            }
            match DeltaTableState::try_new(&self.log_store, None).await {
                Ok(state) => {
                    self.state = Some(state);
                    self.count_expired().await?;
                    return self.loaded().await.map(Some);
                }
                Err(error) => step.take(&self.tables, &table, set_aside, &error.to_string()).await?,
            }
        }
        Ok(None)
    }

    /// Takes the next version of the table, so that a commit of an earlier run that is still on its way to a remote store
    /// cannot happen any more. Answers what the table then is: that commit may have been the quicker one.
    pub(crate) async fn fence(&mut self, now_unix_ms: i64) -> Result<Loaded, Error> {
        let sealed = self.sealed().await?;
        let version = self.state.as_ref().map(DeltaTableState::version);
        let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
        let fenced = self.try_commit(Vec::new(), sealed, None, operation, now_unix_ms).await;
        let state = DeltaTableState::try_new(&self.log_store, None).await.map_err(|error| failed("read", &error))?;
        let is_taken = Some(state.version()) > version;
        self.state = Some(state);
        if let Err(error) = fenced
            && !is_taken
        {
            return Err(error);
        }
        self.loaded().await
    }

    /// Reads the log and changes nothing; `None` where there is no table.
    pub(crate) async fn read(&mut self) -> Result<Option<Loaded>, Error> {
        if !repair::has_log(&self.tables, &table_path(&self.key)).await? {
            return Ok(None);
        }
        let state = DeltaTableState::try_new(&self.log_store, None).await.map_err(|error| failed("read", &error))?;
        self.state = Some(state);
        self.loaded().await.map(Some)
    }

    /// Commits a segment that is in the table again, for its tags: a sidecar was made anew. No row changes.
    pub(crate) async fn replace_tags(&mut self, segment: &Segment, now_unix_ms: i64) -> Result<(), Error> {
        let sealed = self.sealed().await?;
        let add = actions::add(self.key.1, &table_path(&self.key), segment, now_unix_ms);
        let add = deltalake_core::kernel::Add { data_change: false, ..add };
        self.known.clear();
        let operation = DeltaOperation::Optimize { predicate: None, target_size: 0 };
        self.try_commit(vec![Action::Add(add)], sealed, None, operation, now_unix_ms).await
    }

    /// Adds segments and the sequence they reach to, creating the table if need be. `set` is the one by which they were
    /// written: the table gets the columns that it lacks.
    ///
    /// An error may be reported after the commit has happened; then the log is read again, so that the answer is the
    /// truth.
    pub(crate) async fn commit(
        &mut self,
        segments: &[Arc<Segment>],
        set: &PromotedSet,
        sequence: u64,
        now_unix_ms: i64,
    ) -> Result<Loaded, Error> {
        self.refuse_in_doubt()?;
        if self.state.is_none() {
            self.create(set).await?;
        }
        let prefix = table_path(&self.key);
        let adds = segments.iter().map(|segment| actions::add(self.key.1, &prefix, segment, now_unix_ms));
        let grown = self.evolve(set)?;
        let adds: Vec<Action> = grown.into_iter().chain(adds.map(Action::Add)).collect();
        let operation = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: Some(vec![schema::DAY.to_owned()]),
            predicate: None,
        };
        self.commit_and_look(adds, sequence, None, operation, now_unix_ms, |loaded| loaded.sealed >= sequence).await
    }

    /// Takes segments out and puts others in their place. `None` where one of them is not in the table any more; then
    /// nothing happens.
    ///
    /// An error may be reported after the commit has happened; then the log is read again, so that the answer is the
    /// truth.
    pub(crate) async fn replace(
        &mut self,
        change: &Replacement<'_>,
        now_unix_ms: i64,
    ) -> Result<Option<Loaded>, Error> {
        self.refuse_in_doubt()?;
        let prefix = table_path(&self.key);
        let sealed = self.sealed().await?;
        let out: HashSet<String> =
            change.removed.iter().map(|segment| actions::relative(&prefix, &segment.path)).collect();
        let state = self.state.as_ref().expect("the table was loaded");
        let changes_rows = change.expired.is_some();
        let files = state.log_data();
        let removes = files.iter().filter(|file| out.contains(file.path().as_ref())).map(|file| {
            let remove = file.remove_action(changes_rows);
            Action::Remove(Remove { deletion_timestamp: Some(now_unix_ms), ..remove })
        });
        let mut actions: Vec<Action> = removes.collect();
        if actions.len() != out.len() {
            return Ok(None);
        }
        let add = |segment: &Segment| {
            let add = actions::add(self.key.1, &prefix, segment, now_unix_ms);
            Action::Add(deltalake_core::kernel::Add { data_change: changes_rows, ..add })
        };
        if change.added.is_some() {
            actions.extend(self.evolve(change.set)?);
        }
        actions.extend(change.added.map(add));
        let operation = match changes_rows {
            true => DeltaOperation::Delete { predicate: None },
            false => DeltaOperation::Optimize { predicate: None, target_size: 0 },
        };
        let is_done =
            |loaded: &Loaded| !loaded.segments.iter().any(|s| change.removed.iter().any(|r| r.path == s.path));
        let mut loaded = self.commit_and_look(actions, sealed, change.expired, operation, now_unix_ms, is_done).await?;
        self.expired.extend_by(change.expired);
        loaded.expired.clone_from(&self.expired);
        Ok(Some(loaded))
    }

    /// The files of segments that are part of the table no more and may still be there: relative to the data directory,
    /// with the time of the commit in milliseconds. The log forgets them after a while.
    pub(crate) async fn tombstones(&self) -> Result<Vec<(Path, i64)>, Error> {
        let Some(state) = &self.state else { return Ok(Vec::new()) };
        let prefix = table_path(&self.key);
        let stones = state.all_tombstones(self.log_store.as_ref());
        let stones =
            stones.map_ok(|stone| (actions::absolute(&prefix, &stone.path()), stone.deletion_timestamp().unwrap_or(0)));
        stones.try_collect().await.map_err(|error| failed("read the removed files of", &error))
    }

    /// An error where nothing can be committed before a restart: then there is nothing to be written for it either.
    pub(crate) fn refuse_in_doubt(&self) -> Result<(), Error> {
        if self.in_doubt {
            let message = "it is not known whether an earlier commit to this table has happened; restart";
            return Err(Error::new(ErrorKind::Unavailable, message));
        }
        Ok(())
    }

    /// Commits, and reads what the log then says.
    ///
    /// Until that is known the catalog is in doubt: its files must stay, and nothing may be committed after it. So it is,
    /// too, where this is dropped before it has ended.
    async fn commit_and_look(
        &mut self,
        actions: Vec<Action>,
        sequence: u64,
        expired: Option<&ExpiredRows>,
        operation: DeltaOperation,
        now_unix_ms: i64,
        has_happened: impl Fn(&Loaded) -> bool,
    ) -> Result<Loaded, Error> {
        self.in_doubt = true;
        if let Err(error) = self.try_commit(actions, sequence, expired, operation, now_unix_ms).await {
            return self.after_failure(error, has_happened).await;
        }
        let loaded = self.look(false).await?;
        self.in_doubt = false;
        Ok(loaded)
    }

    /// What the log says, read anew or as it is known. A remote store that cannot be reached is waited for: without knowing
    /// that nothing more could be committed.
    async fn look(&mut self, anew: bool) -> Result<Loaded, Error> {
        let mut attempt = 0;
        loop {
            let looked = async {
                if anew {
                    let state = DeltaTableState::try_new(&self.log_store, None).await;
                    self.state = Some(state.map_err(|error| failed("read", &error))?);
                }
                self.loaded().await
            };
            match looked.await {
                Err(error) if attempt < LOOKS_MAX && self.tables.pause(attempt).await => {
                    tracing::warn!(%error, "a commit cannot be looked at yet; it is tried again");
                    // Away is away: that is no attempt.
                    attempt += u32::from(!self.tables.is_unreachable());
                }
                looked => return looked,
            }
        }
    }

    /// Whether a commit that was reported as failed has happened after all.
    async fn after_failure(&mut self, error: Error, has_happened: impl Fn(&Loaded) -> bool) -> Result<Loaded, Error> {
        let loaded = self.look(true).await?;
        let found = has_happened(&loaded);
        let table = table_path(&self.key);
        if !found && self.tables.has_open_commit(&table) {
            return Err(error);
        }
        self.tables.settle(&table);
        if found {
            // It can be read, but its name need not be on disk yet, and the log is trimmed on the strength of it.
            self.make_durable().await?;
            tracing::warn!(%error, "a commit was reported as failed and has happened");
        }
        self.in_doubt = false;
        if found { Ok(loaded) } else { Err(error) }
    }

    /// Makes sure that the commits that can be read are on disk. A run that was killed, or a sync that failed, may have
    /// left a commit that has its name in memory only.
    pub(crate) async fn make_durable(&self) -> Result<(), Error> {
        let newest = table_path(&self.key).join("_delta_log").join("_last_checkpoint");
        self.tables
            .sync_name(&newest)
            .await
            .map_err(|error| Error::new(ErrorKind::Internal, format!("cannot sync the Delta log: {error}")))
    }

    async fn try_commit(
        &mut self,
        actions: Vec<Action>,
        sequence: u64,
        expired: Option<&ExpiredRows>,
        operation: DeltaOperation,
        now_unix_ms: i64,
    ) -> Result<(), Error> {
        let state = self.state.as_ref().expect("the table exists");
        let at_checkpoint = (state.version() + 2).is_multiple_of(self.checkpoint_commits);
        let said = |name: &str, number: u64| {
            Transaction::new_with_last_update(name, i64::try_from(number).unwrap_or(i64::MAX), Some(now_unix_ms))
        };
        let counts = expired.into_iter().flat_map(ExpiredRows::iter);
        let counts = counts.map(|(rule, rows)| said(&expired_app_id(rule), self.expired.rows(rule) + rows));
        let properties = CommitProperties::default()
            .with_application_transactions(counts.chain([said(APP_ID, sequence)]).collect())
            .with_create_checkpoint(true)
            .with_cleanup_expired_logs(Some(at_checkpoint));
        let commit =
            CommitBuilder::from(properties).with_actions(actions).build(Some(state), self.log_store.clone(), operation);
        let done = commit.await.map_err(|error| failed("commit to", &error))?;
        let state = done.snapshot();
        self.keep_sum(state.version()).await;
        self.state = Some(state);
        Ok(())
    }

    /// Of the checkpoint that the commit of a version has made, if it has. Without it the checkpoint is as good as before.
    async fn keep_sum(&self, version: u64) {
        if !(version + 1).is_multiple_of(self.checkpoint_commits) {
            return;
        }
        let checkpoint = table_path(&self.key).join("_delta_log").join(format!("{version:020}.checkpoint.parquet"));
        let objects = self.tables.objects();
        match sums::keep_sum(objects.as_ref(), &checkpoint).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => tracing::warn!(%error, %checkpoint, "the checksum of a checkpoint was not written"),
        }
    }

    /// The columns beside the fixed ones that the table has; none where there is no table.
    pub(crate) fn known(&self) -> Known {
        self.state.as_ref().map_or_else(Known::default, |state| evolution::known(state, self.key.1))
    }

    fn evolve(&self, set: &PromotedSet) -> Result<Option<Action>, Error> {
        evolution::evolve(self.state.as_ref().expect("the table exists"), self.key.1, set)
    }

    async fn create(&mut self, set: &PromotedSet) -> Result<(), Error> {
        let day = deltalake_core::kernel::StructField::nullable(schema::DAY, deltalake_core::kernel::DataType::DATE);
        let columns = evolution::columns(self.key.1, set)?.into_iter().chain([day]);
        let table = CreateBuilder::new()
            .with_log_store(self.log_store.clone())
            .with_table_name(self.key.1.table())
            .with_columns(columns)
            .with_partition_columns([schema::DAY])
            .with_configuration([
                ("delta.checkpointInterval", Some(self.checkpoint_commits.to_string())),
                // A commit a minute is 43,000 in the 30 days of Delta's default, all listed at each start.
                ("delta.logRetentionDuration", Some(LOG_RETENTION.to_owned())),
                ("delta.deletedFileRetentionDuration", Some(LOG_RETENTION.to_owned())),
            ])
            .with_save_mode(SaveMode::Ignore)
            .await
            .map_err(|error| failed("create", &error))?;
        self.state = Some(table.snapshot().map_err(|error| failed("read", &error))?.clone());
        Ok(())
    }

    /// The highest sequence of the log whose rows are in the table.
    async fn sealed(&self) -> Result<u64, Error> {
        self.said(APP_ID).await
    }

    /// What the newest `txn` action of an application says.
    async fn said(&self, app_id: &str) -> Result<u64, Error> {
        let state = self.state.as_ref().expect("the table was loaded");
        let said = state.transaction_version(self.log_store.as_ref(), app_id).await;
        let said = said.map_err(|error| failed("read", &error))?.unwrap_or(0);
        Ok(u64::try_from(said).unwrap_or(0))
    }

    /// Reads what retention has removed so far.
    async fn count_expired(&mut self) -> Result<(), Error> {
        let mut expired = ExpiredRows::default();
        for (rule, _) in self.expired.iter() {
            expired.add(rule, self.said(&expired_app_id(rule)).await?);
        }
        self.expired = expired;
        Ok(())
    }

    async fn loaded(&mut self) -> Result<Loaded, Error> {
        let sealed = self.sealed().await?;
        let state = self.state.as_ref().expect("the table was loaded");
        let prefix = table_path(&self.key);
        let mut known = HashMap::with_capacity(self.known.len() + 8);
        let mut segments = Vec::with_capacity(self.known.len() + 8);
        for file in state.log_data().iter() {
            let path = file.path().into_owned();
            let segment = match self.known.remove(&path) {
                Some(segment) => segment,
                None => Arc::new(actions::segment(&prefix, &file)),
            };
            segments.push(segment.clone());
            known.insert(path, segment);
        }
        self.known = known;
        let version = i64::try_from(state.version()).unwrap_or(i64::MAX);
        Ok(Loaded { segments, sealed, version, expired: self.expired.clone() })
    }
}

fn expired_app_id(rule: &str) -> String {
    format!("{EXPIRED_APP_ID}{rule}")
}

fn failed(what: &str, error: &deltalake_core::DeltaTableError) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot {what} the Delta table: {error}"))
}
