//! Opened footers, bounded by the memory they take; the least recently used go first.
//!
//! Beside what Parquet says in it a footer has the checksums of the file's blocks and its tallies, as text: all are read once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::error::DataFusionError;
use object_store::ObjectMeta;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::PageIndexPolicy;
use storage::{BlockChecksums, Segment, Store, Tallies};

/// The footer of one file.
#[derive(Debug)]
pub(crate) struct Footer {
    pub(crate) metadata: ArrowReaderMetadata,
    /// `None` for the file of another writer.
    pub(crate) blocks: Option<BlockChecksums>,
    /// `None` where rows have to be counted.
    pub(crate) tallies: Option<Tallies>,
    bytes: usize,
}

impl Footer {
    /// The columns that have no value in a row group: most promoted attributes of most functions, and often links and events.
    pub(crate) fn empty_columns(&self, group: usize) -> HashSet<usize> {
        let schema = self.metadata.parquet_schema();
        let group = self.metadata.metadata().row_group(group);
        let is_empty = |leaf: usize| {
            let nulls = group.column(leaf).statistics().and_then(|known| known.null_count_opt());
            nulls.is_some() && nulls == u64::try_from(group.column(leaf).num_values()).ok()
        };
        let mut roots: HashSet<usize> = (0..group.num_columns()).map(|leaf| schema.get_column_root_idx(leaf)).collect();
        for leaf in (0..group.num_columns()).filter(|leaf| !is_empty(*leaf)) {
            roots.remove(&schema.get_column_root_idx(leaf));
        }
        roots
    }
}

/// The footers of all questions.
pub(crate) struct Footers {
    bytes_max: usize,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    /// By the path of the file; with each the time of its last use.
    footers: HashMap<String, (Arc<Footer>, u64)>,
    bytes: usize,
    clock: u64,
}

impl Footers {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, entries: Mutex::default() }
    }

    /// What they take in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// The footer of a segment's file, which is there and whole; otherwise why not.
    pub(crate) async fn open(&self, store: &Store, segment: &Segment) -> Result<Arc<Footer>, String> {
        store.check_segment(segment).await?;
        if let Some(known) = self.known(segment.path.as_ref()) {
            return Ok(known);
        }
        let footer = Arc::new(read(store, segment).await?);
        self.keep(segment.path.as_ref(), &footer);
        Ok(footer)
    }

    fn known(&self, path: &str) -> Option<Arc<Footer>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.clock += 1;
        let now = entries.clock;
        let (footer, used) = entries.footers.get_mut(path)?;
        *used = now;
        Some(footer.clone())
    }

    fn keep(&self, path: &str, footer: &Arc<Footer>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let now = entries.clock;
        if let Some((old, _)) = entries.footers.insert(path.to_owned(), (footer.clone(), now)) {
            entries.bytes -= old.bytes;
        }
        entries.bytes += footer.bytes;
        while entries.bytes > self.bytes_max && entries.footers.len() > 1 {
            let oldest = entries.footers.iter().min_by_key(|(_, (_, used))| *used);
            let Some(path) = oldest.map(|(path, _)| path.clone()) else { break };
            if let Some((freed, _)) = entries.footers.remove(&path) {
                entries.bytes -= freed.bytes;
            }
        }
    }
}

/// Where a segment's file is. Segments are immutable and their names are never used again, so any fixed time will do.
pub(super) fn object_meta(segment: &Segment) -> ObjectMeta {
    ObjectMeta {
        location: segment.path.clone(),
        last_modified: chrono::DateTime::UNIX_EPOCH,
        size: segment.size_bytes,
        e_tag: None,
        version: None,
    }
}

async fn read(store: &Store, segment: &Segment) -> Result<Footer, String> {
    let (objects, meta) = (store.object_store(), object_meta(segment));
    let footer = DFParquetMetadata::new(objects.as_ref(), &meta)
        .with_page_index_policy(Some(PageIndexPolicy::Optional))
        .fetch_metadata()
        .await;
    let metadata = footer.map_err(|error| {
        let reason = error.strip_backtrace();
        if matches!(error.find_root(), DataFusionError::ParquetError(_)) {
            store.report_segment(segment, &reason);
        }
        reason
    })?;
    let blocks = BlockChecksums::in_footer(&metadata);
    // Another writer's file may have the text of ours.
    let is_ours = |tallies: &Tallies| segment.checksums.is_some() && tallies.rows() == segment.rows;
    let tallies = Tallies::in_footer(&metadata).filter(is_ours);
    // The Arrow schema is small beside the rest.
    let bytes = metadata.memory_size()
        + blocks.as_ref().map_or(0, BlockChecksums::bytes)
        + tallies.as_ref().map_or(0, Tallies::bytes);
    let metadata = ArrowReaderMetadata::try_new(metadata, ArrowReaderOptions::new()).map_err(|error| {
        store.report_segment(segment, &error.to_string());
        error.to_string()
    })?;
    Ok(Footer { metadata, blocks, tallies, bytes })
}
