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
        let wide = disjoint(ranges.iter().map(|range| blocks.widen(range)).collect());
        let read = self.inner.get_byte_ranges(wide.clone()).await?;
        for (range, bytes) in wide.iter().zip(&read) {
            if let Err(reason) = blocks.verify(range.start, bytes) {
                self.store.report_segment(segment, &reason);
                return Err(ParquetError::General(format!("{}: {reason}", segment.path)));
            }
        }
        Ok(ranges.iter().map(|range| cut(range, &wide, &read)).collect())
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

/// Joins ranges that share a byte, so that no block is read twice; sorted.
fn disjoint(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// The bytes of a range, out of the wider ones that were read.
fn cut(range: &Range<u64>, wide: &[Range<u64>], read: &[Bytes]) -> Bytes {
    let after = wide.partition_point(|wide| wide.start <= range.start);
    let within = after.checked_sub(1).expect("every range lies in a wider one");
    let from = (range.start - wide[within].start) as usize;
    read[within].slice(from..from + (range.end - range.start) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_range_gets_its_bytes(
            starts in prop::collection::vec((0u64..900, 1u64..100), 1..20),
            widening in 1u64..64,
        ) {
            let file: Bytes = (0..1000u32).map(|at| at as u8).collect::<Vec<u8>>().into();
            let ranges: Vec<Range<u64>> = starts.into_iter().map(|(start, length)| start..start + length).collect();
            let widen = |range: &Range<u64>| {
                range.start / widening * widening..(range.end.div_ceil(widening) * widening).min(1000)
            };
            let wide = disjoint(ranges.iter().map(widen).collect());
            prop_assert!(wide.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let read: Vec<Bytes> =
                wide.iter().map(|range| file.slice(range.start as usize..range.end as usize)).collect();
            for range in &ranges {
                prop_assert_eq!(cut(range, &wide, &read), file.slice(range.start as usize..range.end as usize));
            }
        }
    }
}
