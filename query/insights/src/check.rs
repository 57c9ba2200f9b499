//! What makes a query that is well formed a query that means something: functions and their arguments, the order of
//! commands, which fields there are, limits. Every mistake is reported, in the order of the text.
//!
//! A record may have any field, so before the first `stats` every field exists; behind it only the columns of the `stats`
//! before, and those made since. An expression that prints as a column's name is that column: behind
//! `stats count(*) by bin(5m)`, `sort count(*)` and `sort bin(5m)` sort by it. A caller that compiles the tree does the same.

mod expression;
mod order;
mod pipeline;
mod scope;
mod source;

use crate::error::SyntaxError;
use crate::limits::Limits;
use crate::period::Period;
use crate::syntax::{Field, Query};

/// What is known of a query's answer before it runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The columns of the answer, in order.
    pub columns: Vec<String>,
    /// Whether rows are groups (of `stats`, `pattern` and the like) and no records: they have no `@ptr`.
    pub is_grouped: bool,
    /// The `bin` by which the last `stats` groups.
    pub bin: Option<Bin>,
    /// The columns by which the last `stats` groups, the bin's too.
    pub group_columns: Vec<String>,
    /// How many rows are asked for; `None` where the query says nothing.
    pub limit_rows: Option<u64>,
    /// Whether the query says in which order rows are. Records are newest first where it does not.
    pub is_sorted: bool,
    /// The fields of records that are read, without those that the query makes. Not those of sub-queries.
    pub fields: Vec<Field>,
}

/// A `bin` by which rows are grouped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bin {
    /// The name of its column.
    pub column: String,
    /// How wide it is; what is written: `bin(300s)` is five minutes.
    pub period: Period,
    /// `offset`: how far the past is shifted.
    pub offset: Option<Period>,
}

/// Checks a query within the default limits.
pub fn check(query: &Query) -> Result<Checked, Vec<SyntaxError>> {
    check_within(query, &Limits::default())
}

/// Checks a query within the limits.
pub fn check_within(query: &Query, limits: &Limits) -> Result<Checked, Vec<SyntaxError>> {
    let mut mistakes = Vec::new();
    let checked = pipeline::check(query, limits, pipeline::Place::Outside, &mut mistakes);
    if mistakes.is_empty() {
        return Ok(checked);
    }
    mistakes.sort_by_key(|mistake| mistake.position);
    Err(mistakes)
}

#[cfg(test)]
mod tests;
