//! Commands that read texts and compare times.

use crate::period::Period;
use crate::span::Span;
use crate::syntax::{Expr, Field, Name, Regex};

/// `parse @message "a=*" as a`: takes fields out of a text. Where it does not match, the row stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Parse {
    /// The text; `@message` where `None`.
    pub field: Option<Field>,
    /// How it is read.
    pub mode: ParseMode,
    /// Where it stands.
    pub span: Span,
}

/// How `parse` reads a text.
#[derive(Debug, Clone, PartialEq)]
pub enum ParseMode {
    /// `"a=* b=*" as a, b`: as many stars as names.
    Glob {
        /// The pattern.
        pattern: String,
        /// Where the pattern stands.
        pattern_span: Span,
        /// The names.
        names: Vec<Name>,
        /// `multi`: a row for every match.
        multi: bool,
    },
    /// `/a=(?<a>\d+)/`, or `/a=(\d+)/ as a`.
    Regex {
        /// The regular expression.
        regex: Regex,
        /// Names of the groups that have none.
        names: Vec<Name>,
        /// `multi`: a row for every match.
        multi: bool,
    },
    /// `logfmt as lf`: a map of the pairs `a=b`.
    Logfmt {
        /// The name of the map.
        name: Name,
    },
    /// `csv as a, b`: the values between the commas.
    Csv {
        /// The names.
        names: Vec<Name>,
    },
    /// `json field=f "k.sub" as x`: values by their paths.
    Json {
        /// The paths.
        paths: Vec<String>,
        /// As many names.
        names: Vec<Name>,
    },
}

/// `filterIndex a = "b"`, `filterIndex a in ["b", "c"]`: reads only what has `a` in an index.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterIndex {
    /// The indexed field.
    pub field: Field,
    /// One of these it must be; texts or numbers.
    pub values: Vec<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// `pattern @message`: groups texts by what they have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The text.
    pub field: Field,
    /// Where it stands.
    pub span: Span,
}

/// `diff previousDay`: patterns of now beside those of an equally long time before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The time before.
    pub baseline: Baseline,
    /// Where it stands.
    pub span: Span,
}

/// What `diff` compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// The time just before, equally long.
    Before,
    /// The same time a day before.
    PreviousDay,
    /// The same time a week before.
    PreviousWeek,
    /// The same time a month before.
    PreviousMonth,
}

/// `anomaly`, after `pattern`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// Where it stands.
    pub span: Span,
}

/// `logcompare timeshift 7d`: patterns of now beside those of then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCompare {
    /// How long before.
    pub timeshift: Period,
    /// Where it stands.
    pub span: Span,
}

/// `unmask`, `unmask a, b`: shows what data protection masks, to those who may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmask {
    /// The fields; all where empty.
    pub fields: Vec<Field>,
    /// Where it stands.
    pub span: Span,
}

/// `estimate`: how much would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Where it stands.
    pub span: Span,
}
