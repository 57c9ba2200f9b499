//! The Parquet file and the sidecar of one day's rows.

use std::collections::HashSet;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::sort::{sort_columns, times};
use crate::blocks::{self, BlockChecksums};
use crate::error::{Error, ErrorKind};
use crate::index;
use crate::row::Signal;
use crate::segment::Checksums;

/// A segment's files in memory.
pub(crate) struct Encoded {
    pub(crate) day: i32,
    pub(crate) rows: u64,
    pub(crate) time_min_us: i64,
    pub(crate) time_max_us: i64,
    pub(crate) service_min: Option<String>,
    pub(crate) service_max: Option<String>,
    pub(crate) parquet: Vec<u8>,
    pub(crate) checksums: Checksums,
    pub(crate) sidecar: Option<Vec<u8>>,
}

/// Encodes sorted rows of one day.
pub(super) fn segment(signal: Signal, day: i32, batch: &RecordBatch, row_group_rows: usize) -> Result<Encoded, Error> {
    let times = times(signal, batch);
    let services = batch.column_by_name("service_name").expect("every table has a service").as_string::<i32>();
    let (parquet, checksums) = parquet(signal, batch, row_group_rows)?;
    Ok(Encoded {
        day,
        rows: batch.num_rows() as u64,
        time_min_us: times.iter().copied().min().expect("a day has rows"),
        time_max_us: times.iter().copied().max().expect("a day has rows"),
        service_min: services.iter().flatten().min().map(str::to_owned),
        service_max: services.iter().flatten().max().map(str::to_owned),
        parquet,
        checksums,
        sidecar: index::build(signal, batch)?,
    })
}

fn parquet(signal: Signal, batch: &RecordBatch, row_group_rows: usize) -> Result<(Vec<u8>, Checksums), Error> {
    let failed = |error| Error::new(ErrorKind::Internal, format!("encoding a segment: {error}"));
    let properties = properties(signal, batch, row_group_rows).map_err(failed)?;
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).map_err(failed)?;
    writer.write(batch).map_err(failed)?;
    // All pages are in the buffer now; what follows is the tail, which holds their checksums.
    writer.flush().map_err(failed)?;
    writer.sync().map_err(|error| failed(error.into()))?;
    let data_bytes = writer.inner().len();
    let blocks = BlockChecksums::of(writer.inner());
    writer.append_key_value_metadata(KeyValue::new(blocks::KEY.to_owned(), blocks.to_text()));
    let file = writer.into_inner().map_err(failed)?;
    let checksums = blocks::of_file(&file, data_bytes);
    Ok((file, checksums))
}

fn properties(
    signal: Signal,
    batch: &RecordBatch,
    row_group_rows: usize,
) -> Result<WriterProperties, parquet::errors::ParquetError> {
    let schema = batch.schema();
    let sorting = sort_columns(signal).iter().map(|name| parquet::file::metadata::SortingColumn {
        column_idx: schema.index_of(name).expect("the schema has its sort columns") as i32,
        descending: false,
        nulls_first: true,
    });
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(row_group_rows.max(1)))
        .set_sorting_columns(Some(sorting.collect()));
    let bloom = match signal {
        Signal::Spans | Signal::Logs => "trace_id",
        Signal::Metrics => "series_id",
    };
    let distinct = distinct(batch, bloom).min(row_group_rows).max(1) as u64;
    let bloom = ColumnPath::from(bloom);
    builder = builder
        .set_column_bloom_filter_enabled(bloom.clone(), true)
        .set_column_bloom_filter_fpp(bloom.clone(), 0.01)
        .set_column_bloom_filter_max_ndv(bloom, distinct);
    // Every value differs: a dictionary would be built only to be thrown away.
    builder = builder.set_column_dictionary_enabled(ColumnPath::from("span_id"), false);
    for name in ["time", "start_time", "observed_time", "duration_ns"] {
        if schema.index_of(name).is_ok() {
            let column = ColumnPath::from(name);
            builder = builder
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        }
    }
    Ok(builder.build())
}

/// How many different values a column has, which is what a bloom filter is sized by.
fn distinct(batch: &RecordBatch, name: &str) -> usize {
    let column = batch.column_by_name(name).expect("the schema has this column");
    match column.as_binary_opt::<i32>() {
        Some(ids) => ids.iter().flatten().collect::<HashSet<_>>().len(),
        None => column.as_primitive::<Int64Type>().values().iter().collect::<HashSet<_>>().len(),
    }
}
