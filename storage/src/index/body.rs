//! The body of a sidecar: read page by page, as searches need it, and checked as it is read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::error::{Error, ErrorKind};

/// What is read and checked at once.
pub(super) const PAGE_BYTES: u64 = 4 << 10;

/// Why a part of a sidecar could not be had.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The file is not what was written: what is wrong with it.
    Damaged(String),
    /// It could not be read, which may pass.
    Unread(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Unread(error)
    }
}

/// Where a sidecar is, and what it and others take in memory.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) path: Path,
    /// Of the whole file, as the catalog has it.
    pub(super) size_bytes: u64,
    pub(super) memory: Arc<AtomicUsize>,
}

/// The pages of one sidecar.
pub(super) struct Body {
    source: Source,
    /// Where it begins in the file.
    start: u64,
    length: u64,
    /// Of each page.
    checksums: Vec<u32>,
    /// Those that were read.
    pages: Mutex<BTreeMap<u64, Bytes>>,
    /// Of this body and the index around it.
    bytes: AtomicUsize,
}

impl Body {
    /// One that begins at `start` in the file, whose pages have these checksums.
    pub(super) fn new(source: Source, start: u64, length: u64, checksums: Vec<u32>) -> Self {
        let known = checksums.len() * 4;
        let body = Self { source, start, length, checksums, pages: Mutex::default(), bytes: AtomicUsize::new(0) };
        body.takes(known);
        body
    }

    /// Counts memory that is held beside it.
    pub(super) fn takes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.source.memory.fetch_add(bytes, Ordering::Relaxed);
    }

    /// What all of it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The bytes of these ranges.
    pub(super) async fn read(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Failed> {
        if ranges.iter().any(|range| range.start > range.end || range.end > self.length) {
            return Err(Failed::Damaged("a part of it lies beyond its end".into()));
        }
        self.load(ranges).await?;
        let pages = self.lock();
        Ok(ranges.iter().map(|range| cut(&pages, range)).collect())
    }

    /// The same, of what is read once and made something else of: its pages are not kept.
    pub(super) async fn read_once(&self, range: Range<u64>) -> Result<Bytes, Failed> {
        if range.start > range.end || range.end > self.length {
            return Err(Failed::Damaged("a part of it lies beyond its end".into()));
        }
        let wide = self.in_bytes(&(range.start / PAGE_BYTES..range.end.div_ceil(PAGE_BYTES)));
        let read = self.fetch(std::slice::from_ref(&wide)).await?.swap_remove(0);
        Ok(read.slice((range.start - wide.start) as usize..(range.end - wide.start) as usize))
    }

    /// Sees to it that the pages of these ranges are there.
    async fn load(&self, ranges: &[Range<u64>]) -> Result<(), Failed> {
        let missing: BTreeSet<u64> = {
            let pages = self.lock();
            let wanted = ranges.iter().flat_map(|range| range.start / PAGE_BYTES..range.end.div_ceil(PAGE_BYTES));
            wanted.filter(|page| !pages.contains_key(page)).collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        let runs = runs(missing);
        let read = self.fetch(&runs.iter().map(|run| self.in_bytes(run)).collect::<Vec<_>>()).await?;
        let mut pages = self.lock();
        for (run, bytes) in runs.into_iter().zip(read) {
            for (place, page) in run.enumerate() {
                let begin = place * PAGE_BYTES as usize;
                let bytes = bytes.slice(begin..bytes.len().min(begin + PAGE_BYTES as usize));
                let length = bytes.len();
                if pages.insert(page, bytes).is_none() {
                    self.takes(length);
                }
            }
        }
        Ok(())
    }

    /// Where pages lie in the body.
    fn in_bytes(&self, pages: &Range<u64>) -> Range<u64> {
        pages.start * PAGE_BYTES..(pages.end * PAGE_BYTES).min(self.length)
    }

    /// Reads whole pages, and checks them.
    async fn fetch(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Failed> {
        let (source, start) = (&self.source, self.start);
        let in_file: Vec<Range<u64>> = ranges.iter().map(|range| start + range.start..start + range.end).collect();
        let read = match source.objects.get_ranges(&source.path, &in_file).await {
            Ok(read) => read,
            Err(error) => return Err(source.failed(error).await),
        };
        for (range, bytes) in ranges.iter().zip(&read) {
            let first = (range.start / PAGE_BYTES) as usize;
            for (page, bytes) in (first..).zip(bytes.chunks(PAGE_BYTES as usize)) {
                if self.checksums.get(page) != Some(&crc32c::crc32c(bytes)) {
                    let at = start + page as u64 * PAGE_BYTES;
                    let message =
                        format!("the bytes from {at} to {} are not those that were written", at + bytes.len() as u64);
                    return Err(Failed::Damaged(message));
                }
            }
        }
        Ok(read)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Bytes>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Numbers as runs without a gap.
fn runs(numbers: BTreeSet<u64>) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some(last) if last.end == number => last.end += 1,
            _ => runs.push(number..number + 1),
        }
    }
    runs
}

impl Source {
    /// A file that is missing or cut off is damaged; what else there is may pass.
    pub(super) async fn failed(&self, error: object_store::Error) -> Failed {
        if matches!(error, object_store::Error::NotFound { .. }) {
            return Failed::Damaged("it is missing".into());
        }
        match self.objects.head(&self.path).await {
            Ok(file) if file.size != self.size_bytes => {
                Failed::Damaged(format!("it has {} bytes instead of {}", file.size, self.size_bytes))
            }
            _ => Failed::Unread(Error::new(ErrorKind::Internal, format!("cannot read {}: {error}", self.path))),
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.source.memory.fetch_sub(self.bytes(), Ordering::Relaxed);
    }
}

/// The bytes of a range whose pages are there.
fn cut(pages: &BTreeMap<u64, Bytes>, range: &Range<u64>) -> Bytes {
    let of_page = |page: u64| {
        let begin = page * PAGE_BYTES;
        let bytes = &pages[&page];
        let from = range.start.saturating_sub(begin) as usize;
        let to = ((range.end - begin) as usize).min(bytes.len());
        bytes.slice(from..to)
    };
    let mut parts = (range.start / PAGE_BYTES..range.end.div_ceil(PAGE_BYTES)).map(of_page);
    let Some(first) = parts.next() else { return Bytes::new() };
    if first.len() as u64 == range.end - range.start {
        return first;
    }
    let mut all = BytesMut::from(first);
    parts.for_each(|part| all.extend_from_slice(&part));
    all.freeze()
}
