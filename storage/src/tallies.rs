//! How many rows of a file there are by time, service and severity or status, so that counts need not read rows.
//!
//! While a segment is written its rows are counted in cells: a step of time and a value of each of [`columns`]. The cells
//! stand in the footer under [`KEY`]; footers are read for every question anyway. The step is the finest of [`STEPS_US`]
//! with which they fit within [`CELLS_MAX`] and [`TEXT_BYTES_MAX`]. Where none does, and for metrics, there are none, and
//! rows are read instead. Counts are exact; what cannot be told from them is not told.

mod count;
mod form;

use std::sync::Arc;

use parquet::file::metadata::ParquetMetaData;

use crate::row::Signal;

pub(crate) use count::Counter;

/// The key in the footer.
pub(crate) const KEY: &str = "alidade.tallies";

/// How many cells a file has at most.
pub(crate) const CELLS_MAX: usize = 4_096;

/// How long their text in the footer is at most.
pub(crate) const TEXT_BYTES_MAX: usize = 32 << 10;

const SECOND_US: i64 = 1_000_000;

/// The steps of time that there are. Each is a multiple of the one before, so cells of one are sums of cells of another;
/// and each width of a histogram's bar from a second on is a multiple of one that is not much finer.
pub(crate) const STEPS_US: [i64; 9] = [
    SECOND_US,
    5 * SECOND_US,
    15 * SECOND_US,
    60 * SECOND_US,
    300 * SECOND_US,
    900 * SECOND_US,
    3_600 * SECOND_US,
    21_600 * SECOND_US,
    86_400 * SECOND_US,
];

/// How many columns are counted by.
pub(crate) const COLUMNS: usize = 3;

/// The columns whose values are counted, in the order of a [`TalliedKey`]; `None` for a table that is not counted.
pub fn columns(signal: Signal) -> Option<[&'static str; COLUMNS]> {
    match signal {
        Signal::Logs => Some(["service_name", "severity_number", "severity_text"]),
        Signal::Spans => Some(["service_name", "status_code", "kind"]),
        Signal::Metrics => None,
    }
}

/// The value of a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TalliedValue {
    /// There is none.
    Null,
    /// Of a column of whole numbers.
    Int(i32),
    /// Of a column of text.
    Text(Arc<str>),
}

/// A value of each column of [`columns`].
pub type TalliedKey = [TalliedValue; COLUMNS];

/// Rows that have the same key and lie in the same step of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TalliedCell {
    /// Begin of the step, microseconds; a multiple of [`Tallies::step_us`].
    pub time_us: i64,
    /// Position in [`Tallies::keys`].
    pub key: u32,
    /// How many there are; never 0.
    pub rows: u32,
}

/// The counts of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tallies {
    step_us: i64,
    keys: Vec<TalliedKey>,
    cells: Vec<TalliedCell>,
    text_bytes: usize,
}

impl Tallies {
    /// Those in a footer; `None` where it has none that can be read. Another program may carry the text over into a file
    /// of its own, where it is wrong: believe only a segment that has [`crate::Segment::checksums`] and as many rows.
    pub fn in_footer(footer: &ParquetMetaData) -> Option<Self> {
        let pairs = footer.file_metadata().key_value_metadata()?;
        let text = pairs.iter().find(|pair| pair.key == KEY)?.value.as_deref()?;
        form::parse(text)
    }

    /// The length of a step of time.
    pub fn step_us(&self) -> i64 {
        self.step_us
    }

    /// What is counted apart.
    pub fn keys(&self) -> &[TalliedKey] {
        &self.keys
    }

    /// The counts, by key and then by time; no two are of the same key and time.
    pub fn cells(&self) -> &[TalliedCell] {
        &self.cells
    }

    /// How many rows were counted.
    pub fn rows(&self) -> u64 {
        self.cells.iter().map(|cell| u64::from(cell.rows)).sum()
    }

    /// The memory that they take, and that of their text, which stays in the footer.
    pub fn bytes(&self) -> usize {
        // A key's texts lie behind pointers.
        const KEY_BYTES: usize = 64;
        let keys = self.keys.len() * (std::mem::size_of::<TalliedKey>() + KEY_BYTES);
        std::mem::size_of::<Self>() + keys + std::mem::size_of_val(self.cells.as_slice()) + self.text_bytes
    }
}

#[cfg(test)]
mod tests;
