//! Limits on texts and lists.

use crate::limits::Limits;
use crate::protobuf::Text;
use crate::reason::Reason;

/// A name: `name_bytes_max`.
pub(super) fn name<'a>(what: &'static str, sent: &'a str, limits: &Limits) -> Result<Text<'a>, Reason> {
    at_most(what, sent.len(), limits.name_bytes_max, "ingest.name_bytes_max").map(|()| sent.into())
}

/// Another text: `text_bytes_max`.
pub(super) fn text<'a>(what: &'static str, sent: &'a str, limits: &Limits) -> Result<Text<'a>, Reason> {
    at_most(what, sent.len(), limits.text_bytes_max, "ingest.text_bytes_max").map(|()| sent.into())
}

/// Refuses what is above a limit.
pub(super) fn at_most(what: &'static str, found: usize, max: usize, limit: &'static str) -> Result<(), Reason> {
    if found > max { Err(Reason::TooLarge { what, found, max, limit }) } else { Ok(()) }
}
