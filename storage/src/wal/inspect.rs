//! Reads the log and changes nothing.

use std::io;
use std::path::{Path, PathBuf};

use super::record::Record;
use super::replay::{is_continued, is_of_another_version, log_files, put_header_right, scan};
use crate::error::{Error, ErrorKind};
use crate::io::Io;
use crate::one_bit::FLIPPED;

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
    let (paths, _) = match log_files(io, &folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files.map_err(failed)?,
    };
    let read = |path: PathBuf| {
        let content = io.read(&path).map(|mut bytes| {
            let is_header_flipped = put_header_right(&mut bytes);
            (bytes, is_header_flipped)
        });
        (content, path)
    };
    let mut files = paths.into_iter().map(read).peekable();
    let mut inspected = Vec::new();
    while let Some((content, path)) = files.next() {
        let (bytes, damage) = match content {
            Err(error) => (0, Some(format!("it cannot be read: {error}"))),
            Ok((bytes, _)) if is_of_another_version(&bytes) => {
                (bytes.len() as u64, Some("it is of a format this program does not know".to_owned()))
            }
            Ok((mut bytes, is_header_flipped)) => {
                let is_complete = matches!(files.peek(), Some((Ok((next, _)), _)) if is_continued(&bytes, next));
                let scan = scan(&mut bytes, is_complete, &mut each);
                let is_flipped = is_header_flipped || scan.is_flipped;
                (bytes.len() as u64, scan.damage.or(is_flipped.then(|| FLIPPED.to_owned())))
            }
        };
        inspected.push(Inspected { path, bytes, damage });
    }
    Ok(inspected)
}

/// Looks for sequences that are missing between others. They are given without gaps, and what a power cut takes is the
/// end, or a part of the last group: a gap before a group means that a file or a record is missing.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    last: Option<u64>,
    first: Option<(u64, u64)>,
}

impl Gaps {
    /// The next record of the log.
    pub(crate) fn see(&mut self, record: &Record<'_>) {
        if let Some(last) = self.last.replace(record.sequence)
            && record.sequence.saturating_sub(last) > 1
            && !record.continues
        {
            self.first.get_or_insert((last + 1, record.sequence - 1));
        }
    }

    /// The first of them, both ends included.
    pub(crate) fn first(&self) -> Option<(u64, u64)> {
        self.first
    }
}
