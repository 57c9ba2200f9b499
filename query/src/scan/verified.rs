//! Reads of Parquet files whose blocks are checked as they come in, so that a flipped bit is found before it is decoded.
//!
//! A file whose bytes are wrong is reported to the store and the read fails; [`crate::Engine`] then asks again without
//! it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::error::Result;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt;
use futures::future::BoxFuture;
use object_store::path::Path;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use storage::{BlockChecksums, Segment, Store};

/// A segment and the checksums of its blocks.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) segment: Arc<Segment>,
    pub(super) blocks: Arc<BlockChecksums>,
}

/// Makes the readers of one scan.
pub(super) struct VerifiedReaders {
    pub(super) inner: CachedParquetFileReaderFactory,
    pub(super) store: Arc<Store>,
    /// The files that have checksums.
    pub(super) checked: HashMap<Path, Checked>,
}

impl std::fmt::Debug for VerifiedReaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedReaders").field("files", &self.checked.len()).finish_non_exhaustive()
    }
}

impl ParquetFileReaderFactory for VerifiedReaders {
    fn create_reader(
        &self,
        partition_index: usize,
        file: PartitionedFile,
        metadata_size_hint: Option<usize>,
        metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let checked = self.checked.get(&file.object_meta.location).cloned();
        let inner = self.inner.create_reader(partition_index, file, metadata_size_hint, metrics)?;
        Ok(match checked {
            Some(checked) => Box::new(VerifiedReader { inner, store: self.store.clone(), checked }),
            None => inner,
        })
    }
}

struct VerifiedReader {
    inner: Box<dyn AsyncFileReader + Send>,
    store: Arc<Store>,
    checked: Checked,
}

impl VerifiedReader {
    async fn read(&mut self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, ParquetError> {
        let Checked { segment, blocks } = &self.checked;
        let around = blocks.around(ranges);
        let read = self.inner.get_byte_ranges(around.clone()).await;
        let read = read.inspect_err(|error| self.store.report_read_failure(segment, error))?;
        blocks.checked(ranges, &around, &read).map_err(|reason| {
            self.store.report_segment(segment, &reason);
            ParquetError::General(format!("{}: {reason}", segment.path))
        })
    }
}

impl AsyncFileReader for VerifiedReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        async move { self.read(&[range]).await.map(|mut read| read.swap_remove(0)) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        async move { self.read(&ranges).await }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        self.inner.get_metadata(options)
    }
}
