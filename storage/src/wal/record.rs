//! One record of a log file.

use super::TableKey;
use crate::one_bit;
use crate::row::{Signal, TenantId};

const MAGIC: [u8; 4] = *b"ALR1";
const HEADER: usize = 12;
/// Kind, sequence, signal, length of the tenant's name.
const BODY_MIN: usize = 11;
/// Set in the kind of a record that was written and synced together with the one before it.
const CONTINUES: u8 = 0x80;

/// What a record's payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A batch in the form of [`crate::codec`].
    Batch,
    /// Rows that a seal left for the next one: they stand in for the batches up to a sequence, once that seal is
    /// committed. See [`crate::carry`].
    Carry,
}

/// A record as it is read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) kind: Kind,
    /// Whether it is of the same group as the record before it: written and synced together with it.
    pub(crate) continues: bool,
    pub(crate) sequence: u64,
    pub(crate) table: TableKey,
    pub(crate) payload: &'a [u8],
}

/// Appends the record to a buffer.
pub(super) fn write(out: &mut Vec<u8>, record: &Record<'_>) {
    let Record { kind, continues, sequence, table: (tenant, signal), payload } = record;
    let name = tenant.as_str().as_bytes();
    let length = BODY_MIN + name.len() + payload.len();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&(u32::try_from(length).expect("batch_bytes_max is far below 4 GiB")).to_le_bytes());
    let checksum_at = out.len();
    out.extend_from_slice(&[0; 4]);
    let body_at = out.len();
    let kind = match kind {
        Kind::Batch => 1,
        Kind::Carry => 2,
    };
    out.push(if *continues { kind | CONTINUES } else { kind });
    out.extend_from_slice(&sequence.to_le_bytes());
    out.push(match signal {
        Signal::Spans => 1,
        Signal::Logs => 2,
        Signal::Metrics => 3,
    });
    out.push(u8::try_from(name.len()).expect("a tenant's name has at most 64 bytes"));
    out.extend_from_slice(name);
    out.extend_from_slice(payload);
    let checksum = crc32c::crc32c(&out[body_at..]);
    out[checksum_at..body_at].copy_from_slice(&checksum.to_le_bytes());
}

/// How many bytes [`write`] appends beside the payload, at most.
pub(super) const OVERHEAD_MAX: usize = HEADER + BODY_MIN + 64;

/// The record at the beginning of these bytes and its length; `None` where there is no whole, undamaged record.
pub(super) fn read(bytes: &[u8]) -> Option<(Record<'_>, usize)> {
    let header = bytes.get(..HEADER)?;
    if header[..4] != MAGIC {
        return None;
    }
    let number = |range: std::ops::Range<usize>| u32::from_le_bytes(header[range].try_into().expect("4 bytes"));
    let length = number(4..8) as usize;
    let body = bytes.get(HEADER..HEADER.checked_add(length)?)?;
    if crc32c::crc32c(body) != number(8..12) {
        return None;
    }
    Some((read_body(body)?, HEADER + length))
}

/// Puts right the one bit because of which [`read`] finds no record at the beginning of these bytes; whether there is one
/// now.
pub(super) fn restore(bytes: &mut [u8]) -> bool {
    let Some(header) = bytes.first_chunk::<HEADER>().copied() else { return false };
    let number = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().expect("4 bytes"));
    let (magic, length, checksum) = (number(0) ^ u32::from_le_bytes(MAGIC), number(4), number(8));
    if magic != 0 {
        // Nothing else may be wrong with it.
        if magic.count_ones() == 1 {
            bytes[..4].copy_from_slice(&MAGIC);
            if read(bytes).is_some() {
                return true;
            }
            bytes[..4].copy_from_slice(&header[..4]);
        }
        return false;
    }
    let body = |length: u32| HEADER..HEADER.saturating_add(length as usize);
    if let Some(body) = bytes.get_mut(body(length)) {
        let own = crc32c::crc32c(body);
        if (own ^ checksum).count_ones() == 1 {
            bytes[8..HEADER].copy_from_slice(&own.to_le_bytes());
            return read(bytes).is_some();
        }
        if let Some(at) = one_bit::restore(body, checksum) {
            tracing::debug!(at, "a bit of a record of the log was flipped");
            return read(bytes).is_some();
        }
    }
    for bit in 0..u32::BITS {
        let length = length ^ 1 << bit;
        if bytes.get(body(length)).is_some_and(|body| crc32c::crc32c(body) == checksum) {
            bytes[4..8].copy_from_slice(&length.to_le_bytes());
            return read(bytes).is_some();
        }
    }
    false
}

/// Where the next undamaged record begins, searching from the beginning of these bytes.
pub(super) fn find(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(offset) = bytes.get(from..)?.windows(MAGIC.len()).position(|window| window == MAGIC) {
        if read(&bytes[from + offset..]).is_some() {
            return Some(from + offset);
        }
        from += offset + 1;
    }
    None
}

fn read_body(body: &[u8]) -> Option<Record<'_>> {
    let fixed = body.get(..BODY_MIN)?;
    let continues = fixed[0] & CONTINUES != 0;
    let kind = match fixed[0] & !CONTINUES {
        1 => Kind::Batch,
        2 => Kind::Carry,
        _ => return None,
    };
    let sequence = u64::from_le_bytes(fixed[1..9].try_into().expect("8 bytes"));
    let signal = match fixed[9] {
        1 => Signal::Spans,
        2 => Signal::Logs,
        3 => Signal::Metrics,
        _ => return None,
    };
    let name_end = BODY_MIN + usize::from(fixed[10]);
    let tenant = TenantId::new(std::str::from_utf8(body.get(BODY_MIN..name_end)?).ok()?).ok()?;
    Some(Record { kind, continues, sequence, table: (tenant, signal), payload: &body[name_end..] })
}
