//! What is promoted, for people.

use super::Promoted;
use crate::row::Signal;

/// By whom an attribute was promoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is one of [`super::PROMOTED`].
    BuiltIn,
    /// [`crate::Config::promoted_attributes`].
    Configured,
    /// [`crate::Store::promote`].
    OnDemand,
    /// Nobody any more: older files have its column.
    Retired,
}

/// All promoted attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Built-in ones first, then in the order of their columns.
    pub attributes: Vec<Status>,
    /// Why some that are wanted are not promoted, each with what to change.
    pub problems: Vec<String>,
    /// How many columns beside the built-in ones there are, retired ones included.
    pub columns: usize,
    /// How many there may be: [`crate::Config::promoted_attributes_max`].
    pub columns_max: usize,
}

/// One promoted attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The attribute and its column.
    pub promoted: Promoted,
    /// By whom.
    pub origin: Origin,
    /// Since when, nanoseconds since the epoch; unknown for built-in and retired ones.
    pub since_unix_nano: Option<i64>,
    /// How much of each table of the tenant has the column.
    pub coverage: Vec<Coverage>,
}

/// How much of what is sealed in a table has a column. The rest answers from the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The table.
    pub signal: Signal,
    /// Its segments.
    pub segments: usize,
    /// Those with the column.
    pub segments_with_column: usize,
    /// Rows in its segments.
    pub rows: u64,
    /// Rows in those with the column.
    pub rows_with_column: u64,
}

impl Coverage {
    pub(crate) fn of(signal: Signal) -> Self {
        Self { signal, segments: 0, segments_with_column: 0, rows: 0, rows_with_column: 0 }
    }

    pub(crate) fn add(&mut self, rows: u64, has_column: bool) {
        self.segments += 1;
        self.rows += rows;
        if has_column {
            self.segments_with_column += 1;
            self.rows_with_column += rows;
        }
    }
}
