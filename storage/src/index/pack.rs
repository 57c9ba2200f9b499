//! The file of a sidecar.
//!
//! ```text
//! magic "ALIDIDX3" · signal u8 · rows u32 · rows of a block u32
//! severities u32 · needles u64 · files u32                               lengths in bytes, and how many files
//! files × ( name length u16 · name · compressed u8 · length u64 )        little endian
//! severities · times i64 × 2 of each block · needles · the files · crc32c u32 of everything before
//! ```
//!
//! The form before it, "ALIDIDX2", has no times; and of spans no traces and links among its terms. It is read as well.
//!
//! It opens in one read. The files are the dictionary's; those that compress well (its empty document store) are stored
//! as zstd.

use super::dictionary::{Dictionary, File};
use super::{SegmentIndex, needles};
use crate::error::{Error, ErrorKind};
use crate::row::Signal;

const MAGIC: [u8; 8] = *b"ALIDIDX3";
const MAGIC_BEFORE: [u8; 8] = *b"ALIDIDX2";

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
    let mut files = Vec::new();
    for File { name, bytes } in &dictionary {
        let compress = COMPRESSED.iter().any(|extension| name.ends_with(&format!(".{extension}")));
        let compressed = if compress { Some(zstd::encode_all(bytes.as_slice(), 1).map_err(failed)?) } else { None };
        let stored = compressed.as_ref().unwrap_or(bytes);
        toc.extend_from_slice(&u16::try_from(name.len()).expect("Tantivy's names are short").to_le_bytes());
        toc.extend_from_slice(name.as_bytes());
        toc.push(u8::from(compress));
        toc.extend_from_slice(&(stored.len() as u64).to_le_bytes());
        files.extend_from_slice(stored);
    }
    let mut out = Vec::with_capacity(64 + toc.len() + severities.len() * 4 + needles.len() + files.len());
    out.extend_from_slice(&MAGIC);
    out.push(if signal == Signal::Logs { 2 } else { 1 });
    out.extend_from_slice(&rows.to_le_bytes());
    out.extend_from_slice(&block_rows.to_le_bytes());
    out.extend_from_slice(&((severities.len() * 4) as u32).to_le_bytes());
    out.extend_from_slice(&(needles.len() as u64).to_le_bytes());
    out.extend_from_slice(&(dictionary.len() as u32).to_le_bytes());
    out.extend_from_slice(&toc);
    severities.iter().for_each(|severities| out.extend_from_slice(&severities.to_le_bytes()));
    times.iter().flat_map(|(first, last)| [first, last]).for_each(|time| out.extend_from_slice(&time.to_le_bytes()));
    out.extend_from_slice(&needles);
    out.extend_from_slice(&files);
    let checksum = crc32c::crc32c(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    Ok(out)
}

/// Opens a packed index; the error says what is wrong with it.
pub(super) fn open(bytes: &[u8]) -> Result<SegmentIndex, String> {
    let (content, checksum) = bytes.split_last_chunk::<4>().ok_or("it is empty")?;
    if crc32c::crc32c(content) != u32::from_le_bytes(*checksum) {
        return Err("its checksum is wrong".into());
    }
    let mut rest = Rest(content);
    let magic = rest.take(MAGIC.len())?;
    if magic != MAGIC && magic != MAGIC_BEFORE {
        return Err("it is no index of this version of the program".into());
    }
    let signal = match rest.take(1)?[0] {
        1 => Signal::Spans,
        2 => Signal::Logs,
        other => return Err(format!("it is of the unknown signal {other}")),
    };
    let (rows, block_rows) = (rest.u32()?, rest.u32()?);
    let (severities_length, needles_length, count) = (rest.u32()? as usize, rest.length()?, rest.u32()?);
    let toc = (0..count).map(|_| rest.file()).collect::<Result<Vec<_>, _>>()?;
    if block_rows == 0 {
        return Err("its blocks have no rows".into());
    }
    let block_count = rows.div_ceil(block_rows);
    let severities = rest.take(severities_length)?.chunks_exact(4);
    let severities: Vec<u32> = severities.map(|four| u32::from_le_bytes(four.try_into().expect("4 bytes"))).collect();
    if signal == Signal::Logs && severities.len() != block_count as usize {
        return Err(format!("it has the severities of {} blocks instead of {block_count}", severities.len()));
    }
    let times = if magic == MAGIC { rest.times(block_count)? } else { Vec::new() };
    let needles = rest.take(needles_length)?.to_vec();
    needles::check(&needles)?;
    let mut memory = needles.len() + severities.len() * 4 + times.len() * 16 + std::mem::size_of::<SegmentIndex>();
    let mut files = Vec::with_capacity(toc.len());
    for (name, is_compressed, stored) in toc {
        let stored = rest.take(stored)?;
        let bytes =
            if is_compressed { zstd::decode_all(stored).map_err(|error| error.to_string())? } else { stored.to_vec() };
        memory += bytes.len();
        files.push(File { name: name.to_owned(), bytes });
    }
    let dictionary = if files.is_empty() { None } else { Some(Dictionary::open(&files, block_count)?) };
    Ok(SegmentIndex { signal, rows, block_rows, bytes: memory, severities, times, needles, dictionary })
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, left) = self.0.split_at_checked(count).ok_or("it is cut off")?;
        self.0 = left;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into().expect("4 bytes")))
    }

    fn length(&mut self) -> Result<usize, String> {
        let length = u64::from_le_bytes(self.take(8)?.try_into().expect("8 bytes"));
        usize::try_from(length).map_err(|_| "a part of it is too large".into())
    }

    fn times(&mut self, block_count: u32) -> Result<Vec<(i64, i64)>, String> {
        let time = |eight: &[u8]| i64::from_le_bytes(eight.try_into().expect("8 bytes"));
        let times = self.take(block_count as usize * 16)?.chunks_exact(16);
        Ok(times.map(|both| (time(&both[..8]), time(&both[8..]))).collect())
    }

    /// Name, whether it is compressed, stored length.
    fn file(&mut self) -> Result<(&'a str, bool, usize), String> {
        let length = usize::from(u16::from_le_bytes(self.take(2)?.try_into().expect("2 bytes")));
        let name = std::str::from_utf8(self.take(length)?).map_err(|_| "a name is no text")?;
        Ok((name, self.take(1)?[0] == 1, self.length()?))
    }
}
