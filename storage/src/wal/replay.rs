//! Reads the log that an earlier run left.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use super::file::{HEADER, MAGIC, VERSION};
use super::record::{Record, find, read};
use super::{LogFile, TableKey};
use crate::error::{Error, ErrorKind};
use crate::io::{Io, Mode};
use crate::set_aside::SetAsideFolder;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    /// The files that hold records, oldest first.
    pub(crate) files: Vec<LogFile>,
    /// The highest sequence of all.
    pub(crate) sequence: u64,
    /// How many files ended in a half written record.
    pub(crate) torn_tails: usize,
}

/// Hands every undamaged record to `each`, in order, and cuts torn tails. Records whose `each` fails (the payload cannot
/// be read) and damaged files are set aside as copies; everything else in them is still handed on.
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
    for path in log_files(io, &folder).map_err(failed)? {
        let bytes = match io.read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                set_aside
                    .take(&path, format!("the log file cannot be read ({error}); its unsealed rows are missing"))?;
                continue;
            }
        };
        if is_of_another_version(&bytes) {
            set_aside.take(&path, "the log file is of a format this program does not know; run a newer one")?;
            continue;
        }
        let scan = scan(&bytes, &mut each);
        if let Some(reason) = &scan.damage {
            set_aside.copy(&path, reason.clone())?;
        }
        replayed.torn_tails += usize::from(scan.torn);
        if scan.highest.is_empty() {
            io.remove(&path).map_err(failed)?;
            continue;
        }
        // The rest is zeros or the torn tail: cut, so that it is not looked at again and takes no space.
        let file = io.open(&path, Mode::Write).map_err(failed)?;
        file.set_len(scan.end as u64).and_then(|()| file.sync_all()).map_err(failed)?;
        replayed.sequence = scan.highest.values().copied().fold(replayed.sequence, u64::max);
        replayed.files.push(LogFile { path, bytes: scan.end as u64, highest: scan.highest });
    }
    io.sync_folder(&folder).map_err(failed)?;
    Ok(replayed)
}

/// The log files, oldest first. Spare files of the last run are removed.
fn log_files(io: &dyn Io, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in io.list(folder)? {
        let path = entry.path;
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("wal") => files.push(path),
            Some("tmp") => io.remove(&path)?,
            _ => {}
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn is_of_another_version(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER as usize && bytes[..8] == MAGIC && bytes[8..12] != VERSION.to_le_bytes()
}

pub(super) struct Scan {
    highest: HashMap<TableKey, u64>,
    /// End of the last undamaged record.
    end: usize,
    torn: bool,
    pub(super) damage: Option<String>,
}

pub(super) fn scan(bytes: &[u8], each: &mut impl FnMut(&Record<'_>) -> Result<(), Error>) -> Scan {
    let mut scan = Scan { highest: HashMap::new(), end: 0, torn: false, damage: None };
    let header_is_good = bytes.len() >= HEADER as usize && bytes[..8] == MAGIC;
    let mut at = if header_is_good { HEADER as usize } else { 0 };
    scan.end = at;
    loop {
        if let Some((record, length)) = read(&bytes[at..]) {
            if let Err(error) = each(&record) {
                scan.damage = Some(format!("the log's record {} cannot be used: {error}", record.sequence));
            }
            scan.highest.insert(record.table.clone(), record.sequence);
            at += length;
            scan.end = at;
            continue;
        }
        // What follows is the zeros of an unused rest, a torn tail, or damage with good records behind it.
        let Some(next) = find(&bytes[at..]) else {
            scan.torn = bytes[at..].iter().any(|byte| *byte != 0);
            if scan.torn && scan.highest.is_empty() && !header_is_good {
                scan.damage = Some("the log file has no header and no record; its unsealed rows are missing".into());
            }
            return scan;
        };
        scan.damage =
            Some(format!("the log file is damaged from byte {at} to {}; what was there is missing", at + next));
        at += next;
    }
}
