use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn hash(number: u64) -> u64 {
    twox_hash::XxHash64::oneshot(7, &number.to_le_bytes()) >> 16
}

fn shape(bytes: &[u8]) -> Result<Shape, String> {
    Shape::read(bytes, bytes.len() as u64)
}

/// As a search does, which reads no more than it needs.
fn find(bytes: &[u8], short: u64) -> Found {
    let part = |range: Range<u64>| &bytes[range.start as usize..range.end as usize];
    let shape = shape(bytes).expect("whole");
    let bucket = shape.entries(part(shape.ends(short))).expect("a bucket");
    shape.find(short, &bucket, part(bucket.bytes.clone()))
}

fn check_entries(terms: u64, block_count: u32) {
    let mut truth: BTreeMap<u64, (BTreeSet<u16>, bool)> = BTreeMap::new();
    let mut entries = Vec::new();
    for term in 0..terms {
        let frequent = term % 11 == 0;
        let blocks: BTreeSet<u16> =
            (0..term % 5).map(|i| (hash(term + i * 1000) % u64::from(block_count)) as u16).collect();
        entries.extend(blocks.iter().map(|block| (hash(term), Some(*block))));
        if frequent {
            entries.push((hash(term), None));
        }
        truth.insert(hash(term), (blocks, frequent));
    }
    entries.sort_by_key(|(short, block)| (*short, block.unwrap_or(u16::MAX)));
    let bytes = encode(&entries, block_count);
    for (short, (blocks, frequent)) in &truth {
        let found = find(&bytes, *short);
        // A remainder may be shared, so there may be more; never less.
        assert!(blocks.iter().all(|block| found.blocks.contains(block)), "{blocks:?} {found:?}");
        assert!(found.is_frequent || !frequent);
    }
    let absent = (terms..terms + 20_000).filter(|term| find(&bytes, hash(*term)) != Found::default()).count();
    assert!(absent < 200, "{absent} of 20,000 terms that do not occur were found");
}

#[test]
fn every_block_of_every_term_is_found() {
    for (terms, blocks) in [(0, 1), (1, 1), (5, 1), (50, 2), (1_000, 3), (20_000, 1_000), (3_000, 65_535)] {
        check_entries(terms, blocks);
    }
}

#[test]
fn another_length_is_noticed() {
    let bytes = encode(&[(hash(1), Some(0)), (hash(2), None)], 3);
    for cut in 0..bytes.len() {
        assert!(shape(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}
