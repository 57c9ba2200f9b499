//! Reads one file, around whatever is not a record.

use std::collections::HashMap;

use super::{HEADER, has_header};
use crate::error::Error;
use crate::one_bit::bits_between;
use crate::wal::TableKey;
use crate::wal::file::header;
use crate::wal::record::{Record, find, read, restore};

/// What was found in a file.
pub(in crate::wal) struct Scan {
    pub(super) highest: HashMap<TableKey, u64>,
    /// Where the last group of which there is something begins: its first record, or what there is of it.
    pub(super) last_group: usize,
    /// End of the last undamaged record.
    pub(super) end: usize,
    /// Whether the last group is not whole, which is what a power cut leaves.
    pub(super) torn: bool,
    /// Whether a bit of a record was flipped; it is put right in the bytes.
    pub(in crate::wal) is_flipped: bool,
    /// What else is wrong with it.
    pub(in crate::wal) damage: Option<String>,
}

/// Single bits of records that were flipped are put right on the way.
///
/// A group that a power cut has torn is not mistaken for such a record: its checksum would have to be that of what is left but
/// for a bit, which a record of 100 kB has in one of 5,000 power cuts, and what came out would have to be a batch.
///
/// `is_complete` where everything that was written to the file is known to have been synced: then nothing can be torn.
pub(in crate::wal) fn scan(
    bytes: &mut [u8],
    is_complete: bool,
    each: &mut impl FnMut(&Record<'_>) -> Result<(), Error>,
) -> Scan {
    let begin = if has_header(bytes) { HEADER as usize } else { 0 };
    let mut scan =
        Scan { highest: HashMap::new(), last_group: begin, end: begin, torn: false, is_flipped: false, damage: None };
    let mut at = begin;
    // The bytes that are no record, as long as they may be of the last group.
    let mut hole = None;
    loop {
        if let Some((record, length)) = read(&bytes[at..]) {
            if !record.continues {
                scan.last_group = at;
                scan.close(hole.take());
            }
            if let Err(error) = each(&record) {
                scan.damage = Some(format!("the log's record {} cannot be used: {error}", record.sequence));
            }
            scan.highest.insert(record.table.clone(), record.sequence);
            at += length;
            scan.end = at;
            continue;
        }
        // What follows is the zeros of an unused rest, a record with a flipped bit, a torn group, or damage.
        if bytes[at..].iter().all(|byte| *byte == 0) {
            break;
        }
        if restore(&mut bytes[at..]) {
            scan.is_flipped = true;
            continue;
        }
        let next = find(&bytes[at..]).map(|next| at + next);
        hole.get_or_insert((at, next.unwrap_or(bytes.len())));
        let Some(next) = next else { break };
        at = next;
    }
    if is_complete {
        scan.close(hole.take());
    }
    scan.torn = hole.is_some();
    if scan.torn && scan.highest.is_empty() && !has_header(bytes) {
        scan.damage = Some("the log file has no header and no record; its unsealed rows are missing".into());
    }
    scan
}

/// Puts right a flipped bit of the header of a file whose records are of this version; whether there was one.
pub(in crate::wal) fn put_header_right(bytes: &mut [u8]) -> bool {
    let ours = header(0);
    let has_records = bytes.get(HEADER as usize..).is_some_and(|records| read(records).is_some());
    let is_flipped = has_records && bits_between(&bytes[..12], &ours[..12]) == 1;
    if is_flipped {
        bytes[..12].copy_from_slice(&ours[..12]);
    }
    is_flipped
}

impl Scan {
    /// Something was synced after this hole: it was written whole once.
    fn close(&mut self, hole: Option<(usize, usize)>) {
        if let Some((from, to)) = hole {
            let reason = format!("the log file is damaged from byte {from} to {to}; what was there is missing");
            self.damage = Some(reason);
        }
    }
}
