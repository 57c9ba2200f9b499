//! The file of a sidecar.
//!
//! ```text
//! head   magic "ALIDIDX5" · signal u8 · rows u32 · rows of a block u32
//!        severities u32 · needles u64 · files u32                           lengths in bytes, and how many files
//!        files × ( name length u16 · name · compressed u8 · length u64 )    little endian
//!        severities · times i64 × 2 of each block · crc32c u32 of each page · crc32c u32 of the head before it
//! body   needles · the files                                                in pages of 4 KiB
//! ```
//!
//! A search reads the head and the pages of the body that it needs, see [`super::body`]. The files are the dictionary's;
//! those that compress well (its empty document store) are stored as zstd. Earlier forms are not read: their segments are
//! scanned until `alidade check --repair` or a merge writes their sidecar again.

use super::body::{Body, PAGE_BYTES};
use super::dictionary::File;
use super::{Place, SegmentIndex};
use crate::error::{Error, ErrorKind};
use crate::row::Signal;
use std::ops::Range;

const MAGIC: [u8; 8] = *b"ALIDIDX5";

/// Worth compressing: what is empty or nearly so.
const COMPRESSED: [&str; 4] = ["store", "fast", "fieldnorm", "json"];

/// The parts of a sidecar.
pub(super) struct Parts {
    pub(super) signal: Signal,
    pub(super) rows: u32,
    pub(super) block_rows: u32,
    pub(super) severities: Vec<u32>,
    pub(super) times: Vec<(i64, i64)>,
    pub(super) needles: Vec<u8>,
    pub(super) dictionary: Vec<File>,
}

pub(super) fn pack(parts: Parts) -> Result<Vec<u8>, Error> {
    let Parts { signal, rows, block_rows, severities, times, needles, dictionary } = parts;
    let failed = |error: std::io::Error| Error::new(ErrorKind::Internal, format!("packing an index: {error}"));
    let mut toc = Vec::new();
    let needles_length = needles.len() as u64;
    let mut body = needles;
    for File { name, bytes } in &dictionary {
        let compress = COMPRESSED.iter().any(|extension| name.ends_with(&format!(".{extension}")));
        let compressed = if compress { Some(zstd::encode_all(bytes.as_slice(), 1).map_err(failed)?) } else { None };
        let stored = compressed.as_ref().unwrap_or(bytes);
        toc.extend_from_slice(&u16::try_from(name.len()).expect("Tantivy's names are short").to_le_bytes());
        toc.extend_from_slice(name.as_bytes());
        toc.push(u8::from(compress));
        toc.extend_from_slice(&(stored.len() as u64).to_le_bytes());
        body.extend_from_slice(stored);
    }
    let mut out = Vec::with_capacity(64 + toc.len() + severities.len() * 4 + times.len() * 16 + body.len() * 9 / 8);
    out.extend_from_slice(&MAGIC);
    out.push(if signal == Signal::Logs { 2 } else { 1 });
    out.extend_from_slice(&rows.to_le_bytes());
    out.extend_from_slice(&block_rows.to_le_bytes());
    out.extend_from_slice(&((severities.len() * 4) as u32).to_le_bytes());
    out.extend_from_slice(&needles_length.to_le_bytes());
    out.extend_from_slice(&(dictionary.len() as u32).to_le_bytes());
    out.extend_from_slice(&toc);
    severities.iter().for_each(|severities| out.extend_from_slice(&severities.to_le_bytes()));
    times.iter().flat_map(|(first, last)| [first, last]).for_each(|time| out.extend_from_slice(&time.to_le_bytes()));
    let pages = body.chunks(PAGE_BYTES as usize).map(crc32c::crc32c);
    pages.for_each(|page| out.extend_from_slice(&page.to_le_bytes()));
    let checksum = crc32c::crc32c(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    out.extend_from_slice(&body);
    Ok(out)
}

/// What the beginning of a sidecar says.
pub(super) enum Opened {
    /// The index; its body is where this says.
    Index(Box<SegmentIndex>),
    /// More of the file is needed.
    CutOff,
}

/// Opens an index whose body is read when it is needed. `beginning` is as much of a file of so many bytes as was read, and
/// `body` makes the body of what is known of it: where it begins in the file, its length, and the checksums of its pages.
/// The error says what is wrong with the file.
pub(super) fn open(
    beginning: &[u8],
    size_bytes: u64,
    body: impl FnOnce(u64, u64, Vec<u32>) -> Body,
) -> Result<Opened, String> {
    let mut rest = Rest(beginning);
    let Some(magic) = rest.take(MAGIC.len()) else { return Ok(Opened::CutOff) };
    if magic != MAGIC {
        let earlier = magic.starts_with(&MAGIC[..MAGIC.len() - 1]);
        let message = "another version of the program wrote it; `alidade check --repair` writes it again";
        return Err(if earlier { message } else { "it is no index" }.into());
    }
    let Some(head) = Head::read(&mut rest) else { return Ok(Opened::CutOff) };
    let body_bytes = head.body_bytes().ok_or(TOO_LARGE)?;
    let Some((severities, times)) = head.of_blocks(&mut rest) else { return Ok(Opened::CutOff) };
    let pages = usize::try_from(body_bytes.div_ceil(PAGE_BYTES)).map_err(|_| TOO_LARGE)?;
    let Some(checksums) = rest.numbers(pages) else { return Ok(Opened::CutOff) };
    let checked = beginning.len() - rest.0.len();
    let Some(checksum) = rest.u32() else { return Ok(Opened::CutOff) };
    if crc32c::crc32c(&beginning[..checked]) != checksum {
        return Err("the checksum of its beginning is wrong".into());
    }
    let start = (beginning.len() - rest.0.len()) as u64;
    if start.checked_add(body_bytes) != Some(size_bytes) {
        return Err("it has another length than it says".into());
    }
    let index = head.index(severities, times, body(start, body_bytes, checksums))?;
    Ok(Opened::Index(Box::new(index)))
}

const TOO_LARGE: &str = "a part of it is too large";

/// First and last time of each block.
type Times = Vec<(i64, i64)>;

/// What it begins with.
struct Head<'a> {
    signal: u8,
    rows: u32,
    block_rows: u32,
    severities_bytes: usize,
    needles_bytes: u64,
    /// Name, whether it is compressed, stored length.
    files: Vec<(&'a str, bool, u64)>,
}

impl<'a> Head<'a> {
    /// `None` where it is cut off.
    fn read(rest: &mut Rest<'a>) -> Option<Self> {
        let signal = rest.take(1)?[0];
        let (rows, block_rows) = (rest.u32()?, rest.u32()?);
        let (severities_bytes, needles_bytes, count) = (rest.u32()? as usize, rest.u64()?, rest.u32()?);
        let files = (0..count).map(|_| rest.file()).collect::<Option<Vec<_>>>()?;
        Some(Self { signal, rows, block_rows, severities_bytes, needles_bytes, files })
    }

    fn body_bytes(&self) -> Option<u64> {
        self.files.iter().try_fold(self.needles_bytes, |sum, (_, _, stored)| sum.checked_add(*stored))
    }

    fn block_count(&self) -> u32 {
        self.rows.checked_div(self.block_rows).map_or(0, |_| self.rows.div_ceil(self.block_rows))
    }

    /// Severities and times of the blocks; `None` where it is cut off.
    fn of_blocks(&self, rest: &mut Rest<'a>) -> Option<(Vec<u32>, Times)> {
        let severities = rest.numbers(self.severities_bytes / 4)?;
        Some((severities, rest.times(self.block_count())?))
    }

    fn index(self, severities: Vec<u32>, times: Times, body: Body) -> Result<SegmentIndex, String> {
        let block_count = self.block_count();
        if self.block_rows == 0 {
            return Err("its blocks have no rows".into());
        }
        let signal = match self.signal {
            1 => Signal::Spans,
            2 => Signal::Logs,
            other => return Err(format!("it is of the unknown signal {other}")),
        };
        if signal == Signal::Logs && severities.len() != block_count as usize {
            return Err(format!("it has the severities of {} blocks instead of {block_count}", severities.len()));
        }
        let mut at = self.needles_bytes;
        let place = |(name, is_compressed, stored): (&str, bool, u64)| {
            let range: Range<u64> = at..at + stored;
            at = range.end;
            Place { name: name.to_owned(), is_compressed, range }
        };
        let files = self.files.into_iter().map(place).collect();
        let memory = severities.len() * 4 + times.len() * 16 + std::mem::size_of::<SegmentIndex>();
        body.takes(memory);
        Ok(SegmentIndex {
            signal,
            rows: self.rows,
            block_rows: self.block_rows,
            severities,
            times,
            needles_bytes: self.needles_bytes,
            needles: tokio::sync::OnceCell::new(),
            files,
            dictionary: tokio::sync::OnceCell::new(),
            body,
        })
    }
}

/// `None` is the end of what there is.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(count)?;
        self.0 = left;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn numbers(&mut self, count: usize) -> Option<Vec<u32>> {
        let bytes = self.take(count.checked_mul(4)?)?.chunks_exact(4);
        Some(bytes.map(|four| u32::from_le_bytes(four.try_into().expect("4 bytes"))).collect())
    }

    fn times(&mut self, block_count: u32) -> Option<Times> {
        let time = |eight: &[u8]| i64::from_le_bytes(eight.try_into().expect("8 bytes"));
        let times = self.take((block_count as usize).checked_mul(16)?)?.chunks_exact(16);
        Some(times.map(|both| (time(&both[..8]), time(&both[8..]))).collect())
    }

    /// A name that is no text is none of the dictionary's, which then does not open.
    fn file(&mut self) -> Option<(&'a str, bool, u64)> {
        let length = usize::from(u16::from_le_bytes(self.take(2)?.try_into().ok()?));
        let name = std::str::from_utf8(self.take(length)?).unwrap_or_default();
        Some((name, self.take(1)?[0] == 1, self.u64()?))
    }
}
