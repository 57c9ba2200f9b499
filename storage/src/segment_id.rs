//! Names of segments: `<first sequence>-<last sequence>-<unique>`, and `-c` behind that of a compacted one.
//!
//! The sequences tell whether the log still has the rows of a file that no commit names, see [`crate::orphans`].

use crate::live::Sequences;
use crate::segment::Segment;

const COMPACTED: &str = "-c";

/// A new id for rows of these sequences.
pub(crate) fn sealed(sequences: Sequences, now_unix_nano: i64) -> String {
    let seconds = now_unix_nano.div_euclid(1_000_000_000).try_into().unwrap_or(0);
    let nanoseconds = now_unix_nano.rem_euclid(1_000_000_000) as u32;
    let unique = uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds));
    format!("{:012x}-{:012x}-{}", sequences.first, sequences.last, unique.simple())
}

/// A new id for a segment that replaces these, which are ours.
pub(crate) fn compacted<'a>(inputs: impl IntoIterator<Item = &'a Segment>, now_unix_nano: i64) -> String {
    let all = inputs.into_iter().filter_map(|segment| sequences(&segment.id)).reduce(|a, b| a.and(Some(b)));
    let all = all.unwrap_or(Sequences { first: 0, last: 0 });
    sealed(all, now_unix_nano) + COMPACTED
}

/// The sequences in an id; `None` where it is none of ours.
pub(crate) fn sequences(id: &str) -> Option<Sequences> {
    let mut parts = id.splitn(3, '-').take(2).map(|part| u64::from_str_radix(part, 16).ok());
    Some(Sequences { first: parts.next()??, last: parts.next()?? })
}

/// Whether it is the id of a segment that was made from others.
pub(crate) fn is_compacted(id: &str) -> bool {
    id.ends_with(COMPACTED) && sequences(id).is_some()
}
