//! Damaged commits in the middle of a log: what can be read of them is kept, so that the others count.

use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use super::{commits, entries, is_whole, log, read};
use crate::error::{Error, ErrorKind};
use crate::io::{Io, Mode};
use crate::orphans;
use crate::set_aside::SetAsideFolder;

/// Rewrites each damaged or missing commit between others with the actions in it that can be read. The first one must
/// be readable: it says what the table is.
pub(super) fn damaged_commits(
    io: &dyn Io,
    table: &Path,
    set_aside: &SetAsideFolder,
    _error: &str,
) -> Result<(), Error> {
    let versions: Vec<u64> = commits(io, table)?.iter().filter_map(|path| version(path)).collect();
    let (Some(first), Some(last)) = (versions.first(), versions.last()) else { return Ok(()) };
    for version in *first..*last {
        let path = log(table).join(format!("{version:020}.json"));
        let is_missing = !exists(io, &path)?;
        if !is_missing && is_whole(io, &path)? {
            continue;
        }
        let bytes = if is_missing { Vec::new() } else { read(io, &path)? };
        let text = String::from_utf8_lossy(&bytes);
        let is_action = |line: &&str| serde_json::from_str::<Value>(line).is_ok_and(|value| value.is_object());
        let mut lines: Vec<String> = text.lines().filter(is_action).map(str::to_owned).collect();
        let kept = lines.len();
        if version == 0 && !lines.iter().any(|line| line.contains("\"metaData\"")) {
            return Ok(());
        }
        complete_replacement(io, table, &mut lines)?;
        if lines.is_empty() {
            lines.push(r#"{"commitInfo":{"operation":"REPAIR"}}"#.to_owned());
        }
        let what = format!(
            "{kept} of its actions could be read and are kept; a segment that only the others named is not part of the table"
        );
        if is_missing {
            set_aside.report(&path, format!("the commit is missing; {what}"));
        } else {
            set_aside.copy(&path, format!("the commit is damaged; {what}"))?;
        }
        write(io, &path, &(lines.join("\n") + "\n"))?;
    }
    Ok(())
}

/// A compaction removes segments and adds one with their rows, or does neither: half of it would lose rows or double them.
/// Where the one that it adds can be read, its footer says what it replaces; otherwise what it replaces stays.
fn complete_replacement(io: &dyn Io, table: &Path, lines: &mut Vec<String>) -> Result<(), Error> {
    let parsed = |line: &String| serde_json::from_str::<Value>(line).unwrap_or_default();
    let mut added = None;
    for action in lines.iter().map(parsed) {
        if let Some(path) = action["add"]["path"].as_str()
            && let Some(folder) = super::id_of(path).and_then(|id| path.strip_suffix(&format!("{id}.parquet")))
            && exists(io, &table.join(path))?
            && let Some(inputs) = orphans::inputs(io, &table.join(path))?
        {
            added = Some((inputs, folder.to_owned()));
            break;
        }
    }
    lines.retain(|line| !(parsed(line)["remove"]["dataChange"] == Value::Bool(false)));
    if let Some((inputs, folder)) = added {
        let remove = |id: &String| {
            let path = format!("{folder}{id}.parquet");
            json!({"remove": {"path": path, "dataChange": false, "deletionTimestamp": 0}}).to_string()
        };
        // Before the sequence, which comes last.
        let at = lines.len().saturating_sub(1);
        lines.splice(at..at, inputs.iter().map(remove));
    }
    Ok(())
}

/// Every file of a table's log with its size and what is wrong with it, if something is. Changes nothing.
pub(crate) fn inspect_log(io: &dyn Io, table: &Path) -> Vec<(PathBuf, u64, Option<String>)> {
    let mut files = entries(io, &log(table)).unwrap_or_default();
    files.sort();
    let mut found: Vec<(PathBuf, u64, Option<String>)> = files.into_iter().map(|path| inspect_file(io, path)).collect();
    let hint = log(table).join("_last_checkpoint");
    if io.exists(&hint).unwrap_or(false) && !hint_holds(io, table, &hint).unwrap_or(false) {
        found.push((hint, 0, Some("it names no checkpoint that is there".to_owned())));
    }
    let commits = commits(io, table).unwrap_or_default();
    let versions: Vec<u64> = commits.iter().filter_map(|path| version(path)).collect();
    let checkpoints: Vec<u64> = found.iter().filter_map(|(path, _, _)| checkpoint_version(path)).collect();
    for pair in versions.windows(2) {
        for missing in pair[0] + 1..pair[1] {
            found.push((log(table).join(format!("{missing:020}.json")), 0, Some("the commit is missing".to_owned())));
        }
    }
    if let Some(first) = versions.first()
        && *first > 0
        && !checkpoints.iter().any(|checkpoint| checkpoint + 1 >= *first)
    {
        let what = format!("the commits before {first} are missing, and no checkpoint has what they say");
        found.push((log(table), 0, Some(what)));
    }
    found
}

/// Whether `_last_checkpoint` is JSON and names a checkpoint that is there.
pub(super) fn hint_holds(io: &dyn Io, table: &Path, hint: &Path) -> Result<bool, Error> {
    let parsed = serde_json::from_slice::<Value>(&read(io, hint)?).ok();
    let Some(version) = parsed.and_then(|hint| hint["version"].as_u64()) else { return Ok(false) };
    let files = entries(io, &log(table))?;
    Ok(files.iter().any(|path| checkpoint_version(path) == Some(version)))
}

/// Whether there is a file of this name; where that cannot be told, nothing is done about it.
pub(super) fn exists(io: &dyn Io, path: &Path) -> Result<bool, Error> {
    let failed = |error| Error::new(ErrorKind::Internal, format!("cannot look for {}: {error}", path.display()));
    io.exists(path).map_err(failed)
}

/// The names of files that the commits mention.
pub(crate) struct Names {
    text: String,
    /// Older commits were cleaned up or there is a checkpoint: a file that is not mentioned may have been.
    pub(crate) is_cut: bool,
}

impl Names {
    /// Whether a commit mentions it.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.text.contains(name)
    }
}

/// What the commits of a table mention.
pub(crate) fn names_in_log(io: &dyn Io, table: &Path) -> Names {
    let commits = commits(io, table).unwrap_or_default();
    let is_cut = commits.first().is_none_or(|path| version(path) != Some(0));
    let text = commits.iter().map(|path| String::from_utf8_lossy(&io.read(path).unwrap_or_default()).into_owned());
    Names { text: text.collect(), is_cut }
}

fn inspect_file(io: &dyn Io, path: PathBuf) -> (PathBuf, u64, Option<String>) {
    let bytes = match io.read(&path) {
        Ok(bytes) => bytes,
        Err(error) => return (path, 0, Some(format!("it cannot be read: {error}"))),
    };
    let (size, name) = (bytes.len() as u64, path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let problem = if name.ends_with(".parquet") {
        decode(bytes).err().map(|error| format!("the checkpoint cannot be read: {error}"))
    } else if version(&path).is_some() && !is_whole(io, &path).unwrap_or(false) {
        Some("the commit is damaged or cut off".to_owned())
    } else {
        None
    };
    (path, size, problem)
}

/// Decodes every page. A damaged one may make the decoder panic.
fn decode(bytes: Vec<u8>) -> Result<(), String> {
    if !bytes.starts_with(b"PAR1") {
        return Err("it does not begin like a Parquet file".to_owned());
    }
    let work = move || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes));
        let mut reader = builder.and_then(ParquetRecordBatchReaderBuilder::build).map_err(|error| error.to_string())?;
        reader.try_for_each(|batch| batch.map(|_| ()).map_err(|error| error.to_string()))
    };
    std::thread::spawn(work).join().unwrap_or_else(|_| Err("reading it fails with a panic".to_owned()))
}

fn version(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.strip_suffix(".json").filter(|stem| stem.len() == 20)?.parse().ok()
}

fn checkpoint_version(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.contains(".checkpoint.").then(|| name.get(..20)?.parse().ok()).flatten()
}

fn write(io: &dyn Io, path: &Path, text: &str) -> Result<(), Error> {
    let failed =
        |error: std::io::Error| Error::new(ErrorKind::Internal, format!("cannot write {}: {error}", path.display()));
    let temporary = path.with_extension("json#mended");
    let file = io.open(&temporary, Mode::Create).map_err(failed)?;
    file.write_at(text.as_bytes(), 0).and_then(|()| file.sync_all()).map_err(failed)?;
    io.rename(&temporary, path).map_err(failed)?;
    io.sync_folder(path.parent().unwrap_or(path)).map_err(failed)
}
