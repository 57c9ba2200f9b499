//! Files that no commit names: of a seal or a compaction that ended before its commit, or whose commit was lost.
//!
//! Where the rows of such a file are elsewhere (in the log; for a compacted one in the segments that it was made from), it
//! is removed. Otherwise a commit has been lost that named it, and the file is set aside, because it may be all that is
//! left of its rows. Files that a commit removed are the vacuum's affair.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};
use parquet::arrow::async_reader::MetadataFetch;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaDataReader;

use crate::catalog::Loaded;
use crate::error::{Error, ErrorKind};
use crate::live::Sequences;
use crate::segment_id;
use crate::segment_writer::INPUTS;
use crate::set_aside::SetAsideFolder;
use crate::table_store::TableStore;

/// What to do about a file that no commit names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Remove,
    SetAside,
}

/// What is known of a table's files.
pub(crate) struct Known<'a> {
    /// The files that the catalog names.
    files: HashSet<&'a Path>,
    /// The ids of its segments.
    ids: HashSet<&'a str>,
    /// The Parquet files that a commit has removed.
    removed: HashSet<Path>,
    /// The sequences that the log has of this table.
    in_log: &'a BTreeSet<u64>,
    /// The highest sequence that the table has, where there is a table.
    sealed: Option<u64>,
}

/// Looks through the day folders of a table.
pub(crate) async fn clean(
    tables: &TableStore,
    table: &Path,
    known: &Known<'_>,
    set_aside: &SetAsideFolder,
) -> Result<(), Error> {
    for file in files(tables, table).await? {
        match known.verdict(tables, &file).await? {
            Verdict::Keep => {}
            // For good: should it come back, its rows might be in other files than those it was made from.
            Verdict::Remove => tables.objects().delete(&file.location).await.map_err(|error| {
                Error::new(ErrorKind::Internal, format!("cannot remove {}: {error}", file.location))
            })?,
            Verdict::SetAside => {
                let reason = "no commit names this file, and its rows are nowhere else any more";
                set_aside.take_object(tables, &file.location, reason).await?;
            }
        }
    }
    for name in unfinished(tables, table).await? {
        remove_unfinished(tables, &name).await?;
    }
    Ok(())
}

/// The files of a table that were being written when a process ended: they were never part of
/// anything.
pub(crate) async fn unfinished(tables: &TableStore, table: &Path) -> Result<Vec<String>, Error> {
    let names = tables.unfinished(table).await;
    let mut names = names.map_err(|error| Error::new(ErrorKind::Internal, format!("cannot list {table}: {error}")))?;
    // A write goes to `<name>#<number>` and renames. Other names are a person's.
    names.retain(|name| [".parquet#", ".idx#", ".json#", "/_last_checkpoint#"].iter().any(|ours| name.contains(ours)));
    Ok(names)
}

/// Removes one of those.
pub(crate) async fn remove_unfinished(tables: &TableStore, name: &str) -> Result<(), Error> {
    let removed = tables.remove_unfinished(name).await;
    removed.map_err(|error| Error::new(ErrorKind::Internal, format!("cannot remove {name}: {error}")))
}

impl<'a> Known<'a> {
    /// `removed` are the Parquet files of [`crate::catalog::Catalog::tombstones`].
    pub(crate) fn new(
        catalog: Option<&'a Loaded>,
        removed: impl IntoIterator<Item = Path>,
        in_log: &'a BTreeSet<u64>,
    ) -> Self {
        let segments = || catalog.iter().flat_map(|catalog| &catalog.segments);
        let paths =
            segments().flat_map(|segment| [Some(&segment.path), segment.sidecar.as_ref().map(|sidecar| &sidecar.path)]);
        Self {
            files: paths.flatten().collect(),
            ids: segments().map(|segment| segment.id.as_str()).collect(),
            removed: removed.into_iter().collect(),
            in_log,
            sealed: catalog.map(|catalog| catalog.sealed),
        }
    }

    /// Whether the catalog names it.
    pub(crate) fn names(&self, file: &Path) -> bool {
        self.files.contains(file)
    }

    /// Whether a commit has removed it, or the Parquet file beside it, and it only waits for the vacuum.
    pub(crate) fn is_removed(&self, file: &Path) -> bool {
        let parquet = file.as_ref().strip_suffix(".idx").map(|stem| Path::from(format!("{stem}.parquet")));
        self.removed.contains(parquet.as_ref().unwrap_or(file))
    }

    pub(crate) async fn verdict(&self, tables: &TableStore, file: &ObjectMeta) -> Result<Verdict, Error> {
        if self.names(&file.location) || self.is_removed(&file.location) {
            return Ok(Verdict::Keep);
        }
        let name = file.location.filename().unwrap_or_default();
        let stem = name.strip_suffix(".parquet").or_else(|| name.strip_suffix(".idx"));
        let Some((stem, Sequences { first, last })) = stem.and_then(|stem| Some((stem, segment_id::sequences(stem)?)))
        else {
            return Ok(Verdict::Keep);
        };
        let in_log = self.in_log.contains(&first) && self.in_log.contains(&last);
        Ok(match self.sealed {
            Some(_) if segment_id::is_compacted(stem) => {
                let is_elsewhere = name.ends_with(".idx") || self.is_in_others(tables, file).await?;
                if is_elsewhere { Verdict::Remove } else { Verdict::SetAside }
            }
            // A commit that is in the table has its rows; the file was removed by a later commit, or is of another writer.
            Some(sealed) if last <= sealed => Verdict::Keep,
            _ if in_log => Verdict::Remove,
            Some(_) => Verdict::SetAside,
            // The table's log was set aside, and that was reported: its files stay together.
            None => Verdict::Keep,
        })
    }

    /// Whether the segments that a compacted one was made from are all in the table.
    async fn is_in_others(&self, tables: &TableStore, file: &ObjectMeta) -> Result<bool, Error> {
        let inputs = inputs_of(tables, &file.location, file.size).await?;
        Ok(inputs.is_some_and(|ids| ids.iter().all(|id| self.ids.contains(id.as_str()))))
    }
}

/// The ids of the segments that a compacted one was made from; `None` where its footer makes no sense.
pub(crate) async fn inputs(tables: &TableStore, file: &Path) -> Result<Option<Vec<String>>, Error> {
    let found = tables.objects().head(file).await.map_err(|error| cannot_read(file, &error))?;
    inputs_of(tables, file, found.size).await
}

async fn inputs_of(tables: &TableStore, file: &Path, size: u64) -> Result<Option<Vec<String>>, Error> {
    let mut failure = None;
    let fetch = Footer { tables, file, failure: &mut failure };
    let footer = ParquetMetaDataReader::new().load_and_finish(fetch, size).await;
    if let Some(error) = failure {
        return Err(cannot_read(file, &error));
    }
    let parse = || {
        let pairs = footer.ok()?.file_metadata().key_value_metadata()?.clone();
        let text = pairs.into_iter().find(|pair| pair.key == INPUTS)?.value?;
        Some(text.lines().map(str::to_owned).collect())
    };
    Ok(parse())
}

fn cannot_read(file: &Path, error: &object_store::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot read {file}, which no commit names: {error}"))
}

/// Reads a footer, and keeps what kept it from that.
struct Footer<'a> {
    tables: &'a TableStore,
    file: &'a Path,
    failure: &'a mut Option<object_store::Error>,
}

impl MetadataFetch for Footer<'_> {
    fn fetch(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        async move {
            self.tables.objects().get_range(self.file, range).await.map_err(|error| {
                let text = error.to_string();
                *self.failure = Some(error);
                ParquetError::General(text)
            })
        }
        .boxed()
    }
}

/// The files in the day folders of a table.
pub(crate) async fn files(tables: &TableStore, table: &Path) -> Result<Vec<ObjectMeta>, Error> {
    let all = tables.all_below(table).await;
    let all = all.map_err(|error| Error::new(ErrorKind::Internal, format!("cannot list {table}: {error}")))?;
    let is_in_day = |file: &ObjectMeta| {
        let parts: Vec<_> = file.location.prefix_match(table).into_iter().flatten().collect();
        parts.len() == 2 && parts[0].as_ref().starts_with("day=")
    };
    Ok(all.into_iter().filter(is_in_day).collect())
}
