//! Ranges of a file out of blocks: those that are here, and the others from the store, neighbours in one request.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, Result};

use super::{BLOCK_BYTES, Cached, Key};

/// The most blocks of one request.
const BLOCKS_OF_REQUEST: u64 = 16;
/// How many requests of one read are on their way at a time.
const REQUESTS_AT_ONCE: usize = 8;

type Blocks = BTreeMap<u64, Bytes>;

impl Cached {
    /// The bytes of these ranges, none of which is empty, and the size of the file; `None` where one of them reaches behind
    /// its end.
    pub(super) async fn blocks(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Option<(Vec<Bytes>, u64)>> {
        let wanted: BTreeSet<u64> = ranges.iter().flat_map(blocks_of).collect();
        let path = location.clone();
        let read = move |files: &super::Files| {
            let mut size = 0;
            let mut here = Blocks::new();
            let mut missing = Vec::new();
            for block in wanted {
                match files.get(Key::block(&path, block), &path) {
                    Some(kept) => {
                        size = kept.size;
                        here.insert(block, kept.content);
                    }
                    None => missing.push(block),
                }
            }
            (here, missing, size)
        };
        let (mut blocks, missing, mut size) = self.in_background(read).await?;
        let fetched: Vec<(Blocks, u64)> = futures::stream::iter(runs(&missing))
            .map(|run| self.fetch(location, run))
            .buffer_unordered(REQUESTS_AT_ONCE)
            .try_collect()
            .await?;
        for (run, of_file) in fetched {
            size = of_file;
            blocks.extend(run);
        }
        let cut: Option<Vec<Bytes>> = ranges.iter().map(|range| cut(range, &blocks)).collect();
        Ok(cut.map(|cut| (cut, size)))
    }

    /// Reads a run of blocks from the store and keeps them.
    async fn fetch(&self, location: &Path, run: Range<u64>) -> Result<(Blocks, u64)> {
        let bytes = run.start * BLOCK_BYTES..run.end * BLOCK_BYTES;
        let options = GetOptions { range: Some(GetRange::Bounded(bytes)), ..GetOptions::default() };
        let result = self.remote.get_opts(location, options).await?;
        let size = result.meta.size;
        let content = result.bytes().await?;
        let blocks: Blocks = run
            .zip((0..content.len()).step_by(BLOCK_BYTES as usize))
            .map(|(block, from)| (block, content.slice(from..content.len().min(from + BLOCK_BYTES as usize))))
            .collect();
        let (path, kept) = (location.clone(), blocks.clone());
        let keep = move |files: &super::Files| {
            kept.iter().for_each(|(block, content)| files.put(Key::block(&path, *block), &path, size, content));
        };
        self.in_background(keep).await?;
        Ok((blocks, size))
    }
}

fn blocks_of(range: &Range<u64>) -> Range<u64> {
    range.start / BLOCK_BYTES..range.end.div_ceil(BLOCK_BYTES)
}

/// Neighbours together, as many as one request takes.
fn runs(blocks: &[u64]) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for block in blocks {
        match runs.last_mut() {
            Some(run) if run.end == *block && run.end - run.start < BLOCKS_OF_REQUEST => run.end += 1,
            _ => runs.push(*block..block + 1),
        }
    }
    runs
}

/// `None` where the blocks end before it does.
fn cut(range: &Range<u64>, blocks: &Blocks) -> Option<Bytes> {
    let part = |block: u64| {
        let from = range.start.saturating_sub(block * BLOCK_BYTES) as usize;
        let to = (range.end - block * BLOCK_BYTES).min(BLOCK_BYTES) as usize;
        let content = blocks.get(&block)?;
        (to <= content.len()).then(|| content.slice(from..to))
    };
    let mut within = blocks_of(range);
    if within.end - within.start == 1 {
        return part(within.start);
    }
    let mut whole = BytesMut::with_capacity((range.end - range.start) as usize);
    within.try_for_each(|block| part(block).map(|part| whole.extend_from_slice(&part)))?;
    Some(whole.freeze())
}
