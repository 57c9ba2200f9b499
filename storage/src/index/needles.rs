//! The needles: in which blocks a rare term occurs, in three bytes for each of them.
//!
//! ```text
//! entries u32 · bits of a bucket u8 · bits of a block u8 · bucket ends u32 × 2^bits · entries, bit by bit      little endian
//! entry      remainder (14 bits) · block
//! ```
//!
//! Entries are sorted by hash. The first bits of a hash are its bucket, the next ones its remainder; the rest is not kept,
//! so a term that does not occur is found in a block it is not in about once in 700 times. The block with all bits set is
//! a marker: the term is in the dictionary.

use std::ops::Range;

/// Bits of a hash that are kept beside its bucket.
const REMAINDER_BITS: u32 = 14;
const SHORT_BITS: u32 = 48;
/// Entries of a bucket, about; a lookup reads them one by one.
const BUCKET_ENTRIES: usize = 24;
pub(super) const HEADER: usize = 6;

/// What a lookup found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) blocks: Vec<u16>,
    /// The term is in the dictionary.
    pub(super) is_frequent: bool,
}

/// Encodes sorted pairs of short hash and block; `None` is the marker.
pub(super) fn encode(entries: &[(u64, Option<u16>)], block_count: u32) -> Vec<u8> {
    let bucket_bits = (entries.len() / BUCKET_ENTRIES).max(1).ilog2();
    // The marker is a number that no block has.
    let block_bits = u32::BITS - block_count.leading_zeros();
    let marker = (1_u64 << block_bits) - 1;
    let mut ends = vec![0_u32; 1 << bucket_bits];
    let mut bits = Bits::default();
    let mut count = 0_u32;
    let mut last = None;
    for (short, block) in entries {
        let bucket = (short >> (SHORT_BITS - bucket_bits)) as usize;
        let value = remainder(*short, bucket_bits) << block_bits | block.map_or(marker, u64::from);
        // Terms that became equal, in one block.
        if last != Some((bucket, value)) {
            bits.push(value, REMAINDER_BITS + block_bits);
            count += 1;
            last = Some((bucket, value));
        }
        ends[bucket] = count;
    }
    let mut end = 0;
    for bucket_end in &mut ends {
        // An empty bucket ends where the one before it does.
        end = end.max(*bucket_end);
        *bucket_end = end;
    }
    let mut out = Vec::with_capacity(HEADER + ends.len() * 4 + bits.bytes.len() + 8);
    out.extend_from_slice(&count.to_le_bytes());
    out.push(bucket_bits as u8);
    out.push(block_bits as u8);
    ends.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
    out.extend_from_slice(&bits.finish());
    out
}

/// What the header says: where in the bytes a term is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    count: u32,
    bucket_bits: u32,
    block_bits: u32,
}

/// The entries of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    entries: Range<u32>,
    /// Where they are.
    pub(super) bytes: Range<u64>,
}

impl Shape {
    /// Reads the first [`HEADER`] bytes of so many.
    pub(super) fn read(header: &[u8], length: u64) -> Result<Self, String> {
        let header = header.first_chunk::<HEADER>().ok_or("its needles are cut off")?;
        let [c0, c1, c2, c3, bucket_bits, block_bits] = *header;
        let (bucket_bits, block_bits) = (u32::from(bucket_bits), u32::from(block_bits));
        if bucket_bits > 32 || block_bits > 17 {
            return Err("its needles are of an unknown form".into());
        }
        let shape = Self { count: u32::from_le_bytes([c0, c1, c2, c3]), bucket_bits, block_bits };
        let expected = shape.payload() + (u64::from(shape.count) * shape.width()).div_ceil(8) + 8;
        if length == expected { Ok(shape) } else { Err("its needles have another length than they say".into()) }
    }

    /// Where the ends are between which the bucket of a term lies.
    pub(super) fn ends(self, short: u64) -> Range<u64> {
        let at = HEADER as u64 + 4 * self.bucket(short);
        if self.bucket(short) == 0 { at..at + 4 } else { at - 4..at + 4 }
    }

    /// The bucket between those ends.
    pub(super) fn entries(self, ends: &[u8]) -> Result<Bucket, String> {
        let mut ends = ends.chunks_exact(4).map(|four| u32::from_le_bytes(four.try_into().expect("4 bytes")));
        let (first, last) = (ends.next().unwrap_or(0), ends.next());
        let (begin, end) = last.map_or((0, first), |last| (first, last));
        if begin > end || end > self.count {
            return Err("a bucket of its needles has no such entries".into());
        }
        let bit = |entry: u32| u64::from(entry) * self.width();
        // Eight bytes follow every entry.
        let bytes = self.payload() + bit(begin) / 8..self.payload() + bit(end).div_ceil(8) + 8;
        Ok(Bucket { entries: begin..end, bytes })
    }

    /// The blocks of a term, out of the bytes of its bucket.
    pub(super) fn find(self, short: u64, bucket: &Bucket, bytes: &[u8]) -> Found {
        let wanted = remainder(short, self.bucket_bits);
        let marker = (1_u64 << self.block_bits) - 1;
        let before = u64::from(bucket.entries.start) * self.width() / 8 * 8;
        let mut found = Found::default();
        for entry in bucket.entries.clone() {
            let bit = (u64::from(entry) * self.width() - before) as usize;
            let word = u64::from_le_bytes(bytes[bit / 8..bit / 8 + 8].try_into().expect("8 bytes follow every entry"));
            let value = word >> (bit % 8) & ((1 << self.width()) - 1);
            match (value >> self.block_bits).cmp(&wanted) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Greater => break,
                std::cmp::Ordering::Equal if value & marker == marker => found.is_frequent = true,
                std::cmp::Ordering::Equal => found.blocks.push((value & marker) as u16),
            }
        }
        found
    }

    fn bucket(self, short: u64) -> u64 {
        short >> (SHORT_BITS - self.bucket_bits)
    }

    /// Bits of an entry.
    fn width(self) -> u64 {
        u64::from(REMAINDER_BITS + self.block_bits)
    }

    /// Where the entries begin.
    fn payload(self) -> u64 {
        HEADER as u64 + (4 << self.bucket_bits)
    }
}

fn remainder(short: u64, bucket_bits: u32) -> u64 {
    short >> (SHORT_BITS - bucket_bits - REMAINDER_BITS) & ((1 << REMAINDER_BITS) - 1)
}

/// Numbers of any width up to 32 bits, one behind the other, lowest bits first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    buffer: u64,
    filled: u32,
}

impl Bits {
    fn push(&mut self, value: u64, width: u32) {
        self.buffer |= value << self.filled;
        self.filled += width;
        while self.filled >= 8 {
            self.bytes.push(self.buffer as u8);
            self.buffer >>= 8;
            self.filled -= 8;
        }
    }

    /// The bytes, and eight more, so that a read of eight bytes never reaches beyond the end.
    fn finish(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.bytes.push(self.buffer as u8);
        }
        self.bytes.extend_from_slice(&[0; 8]);
        self.bytes
    }
}

#[cfg(test)]
mod tests;
