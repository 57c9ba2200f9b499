//! What to do about a Delta log that cannot be read, from the smallest step to the largest.
//!
//! A crash of the machine can leave the newest commit empty or half written, because its name may reach the disk before
//! its content. Such a commit was never relied on: the write-ahead log is trimmed only after the commit is synced.

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};
use parquet::file::reader::SerializedFileReader;
use serde_json::Value;

use super::{APP_ID, sums};
use crate::error::{Error, ErrorKind};
use crate::segment_id;
use crate::set_aside::SetAsideFolder;
use crate::table_store::TableStore;

mod inspect;
mod mend;

pub(crate) use inspect::{Inspected, inspect_log};
pub(crate) use mend::names_in_log;
pub(super) use mend::{damaged_commits, version};

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    CorruptCheckpoints,
    DamagedCommits,
    BrokenLog,
    /// It was read for the last time.
    GiveUp,
}

/// Tried one after the other, each followed by another attempt to read; the last leaves no log.
pub(super) const STEPS: [Step; 4] = [Step::CorruptCheckpoints, Step::DamagedCommits, Step::BrokenLog, Step::GiveUp];

impl Step {
    /// Does it; `error` is why the log could not be read.
    pub(super) async fn take(
        self,
        tables: &TableStore,
        table: &Path,
        set_aside: &SetAsideFolder,
        error: &str,
    ) -> Result<(), Error> {
        match self {
            Self::CorruptCheckpoints => corrupt_checkpoints(tables, table, set_aside).await,
            Self::DamagedCommits => mend::damaged_commits(tables, table, set_aside, None).await,
            Self::BrokenLog => broken_log(tables, table, set_aside, error).await,
            Self::GiveUp => Ok(()),
        }
    }
}

/// Whether there is a log at all.
pub(super) async fn has_log(tables: &TableStore, table: &Path) -> Result<bool, Error> {
    Ok(!commits(tables, table).await?.is_empty())
}

/// Puts right what one flipped bit has changed in the files that are about to be read: the newest checkpoint with a
/// checksum, its commit and those behind it. What was there is kept in the set-aside folder. A checkpoint that is worse off is
/// set aside. Answers the version of the newest one that stays.
pub(super) async fn flipped_bits(
    tables: &TableStore,
    table: &Path,
    set_aside: &SetAsideFolder,
) -> Result<Option<u64>, Error> {
    const REASON: &str = "one bit of it was flipped; it was put right again, and nothing is missing";
    const CORRUPT: &str = "the checkpoint is not what was written; the table is read from its commits instead";
    let files = files(tables, table).await?;
    let put_right = async |path: &Path, content: Vec<u8>| {
        set_aside.copy_repaired_object(tables, path, REASON).await?;
        write(tables, path, content).await
    };
    let mut newest = None;
    let checkpoints = files.iter().rev().map(|file| &file.location).filter(|path| path.as_ref().ends_with(".parquet"));
    for path in checkpoints {
        let bytes = read(tables, path).await?;
        match sums::verdict(tables.objects().as_ref(), path, &bytes).await {
            sums::Checkpoint::Intact | sums::Checkpoint::Unknown => {}
            sums::Checkpoint::Restored(content) => put_right(path, content).await?,
            sums::Checkpoint::Damaged => {
                set_aside.take_object(tables, path, CORRUPT).await?;
                continue;
            }
        }
        newest = mend::checkpoint_version(path);
        break;
    }
    for ObjectMeta { location, .. } in &files {
        if version(location).is_some_and(|version| newest.is_none_or(|newest| version >= newest))
            && let Some(content) = sums::restored(&read(tables, location).await?)
        {
            put_right(location, content).await?;
        }
    }
    Ok(newest)
}

/// Sets aside the newest commits that are torn. Looked for before anything is read: a reader takes an empty commit, or
/// one cut off behind a line, for a whole one.
pub(super) async fn torn_commits(tables: &TableStore, table: &Path, set_aside: &SetAsideFolder) -> Result<(), Error> {
    const REASON: &str = "the commit is torn; its rows are read from the write-ahead log again if it has them";
    for path in commits(tables, table).await?.into_iter().rev() {
        if is_whole(&read(tables, &path).await?) {
            break;
        }
        set_aside.take_object(tables, &path, REASON).await?;
    }
    Ok(())
}

/// The checkpoints that are no Parquet, and the hint to the newest where it is no JSON. Commits say the same, as far as
/// they have not been cleaned up.
async fn corrupt_checkpoints(tables: &TableStore, table: &Path, set_aside: &SetAsideFolder) -> Result<(), Error> {
    const REASON: &str = "the checkpoint is corrupt; the table is read from its commits instead";
    for ObjectMeta { location, .. } in files(tables, table).await? {
        let is_checkpoint = location.as_ref().ends_with(".parquet");
        if is_checkpoint && SerializedFileReader::new(read(tables, &location).await?).is_err() {
            set_aside.take_object(tables, &location, REASON).await?;
        }
    }
    // A hint to a checkpoint that is not there keeps the log from being read as a corrupt one does.
    let hint = log(table).join("_last_checkpoint");
    if exists(tables, &hint).await?
        && let Some(problem) = inspect::problem_of_hint(tables, table, &hint).await?
    {
        let reason = format!("{problem}; the table is read from its commits");
        set_aside.take_object(tables, &hint, &reason).await?;
    }
    Ok(())
}

/// The whole log, but only where it is known to be damaged. Anything else (a file that cannot be read just now, a feature
/// that another program has switched on) is no reason to begin a new table.
async fn broken_log(tables: &TableStore, table: &Path, set_aside: &SetAsideFolder, error: &str) -> Result<(), Error> {
    let commits = commits(tables, table).await?;
    let is_contiguous =
        (0..).zip(&commits).all(|(version, path)| path.filename() == Some(&format!("{version:020}.json")));
    let files = files(tables, table).await?;
    let has_checkpoint = files.iter().any(|file| file.location.as_ref().ends_with(".checkpoint.parquet"));
    let mut is_damaged = !is_contiguous && !has_checkpoint;
    for commit in &commits {
        is_damaged = is_damaged || !is_whole(&read(tables, commit).await?);
    }
    if !is_damaged {
        let message = format!("the Delta log of {table} cannot be read, and no file of it is damaged: {error}");
        return Err(Error::new(ErrorKind::Data, message));
    }
    let reason = format!(
        "the table's log cannot be read ({error}); the table begins anew, and the Parquet files of the old one stay where \
         they are and are not part of it"
    );
    // The commits last and the oldest first: ended in the middle, what is left is a damaged log still.
    let (commits, others): (Vec<Path>, Vec<Path>) =
        files.into_iter().map(|file| file.location).partition(|path| commits.contains(path));
    set_aside.take_folder(tables, &log(table), &[others, commits].concat(), &reason).await
}

/// It is what its checksum says, all lines are JSON, and a commit of ours, known by its tags or by the names of the files it
/// removes, ends with the log's sequence.
fn is_whole(commit: &[u8]) -> bool {
    if !sums::is_intact(commit) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(commit) else { return false };
    let lines = text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str::<Value>);
    let Ok(actions) = lines.collect::<Result<Vec<Value>, _>>() else { return false };
    let adds = |action: &Value| action["add"]["tags"].to_string().contains("alidade.");
    let removes = |action: &Value| action["remove"]["path"].as_str().is_some_and(|path| id_of(path).is_some());
    let is_ours = actions.iter().any(|action| adds(action) || removes(action));
    let ends_with_sequence = actions.last().is_some_and(|action| action["txn"]["appId"] == APP_ID);
    !actions.is_empty() && (ends_with_sequence || !is_ours)
}

/// A file that cannot be read just now is not a damaged one: the table is not opened without it.
async fn read(tables: &TableStore, path: &Path) -> Result<Bytes, Error> {
    tables.read(path).await.map_err(|error| {
        let message = format!("cannot read {path}: {error}; should it stay so, move it away and start again");
        Error::new(ErrorKind::Internal, message)
    })
}

/// Writes a file of the log in place of what is there.
async fn write(tables: &TableStore, path: &Path, content: Vec<u8>) -> Result<(), Error> {
    let put = tables.objects().put(path, content.into()).await;
    put.map(|_| ()).map_err(|error| Error::new(ErrorKind::Internal, format!("cannot write {path}: {error}")))
}

/// Whether there is a file of this name; where that cannot be told, nothing is done about it.
async fn exists(tables: &TableStore, path: &Path) -> Result<bool, Error> {
    let failed = |error| Error::new(ErrorKind::Internal, format!("cannot look for {path}: {error}"));
    tables.exists(path).await.map_err(failed)
}

/// The id in the path of a segment's file, where it is one of ours.
fn id_of(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let stem = name.strip_suffix(".parquet")?;
    segment_id::sequences(stem).map(|_| stem)
}

fn log(table: &Path) -> Path {
    table.clone().join("_delta_log")
}

/// The commit files, oldest first.
async fn commits(tables: &TableStore, table: &Path) -> Result<Vec<Path>, Error> {
    let is_commit = |path: &Path| mend::version(path).is_some();
    Ok(files(tables, table).await?.into_iter().map(|file| file.location).filter(is_commit).collect())
}

/// The files of a table's log, by name; none where there is no log.
async fn files(tables: &TableStore, table: &Path) -> Result<Vec<ObjectMeta>, Error> {
    let log = log(table);
    let level = tables.level(&log).await;
    let level = level.map_err(|error| Error::new(ErrorKind::Internal, format!("cannot list {log}: {error}")))?;
    Ok(level.objects)
}
