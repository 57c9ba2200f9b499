//! The write-ahead log: every record's checksum and content, and that no file is missing between two others.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use bytes::Bytes;

use super::{Report, relative};
use crate::carry;
use crate::codec::EncodedBatch;
use crate::error::Error;
use crate::io::Io;
use crate::one_bit::FLIPPED;
use crate::wal::{self, Gaps, Inspected, TableKey};

/// The sequences that the log has, by table.
pub(super) type InLog = HashMap<TableKey, BTreeSet<u64>>;

pub(super) fn check(io: &dyn Io, data_dir: &Path, report: &mut Report) -> Result<InLog, Error> {
    let (mut in_log, mut gaps) = (InLog::new(), Gaps::default());
    let files = wal::inspect(io, data_dir, |record| {
        gaps.see(record);
        in_log.entry(record.table.clone()).or_default().insert(record.sequence);
        match record.kind {
            wal::Kind::Batch => EncodedBatch::read(Bytes::copy_from_slice(record.payload)).map(|_| ()),
            wal::Kind::Carry => carry::decode(record.table.1, record.payload).map(|_| ()),
        }
    })?;
    for Inspected { path, bytes, damage } in files {
        report.read(bytes);
        if let Some(damage) = damage {
            if damage == FLIPPED {
                report.find_flipped(relative(data_dir, &path));
                continue;
            }
            report.find(
                relative(data_dir, &path),
                damage,
                "rows that were acknowledged and not yet in a table are lost, where the damage is; all others are read",
                "none; the next start keeps a copy of the file in set-aside/ and goes on",
            );
        }
    }
    if let Some((from, to)) = gaps.first() {
        report.find(
            "wal",
            format!("no file has the records {from} to {to}"),
            "a file of the log is missing or damaged there; rows in it that are in no table are lost",
            "put the file back from a backup of the same time, if there is one",
        );
    }
    Ok(in_log)
}
