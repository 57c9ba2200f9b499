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

/// Bits of a hash that are kept beside its bucket.
const REMAINDER_BITS: u32 = 14;
const SHORT_BITS: u32 = 48;
/// Entries of a bucket, about; a lookup reads them one by one.
const BUCKET_ENTRIES: usize = 24;
const HEADER: usize = 6;

/// What a lookup found.
#[derive(Debug, Default, PartialEq, Eq)]
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

/// Whether the bytes have the length that they say.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let header = bytes.get(..HEADER).ok_or("its needles are cut off")?;
    let count = u32::from_le_bytes(header[..4].try_into().expect("4 bytes")) as usize;
    let (bucket_bits, block_bits) = (u32::from(header[4]), u32::from(header[5]));
    if bucket_bits > 32 || block_bits > 17 {
        return Err("its needles are of an unknown form".into());
    }
    let payload = (count * (REMAINDER_BITS + block_bits) as usize).div_ceil(8) + 8;
    let expected = HEADER + 4 * (1_usize << bucket_bits) + payload;
    if bytes.len() == expected { Ok(()) } else { Err("its needles have another length than they say".into()) }
}

/// The blocks of a term. The bytes were [`check`]ed.
pub(super) fn find(bytes: &[u8], short: u64) -> Found {
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
    let (bucket_bits, block_bits) = (u32::from(bytes[4]), u32::from(bytes[5]));
    let bucket = (short >> (SHORT_BITS - bucket_bits)) as usize;
    let begin = if bucket == 0 { 0 } else { u32_at(HEADER + 4 * (bucket - 1)) };
    let end = u32_at(HEADER + 4 * bucket);
    let payload = &bytes[HEADER + (4 << bucket_bits)..];
    let wanted = remainder(short, bucket_bits);
    let marker = (1_u64 << block_bits) - 1;
    let width = (REMAINDER_BITS + block_bits) as usize;
    let mut found = Found::default();
    for entry in begin..end {
        let bit = entry as usize * width;
        let word = u64::from_le_bytes(payload[bit / 8..bit / 8 + 8].try_into().expect("8 bytes follow every entry"));
        let value = word >> (bit % 8) & ((1 << width) - 1);
        match (value >> block_bits).cmp(&wanted) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Greater => break,
            std::cmp::Ordering::Equal if value & marker == marker => found.is_frequent = true,
            std::cmp::Ordering::Equal => found.blocks.push((value & marker) as u16),
        }
    }
    found
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
