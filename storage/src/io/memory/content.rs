//! What a file contains: as it is seen, and as it is on disk.

use std::collections::BTreeSet;

use crate::io::chance::Seed;

const PAGE: usize = 4096;
const SECTOR: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Content {
    seen: Vec<u8>,
    kept: Vec<u8>,
    /// The pages that are to be written.
    dirty: BTreeSet<usize>,
}

impl Content {
    /// What is on disk, after a start.
    pub(super) fn kept(kept: Vec<u8>) -> Self {
        Self { seen: kept.clone(), kept, dirty: BTreeSet::new() }
    }

    pub(super) fn seen(&self) -> &[u8] {
        &self.seen
    }

    pub(super) fn write_at(&mut self, bytes: &[u8], offset: usize) {
        let end = offset + bytes.len();
        if end > self.seen.len() {
            self.set_len(end);
        }
        self.seen[offset..end].copy_from_slice(bytes);
        self.dirty.extend(offset / PAGE..end.div_ceil(PAGE));
    }

    pub(super) fn set_len(&mut self, length: usize) {
        let changed = self.seen.len().min(length)..self.seen.len().max(length);
        self.seen.resize(length, 0);
        // Of a page that is cut or made longer the new zeros are to be written, as far as it is still there.
        self.dirty.extend(changed.start / PAGE..changed.end.div_ceil(PAGE));
        self.dirty.split_off(&length.div_ceil(PAGE));
    }

    pub(super) fn sync(&mut self) {
        self.kept.resize(self.seen.len(), 0);
        for page in std::mem::take(&mut self.dirty) {
            let range = self.range(page);
            self.kept[range.clone()].copy_from_slice(&self.seen[range]);
        }
    }

    /// Writes some of the pages and forgets about the others.
    pub(super) fn fail_sync(&mut self, seed: Seed) {
        self.dirty.retain(|page| seed.one_in(2, page));
        let seen = self.seen.len();
        // The length is the inode's: it is written with the next sync that succeeds, or with this one.
        let kept = self.kept.len();
        self.sync();
        if seen != kept && seed.one_in(2, "length") {
            self.kept.truncate(kept);
        }
    }

    /// What a power cut leaves.
    pub(super) fn cut(&self, seed: Seed) -> Vec<u8> {
        let mut left = self.kept.clone();
        let longest = left.len().max(self.seen.len());
        left.resize(longest, 0);
        let mood = seed.of("mood") % 4;
        for page in &self.dirty {
            let range = self.range(*page);
            match (mood, seed.of(page) % 3) {
                (0, _) | (1, 0) | (2, 0) => left[range.clone()].copy_from_slice(&self.seen[range]),
                (3, _) | (1, 1) | (2, 1) => {}
                _ => self.tear(&mut left, range, seed.of(("sectors", page))),
            }
        }
        let (old, new) = (self.kept.len(), self.seen.len());
        let between = old.min(new) + (seed.of("between") as usize) % (old.abs_diff(new) + 1);
        let length = match (mood, seed.of("length") % 4) {
            (0, _) => new,
            (_, 0) => old,
            (_, 1) => between,
            _ => new,
        };
        left.truncate(length);
        left
    }

    fn tear(&self, left: &mut [u8], page: std::ops::Range<usize>, sectors: u64) {
        for (number, from) in page.clone().step_by(SECTOR).enumerate() {
            if sectors >> number & 1 == 1 {
                let to = (from + SECTOR).min(page.end);
                left[from..to].copy_from_slice(&self.seen[from..to]);
            }
        }
    }

    fn range(&self, page: usize) -> std::ops::Range<usize> {
        page * PAGE..((page + 1) * PAGE).min(self.seen.len())
    }
}
