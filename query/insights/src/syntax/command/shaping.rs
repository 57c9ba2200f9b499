//! Commands that work on the rows of a result.

use crate::period::Period;
use crate::span::Span;
use crate::syntax::{Expr, Field, Name};

/// `unnest list into item`: a row for every element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnest {
    /// The list.
    pub list: Field,
    /// The name of the element.
    pub into: Name,
    /// Where it stands.
    pub span: Span,
}

/// `expand a`: a row for every value of `a`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expand {
    /// The field.
    pub field: Field,
    /// Where it stands.
    pub span: Span,
}

/// `autoregress a as b p=1-3`: `b_p1`, `b_p2`, `b_p3`: the values of the rows before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Autoregress {
    /// The field.
    pub field: Field,
    /// The begin of the new names.
    pub alias: Option<Name>,
    /// The first row back, from 1.
    pub first: u64,
    /// The last row back.
    pub last: u64,
    /// Where it stands.
    pub span: Span,
}

/// `accum a as b`: the running sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accum {
    /// The field.
    pub field: Field,
    /// The name of the sum; the field itself where `None`.
    pub alias: Option<Name>,
    /// Where it stands.
    pub span: Span,
}

/// `addtotals fieldname=Sum row=true col=true a, b`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addtotals {
    /// The name of the row's sum; `Total` where `None`.
    pub field_name: Option<Name>,
    /// A sum in every row.
    pub row: bool,
    /// A row of sums at the end.
    pub col: bool,
    /// The fields; all numeric ones where empty.
    pub fields: Vec<Field>,
    /// Where it stands.
    pub span: Span,
}

/// `filldown host cpu*`: empty values become the last value above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filldown {
    /// Names, with `*` for any characters; all fields where empty.
    pub fields: Vec<Name>,
    /// Where it stands.
    pub span: Span,
}

/// `fillmissing with 0 for n`: rows for the bins that have none.
#[derive(Debug, Clone, PartialEq)]
pub struct Fillmissing {
    /// A value (a text or a number) and the field that gets it.
    pub values: Vec<(Expr, Field)>,
    /// Where it stands.
    pub span: Span,
}

/// `outlier action=remove param=3 uselower=true mark=true a b`
#[derive(Debug, Clone, PartialEq)]
pub struct Outlier {
    /// What becomes of outliers.
    pub action: OutlierAction,
    /// How many interquartile ranges above the third quartile the bound lies; 2.5 where not given.
    pub param: f64,
    /// Small values are outliers too.
    pub use_lower: bool,
    /// Adds a field that says so.
    pub mark: bool,
    /// The fields.
    pub fields: Vec<Field>,
    /// Where it stands.
    pub span: Span,
}

/// What becomes of outliers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutlierAction {
    /// The row falls away.
    Remove,
    /// The value becomes the bound.
    Transform,
}

/// `sessionize user, device maxspan 1h as session`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sessionize {
    /// Whose events belong together.
    pub fields: Vec<Field>,
    /// The longest pause within a session; 30 minutes where `None`.
    pub max_span: Option<Period>,
    /// The name of the session's id; `session_id` where `None`.
    pub alias: Option<Name>,
    /// Where it stands.
    pub span: Span,
}

/// `countFrequent a, b`: the combinations that occur most, with `_approxcount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountFrequent {
    /// The fields.
    pub fields: Vec<Field>,
    /// Where it stands.
    pub span: Span,
}

/// `relevantfields a, b where status >= 500`: which fields tell the rows of the condition from the others.
#[derive(Debug, Clone, PartialEq)]
pub struct RelevantFields {
    /// The fields; all where empty.
    pub fields: Vec<Field>,
    /// The condition.
    pub condition: Expr,
    /// Where it stands.
    pub span: Span,
}
