//! Trace and span ids: exactly 16 and 8 bytes.

use crate::reason::Reason;

/// An id that a row cannot be without: not empty, not all zero.
pub(super) fn required<const N: usize>(field: &'static str, sent: &[u8]) -> Result<[u8; N], Reason> {
    let id = sized(field, sent)?;
    if id == [0; N] { Err(Reason::IdZero { field }) } else { Ok(id) }
}

/// An id that may be absent. Some clients send zeros for none.
pub(super) fn optional<const N: usize>(field: &'static str, sent: &[u8]) -> Result<Option<[u8; N]>, Reason> {
    if sent.is_empty() {
        return Ok(None);
    }
    let id = sized(field, sent)?;
    Ok((id != [0; N]).then_some(id))
}

fn sized<const N: usize>(field: &'static str, sent: &[u8]) -> Result<[u8; N], Reason> {
    sent.try_into().map_err(|_| Reason::IdLength { field, found: sent.len(), want: N })
}
