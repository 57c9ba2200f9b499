//! What a start does with what the last run left: reads the catalogs, then the log, and takes from the log what the
//! catalogs do not have.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use object_store::path::Path;

use super::promotion::Promotion;
use super::{Removed, Tables};
use crate::carry;
use crate::catalog::{Catalog, Loaded, table_path};
use crate::codec::EncodedBatch;
use crate::config::{Clock, Config};
use crate::error::{Error, ErrorKind};
use crate::io::Io;
use crate::live::{Budget, Table};
use crate::orphans;
use crate::promoted::Known;
use crate::row::{Signal, TenantId};
use crate::set_aside::SetAsideFolder;
use crate::table_store::TableStore;
use crate::wal::{Gaps, Kind, LogFile, Record, TableKey, replay};

pub(super) struct Recovered {
    pub(super) files: Vec<LogFile>,
    pub(super) next_sequence: u64,
    pub(super) torn_tails: usize,
}

/// What a start works with.
pub(super) struct Start<'a> {
    pub(super) io: &'a Arc<dyn Io>,
    pub(super) table_store: &'a TableStore,
    pub(super) config: &'a Config,
    pub(super) clock: &'a dyn Clock,
    pub(super) set_aside: &'a SetAsideFolder,
}

pub(super) async fn recover(
    start: &Start<'_>,
    tables: &Arc<Tables>,
    budget: &Arc<Budget>,
    promotion: &Promotion,
) -> Result<Recovered, Error> {
    let Start { io, table_store, config, clock, set_aside } = start;
    let mut highest = 0;
    let mut loaded = HashMap::new();
    let mut known = Known::default();
    let stored = stored_tables(table_store).await?;
    for key in &stored {
        let open = tables.get_or_create(key, config.frozen_rows_max, budget);
        let mut catalog = Catalog::new(table_store, config, key)?;
        if let Some(mut table) = catalog.load(set_aside).await? {
            if table_store.is_remote() {
                table = catalog.fence(clock.now_unix_nano() / 1_000_000).await?;
            }
            // Before the log is trimmed, which relies on it.
            catalog.make_durable().await?;
            open.table.install_catalog(table.clone());
            highest = highest.max(table.sealed);
            let removed = catalog.tombstones().await?;
            open.removed.lock().unwrap_or_else(PoisonError::into_inner).extend(removed.into_iter().map(Removed::from));
            loaded.insert(key.clone(), table);
        }
        known = known.and(catalog.known());
        *open.catalog.lock().await = Some(catalog);
    }
    // Before rows of the log become columns.
    tables.promoted.replace(promotion.choose(config, &known));

    let mut gaps = Gaps::default();
    let mut in_log: HashMap<TableKey, BTreeSet<u64>> = HashMap::new();
    let replayed = replay(io.as_ref(), &config.data_dir, set_aside, |record: &Record<'_>| {
        gaps.see(record);
        in_log.entry(record.table.clone()).or_default().insert(record.sequence);
        let sealed = loaded.get(&record.table).map_or(0, |table: &Loaded| table.sealed);
        if record.sequence <= sealed {
            return Ok(());
        }
        let open = tables.get_or_create(&record.table, config.frozen_rows_max, budget);
        take_from_log(&open.table, record, sealed, budget)
    })?;

    // A damaged file makes a gap as well, and is listed already.
    if !replayed.is_damaged
        && let Some((from, to)) = gaps.first()
    {
        let reason = format!(
            "no file has the records {from} to {to}: a file of the log is missing or damaged there, and rows in it that \
             are in no table are lost"
        );
        set_aside.report(&config.data_dir.join("wal"), reason);
    }

    for key in &stored {
        let none = BTreeSet::new();
        let open = tables.get_or_create(key, config.frozen_rows_max, budget);
        let removed = open.removed_paths();
        let in_log = in_log.get(key).unwrap_or(&none);
        let known = orphans::Known::new(loaded.get(key), removed, in_log);
        orphans::clean(table_store, &table_path(key), &known, set_aside).await?;
    }
    Ok(Recovered {
        files: replayed.files,
        next_sequence: highest.max(replayed.sequence) + 1,
        torn_tails: replayed.torn_tails,
    })
}

fn take_from_log(table: &Table, record: &Record<'_>, sealed: u64, budget: &Budget) -> Result<(), Error> {
    match record.kind {
        Kind::Batch => {
            let batch = EncodedBatch::read(Bytes::copy_from_slice(record.payload))?;
            budget.take(batch.bytes());
            table.push(record.sequence, batch);
        }
        Kind::Carry => {
            let (covers, batch) = carry::decode(record.table.1, record.payload)?;
            if covers <= sealed {
                table.push_columns(record.sequence, batch);
            } else {
                table.step_over(record.sequence);
            }
        }
    }
    Ok(())
}

/// The tables of which something is stored.
pub(crate) async fn stored_tables(tables: &TableStore) -> Result<Vec<TableKey>, Error> {
    let failed = |error| Error::new(ErrorKind::Internal, format!("cannot list the tables of {tables}: {error}"));
    let mut keys = Vec::new();
    for folder in tables.level(&Path::from("tenants")).await.map_err(failed)?.common_prefixes {
        let Ok(tenant) = TenantId::new(folder.filename().unwrap_or_default()) else { continue };
        let of_tenant = tables.level(&folder).await.map_err(failed)?.common_prefixes;
        let is_stored = |signal: &Signal| of_tenant.iter().any(|folder| folder.filename() == Some(signal.table()));
        keys.extend(Signal::ALL.into_iter().filter(is_stored).map(|signal| (tenant.clone(), signal)));
    }
    keys.sort();
    Ok(keys)
}
