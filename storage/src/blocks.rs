//! Checksums of a Parquet file, so that a flipped bit is an error and never a wrong value.
//!
//! The Parquet writer has no checksums of pages. So the data of a file (all pages and bloom filters) is divided into
//! blocks of [`BLOCK_BYTES`], whose CRC-32C stand in the footer under [`KEY`]; the checksum of the tail behind the data
//! (page index and footer) and of the whole file stand in the Delta log. A reader checks the blocks that it reads.

use std::ops::Range;

use parquet::file::metadata::ParquetMetaData;

use crate::segment::Checksums;

/// The unit that is read and checked.
pub const BLOCK_BYTES: u64 = 32 << 10;
/// The key in the footer.
pub(crate) const KEY: &str = "alidade.blocks_crc32c";

/// The checksums of the blocks of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockChecksums {
    data_bytes: u64,
    blocks: Vec<u32>,
}

impl BlockChecksums {
    /// Those of this data, from the beginning of the file.
    pub(crate) fn of(data: &[u8]) -> Self {
        let blocks = data.chunks(BLOCK_BYTES as usize).map(crc32c::crc32c).collect();
        Self { data_bytes: data.len() as u64, blocks }
    }

    /// Those in a footer; `None` where it has none (another writer's file).
    pub fn in_footer(footer: &ParquetMetaData) -> Option<Self> {
        let pairs = footer.file_metadata().key_value_metadata()?;
        let text = pairs.iter().find(|pair| pair.key == KEY)?.value.as_deref()?;
        Self::parse(text)
    }

    /// As it stands in the footer: `<bytes of data>:<8 hex digits a block>`.
    pub(crate) fn to_text(&self) -> String {
        let hex = self.blocks.iter().map(|block| format!("{block:08x}"));
        format!("{}:{}", self.data_bytes, hex.collect::<String>())
    }

    fn parse(text: &str) -> Option<Self> {
        let (data_bytes, hex) = text.split_once(':')?;
        let data_bytes: u64 = data_bytes.parse().ok()?;
        let digits = hex.as_bytes().chunks(8).map(|digits| std::str::from_utf8(digits).ok());
        let blocks: Option<Vec<u32>> = digits.map(|digits| u32::from_str_radix(digits?, 16).ok()).collect();
        let blocks = blocks?;
        (blocks.len() as u64 == data_bytes.div_ceil(BLOCK_BYTES)).then_some(Self { data_bytes, blocks })
    }

    /// The whole blocks around a range of the file. What lies behind the data is not widened.
    pub fn widen(&self, range: &Range<u64>) -> Range<u64> {
        if range.start >= self.data_bytes {
            return range.clone();
        }
        let end = (range.end.div_ceil(BLOCK_BYTES) * BLOCK_BYTES).min(self.data_bytes).max(range.end);
        range.start / BLOCK_BYTES * BLOCK_BYTES..end
    }

    /// Checks the blocks in these bytes, which begin at `start`, where a block begins.
    pub fn verify(&self, start: u64, bytes: &[u8]) -> Result<(), String> {
        let data = self.data_bytes.saturating_sub(start).min(bytes.len() as u64) as usize;
        let first = (start / BLOCK_BYTES) as usize;
        for (number, block) in (first..).zip(bytes[..data].chunks(BLOCK_BYTES as usize)) {
            if crc32c::crc32c(block) != self.blocks[number] {
                let at = number as u64 * BLOCK_BYTES;
                return Err(format!("the bytes {at} to {} are not those that were written", at + block.len() as u64));
            }
        }
        Ok(())
    }
}

/// The checksums for the Delta log, of a whole file whose data ends at `data_bytes`.
pub(crate) fn of_file(file: &[u8], data_bytes: usize) -> Checksums {
    Checksums { file: crc32c::crc32c(file), data_bytes: data_bytes as u64, tail: crc32c::crc32c(&file[data_bytes..]) }
}

#[cfg(test)]
mod tests;
