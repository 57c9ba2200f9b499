//! How the columns of a Parquet file are encoded and compressed: decided by measurement, see docs/benchmarks.md. Pure.

use arrow::datatypes::Schema;
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use crate::row::Signal;

/// The columns by which a table's segments are sorted, ascending, nulls first.
pub(crate) fn sort_columns(signal: Signal) -> &'static [&'static str] {
    match signal {
        Signal::Spans => &["trace_id", "start_time", "start_time_ns"],
        Signal::Logs => &["service_name", "time", "time_ns"],
        Signal::Metrics => &["name", "series_id", "time", "time_ns"],
    }
}

/// The largest dictionary of a column, in bytes, and the most rows of a page.
///
/// Who reads a few rows reads a page and the whole dictionary of each column. Ids and paths fill any dictionary and gain
/// nothing from it: beyond these limits their values follow one another, and zstd finds what neighbours share. A metric's
/// points are read in long runs.
fn page_limits(signal: Signal) -> (usize, usize) {
    match signal {
        Signal::Spans => (64 << 10, 4096),
        Signal::Logs => (128 << 10, 4096),
        Signal::Metrics => (64 << 10, 20_000),
    }
}

/// Numbers of which each row has another one.
const NUMBERS: [&str; 4] = ["time", "start_time", "observed_time", "duration_ns"];

/// Numbers of a series, one after the other in time: they change little, so their upper bytes are alike, which is what zstd
/// finds once each byte of them is beside the same byte of its neighbours. A dictionary of them would be nearly as large.
const MEASURED: [&str; 6] =
    ["value", "value_int", "count", "bucket_counts", "positive_bucket_counts", "negative_bucket_counts"];
/// The same, whose bytes change from end to end.
const SUM: &str = "sum";

/// Columns, beside the maps, in which zstd finds much: texts that are long, or of which most rows have one of their own.
const VARIED: [&str; 15] = [
    "parent_span_id",
    "status_message",
    "body",
    "url_full",
    "url_path",
    "client_address",
    "db_query_text",
    "messaging_message_id",
    "faas_invocation_id",
    "aws_request_id",
    "exception_message",
    "user_id",
    "session_id",
    "attributes",
    "trace_state",
];

/// How a column is compressed.
///
/// What is left of a column of few values are runs of small numbers, in which zstd finds little more than Snappy; and who
/// reads a few rows pays for each column that a decompressor is made, which takes zstd longer than the page (it asks the
/// processor what it can do, which virtual machines answer slowly).
fn compression(signal: Signal, path: &ColumnPath) -> Result<Compression, ParquetError> {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1)?);
    let parts = path.parts();
    let (Some(root), Some(leaf)) = (parts.first(), parts.last()) else { return Ok(zstd) };
    let is_of_model = crate::schema::schema(signal).index_of(root).is_ok();
    let is_varied = VARIED.contains(&root.as_str()) || (parts.len() > 1 && leaf == "value");
    Ok(match signal {
        // Few columns, read in long runs.
        Signal::Metrics => zstd,
        // What an operator promoted may be anything.
        _ if !is_of_model || is_varied => zstd,
        // Lines have the ids of their requests, not one after the other.
        Signal::Logs if root == "trace_id" || root == "span_id" => zstd,
        Signal::Spans if root == "span_id" => Compression::UNCOMPRESSED,
        _ if NUMBERS.contains(&root.as_str()) => Compression::UNCOMPRESSED,
        _ => Compression::SNAPPY,
    })
}

/// What the writer of a file of so many rows is told.
pub(super) fn properties(
    signal: Signal,
    schema: &Schema,
    rows: usize,
    row_group_rows: usize,
) -> Result<WriterProperties, ParquetError> {
    let sorting = sort_columns(signal).iter().map(|name| SortingColumn {
        column_idx: schema.index_of(name).expect("the schema has its sort columns") as i32,
        descending: false,
        nulls_first: true,
    });
    let (dictionary_bytes, page_rows) = page_limits(signal);
    let mut builder = WriterProperties::builder()
        .set_dictionary_page_size_limit(dictionary_bytes)
        .set_data_page_row_count_limit(page_rows)
        .set_max_row_group_row_count(Some(row_group_rows.max(1)))
        .set_sorting_columns(Some(sorting.collect()));
    for leaf in ArrowSchemaConverter::new().convert(schema)?.columns() {
        builder = builder.set_column_compression(leaf.path().clone(), compression(signal, leaf.path())?);
        let root = leaf.path().parts().first().map(String::as_str).unwrap_or_default();
        if signal == Signal::Metrics && (MEASURED.contains(&root) || root == SUM) {
            builder = builder.set_column_dictionary_enabled(leaf.path().clone(), false);
        }
        if signal == Signal::Metrics && MEASURED.contains(&root) {
            builder = builder.set_column_encoding(leaf.path().clone(), Encoding::BYTE_STREAM_SPLIT);
        }
    }
    let bloom = ColumnPath::from(match signal {
        Signal::Spans | Signal::Logs => "trace_id",
        Signal::Metrics => "series_id",
    });
    // The writer makes the filter smaller where there turn out to be fewer different values.
    builder = builder
        .set_column_bloom_filter_enabled(bloom.clone(), true)
        .set_column_bloom_filter_fpp(bloom.clone(), 0.01)
        .set_column_bloom_filter_max_ndv(bloom, rows.min(row_group_rows).max(1) as u64);
    // Every value differs: a dictionary would be built only to be thrown away.
    let span_id = ColumnPath::from("span_id");
    builder = builder.set_column_dictionary_enabled(span_id.clone(), false);
    if signal == Signal::Spans {
        builder = builder.set_column_encoding(span_id, Encoding::DELTA_LENGTH_BYTE_ARRAY);
    }
    for name in NUMBERS.into_iter().filter(|name| schema.index_of(name).is_ok()) {
        let column = ColumnPath::from(name);
        builder = builder
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promoted::PROMOTED;

    #[test]
    fn every_column_that_is_named_exists() {
        let known = |name: &str| {
            [Signal::Spans, Signal::Logs].iter().any(|signal| crate::schema::schema(*signal).index_of(name).is_ok())
        };
        assert!(VARIED.into_iter().chain(NUMBERS).all(known));
        assert!(PROMOTED.iter().all(|promoted| known(&promoted.column)));
        let metrics = crate::schema::schema(Signal::Metrics);
        assert!(MEASURED.into_iter().chain([SUM]).all(|name| metrics.index_of(name).is_ok()));
    }

    #[test]
    fn what_an_operator_promoted_is_compressed_well() -> Result<(), ParquetError> {
        let zstd = Compression::ZSTD(ZstdLevel::try_new(1)?);
        let of = |path: &[&str]| {
            compression(Signal::Spans, &ColumnPath::new(path.iter().map(|part| (*part).to_owned()).collect()))
        };
        assert_eq!(of(&["app_plan"])?, zstd);
        assert_eq!(of(&["attributes", "key_value", "key"])?, zstd);
        assert_eq!(of(&["events", "list", "element", "attributes", "key_value", "value"])?, zstd);
        assert_eq!(of(&["events", "list", "element", "name"])?, Compression::SNAPPY);
        assert_eq!(of(&["service_name"])?, Compression::SNAPPY);
        assert_eq!(of(&["span_id"])?, Compression::UNCOMPRESSED);
        Ok(())
    }
}
