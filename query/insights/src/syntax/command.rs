//! The commands between the pipes, one struct each.

mod joining;
mod reading;
mod shaping;

pub use joining::*;
pub use reading::*;
pub use shaping::*;

use super::{Expr, Field};
use crate::period::Period;
use crate::span::Span;

/// A command.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each variant is documented at its struct")]
pub enum Command {
    Accum(Accum),
    Addtotals(Addtotals),
    Anomaly(Anomaly),
    Appendcols(Appendcols),
    Autoregress(Autoregress),
    CidrLookup(CidrLookup),
    CountFrequent(CountFrequent),
    Dedup(Dedup),
    Diff(Diff),
    Display(Display),
    Estimate(Estimate),
    Expand(Expand),
    Fields(Fields),
    Filldown(Filldown),
    Fillmissing(Fillmissing),
    Filter(Filter),
    FilterIndex(FilterIndex),
    Join(Join),
    Limit(Limit),
    LogCompare(LogCompare),
    Lookup(Lookup),
    Outlier(Outlier),
    Parse(Parse),
    Pattern(Pattern),
    RelevantFields(RelevantFields),
    Sessionize(Sessionize),
    Sort(Sort),
    Stats(Stats),
    Unmask(Unmask),
    Unnest(Unnest),
}

/// The names of all commands, as AWS writes them.
pub const COMMAND_NAMES: [&str; 33] = [
    "accum",
    "addtotals",
    "anomaly",
    "appendcols",
    "autoregress",
    "cidrlookup",
    "countFrequent",
    "dedup",
    "diff",
    "display",
    "estimate",
    "expand",
    "fields",
    "filldown",
    "fillmissing",
    "filter",
    "filterIndex",
    "join",
    "json",
    "limit",
    "logcompare",
    "lookup",
    "outlier",
    "parse",
    "pattern",
    "relevantfields",
    "sessionize",
    "sort",
    "SOURCE",
    "stats",
    "unmask",
    "unnest",
    "where",
];

/// A name that a command gives, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `expr as name`
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its value.
    pub expr: Expr,
    /// Its name; without one it is called as it is written.
    pub alias: Option<Name>,
}

/// `fields a, b + 1 as c`: adds columns. Several add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// The columns.
    pub columns: Vec<Column>,
    /// Where it stands.
    pub span: Span,
}

/// `display a, b`: the columns of the result. The last one counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    /// The columns.
    pub columns: Vec<Column>,
    /// Where it stands.
    pub span: Span,
}

/// `filter a = 1`, `where a = 1`: keeps the rows for which it is true. A bare text or regular expression
/// (`filter "ERROR"`) is looked for in `@message`.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The condition.
    pub condition: Expr,
    /// Where it stands.
    pub span: Span,
}

/// `stats count(*) as n by a, bin(5m) offset 1h`
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// Expressions of aggregates.
    pub aggregates: Vec<Column>,
    /// What makes a group.
    pub by: Vec<Column>,
    /// How far the bins are shifted into the past.
    pub offset: Option<Period>,
    /// Where it stands.
    pub span: Span,
}

/// `sort a desc, b`
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// The first decides first.
    pub keys: Vec<SortKey>,
    /// Where it stands.
    pub span: Span,
}

/// `a desc`
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// What is compared.
    pub expr: Expr,
    /// The largest first.
    pub descending: bool,
}

/// `limit 20`, `limit any 20`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// At most so many rows.
    pub rows: u64,
    /// Any rows; reading may stop early.
    pub any: bool,
    /// Where it stands.
    pub span: Span,
}

/// `dedup a, b`: of the rows with the same values the first in the sort order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dedup {
    /// The fields.
    pub fields: Vec<Field>,
    /// Where it stands.
    pub span: Span,
}

impl Command {
    /// Its name as AWS writes it, and where it stands.
    pub fn name(&self) -> (&'static str, Span) {
        match self {
            Self::Accum(command) => ("accum", command.span),
            Self::Addtotals(command) => ("addtotals", command.span),
            Self::Anomaly(command) => ("anomaly", command.span),
            Self::Appendcols(command) => ("appendcols", command.span),
            Self::Autoregress(command) => ("autoregress", command.span),
            Self::CidrLookup(command) => ("cidrlookup", command.span),
            Self::CountFrequent(command) => ("countFrequent", command.span),
            Self::Dedup(command) => ("dedup", command.span),
            Self::Diff(command) => ("diff", command.span),
            Self::Display(command) => ("display", command.span),
            Self::Estimate(command) => ("estimate", command.span),
            Self::Expand(command) => ("expand", command.span),
            Self::Fields(command) => ("fields", command.span),
            Self::Filldown(command) => ("filldown", command.span),
            Self::Fillmissing(command) => ("fillmissing", command.span),
            Self::Filter(command) => ("filter", command.span),
            Self::FilterIndex(command) => ("filterIndex", command.span),
            Self::Join(command) => ("join", command.span),
            Self::Limit(command) => ("limit", command.span),
            Self::LogCompare(command) => ("logcompare", command.span),
            Self::Lookup(command) => ("lookup", command.span),
            Self::Outlier(command) => ("outlier", command.span),
            Self::Parse(command) => ("parse", command.span),
            Self::Pattern(command) => ("pattern", command.span),
            Self::RelevantFields(command) => ("relevantfields", command.span),
            Self::Sessionize(command) => ("sessionize", command.span),
            Self::Sort(command) => ("sort", command.span),
            Self::Stats(command) => ("stats", command.span),
            Self::Unmask(command) => ("unmask", command.span),
            Self::Unnest(command) => ("unnest", command.span),
        }
    }
}

impl Column {
    /// What the column is called: its alias, the field's name, or the expression as it is printed.
    pub fn name(&self) -> String {
        match (&self.alias, &self.expr.kind) {
            (Some(alias), _) => alias.text.clone(),
            (None, super::ExprKind::Field(field)) => field.flat_name(),
            (None, _) => self.expr.to_string(),
        }
    }
}
