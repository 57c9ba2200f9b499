//! The tables: the Delta log, every Parquet file, every sidecar, and files that belong to nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::Report;
use super::log::InLog;
use crate::catalog::{self, Catalog, Inspected, Loaded};
use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::one_bit::FLIPPED;
use crate::orphans::{self, Known, Verdict};
use crate::promoted::PromotedSet;
use crate::row::Signal;
use crate::segment::{Segment, Sidecar};
use crate::store::stored_tables;
use crate::table_store::TableStore;
use crate::wal::TableKey;
use crate::{index, segment_file};

/// Rows that are decoded at once for a new sidecar.
const REBUILD_ROWS: usize = 8192;

pub(super) async fn check(
    tables: &TableStore,
    config: &Config,
    in_log: &InLog,
    repair: bool,
    now_unix_nano: i64,
    report: &mut Report,
) -> Result<(), Error> {
    for key in stored_tables(tables).await? {
        let table = catalog::table_path(&key);
        delta_log(tables, &table, report).await;
        let mut catalog = Catalog::new(tables, config, &key)?;
        let loaded = match catalog.read().await {
            Ok(loaded) => loaded,
            Err(error) => {
                report.find(
                    format!("{table}/_delta_log"),
                    error.to_string(),
                    "the table cannot be read as it is",
                    "the next start leaves out what is damaged and serves the rest; a backup of the folder has all",
                );
                None
            }
        };
        if let Some(loaded) = &loaded {
            segments(tables, &key, &mut catalog, loaded, repair.then_some(now_unix_nano), report).await?;
        }
        let none = BTreeSet::new();
        let in_log = in_log.get(&key).unwrap_or(&none);
        let removed = catalog.tombstones().await?.into_iter().map(|(path, _)| path);
        let known = Known::new(loaded.as_ref(), removed, in_log);
        files_of_nothing(tables, &table, &known, repair, report).await?;
    }
    Ok(())
}

async fn delta_log(tables: &TableStore, table: &Path, report: &mut Report) {
    for Inspected { path, bytes, problem, is_covered } in catalog::inspect_log(tables, table).await {
        report.read(bytes);
        let Some(problem) = problem else { continue };
        if is_covered {
            report.find(
                path.as_ref(),
                problem,
                "nothing is missing: a newer checkpoint says the same, and no start reads this any more",
                "none is needed; commits before a checkpoint are removed after a day",
            );
        } else if problem == FLIPPED {
            report.find_flipped(path.as_ref());
        } else {
            report.find(
                path.as_ref(),
                problem,
                "segments that only it names are not part of the table; a checkpoint only repeats what commits say",
                "the next start sets it aside and reads the rest of the log; a backup has it",
            );
        }
    }
}

/// `repair_at` is the time of a repair, where one is wanted.
async fn segments(
    tables: &TableStore,
    key: &TableKey,
    catalog: &mut Catalog,
    loaded: &Loaded,
    repair_at: Option<i64>,
    report: &mut Report,
) -> Result<(), Error> {
    for segment in &loaded.segments {
        let parquet = read(tables, &segment.path, report).await;
        let verified = parquet.clone().and_then(|bytes| in_background(bytes, segment));
        if let Err(problem) = &verified {
            report.find(
                segment.path.as_ref(),
                problem,
                &format!("its {} rows are missing from answers, and answers say so", segment.rows),
                "put the file back from a backup; nothing else has its rows",
            );
        }
        let Some(sidecar) = &segment.sidecar else { continue };
        let Err(problem) = read(tables, &sidecar.path, report)
            .await
            .and_then(|bytes| if crc32c::crc32c(&bytes) == sidecar.crc32c { Ok(()) } else { Err(WRONG.to_owned()) })
        else {
            continue;
        };
        let is_possible = verified.is_ok();
        let remedy = if is_possible { "check --repair makes it again from the Parquet file" } else { "none" };
        report.find(
            sidecar.path.as_ref(),
            problem,
            "the segment is scanned instead: slower, and nothing is missing",
            remedy,
        );
        if let (Some(now), Ok(parquet), true) = (repair_at, parquet, is_possible) {
            rebuild(tables.objects().as_ref(), key.1, catalog, segment, sidecar, parquet, now).await?;
            report.repaired();
        }
    }
    Ok(())
}

const WRONG: &str = "its checksum is not the one in the catalog";

async fn read(tables: &TableStore, path: &Path, report: &mut Report) -> Result<Bytes, String> {
    let bytes = tables.read(path).await.map_err(|error| match error {
        object_store::Error::NotFound { .. } => "it is missing".to_owned(),
        error => format!("it cannot be read: {error}"),
    })?;
    report.read(bytes.len() as u64);
    Ok(bytes)
}

/// A decoder that panics on a damaged page must not end the check.
fn in_background(bytes: Bytes, segment: &Arc<Segment>) -> Result<(), String> {
    let segment = segment.clone();
    let verdict = std::thread::spawn(move || segment_file::verify(bytes, &segment)).join();
    verdict.unwrap_or_else(|_| Err("reading it fails with a panic".to_owned()))
}

/// Writes the sidecar anew beside the old one and commits the segment with it.
async fn rebuild(
    objects: &dyn ObjectStore,
    signal: Signal,
    catalog: &mut Catalog,
    segment: &Segment,
    old: &Sidecar,
    parquet: Bytes,
    now_unix_nano: i64,
) -> Result<(), Error> {
    let failed = |what: String| Error::new(ErrorKind::Data, format!("rebuilding {} failed: {what}", old.path));
    let rows = ParquetRecordBatchReaderBuilder::try_new(parquet)
        .and_then(|builder| builder.with_batch_size(REBUILD_ROWS).build())
        .map_err(|error| failed(error.to_string()))?;
    // Every column that the table has or has had: the file need not have them all.
    let set = Arc::new(PromotedSet::new(Vec::new(), catalog.known().promoted));
    let mut builder = index::Builder::new(signal, &set);
    for batch in rows {
        builder.push(&batch.map_err(|error| failed(error.to_string()))?)?;
    }
    let Some(bytes) = builder.finish()? else { return Ok(()) };
    // The name is the old one: no reader knows the bytes that were there, because their checksum is wrong.
    let path = old.path.clone();
    let sidecar = Sidecar { path: path.clone(), size_bytes: bytes.len() as u64, crc32c: crc32c::crc32c(&bytes) };
    let put = objects.put(&path, bytes.into()).await;
    put.map_err(|error| failed(error.to_string()))?;
    if sidecar != *old {
        let rebuilt = Segment { sidecar: Some(sidecar), ..segment.clone() };
        catalog.replace_tags(&rebuilt, now_unix_nano / 1_000_000).await?;
    }
    Ok(())
}

async fn files_of_nothing(
    tables: &TableStore,
    table: &Path,
    known: &Known<'_>,
    repair: bool,
    report: &mut Report,
) -> Result<(), Error> {
    let named = catalog::names_in_log(tables, table).await;
    for file in orphans::files(tables, table).await? {
        let path = &file.location;
        match known.verdict(tables, &file).await? {
            Verdict::Keep if known.names(path) || named.is_cut => {}
            Verdict::Keep if named.contains(path.filename().unwrap_or_default()) => {}
            Verdict::Keep => report.find(
                path.as_ref(),
                "no commit names this file",
                "its rows are in no table, unless another program put it there",
                "none; it stays where it is",
            ),
            Verdict::Remove => {
                left_over(path.as_ref(), report);
                if repair {
                    tables
                        .objects()
                        .delete(path)
                        .await
                        .map_err(|error| Error::new(ErrorKind::Internal, format!("cannot remove {path}: {error}")))?;
                    report.repaired();
                }
            }
            Verdict::SetAside => report.find(
                path.as_ref(),
                "no commit names this file, and its rows are nowhere else any more",
                "a commit was lost; the rows of this file are in no table",
                "the next start moves it to set-aside/",
            ),
        }
    }
    for name in orphans::unfinished(tables, table).await? {
        left_over(&name, report);
        if repair {
            orphans::remove_unfinished(tables, &name).await?;
            report.repaired();
        }
    }
    Ok(())
}

fn left_over(path: &str, report: &mut Report) {
    report.find(
        path,
        "it is left over from a seal or a compaction that did not end",
        "nothing is missing: its rows are in the log or in other segments",
        "check --repair removes it, and so does the next start",
    );
}
