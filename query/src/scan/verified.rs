//! Reads of Parquet files whose blocks are checked as they come in, so that a flipped bit is found before it is decoded.
//!
//! A file whose bytes are wrong is reported to the store and the read fails; [`crate::Engine`] then asks again without
//! it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::error::{DataFusionError, Result};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt;
use futures::future::BoxFuture;
use object_store::path::Path;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use storage::{Segment, Store};

use super::{Footer, Tally};

/// Makes the readers of one scan.
pub(super) struct VerifiedReaders {
    pub(super) store: Arc<Store>,
    /// The files of the scan.
    pub(super) files: HashMap<Path, (Arc<Segment>, Arc<Footer>)>,
    pub(super) tally: Arc<Tally>,
}

impl std::fmt::Debug for VerifiedReaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedReaders").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

impl ParquetFileReaderFactory for VerifiedReaders {
    fn create_reader(
        &self,
        _partition_index: usize,
        file: PartitionedFile,
        _metadata_size_hint: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let path = &file.object_meta.location;
        let (segment, footer) = self
            .files
            .get(path)
            .ok_or_else(|| DataFusionError::Internal(format!("{path} is not one of the files of the scan")))?;
        Ok(Box::new(SegmentReader::new(self.store.clone(), segment.clone(), footer.clone(), self.tally.clone())))
    }
}

/// Reads one file whose footer is open.
pub(crate) struct SegmentReader {
    store: Arc<Store>,
    segment: Arc<Segment>,
    footer: Arc<Footer>,
    tally: Arc<Tally>,
}

impl SegmentReader {
    pub(crate) fn new(store: Arc<Store>, segment: Arc<Segment>, footer: Arc<Footer>, tally: Arc<Tally>) -> Self {
        Self { store, segment, footer, tally }
    }

    async fn read(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, ParquetError> {
        let Some(blocks) = &self.footer.blocks else { return self.read_unchecked(ranges).await };
        let around = blocks.around(ranges);
        let read = self.read_unchecked(&around).await?;
        blocks.checked(ranges, &around, &read).map_err(|reason| {
            self.store.report_segment(&self.segment, &reason);
            ParquetError::General(format!("{}: {reason}", self.segment.path))
        })
    }

    async fn read_unchecked(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, ParquetError> {
        self.tally.read(ranges.iter().map(|range| range.end - range.start).sum());
        let read = self.store.object_store().get_ranges(&self.segment.path, ranges).await;
        let read = read.map_err(|error| ParquetError::External(Box::new(error)));
        read.inspect_err(|error| self.store.report_read_failure(&self.segment, error))
    }
}

impl AsyncFileReader for SegmentReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        async move { self.read(&[range]).await.map(|mut read| read.swap_remove(0)) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        async move { self.read(&ranges).await }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        std::future::ready(Ok(self.footer.metadata.metadata().clone())).boxed()
    }
}
