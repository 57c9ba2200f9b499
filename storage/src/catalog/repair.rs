//! What to do about a Delta log that cannot be read, from the smallest step to the largest.
//!
//! A crash of the machine can leave the newest commit empty or half written, because its name may reach the disk before
//! its content. Such a commit was never relied on: the write-ahead log is trimmed only after the commit is synced.

use std::path::{Path, PathBuf};

use parquet::file::reader::SerializedFileReader;
use serde_json::Value;

use super::APP_ID;
use crate::error::{Error, ErrorKind};
use crate::io::Io;
use crate::segment_id;
use crate::set_aside::SetAsideFolder;

mod mend;

pub(crate) use mend::{inspect_log, names_in_log};

type Step = fn(&dyn Io, &Path, &SetAsideFolder, &str) -> Result<(), Error>;

/// Tried one after the other, each followed by another attempt to read; the last leaves no log.
pub(super) const STEPS: [Step; 4] = [corrupt_checkpoints, mend::damaged_commits, broken_log, |_, _, _, _| Ok(())];

/// Whether there is a log at all.
pub(super) fn has_log(io: &dyn Io, table: &Path) -> Result<bool, Error> {
    Ok(!commits(io, table)?.is_empty())
}

/// Sets aside the newest commits that are torn. Looked for before anything is read: a reader takes an empty commit, or
/// one cut off behind a line, for a whole one.
pub(super) fn torn_commits(io: &dyn Io, table: &Path, set_aside: &SetAsideFolder) -> Result<(), Error> {
    for path in commits(io, table)?.into_iter().rev() {
        if is_whole(io, &path)? {
            break;
        }
        set_aside.take(&path, "the commit is torn; its rows are read from the write-ahead log again if it has them")?;
    }
    Ok(())
}

/// The checkpoints that are no Parquet, and the hint to the newest where it is no JSON. Commits say the same, as far as
/// they have not been cleaned up.
fn corrupt_checkpoints(io: &dyn Io, table: &Path, set_aside: &SetAsideFolder, _error: &str) -> Result<(), Error> {
    const REASON: &str = "the checkpoint is corrupt; the table is read from its commits instead";
    for path in entries(io, &log(table))? {
        let is_checkpoint = path.extension().is_some_and(|extension| extension == "parquet");
        if is_checkpoint && SerializedFileReader::new(bytes::Bytes::from(read(io, &path)?)).is_err() {
            set_aside.take(&path, REASON)?;
        }
    }
    // A hint to a checkpoint that is not there keeps the log from being read as a corrupt one does.
    let hint = log(table).join("_last_checkpoint");
    if mend::exists(io, &hint)? && !mend::hint_holds(io, table, &hint)? {
        set_aside
            .take(&hint, "it names a checkpoint that is missing or corrupt; the table is read from its commits")?;
    }
    Ok(())
}

/// The whole log, but only where it is known to be damaged. Anything else (a file that cannot be read just now, a feature
/// that another program has switched on) is no reason to begin a new table.
fn broken_log(io: &dyn Io, table: &Path, set_aside: &SetAsideFolder, error: &str) -> Result<(), Error> {
    let commits = commits(io, table)?;
    let is_contiguous = (0..).zip(&commits).all(|(version, path)| path.ends_with(format!("{version:020}.json")));
    let has_checkpoint =
        entries(io, &log(table))?.iter().any(|path| path.to_string_lossy().ends_with(".checkpoint.parquet"));
    let mut is_damaged = !is_contiguous && !has_checkpoint;
    for commit in &commits {
        is_damaged = is_damaged || !is_whole(io, commit)?;
    }
    if !is_damaged {
        let message =
            format!("the Delta log of {} cannot be read, and no file of it is damaged: {error}", table.display());
        return Err(Error::new(ErrorKind::Data, message));
    }
    set_aside.take(
        &log(table),
        format!(
            "the table's log cannot be read ({error}); the table begins anew, and the Parquet files of the old one stay \
             where they are and are not part of it"
        ),
    )
}

/// All lines are JSON, and a commit of ours, known by its tags or by the names of the files it removes, ends with the log's
/// sequence.
fn is_whole(io: &dyn Io, commit: &Path) -> Result<bool, Error> {
    let Ok(text) = String::from_utf8(read(io, commit)?) else { return Ok(false) };
    let lines = text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str::<Value>);
    let Ok(actions) = lines.collect::<Result<Vec<Value>, _>>() else { return Ok(false) };
    let adds = |action: &Value| action["add"]["tags"].to_string().contains("alidade.");
    let removes = |action: &Value| action["remove"]["path"].as_str().is_some_and(|path| id_of(path).is_some());
    let is_ours = actions.iter().any(|action| adds(action) || removes(action));
    let ends_with_sequence = actions.last().is_some_and(|action| action["txn"]["appId"] == APP_ID);
    Ok(!actions.is_empty() && (ends_with_sequence || !is_ours))
}

/// A file that cannot be read just now is not a damaged one: the table is not opened without it.
fn read(io: &dyn Io, path: &Path) -> Result<Vec<u8>, Error> {
    io.read(path).map_err(|error| {
        let message =
            format!("cannot read {}: {error}; should it stay so, move it away and start again", path.display());
        Error::new(ErrorKind::Internal, message)
    })
}

/// The id in the path of a segment's file, where it is one of ours.
fn id_of(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let stem = name.strip_suffix(".parquet")?;
    segment_id::sequences(stem).map(|_| stem)
}

fn log(table: &Path) -> PathBuf {
    table.join("_delta_log")
}

/// The commit files, oldest first.
fn commits(io: &dyn Io, table: &Path) -> Result<Vec<PathBuf>, Error> {
    let is_commit = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_suffix(".json").is_some_and(|stem| stem.len() == 20 && stem.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut commits: Vec<PathBuf> = entries(io, &log(table))?.into_iter().filter(is_commit).collect();
    commits.sort();
    Ok(commits)
}

/// What is in a folder; nothing where there is none.
fn entries(io: &dyn Io, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    match io.list(folder) {
        Ok(entries) => Ok(entries.into_iter().map(|entry| entry.path).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Error::new(ErrorKind::Internal, format!("cannot list {}: {error}", folder.display()))),
    }
}
