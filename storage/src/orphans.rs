//! Files of a seal that ended before its commit.
//!
//! Where the log still has the rows of such a file, the file is removed: the rows come from the log. Otherwise a commit
//! has been lost that named it, and the file is set aside, because it may be all that is left of its rows.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::catalog::Loaded;
use crate::error::{Error, ErrorKind};
use crate::io::Io;
use crate::live::Sequences;
use crate::seal::sequences_of_id;
use crate::set_aside::SetAsideFolder;

/// What to do about a file that no commit names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Remove,
    SetAside,
}

/// Looks through the day folders of a table. `in_log` are the sequences that the log has of this table.
pub(crate) fn clean(
    io: &dyn Io,
    table: &Path,
    data_dir: &Path,
    catalog: Option<&Loaded>,
    in_log: &BTreeSet<u64>,
    set_aside: &SetAsideFolder,
) -> Result<(), Error> {
    let known = known(data_dir, catalog);
    for file in files(io, table)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        match verdict(&name, known.contains(&file), in_log, catalog.map(|catalog| catalog.sealed)) {
            Verdict::Keep => {}
            Verdict::Remove => io.remove(&file).map_err(|error| {
                Error::new(ErrorKind::Internal, format!("cannot remove {}: {error}", file.display()))
            })?,
            Verdict::SetAside => {
                set_aside.take(&file, "no commit names this file, and the log has its rows no more")?
            }
        }
    }
    Ok(())
}

/// The files that the catalog names.
pub(crate) fn known(data_dir: &Path, catalog: Option<&Loaded>) -> HashSet<PathBuf> {
    let segments = catalog.iter().flat_map(|catalog| &catalog.segments);
    let paths =
        segments.flat_map(|segment| [Some(&segment.path), segment.sidecar.as_ref().map(|sidecar| &sidecar.path)]);
    paths.flatten().map(|path| data_dir.join(path.as_ref())).collect()
}

/// `sealed` is the highest sequence that the table has, where there is a table.
pub(crate) fn verdict(name: &str, is_known: bool, in_log: &BTreeSet<u64>, sealed: Option<u64>) -> Verdict {
    if is_known {
        return Verdict::Keep;
    }
    // `put` writes to `<name>#<number>` and renames: what a crash left of that was never part of anything.
    let temporary = name.contains(".parquet#") || name.contains(".idx#");
    let stem = name.strip_suffix(".parquet").or_else(|| name.strip_suffix(".idx"));
    let Some(Sequences { first, last }) = stem.and_then(sequences_of_id) else {
        return if temporary { Verdict::Remove } else { Verdict::Keep };
    };
    match sealed {
        // A commit that is in the table has its rows; the file was removed by a later commit, or is of another writer.
        Some(sealed) if last <= sealed => Verdict::Keep,
        _ if in_log.contains(&first) && in_log.contains(&last) => Verdict::Remove,
        Some(_) => Verdict::SetAside,
        // The table's log was set aside, and that was reported: its files stay together.
        None => Verdict::Keep,
    }
}

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
