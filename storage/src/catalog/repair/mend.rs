//! Damaged commits in the middle of a log: what can be read of them is kept, so that the others count.

use bytes::Bytes;
use object_store::ObjectMeta;
use object_store::path::Path;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use super::{commits, exists, files, is_whole, log, read, write};
use crate::catalog::sums;
use crate::error::Error;
use crate::one_bit::FLIPPED;
use crate::orphans;
use crate::set_aside::SetAsideFolder;
use crate::table_store::TableStore;

/// Rewrites each damaged or missing commit between others with the actions in it that can be read. The first one must
/// be readable: it says what the table is. With a checkpoint only those behind it are looked at, which a reader needs.
pub(crate) async fn damaged_commits(
    tables: &TableStore,
    table: &Path,
    set_aside: &SetAsideFolder,
    checkpoint: Option<u64>,
) -> Result<(), Error> {
    let versions: Vec<u64> = commits(tables, table).await?.iter().filter_map(version).collect();
    let (Some(first), Some(last)) = (versions.first(), versions.last()) else { return Ok(()) };
    for version in (*first).max(checkpoint.map_or(0, |checkpoint| checkpoint + 1))..*last {
        let path = log(table).join(format!("{version:020}.json"));
        let is_missing = !exists(tables, &path).await?;
        let bytes = if is_missing { Bytes::new() } else { read(tables, &path).await? };
        if !is_missing && is_whole(&bytes) {
            continue;
        }
        let text = String::from_utf8_lossy(&bytes);
        let is_action = |line: &&str| serde_json::from_str::<Value>(line).is_ok_and(|value| value.is_object());
        let mut lines: Vec<String> = text.lines().filter(is_action).map(str::to_owned).collect();
        let kept = lines.len();
        if version == 0 && !lines.iter().any(|line| line.contains("\"metaData\"")) {
            return Ok(());
        }
        complete_replacement(tables, table, &mut lines).await?;
        if lines.is_empty() {
            lines.push(r#"{"commitInfo":{"operation":"REPAIR"}}"#.to_owned());
        }
        let what = format!(
            "{kept} of its actions could be read and are kept; a segment that only the others named is not part of the table"
        );
        if is_missing {
            set_aside.report_object(&path, format!("the commit is missing; {what}"));
        } else {
            set_aside.copy_object(tables, &path, format!("the commit is damaged; {what}")).await?;
        }
        write(tables, &path, sums::stamp((lines.join("\n") + "\n").as_bytes())).await?;
    }
    Ok(())
}

/// A compaction removes segments and adds one with their rows, or does neither: half of it would lose rows or double them.
/// Where the one that it adds can be read, its footer says what it replaces; otherwise what it replaces stays.
async fn complete_replacement(tables: &TableStore, table: &Path, lines: &mut Vec<String>) -> Result<(), Error> {
    let parsed = |line: &String| serde_json::from_str::<Value>(line).unwrap_or_default();
    let mut added = None;
    for action in lines.iter().map(parsed) {
        let Some(path) = action["add"]["path"].as_str() else { continue };
        let Some(folder) = super::id_of(path).and_then(|id| path.strip_suffix(&format!("{id}.parquet"))) else {
            continue;
        };
        let file = Path::from(format!("{table}/{path}"));
        if exists(tables, &file).await?
            && let Some(inputs) = orphans::inputs(tables, &file).await?
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
pub(crate) async fn inspect_log(tables: &TableStore, table: &Path) -> Vec<(Path, u64, Option<String>)> {
    let mut found = Vec::new();
    for file in files(tables, table).await.unwrap_or_default() {
        found.push(inspect_file(tables, file).await);
    }
    let hint = log(table).join("_last_checkpoint");
    let has_hint = exists(tables, &hint).await.unwrap_or(false);
    if has_hint && !hint_holds(tables, table, &hint).await.unwrap_or(false) {
        found.push((hint, 0, Some("it names no checkpoint that is there".to_owned())));
    }
    let versions: Vec<u64> = found.iter().filter_map(|(path, _, _)| version(path)).collect();
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
pub(super) async fn hint_holds(tables: &TableStore, table: &Path, hint: &Path) -> Result<bool, Error> {
    let parsed = serde_json::from_slice::<Value>(&read(tables, hint).await?).ok();
    let Some(version) = parsed.and_then(|hint| hint["version"].as_u64()) else { return Ok(false) };
    Ok(files(tables, table).await?.iter().any(|file| checkpoint_version(&file.location) == Some(version)))
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
pub(crate) async fn names_in_log(tables: &TableStore, table: &Path) -> Names {
    let commits = commits(tables, table).await.unwrap_or_default();
    let is_cut = commits.first().is_none_or(|path| version(path) != Some(0));
    let mut text = String::new();
    for path in commits {
        text.push_str(&String::from_utf8_lossy(&tables.read(&path).await.unwrap_or_default()));
    }
    Names { text, is_cut }
}

async fn inspect_file(tables: &TableStore, file: ObjectMeta) -> (Path, u64, Option<String>) {
    let path = file.location;
    let bytes = match tables.read(&path).await {
        Ok(bytes) => bytes,
        Err(error) => return (path, 0, Some(format!("it cannot be read: {error}"))),
    };
    let size = bytes.len() as u64;
    let problem = if path.as_ref().ends_with(".parquet") {
        let verdict = sums::verdict(tables.objects().as_ref(), &path, &bytes).await;
        if matches!(verdict, sums::Checkpoint::Restored(_)) {
            return (path, size, Some(FLIPPED.to_owned()));
        }
        let intact =
            if verdict == sums::Checkpoint::Damaged { Err("its checksum is wrong".to_owned()) } else { Ok(()) };
        intact.and_then(|()| decode(bytes)).err().map(|error| format!("the checkpoint cannot be read: {error}"))
    } else if sums::restored(&bytes).is_some() {
        Some(FLIPPED.to_owned())
    } else if version(&path).is_some() && !is_whole(&bytes) {
        Some("the commit is damaged or cut off".to_owned())
    } else {
        None
    };
    (path, size, problem)
}

/// Decodes every page. A damaged one may make the decoder panic.
fn decode(bytes: Bytes) -> Result<(), String> {
    if !bytes.starts_with(b"PAR1") {
        return Err("it does not begin like a Parquet file".to_owned());
    }
    let work = move || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes);
        let mut reader = builder.and_then(ParquetRecordBatchReaderBuilder::build).map_err(|error| error.to_string())?;
        reader.try_for_each(|batch| batch.map(|_| ()).map_err(|error| error.to_string()))
    };
    std::thread::spawn(work).join().unwrap_or_else(|_| Err("reading it fails with a panic".to_owned()))
}

/// The version of a commit's file; `None` of any other.
pub(crate) fn version(path: &Path) -> Option<u64> {
    let stem = path.filename()?.strip_suffix(".json")?;
    let is_number = stem.len() == 20 && stem.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { stem.parse().ok() } else { None }
}

pub(super) fn checkpoint_version(path: &Path) -> Option<u64> {
    let name = path.filename()?;
    name.contains(".checkpoint.").then(|| name.get(..20)?.parse().ok()).flatten()
}
