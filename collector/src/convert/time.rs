//! Times: unsigned nanoseconds on the wire, signed in rows. Signed ones end in the year 2262.

use crate::reason::Reason;

/// A time that a row cannot be without. A row at the epoch would never be found again, so 0 is refused.
pub(super) fn required(field: &'static str, sent: u64) -> Result<i64, Reason> {
    if sent == 0 { Err(Reason::TimeMissing { field }) } else { in_range(field, sent) }
}

/// A time that may be 0.
pub(super) fn in_range(field: &'static str, sent: u64) -> Result<i64, Reason> {
    i64::try_from(sent).map_err(|_| Reason::TimeRange { field, found: sent })
}
