//! Damaged commits in the middle of a log: what can be read of them is kept, so that the others count.

use bytes::Bytes;
use object_store::path::Path;
use serde_json::{Value, json};

use super::{commits, exists, is_whole, log, read, write};
use crate::catalog::sums;
use crate::error::Error;
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
            set_aside.copy_object(tables, &path, &format!("the commit is damaged; {what}")).await?;
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
