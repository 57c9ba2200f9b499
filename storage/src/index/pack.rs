//! The file of a sidecar: the files of a Tantivy index of one segment, one after the other.
//!
//! ```text
//! magic "ALIDIDX1" · signal u8 · rows u32 · count u32
//! count × ( name length u16 · name · compressed u8 · length u64 )          little endian
//! the files · crc32c u32 of everything before
//! ```
//!
//! It opens in one read. Files that compress well (the empty document store) are stored as zstd.

use std::path::Path;

use tantivy::directory::{Directory, RamDirectory};
use tantivy::{Index, SegmentReader};

use super::SegmentIndex;
use super::fields::schema;
use crate::error::{Error, ErrorKind};
use crate::row::Signal;

const MAGIC: [u8; 8] = *b"ALIDIDX1";
const META: &str = "meta.json";

/// Worth compressing: the empty document store and the columns that are not used.
const COMPRESSED: [&str; 3] = ["store", "fast", "fieldnorm"];

pub(super) fn pack(index: &Index, directory: &RamDirectory, signal: Signal, rows: usize) -> Result<Vec<u8>, Error> {
    let failed = |what: String| Error::new(ErrorKind::Internal, format!("packing an index: {what}"));
    let metas = index.load_metas().map_err(|error| failed(error.to_string()))?;
    let documents: Vec<u32> = metas.segments.iter().map(tantivy::SegmentMeta::max_doc).collect();
    if documents.iter().map(|count| *count as usize).collect::<Vec<_>>() != [rows] {
        return Err(failed(format!("{rows} rows became segments of {documents:?} documents")));
    }
    let mut names: Vec<String> = metas.list_segment_files().iter().map(|path| path.display().to_string()).collect();
    names.push(META.to_owned());
    names.sort();
    let mut toc = Vec::new();
    let mut files = Vec::new();
    let mut count = 0u32;
    for name in names {
        if !directory.exists(Path::new(&name)).map_err(|error| failed(error.to_string()))? {
            continue;
        }
        let bytes = directory.atomic_read(Path::new(&name)).map_err(|error| failed(error.to_string()))?;
        let compress = COMPRESSED.iter().any(|extension| name.ends_with(&format!(".{extension}")));
        let stored = if compress {
            zstd::encode_all(bytes.as_slice(), 1).map_err(|error| failed(error.to_string()))?
        } else {
            bytes
        };
        toc.extend_from_slice(&u16::try_from(name.len()).expect("Tantivy's names are short").to_le_bytes());
        toc.extend_from_slice(name.as_bytes());
        toc.push(u8::from(compress));
        toc.extend_from_slice(&(stored.len() as u64).to_le_bytes());
        files.extend_from_slice(&stored);
        count += 1;
    }
    let mut out = Vec::with_capacity(MAGIC.len() + 13 + toc.len() + files.len());
    out.extend_from_slice(&MAGIC);
    out.push(if signal == Signal::Logs { 2 } else { 1 });
    out.extend_from_slice(&(u32::try_from(rows).map_err(|_| failed(format!("{rows} rows")))?).to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&toc);
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
    let mut rest = content;
    if take(&mut rest, MAGIC.len())? != MAGIC {
        return Err("it is no index of this program".into());
    }
    let signal = match take(&mut rest, 1)?[0] {
        1 => Signal::Spans,
        2 => Signal::Logs,
        other => return Err(format!("it is of the unknown signal {other}")),
    };
    let rows = u32_at(&mut rest)?;
    let mut entries = Vec::new();
    for _ in 0..u32_at(&mut rest)? {
        let length = usize::from(u16::from_le_bytes(take(&mut rest, 2)?.try_into().expect("2 bytes")));
        let name = std::str::from_utf8(take(&mut rest, length)?).map_err(|_| "a name is no text")?;
        let compressed = take(&mut rest, 1)?[0] == 1;
        let stored = u64::from_le_bytes(take(&mut rest, 8)?.try_into().expect("8 bytes"));
        entries.push((name, compressed, usize::try_from(stored).map_err(|_| "a file is too large")?));
    }
    let directory = RamDirectory::create();
    for (name, compressed, stored) in entries {
        let file = take(&mut rest, stored)?;
        let written = if compressed {
            let plain = zstd::decode_all(file).map_err(|error| error.to_string())?;
            directory.atomic_write(Path::new(name), &plain)
        } else {
            directory.atomic_write(Path::new(name), file)
        };
        written.map_err(|error| error.to_string())?;
    }
    let bytes = directory.total_mem_usage();
    let index = Index::open(directory).map_err(|error| error.to_string())?;
    let segments = index.searchable_segments().map_err(|error| error.to_string())?;
    let [segment] = segments.as_slice() else { return Err(format!("it has {} segments", segments.len())) };
    let reader = SegmentReader::open(segment).map_err(|error| error.to_string())?;
    if reader.max_doc() != rows {
        return Err(format!("it has {} documents for {rows} rows", reader.max_doc()));
    }
    Ok(SegmentIndex { signal, rows, bytes, fields: schema(signal).1, reader })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], String> {
    let (taken, left) = rest.split_at_checked(count).ok_or("it is cut off")?;
    *rest = left;
    Ok(taken)
}

fn u32_at(rest: &mut &[u8]) -> Result<u32, String> {
    Ok(u32::from_le_bytes(take(rest, 4)?.try_into().expect("4 bytes")))
}
