//! At which grain rows are indexed: a table for docs/benchmarks.md, of a segment that `ALIDADE_GRAIN_SEGMENT` names.

use std::time::Instant;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;

/// Rows of a block; [`BLOCK_ROWS`] is what is used.
const GRAINS: [u32; 8] = [4, 64, 256, 512, 1024, 2048, 4096, 8192];

#[test]
#[ignore = "prints a table of a file that is given: cargo test --workspace --lib -- --ignored grain --nocapture"]
#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a table of a file that the environment names")]
fn grain() {
    let path = std::env::var("ALIDADE_GRAIN_SEGMENT").expect("ALIDADE_GRAIN_SEGMENT names a Parquet file");
    let file = std::fs::File::open(&path).expect("opens");
    let rows = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file").with_batch_size(4096);
    let batches: Vec<_> = rows.build().expect("reads").map(|batch| batch.expect("rows")).collect();
    let count: usize = batches.iter().map(arrow::array::RecordBatch::num_rows).sum();
    let is_spans = batches[0].column_by_name("span_id").is_some() && batches[0].column_by_name("body").is_none();
    let signal = if is_spans { Signal::Spans } else { Signal::Logs };
    println!("{count} {}\n\n| rows of a block | bytes a row | CPU s per million |\n|---|---|---|", signal.table());
    for block_rows in GRAINS {
        let begun = Instant::now();
        let mut builder = Builder::with_block_rows(signal, block_rows, &PromotedSet::fixed());
        batches.iter().for_each(|batch| builder.push(batch).expect("takes rows"));
        let bytes = builder.finish().expect("builds").expect("has an index").len();
        let seconds = begun.elapsed().as_secs_f64() * 1e6 / count as f64;
        println!("| {block_rows} | {:.2} | {seconds:.2} |", bytes as f64 / count as f64);
    }
}
