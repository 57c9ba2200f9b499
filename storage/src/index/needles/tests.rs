use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::index::collect::packed;

fn hash(number: u64) -> u64 {
    twox_hash::XxHash64::oneshot(7, &number.to_le_bytes()) >> 16
}

fn shape(bytes: &[u8]) -> Result<Shape, String> {
    let header = Header::read(bytes)?;
    let ends = header.ends();
    let ends = bytes.get(ends.start as usize..ends.end as usize).ok_or("cut off")?;
    header.shape(ends, bytes.len() as u64)
}

/// As a search does, which reads no more than it needs.
fn find(bytes: &[u8], short: u64) -> Found {
    let shape = shape(bytes).expect("whole");
    let group = shape.group(short);
    shape.find(short, &bytes[group.start as usize..group.end as usize]).expect("whole")
}

fn check_entries(terms: u64, block_count: u32) {
    let mut truth: BTreeMap<u64, (BTreeSet<u16>, bool)> = BTreeMap::new();
    let (mut rare, mut marked) = (Vec::new(), Vec::new());
    for term in 0..terms {
        let frequent = term % 11 == 0;
        let blocks: BTreeSet<u16> =
            (0..term % 5).map(|i| (hash(term + i * 1000) % u64::from(block_count)) as u16).collect();
        rare.extend(blocks.iter().map(|block| packed(hash(term), *block)));
        if frequent {
            marked.push(hash(term));
        }
        truth.insert(hash(term), (blocks, frequent));
    }
    rare.sort_unstable();
    marked.sort_unstable();
    let bytes = encode(&rare, &marked, block_count);
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
    let bytes = encode(&[packed(hash(1), 0)], &[hash(2)], 3);
    for cut in 0..bytes.len() {
        assert!(shape(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

/// Whoever knows how terms are hashed can send very many of one bucket.
#[test]
fn a_bucket_may_have_very_many_entries() {
    let short = |n: u64| 5 << 40 | n;
    let entries: Vec<u64> = (0..100_000).map(|n| packed(short(n << 16), (n % 50) as u16)).collect();
    let bytes = encode(&entries, &[], 50);
    for n in (0..100_000).step_by(997) {
        assert!(find(&bytes, short(n << 16)).blocks.contains(&((n % 50) as u16)));
    }
    assert_eq!(find(&bytes, 9 << 40), Found::default());
}
