//! Compaction: small segments of a day become large ones, and rows whose time is over are left out.
//!
//! ```text
//! plan ─► segments, read and checked ─► merge, in their order ─► one segment, sidecar new ─► Delta commit ─► vacuum, later
//! ```
//!
//! What it promises: memory for a row group of each input and of the output, not for the files; a bit that flipped in an
//! input is an error and never carried on; killed at any moment, every row is in the table exactly once: before the commit
//! in the inputs, after it in the output. What it leaves out: when it runs and how much of the machine it may take, see
//! [`crate::store`]; what is already large stays as it is.

mod merge;
mod plan;
mod read;
mod write;

pub(crate) use merge::{Keep, Merge};
pub(crate) use plan::{Limits, choose};
pub(crate) use read::open;
pub(crate) use write::{Output, write};

use crate::error::Error;

/// Why a compaction ended without an output.
#[derive(Debug)]
pub(crate) enum Failed {
    /// This segment is damaged: what is wrong with it.
    Damaged(std::sync::Arc<crate::segment::Segment>, String),
    /// The store is closing.
    Closing,
    /// Anything else.
    Error(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

#[cfg(test)]
mod tests;
