//! Whether the Parquet file of a segment is what was written. Pure.

use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::segment::Segment;

/// Reads the whole file: its checksum where that is recorded, otherwise every page; and the number of rows.
pub(crate) fn verify(bytes: Bytes, segment: &Segment) -> Result<(), String> {
    if bytes.len() as u64 != segment.size_bytes {
        return Err(format!("it has {} bytes instead of {}", bytes.len(), segment.size_bytes));
    }
    if let Some(checksums) = segment.checksums
        && crc32c::crc32c(&bytes) != checksums.file
    {
        return Err("its checksum is not the one in the catalog".to_owned());
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| error.to_string())?;
    let rows = builder.metadata().file_metadata().num_rows();
    if u64::try_from(rows) != Ok(segment.rows) {
        return Err(format!("it has {rows} rows and the catalog says {}", segment.rows));
    }
    if segment.checksums.is_some() {
        return Ok(());
    }
    let reader = builder.build().map_err(|error| error.to_string())?;
    for batch in reader {
        batch.map_err(|error| error.to_string())?;
    }
    Ok(())
}
