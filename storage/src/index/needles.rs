//! The needles: in which blocks a rare term occurs, in three bytes for each of them.
//!
//! ```text
//! entries u32 · bits of a bucket u8 · bits of a block u8 · ends of the groups u32 each · groups        little endian
//! group      ends of its buckets u32 each, counted in its entries · entries, bit by bit
//! entry      remainder (14 bits) · block
//! ```
//!
//! Entries are sorted by hash. The first bits of a hash are its bucket, the next ones its remainder; the rest is not kept,
//! so a term that does not occur is found in a block it is not in about once in 700 times. The block with all bits set is
//! a marker: the term is in the dictionary.
//!
//! Buckets lie in groups, so that a term is looked up with one read of a few kilobytes: where the groups end is read once
//! and kept ([`Shape`]), where the buckets end is beside their entries.

use std::ops::Range;

use super::collect::unpacked;

/// Bits of a hash that are kept beside its bucket.
const REMAINDER_BITS: u32 = 14;
const SHORT_BITS: u32 = 48;
/// Entries of a bucket, about; a lookup reads them one by one.
const BUCKET_ENTRIES: usize = 24;
/// Buckets of a group, at most.
const GROUP_BUCKETS: u32 = 32;
pub(super) const HEADER: usize = 6;

/// What a lookup found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) blocks: Vec<u16>,
    /// The term is in the dictionary.
    pub(super) is_frequent: bool,
}

/// Encodes the sorted rare terms, [`packed`] with their blocks, and the sorted short hashes of those that are in the
/// dictionary.
pub(super) fn encode(rare: &[u64], frequent: &[u64], block_count: u32) -> Vec<u8> {
    let entries = rare.len() + frequent.len();
    let bucket_bits = (entries / BUCKET_ENTRIES).max(1).ilog2();
    // The marker is a number that no block has.
    let block_bits = u32::BITS - block_count.leading_zeros();
    let marker = (1_u64 << block_bits) - 1;
    let group_bits = bucket_bits.saturating_sub(GROUP_BUCKETS.ilog2());
    let buckets = 1_usize << (bucket_bits - group_bits);
    let mut ends = Vec::with_capacity(1 << group_bits);
    let mut groups = Vec::with_capacity(entries * (REMAINDER_BITS + block_bits) as usize / 8 + (4 << bucket_bits));
    let (mut rare, mut frequent, mut count) = (rare, frequent, 0);
    let mut of_group = Vec::new();
    for group in 0..1_u64 << group_bits {
        let is_in_group = |short: u64| short >> (SHORT_BITS - group_bits) <= group;
        let (these, after) = rare.split_at(rare.partition_point(|entry| is_in_group(unpacked(*entry).0)));
        rare = after;
        let (marked, after) = frequent.split_at(frequent.partition_point(|short| is_in_group(*short)));
        frequent = after;
        of_group.clear();
        of_group.extend(these.iter().map(|entry| unpacked(*entry)).map(|(short, block)| (short, u64::from(block))));
        of_group.extend(marked.iter().map(|short| (*short, marker)));
        of_group.sort_unstable();
        let of_group = of_group.iter().map(|(short, block)| {
            let bucket = (short >> (SHORT_BITS - bucket_bits)) as usize % buckets;
            (bucket, remainder(*short, bucket_bits) << block_bits | block)
        });
        count += encode_group(of_group, buckets, REMAINDER_BITS + block_bits, &mut groups);
        ends.push(groups.len() as u32);
    }
    let mut out = Vec::with_capacity(HEADER + ends.len() * 4 + groups.len() + 8);
    out.extend_from_slice(&count.to_le_bytes());
    out.push(bucket_bits as u8);
    out.push(block_bits as u8);
    ends.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
    out.extend_from_slice(&groups);
    // A read of eight bytes never reaches beyond the end.
    out.extend_from_slice(&[0; 8]);
    out
}

/// Appends a group: of each entry its bucket, and what is kept of it in so many bits. How many entries it has.
fn encode_group(entries: impl Iterator<Item = (usize, u64)>, buckets: usize, width: u32, out: &mut Vec<u8>) -> u32 {
    let mut ends = vec![0_u32; buckets];
    let mut bits = Bits::default();
    let (mut count, mut last) = (0_u32, None);
    for (bucket, value) in entries {
        // Terms that became equal, in one block.
        if last != Some((bucket, value)) {
            bits.push(value, width);
            count += 1;
            last = Some((bucket, value));
        }
        ends[bucket] = count;
    }
    let mut end = 0;
    for bucket_end in ends {
        // An empty bucket ends where the one before it does.
        end = end.max(bucket_end);
        out.extend_from_slice(&end.to_le_bytes());
    }
    out.extend_from_slice(&bits.finish());
    count
}

/// What is known of the needles: where a term is looked for.
#[derive(Debug)]
pub(super) struct Shape {
    bucket_bits: u32,
    block_bits: u32,
    /// Where each group ends, counted from the first one.
    ends: Vec<u32>,
    /// Where the first group begins.
    start: u64,
}

/// The first bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    count: u32,
    bucket_bits: u32,
    block_bits: u32,
}

impl Header {
    /// Reads the first [`HEADER`] bytes.
    pub(super) fn read(header: &[u8]) -> Result<Self, String> {
        let header = header.first_chunk::<HEADER>().ok_or("its needles are cut off")?;
        let [c0, c1, c2, c3, bucket_bits, block_bits] = *header;
        let (bucket_bits, block_bits) = (u32::from(bucket_bits), u32::from(block_bits));
        if bucket_bits > 32 || block_bits > 17 {
            return Err("its needles are of an unknown form".into());
        }
        Ok(Self { count: u32::from_le_bytes([c0, c1, c2, c3]), bucket_bits, block_bits })
    }

    /// Where it stands where the groups end.
    pub(super) fn ends(self) -> Range<u64> {
        let groups = 1_u64 << self.bucket_bits.saturating_sub(GROUP_BUCKETS.ilog2());
        HEADER as u64..HEADER as u64 + 4 * groups
    }

    /// What is known with [`Self::ends`] of needles of so many bytes.
    pub(super) fn shape(self, ends: &[u8], length: u64) -> Result<Shape, String> {
        let Self { count, bucket_bits, block_bits } = self;
        let ends: Vec<u32> = numbers(ends).collect();
        let start = self.ends().end;
        let bits = u64::from(count) * u64::from(REMAINDER_BITS + block_bits);
        let groups = u64::from(ends.last().copied().unwrap_or(0));
        // Every group but the last one may end with bits of no entry.
        let least = (4_u64 << bucket_bits) + bits / 8;
        let is_long_enough = groups >= least && groups <= least + ends.len() as u64;
        if !ends.is_sorted() || !is_long_enough || length != start + groups + 8 {
            return Err("its needles have another length than they say".into());
        }
        Ok(Shape { bucket_bits, block_bits, ends, start })
    }
}

impl Shape {
    /// Where a term is looked for, with eight bytes behind it.
    pub(super) fn group(&self, short: u64) -> Range<u64> {
        let group = (short >> (SHORT_BITS - self.group_bits())) as usize;
        let begin = group.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.start + u64::from(begin)..self.start + u64::from(self.ends[group]) + 8
    }

    /// The blocks of a term, out of the bytes of its group.
    pub(super) fn find(&self, short: u64, group: &[u8]) -> Result<Found, String> {
        let damaged = || "a group of its needles has no such entries".to_owned();
        let buckets = 1_usize << (self.bucket_bits - self.group_bits());
        let bucket = (short >> (SHORT_BITS - self.bucket_bits)) as usize % buckets;
        let (ends, entries) = group.split_at_checked(buckets * 4).ok_or_else(damaged)?;
        let end = |bucket: usize| numbers(&ends[bucket * 4..]).next().unwrap_or(0);
        let (wanted, width) = (remainder(short, self.bucket_bits), REMAINDER_BITS + self.block_bits);
        let marker = (1_u64 << self.block_bits) - 1;
        let mut found = Found::default();
        for entry in bucket.checked_sub(1).map_or(0, end)..end(bucket) {
            let bit = u64::from(entry) * u64::from(width);
            let at = (bit / 8) as usize;
            let word = entries.get(at..at + 8).ok_or_else(damaged)?;
            let word = u64::from_le_bytes(word.try_into().expect("8 bytes"));
            let value = word >> (bit % 8) & ((1 << width) - 1);
            match (value >> self.block_bits).cmp(&wanted) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Greater => break,
                std::cmp::Ordering::Equal if value & marker == marker => found.is_frequent = true,
                std::cmp::Ordering::Equal => found.blocks.push((value & marker) as u16),
            }
        }
        Ok(found)
    }

    /// The memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.ends.len() * 4
    }

    fn group_bits(&self) -> u32 {
        self.bucket_bits.saturating_sub(GROUP_BUCKETS.ilog2())
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes(four.try_into().expect("4 bytes")))
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

    fn finish(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.bytes.push(self.buffer as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests;
