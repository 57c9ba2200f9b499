//! Reads the log that an earlier run left.

mod scan;

use std::io;
use std::path::{Path, PathBuf};

use super::LogFile;
use super::file::{HEADER, MAGIC, VERSION};
use super::record::Record;
use crate::error::{Error, ErrorKind};
use crate::io::{Io, Mode};
use crate::set_aside::SetAsideFolder;
pub(super) use scan::{put_header_right, scan};

use scan::Scan;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    /// The files that hold records, oldest first.
    pub(crate) files: Vec<LogFile>,
    /// The highest sequence of all.
    pub(crate) sequence: u64,
    /// How many files ended in a group that was not written whole.
    pub(crate) torn_tails: usize,
    /// Whether something is missing from a file that is there.
    pub(crate) is_damaged: bool,
}

/// Hands every undamaged record to `each`, in order, and cuts torn tails. Records whose `each` fails (the payload cannot
/// be read) and damaged files are set aside as copies; everything else in them is still handed on. When this returns, what
/// was handed on is on disk.
pub(crate) fn replay(
    io: &dyn Io,
    data_dir: &Path,
    set_aside: &SetAsideFolder,
    mut each: impl FnMut(&Record<'_>) -> Result<(), Error>,
) -> Result<Replay, Error> {
    let folder = data_dir.join("wal");
    let failed = |error: io::Error| Error::new(ErrorKind::Internal, format!("cannot read the log: {error}"));
    io.create_folders(&folder).map_err(failed)?;
    let mut replayed = Replay::default();
    let (files, spares) = log_files(io, &folder).map_err(failed)?;
    spares.iter().try_for_each(|spare| io.remove(spare)).map_err(failed)?;
    let mut files = files.into_iter();
    let mut next = files.next().map(|path| read(io, path)).transpose()?;
    while let Some((path, mut bytes, is_header_flipped)) = next {
        next = files.next().map(|path| read(io, path)).transpose()?;
        if is_of_another_version(&bytes) {
            set_aside.take(&path, "the log file is of a format this program does not know; run a newer one")?;
            replayed.is_damaged = true;
            continue;
        }
        let is_complete = next.as_ref().is_some_and(|(_, next, _)| is_continued(&bytes, next));
        let scan = scan(&mut bytes, is_complete, &mut each);
        if is_header_flipped || scan.is_flipped {
            const REASON: &str = "bits of the log file were flipped; they were put right again, and nothing is missing";
            set_aside.copy_repaired(&path, REASON)?;
            put_back(io, &path, &bytes).map_err(failed)?;
        }
        if let Some(reason) = &scan.damage {
            set_aside.copy(&path, reason.clone())?;
            replayed.is_damaged = true;
        }
        replayed.torn_tails += usize::from(scan.torn);
        if scan.highest.is_empty() {
            io.remove(&path).map_err(failed)?;
            continue;
        }
        settle(io, &path, &bytes, &scan).map_err(failed)?;
        replayed.sequence = scan.highest.values().copied().fold(replayed.sequence, u64::max);
        replayed.files.push(LogFile { path, bytes: scan.end as u64, highest: scan.highest });
    }
    io.sync_folder(&folder).map_err(failed)?;
    Ok(replayed)
}

/// Cuts what is behind the last record, zeros or a torn tail, so that it is not looked at again and takes no space. The
/// last group is written once more: should its sync have failed, it is in no page that a sync would write, and what is
/// handed on now must be there at the next start too.
fn settle(io: &dyn Io, path: &Path, bytes: &[u8], scan: &Scan) -> io::Result<()> {
    let file = io.open(path, Mode::Write)?;
    file.write_at(&bytes[scan.last_group..scan.end], scan.last_group as u64)?;
    file.set_len(scan.end as u64)?;
    file.sync_all()
}

/// Writes a file as it was before bits of it were flipped.
fn put_back(io: &dyn Io, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = io.open(path, Mode::Write)?;
    file.write_at(bytes, 0)?;
    file.sync_all()
}

/// The log files, oldest first, and the spare files that the last run left.
pub(super) fn log_files(io: &dyn Io, folder: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut spares) = (Vec::new(), Vec::new());
    for entry in io.list(folder)? {
        let path = entry.path;
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("wal") => files.push(path),
            Some("tmp") => spares.push(path),
            _ => {}
        }
    }
    files.sort();
    Ok((files, spares))
}

/// A file that cannot be read now may be read at the next start, and by then seals would have passed over its rows: that
/// is no reason to go on without it.
///
/// Answers whether a bit of its header was flipped as well, which is put right.
fn read(io: &dyn Io, path: PathBuf) -> Result<(PathBuf, Vec<u8>, bool), Error> {
    match io.read(&path) {
        Ok(mut bytes) => {
            let is_header_flipped = put_header_right(&mut bytes);
            Ok((path, bytes, is_header_flipped))
        }
        Err(error) => {
            let message = format!(
                "cannot read {}: {error}; should it stay so, move the file away and start again: the rows that only it \
                 has are then missing",
                path.display()
            );
            Err(Error::new(ErrorKind::Internal, message))
        }
    }
}

fn has_header(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER as usize && bytes[..8] == MAGIC
}

fn version(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes[8..12].try_into().expect("4 bytes"))
}

pub(super) fn is_of_another_version(bytes: &[u8]) -> bool {
    has_header(bytes) && !(1..=VERSION).contains(&version(bytes))
}

/// Whether the run that wrote a file went on to write to the next, which it does once everything in the first is synced. A
/// file that could not be begun may be there, empty.
pub(super) fn is_continued(bytes: &[u8], next: &[u8]) -> bool {
    run(bytes).is_some_and(|this| run(next) == Some(this)) && next[HEADER as usize..].iter().any(|byte| *byte != 0)
}

/// Which run wrote the file; `None` where that is not known.
fn run(bytes: &[u8]) -> Option<[u8; 4]> {
    let is_known = has_header(bytes) && version(bytes) == VERSION;
    if is_known { bytes[12..16].try_into().ok() } else { None }
}
