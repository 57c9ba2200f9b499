//! What is wrong with the files of a Delta log, for `alidade check`. Changes nothing.

use bytes::Bytes;
use object_store::ObjectMeta;
use object_store::path::Path;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::mend::{checkpoint_version, version};
use super::{exists, files, is_whole, log, read};
use crate::catalog::sums;
use crate::error::Error;
use crate::one_bit::FLIPPED;
use crate::table_store::TableStore;

/// A file of a table's log, or one that should be there.
pub(crate) struct Inspected {
    pub(crate) path: Path,
    pub(crate) bytes: u64,
    pub(crate) problem: Option<String>,
    /// A newer checkpoint that can be read says the same: no start reads this one.
    pub(crate) is_covered: bool,
}

impl Inspected {
    fn wrong(path: Path, problem: impl Into<String>) -> Self {
        Self { path, bytes: 0, problem: Some(problem.into()), is_covered: false }
    }

    /// Whether a start can read it, after it has put right a bit perhaps.
    fn can_be_read(&self) -> bool {
        self.problem.as_deref().is_none_or(|problem| problem == FLIPPED)
    }
}

/// Every file of a table's log, and what is wrong with it, if something is.
pub(crate) async fn inspect_log(tables: &TableStore, table: &Path) -> Vec<Inspected> {
    let mut found = Vec::new();
    for file in files(tables, table).await.unwrap_or_default() {
        found.push(inspect_file(tables, file).await);
    }
    let hint = log(table).join("_last_checkpoint");
    if exists(tables, &hint).await.unwrap_or(false)
        && let Some(problem) =
            problem_of_hint(tables, table, &hint).await.unwrap_or_else(|error| Some(error.to_string()))
    {
        found.push(Inspected::wrong(hint, problem));
    }
    let versions: Vec<u64> = found.iter().filter_map(|file| version(&file.path)).collect();
    for pair in versions.windows(2) {
        for missing in pair[0] + 1..pair[1] {
            found.push(Inspected::wrong(log(table).join(format!("{missing:020}.json")), "the commit is missing"));
        }
    }
    let checkpoints = || found.iter().filter_map(|file| Some((file, checkpoint_version(&file.path)?)));
    let newest = checkpoints().filter(|(file, _)| file.can_be_read()).map(|(_, version)| version).max();
    if let Some(first) = versions.first()
        && *first > 0
        && !checkpoints().any(|(_, checkpoint)| checkpoint + 1 >= *first)
    {
        let what = format!("the commits before {first} are missing, and no checkpoint has what they say");
        found.push(Inspected::wrong(log(table), what));
    }
    for file in &mut found {
        let version = version(&file.path).or_else(|| checkpoint_version(&file.path));
        // Of the commit of that checkpoint a start looks at flipped bits.
        let is_looked_at = version == newest && file.can_be_read();
        file.is_covered = version.is_some() && version <= newest && !is_looked_at;
    }
    found
}

/// What is wrong with `_last_checkpoint`: it must be JSON that names a checkpoint that is there.
pub(super) async fn problem_of_hint(tables: &TableStore, table: &Path, hint: &Path) -> Result<Option<String>, Error> {
    let parsed = serde_json::from_slice::<Value>(&read(tables, hint).await?).ok();
    let Some(version) = parsed.and_then(|hint| hint["version"].as_u64()) else {
        return Ok(Some("it does not name a checkpoint".to_owned()));
    };
    let is_there = files(tables, table).await?.iter().any(|file| checkpoint_version(&file.location) == Some(version));
    Ok((!is_there).then(|| format!("the checkpoint {version:020}.checkpoint.parquet, which it names, is missing")))
}

async fn inspect_file(tables: &TableStore, file: ObjectMeta) -> Inspected {
    let path = file.location;
    let bytes = match tables.read(&path).await {
        Ok(bytes) => bytes,
        Err(error) => return Inspected::wrong(path, format!("it cannot be read: {error}")),
    };
    let size = bytes.len() as u64;
    let problem = problem_of(tables, &path, bytes).await;
    Inspected { path, bytes: size, problem, is_covered: false }
}

async fn problem_of(tables: &TableStore, path: &Path, bytes: Bytes) -> Option<String> {
    if path.as_ref().ends_with(".parquet") {
        return match sums::verdict(tables.objects().as_ref(), path, &bytes).await {
            sums::Checkpoint::Restored(_) => Some(FLIPPED.to_owned()),
            sums::Checkpoint::Damaged => Some("the checkpoint cannot be read: its checksum is wrong".to_owned()),
            sums::Checkpoint::Intact | sums::Checkpoint::Unknown => {
                decode(bytes).err().map(|error| format!("the checkpoint cannot be read: {error}"))
            }
        };
    }
    if sums::restored(&bytes).is_some() {
        return Some(FLIPPED.to_owned());
    }
    (version(path).is_some() && !is_whole(&bytes)).then(|| "the commit is damaged or cut off".to_owned())
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
