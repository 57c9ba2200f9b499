//! Log records: the search, and matches over time.
//!
//! Two reads. The first one finds the time down to which a page reaches: from the times of the nearest matches, block by
//! block until the rest can only lie beyond; or, for the histogram, from the times and severities of all matches. Where the
//! footers of segments have the histogram's counts ([`counted`]), their matches are not read for it. The second one takes
//! the whole records from there on. Records of the same nanosecond are ordered by a hash of their content, so a page ends at the same record before and after sealing.

mod counted;
pub mod histogram;
mod page;
pub(crate) mod rows;
pub(crate) mod search;
