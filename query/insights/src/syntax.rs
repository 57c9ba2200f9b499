//! The syntax tree of a query: what was written, with its places, before anything is known about what it means.
//!
//! It promises that printing a tree (`to_string`) and parsing the text gives the same tree again. Words that are written
//! in any case (`FILTER`, `Desc`) are stored as variants; names of fields as they were written, because fields are
//! case-sensitive. What it leaves out: whether functions, fields and the order of commands exist; that is `check`.

mod command;
mod expression;
mod source;

pub use command::*;
pub use expression::*;
pub use source::*;

/// A query: where it reads, and what it does with the records, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Where it reads; `None` where the caller says so.
    pub source: Option<Source>,
    /// The commands between the pipes.
    pub commands: Vec<Command>,
}
