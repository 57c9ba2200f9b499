//! Commands that add columns of other rows.

use crate::span::Span;
use crate::syntax::{Field, Name, Query};

/// `lookup users id as userId OUTPUT name, mail`: adds columns of a table by an equal key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The table.
    pub table: Name,
    /// Columns of the table, and the fields that must equal them (of the same name where `None`).
    pub keys: Vec<(Name, Option<Field>)>,
    /// What is added.
    pub output: Output,
    /// Where it stands.
    pub span: Span,
}

/// `OUTPUT a as b, c`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Columns of the table, and what they are called in the result.
    pub columns: Vec<(Name, Option<Name>)>,
    /// `OUTPUTNEW`: only where the field is empty.
    pub only_empty: bool,
}

/// `cidrlookup nets srcAddr as cidr OUTPUT owner`: adds columns of the row whose network holds the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CidrLookup {
    /// The table.
    pub table: Name,
    /// The address.
    pub field: Field,
    /// The table's column of networks; its first where `None`.
    pub cidr_column: Option<Name>,
    /// What is added.
    pub output: Output,
    /// Where it stands.
    pub span: Span,
}

/// `join type=left left=l right=r where l.a = r.b (SOURCE 'lg' | …)`
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// What becomes of rows without a partner.
    pub kind: JoinKind,
    /// What the rows so far are called.
    pub left: Name,
    /// What the sub-query's rows are called.
    pub right: Name,
    /// Pairs of fields that must be equal, as written: `l.a` and `r.b`, in any order.
    pub on: Vec<(Field, Field)>,
    /// The sub-query.
    pub query: Box<Query>,
    /// Where it stands.
    pub span: Span,
}

/// What becomes of rows without a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// They fall away.
    Inner,
    /// Those of the left stay.
    Left,
}

/// `appendcols override=true max=10 (SOURCE lg | …)`: the n-th row gets the columns of the sub-query's n-th row.
#[derive(Debug, Clone, PartialEq)]
pub struct Appendcols {
    /// Overwrite columns of the same name.
    pub replace: bool,
    /// At most so many rows of the sub-query.
    pub max: Option<u64>,
    /// The sub-query.
    pub query: Box<Query>,
    /// Where it stands.
    pub span: Span,
}
