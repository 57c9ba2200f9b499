//! Files that no commit names: of a seal or a compaction that ended before its commit, or whose commit was lost.
//!
//! Where the rows of such a file are elsewhere (in the log; for a compacted one in the segments that it was made from), it
//! is removed. Otherwise a commit has been lost that named it, and the file is set aside, because it may be all that is
//! left of its rows. Files that a commit removed are the vacuum's affair.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::catalog::Loaded;
use crate::error::{Error, ErrorKind};
use crate::io::Io;
use crate::live::Sequences;
use crate::segment_id;
use crate::segment_writer::INPUTS;
use crate::set_aside::SetAsideFolder;

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
    files: HashSet<PathBuf>,
    /// The ids of its segments.
    ids: HashSet<&'a str>,
    /// The Parquet files that a commit has removed.
    removed: HashSet<PathBuf>,
    /// The sequences that the log has of this table.
    in_log: &'a BTreeSet<u64>,
    /// The highest sequence that the table has, where there is a table.
    sealed: Option<u64>,
}

/// Looks through the day folders of a table.
pub(crate) fn clean(io: &dyn Io, table: &Path, known: &Known<'_>, set_aside: &SetAsideFolder) -> Result<(), Error> {
    for file in files(io, table)? {
        match known.verdict(io, &file)? {
            Verdict::Keep => {}
            Verdict::Remove => remove(io, &file).map_err(|error| {
                Error::new(ErrorKind::Internal, format!("cannot remove {}: {error}", file.display()))
            })?,
            Verdict::SetAside => {
                set_aside.take(&file, "no commit names this file, and its rows are nowhere else any more")?;
            }
        }
    }
    Ok(())
}

/// For good: should the file come back after a power cut, its rows might be in other files than those it was made from.
fn remove(io: &dyn Io, file: &Path) -> io::Result<()> {
    io.remove(file)?;
    file.parent().map_or(Ok(()), |folder| io.sync_folder(folder))
}

impl<'a> Known<'a> {
    /// `removed` are the Parquet files of [`crate::catalog::Catalog::tombstones`].
    pub(crate) fn new(
        data_dir: &Path,
        catalog: Option<&'a Loaded>,
        removed: impl IntoIterator<Item = object_store::path::Path>,
        in_log: &'a BTreeSet<u64>,
    ) -> Self {
        let segments = || catalog.iter().flat_map(|catalog| &catalog.segments);
        let paths =
            segments().flat_map(|segment| [Some(&segment.path), segment.sidecar.as_ref().map(|sidecar| &sidecar.path)]);
        Self {
            files: paths.flatten().map(|path| data_dir.join(path.as_ref())).collect(),
            ids: segments().map(|segment| segment.id.as_str()).collect(),
            removed: removed.into_iter().map(|path| data_dir.join(path.as_ref())).collect(),
            in_log,
            sealed: catalog.map(|catalog| catalog.sealed),
        }
    }

    /// Whether the catalog names it.
    pub(crate) fn names(&self, file: &Path) -> bool {
        self.files.contains(file)
    }

    /// Whether a commit has removed it and it only waits for the vacuum.
    pub(crate) fn is_removed(&self, file: &Path) -> bool {
        self.removed.contains(&file.with_extension("parquet"))
    }

    pub(crate) fn verdict(&self, io: &dyn Io, file: &Path) -> Result<Verdict, Error> {
        if self.names(file) || self.is_removed(file) {
            return Ok(Verdict::Keep);
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        // A write goes to `<name>#<number>` and renames: what a crash left of that was never part of anything.
        let temporary = name.contains(".parquet#") || name.contains(".idx#");
        let stem = name.strip_suffix(".parquet").or_else(|| name.strip_suffix(".idx"));
        let Some((stem, Sequences { first, last })) = stem.and_then(|stem| Some((stem, segment_id::sequences(stem)?)))
        else {
            return Ok(if temporary { Verdict::Remove } else { Verdict::Keep });
        };
        let in_log = self.in_log.contains(&first) && self.in_log.contains(&last);
        Ok(match self.sealed {
            Some(_) if segment_id::is_compacted(stem) && (name.ends_with(".idx") || self.is_in_others(io, file)?) => {
                Verdict::Remove
            }
            Some(_) if segment_id::is_compacted(stem) => Verdict::SetAside,
            // A commit that is in the table has its rows; the file was removed by a later commit, or is of another writer.
            Some(sealed) if last <= sealed => Verdict::Keep,
            _ if in_log => Verdict::Remove,
            Some(_) => Verdict::SetAside,
            // The table's log was set aside, and that was reported: its files stay together.
            None => Verdict::Keep,
        })
    }

    /// Whether the segments that a compacted one was made from are all in the table.
    fn is_in_others(&self, io: &dyn Io, file: &Path) -> Result<bool, Error> {
        let inputs = inputs(io, file)?;
        Ok(inputs.is_some_and(|ids| ids.iter().all(|id| self.ids.contains(id.as_str()))))
    }
}

/// The ids of the segments that a compacted one was made from; `None` where its footer makes no sense.
pub(crate) fn inputs(io: &dyn Io, file: &Path) -> Result<Option<Vec<String>>, Error> {
    let content = io.read(file).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("cannot read {}, which no commit names: {error}", file.display()))
    })?;
    let parse = || {
        let reader = SerializedFileReader::new(Bytes::from(content)).ok()?;
        let pairs = reader.metadata().file_metadata().key_value_metadata()?;
        let text = pairs.iter().find(|pair| pair.key == INPUTS)?.value.as_ref()?;
        Some(text.lines().map(str::to_owned).collect())
    };
    Ok(parse())
}

/// The files in the day folders of a table.
pub(crate) fn files(io: &dyn Io, table: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |error| Error::new(ErrorKind::Internal, format!("cannot list {}: {error}", table.display()));
    let mut files = Vec::new();
    for folder in io.list(table).map_err(failed)? {
        let name = folder.path.file_name().unwrap_or_default();
        if folder.is_folder && name.to_string_lossy().starts_with("day=") {
            files.extend(io.list(&folder.path).map_err(failed)?.into_iter().map(|file| file.path));
        }
    }
    Ok(files)
}
