//! Reads the log and changes nothing.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::record::Record;
use super::replay::{is_of_another_version, scan};
use crate::error::{Error, ErrorKind};
use crate::io::Io;

/// A file of the log that was read.
pub(crate) struct Inspected {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) damage: Option<String>,
}

/// Hands every undamaged record to `each`; a record that it refuses is damage. A half-written end is none: a crash leaves
/// it, and it was never acknowledged.
pub(crate) fn inspect(
    io: &dyn Io,
    data_dir: &Path,
    mut each: impl FnMut(&Record<'_>) -> Result<(), Error>,
) -> Result<Vec<Inspected>, Error> {
    let folder = data_dir.join("wal");
    let failed =
        |error: io::Error| Error::new(ErrorKind::Internal, format!("cannot list {}: {error}", folder.display()));
    let entries = match io.list(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let is_log = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wal");
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path).filter(is_log).collect();
    paths.sort();
    let inspect_one = |path: PathBuf| {
        let (bytes, damage) = match io.read(&path) {
            Err(error) => (0, Some(format!("it cannot be read: {error}"))),
            Ok(bytes) if is_of_another_version(&bytes) => {
                (bytes.len() as u64, Some("it is of a format this program does not know".to_owned()))
            }
            Ok(bytes) => (bytes.len() as u64, scan(&bytes, &mut each).damage),
        };
        Inspected { path, bytes, damage }
    };
    Ok(paths.into_iter().map(inspect_one).collect())
}

/// The first sequences that are missing between others, both ends included. Sequences are given without gaps, so a log
/// that has one has lost a file or a record.
pub(crate) fn gap(sequences: &BTreeSet<u64>) -> Option<(u64, u64)> {
    let mut last: Option<u64> = None;
    for sequence in sequences {
        if let Some(last) = last
            && sequence - last > 1
        {
            return Some((last + 1, sequence - 1));
        }
        last = Some(*sequence);
    }
    None
}
