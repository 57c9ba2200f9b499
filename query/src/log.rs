//! Log records: the search, and matches over time.
//!
//! Two reads. The first one takes the times and severities of all matches: it counts them for the histogram and finds
//! the time down to which a page reaches. The second one takes the whole records from there on. Records of the same
//! nanosecond are ordered by a hash of their content, so a page ends at the same record before and after sealing.

pub mod histogram;
mod rows;
pub(crate) mod search;
