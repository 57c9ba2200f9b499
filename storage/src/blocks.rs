//! Checksums of a Parquet file, so that a flipped bit is an error and never a wrong value.
//!
//! The Parquet writer has no checksums of pages. So the data of a file (all pages and bloom filters) is divided into
//! blocks of [`BLOCK_BYTES`], whose CRC-32C stand in the footer under [`KEY`]; the checksum of the tail behind the data
//! (page index and footer) and of the whole file stand in the Delta log. A reader checks the blocks that it reads.

use std::ops::Range;

use bytes::Bytes;
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
    /// Those in a footer; `None` where it has none (another writer's file).
    pub fn in_footer(footer: &ParquetMetaData) -> Option<Self> {
        let pairs = footer.file_metadata().key_value_metadata()?;
        let text = pairs.iter().find(|pair| pair.key == KEY)?.value.as_deref()?;
        Self::parse(text)
    }

    /// The memory that they take.
    pub fn bytes(&self) -> usize {
        std::mem::size_of::<Self>() + self.blocks.len() * std::mem::size_of::<u32>()
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

    /// What to read so that these ranges can be checked: whole blocks around them, sorted, none twice. What lies behind
    /// the data is not widened.
    pub fn around(&self, ranges: &[Range<u64>]) -> Vec<Range<u64>> {
        disjoint(ranges.iter().map(|range| self.widen(range)).collect())
    }

    /// The bytes of these ranges, out of those that were read for [`Self::around`] and are checked here. The error says
    /// what is wrong with the file.
    pub fn checked(&self, ranges: &[Range<u64>], around: &[Range<u64>], read: &[Bytes]) -> Result<Vec<Bytes>, String> {
        for (range, bytes) in around.iter().zip(read) {
            self.verify(range.start, bytes)?;
        }
        Ok(ranges.iter().map(|range| cut(range, around, read)).collect())
    }

    fn widen(&self, range: &Range<u64>) -> Range<u64> {
        if range.start >= self.data_bytes {
            return range.clone();
        }
        let end = (range.end.div_ceil(BLOCK_BYTES) * BLOCK_BYTES).min(self.data_bytes).max(range.end);
        range.start / BLOCK_BYTES * BLOCK_BYTES..end
    }

    /// Checks the blocks in these bytes, which begin at `start`, where a block begins.
    fn verify(&self, start: u64, bytes: &[u8]) -> Result<(), String> {
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

/// Adds up a file as it is written.
#[derive(Debug, Default)]
pub(crate) struct Adder {
    bytes: u64,
    file: u32,
    /// Of the block that is not full yet, or of the tail.
    open: u32,
    blocks: Vec<u32>,
    data_bytes: Option<u64>,
}

impl Adder {
    /// The next bytes of the file.
    pub(crate) fn add(&mut self, mut bytes: &[u8]) {
        self.file = crc32c::crc32c_append(self.file, bytes);
        while !bytes.is_empty() {
            let room = match self.data_bytes {
                None => (BLOCK_BYTES - self.bytes % BLOCK_BYTES) as usize,
                Some(_) => bytes.len(),
            };
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.open = crc32c::crc32c_append(self.open, now);
            self.bytes += now.len() as u64;
            if self.data_bytes.is_none() && self.bytes.is_multiple_of(BLOCK_BYTES) {
                self.blocks.push(std::mem::take(&mut self.open));
            }
            bytes = later;
        }
    }

    /// Says that all data was added and the tail comes next; answers the data's blocks.
    pub(crate) fn end_data(&mut self) -> BlockChecksums {
        if !self.bytes.is_multiple_of(BLOCK_BYTES) {
            self.blocks.push(self.open);
        }
        self.open = 0;
        self.data_bytes = Some(self.bytes);
        BlockChecksums { data_bytes: self.bytes, blocks: std::mem::take(&mut self.blocks) }
    }

    /// How many bytes the file has so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The checksums for the Delta log.
    pub(crate) fn finish(&self) -> Checksums {
        Checksums { file: self.file, data_bytes: self.data_bytes.unwrap_or(self.bytes), tail: self.open }
    }
}

#[cfg(test)]
mod tests;
