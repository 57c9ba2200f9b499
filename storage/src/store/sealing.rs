//! Seals tables of the store.

use std::sync::Arc;

use super::{OpenTable, Store};
use crate::catalog::Catalog;
use crate::error::{Error, ErrorKind};
use crate::live::{Carried, Taken};
use crate::seal::{self, Later, Step};
use crate::wal::{Content, Entry};

impl Store {
    /// Seals every row that is live now, of every table.
    pub async fn seal_all(&self) -> Result<(), Error> {
        let mut first_error = None;
        for open in self.tables.all() {
            let target = open.table.live_to().await;
            while target.is_some_and(|target| open.table.sealed() < target) {
                if let Err(error) = self.seal(&open).await {
                    first_error.get_or_insert(error);
                    break;
                }
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    /// Seals live rows of a table, the oldest first: about [`crate::Config::seal_bytes`] of them, so that the memory of a seal
    /// is known however much has gathered.
    pub(super) async fn seal(&self, open: &Arc<OpenTable>) -> Result<(), Error> {
        let mut catalog = open.catalog.lock().await;
        catalog.as_ref().map_or(Ok(()), Catalog::refuse_in_doubt)?;
        let Some(taken) = open.table.take(self.config.seal_bytes).await else { return Ok(()) };
        (self.step)(Step::Taken);
        // Undone on every way out but the good one, cancellation included.
        let undo = PutBack(Some(open));
        let sealed = self.seal_taken(open, &mut catalog, taken).await;
        match &sealed {
            Ok(()) => {
                undo.forget();
                self.forget_failure();
            }
            Err(error) => self.note_failure(&format!("sealing {} failed", open.table.signal.table()), error),
        }
        sealed?;
        self.trim()?;
        (self.step)(Step::Trimmed);
        Ok(())
    }

    async fn seal_taken(&self, open: &OpenTable, catalog: &mut Option<Catalog>, taken: Taken) -> Result<(), Error> {
        let key = (open.table.tenant.clone(), open.table.signal);
        let (signal, sequences) = (key.1, taken.sequences);
        let (row_group_rows, days_max) = (self.config.row_group_rows, self.config.seal_days_max);
        let set = self.tables.promoted.get();
        let of_work = set.clone();
        let encode = move || seal::encode(signal, &of_work, taken, row_group_rows, days_max);
        let work = tokio::task::spawn_blocking(encode)
            .await
            .map_err(|error| Error::new(ErrorKind::Internal, format!("encoding a segment failed: {error}")))??;
        let catalog = match catalog {
            Some(catalog) => catalog,
            None => catalog.insert(Catalog::new(&self.table_store, &self.config, &key)?),
        };
        let carried = match work.later {
            Some(later) => Some(self.carry(open, later).await?),
            None => None,
        };
        let now = self.clock.now_unix_nano();
        let objects = self.table_store.objects().as_ref();
        let step = self.step.as_ref();
        let written = seal::write_and_commit(objects, &key, catalog, &set, work.files, sequences, now, step).await;
        if catalog.is_in_doubt() {
            self.wal.poison(format!("it is not known whether a commit to {} has happened", key.1.table()));
        }
        let loaded = written.inspect_err(|_| {
            if let Some(carried) = &carried {
                open.table.step_over(carried.sequence);
            }
        })?;
        open.table.install(loaded, carried, now);
        (self.step)(Step::Installed);
        Ok(())
    }

    /// Logs the rows that are left for the next seal.
    async fn carry(&self, open: &OpenTable, later: Later) -> Result<Carried, Error> {
        let table = (open.table.tenant.clone(), open.table.signal);
        let entry = Entry { table, content: Content::Carry(later.payload) };
        let sequence = self.wal.append(entry).await?;
        (self.step)(Step::Carried);
        Ok(Carried { batch: later.batch, sequence, last_day: later.last_day })
    }

    /// Removes the log files of which every table has sealed everything.
    pub(super) fn trim(&self) -> Result<(), Error> {
        self.wal.trim(|key| self.tables.get(key).map_or(0, |open| open.table.sealed()))
    }
}

struct PutBack<'a>(Option<&'a OpenTable>);

impl PutBack<'_> {
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for PutBack<'_> {
    fn drop(&mut self) {
        if let Some(open) = self.0 {
            open.table.put_back();
        }
    }
}
