//! Gathers the terms of a segment, block by block.
//!
//! Memory is bounded by the terms, not by their texts: a term that occurs in a few blocks is kept as eight bytes for each
//! of them. A text is kept only once its term was seen in more blocks than [`RARE_BLOCKS_MAX`], perhaps a little earlier.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::term::Kind;

/// A term that occurs in more blocks than this goes to the dictionary, others to the needles.
pub(super) const RARE_BLOCKS_MAX: usize = 8;

/// Blocks are numbered in 16 bits beside 48 bits of a hash.
pub(super) const BLOCKS_MAX: u32 = 1 << 16;

/// Counters by which a term's text is kept. A term shares its counter with others, so it may be kept too early.
const COUNTERS: usize = 1 << 21;

/// The upper 48 bits of a term's hash. Two terms that share them are told apart by their texts, see
/// [`super::SegmentIndex`].
pub(super) fn short(hash: u64) -> u64 {
    hash >> 16
}

/// Terms of the blocks so far.
pub(super) struct Terms {
    block: u32,
    in_block: HashSet<u64, BuildHasherDefault<Identity>>,
    /// Short hash and block.
    entries: Vec<u64>,
    counters: Vec<u8>,
    texts: HashMap<u64, (Kind, Box<str>), BuildHasherDefault<Identity>>,
}

/// All terms of a segment.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Short hash and block ([`packed`]), sorted: most of a segment's terms, so they are kept once.
    pub(super) rare: Vec<u64>,
    pub(super) frequent: Vec<Frequent>,
}

/// A term of many blocks.
#[derive(Debug)]
pub(super) struct Frequent {
    pub(super) short: u64,
    pub(super) kind: Kind,
    pub(super) text: Box<str>,
    /// Rising.
    pub(super) blocks: Vec<u16>,
}

impl Terms {
    pub(super) fn new() -> Self {
        Self {
            block: 0,
            in_block: HashSet::default(),
            entries: Vec::new(),
            counters: vec![0; COUNTERS],
            texts: HashMap::default(),
        }
    }

    /// Ends a block.
    pub(super) fn next_block(&mut self) {
        self.block += 1;
        self.in_block.clear();
    }

    /// Whether the term is new in this block.
    pub(super) fn add(&mut self, hash: u64, text: impl FnOnce() -> (Kind, String)) -> bool {
        if !self.in_block.insert(hash) {
            return false;
        }
        let short = short(hash);
        if self.entries.len() == self.entries.capacity() {
            // Not twice as many: they are most of the memory of a merge.
            self.entries.reserve_exact((self.entries.len() / 4).max(1024));
        }
        self.entries.push(packed(short, self.block as u16));
        let counter = &mut self.counters[short as usize % COUNTERS];
        *counter = counter.saturating_add(1);
        if usize::from(*counter) > RARE_BLOCKS_MAX {
            self.texts.entry(short).or_insert_with(|| {
                let (kind, text) = text();
                (kind, text.into_boxed_str())
            });
        }
        true
    }

    pub(super) fn finish(mut self) -> Gathered {
        // Nothing is counted any more.
        self.counters = Vec::new();
        self.entries.sort_unstable();
        // Two terms of one block that share their short hash.
        self.entries.dedup();
        let mut frequent = Vec::new();
        let (mut rare, mut from) = (0, 0);
        while from < self.entries.len() {
            let (short, _) = unpacked(self.entries[from]);
            let of_term = self.entries[from..].iter().take_while(|entry| unpacked(**entry).0 == short).count();
            let range = from..from + of_term;
            from = range.end;
            if of_term <= RARE_BLOCKS_MAX {
                self.entries.copy_within(range, rare);
                rare += of_term;
            } else {
                let (kind, text) = self.texts.remove(&short).expect("the counter of a term counts all of its blocks");
                let blocks = self.entries[range].iter().map(|entry| unpacked(*entry).1).collect();
                frequent.push(Frequent { short, kind, text, blocks });
            }
        }
        self.entries.truncate(rare);
        Gathered { rare: self.entries, frequent }
    }
}

/// A short hash and a block in one number, ordered by both.
pub(super) fn packed(short: u64, block: u16) -> u64 {
    short << 16 | u64::from(block)
}

/// What [`packed`] packed.
pub(super) fn unpacked(entry: u64) -> (u64, u16) {
    (entry >> 16, entry as u16)
}

/// The hashes are hashes already.
#[derive(Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        // A short hash has its upper bits clear, and a hash table looks at those as well.
        self.0 ^ self.0 << 16
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("only 64-bit hashes are looked up");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
