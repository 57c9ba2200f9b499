//! Expressions.

use std::fmt;
use std::sync::Arc;

use super::function::Function;
use super::operator::{Aggregator, BinaryOp};
use crate::matcher::Matcher;

/// A part of a query, in bytes from its begin. Not part of what an expression means: any two are equal.
#[derive(Clone, Copy, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last.
    pub end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub(crate) fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end }
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

/// What an expression results in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A number.
    Scalar,
    /// A sample of each of some series.
    Vector,
    /// Samples of a time range of each of some series.
    Matrix,
    /// A text.
    String,
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "scalar",
            Self::Vector => "instant vector",
            Self::Matrix => "range vector",
            Self::String => "string",
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Number { value: f64, is_duration: bool, span: Span },
    Text { value: Arc<str>, span: Span },
    Selector(Selector),
    Range(RangeSelector),
    Subquery(Subquery),
    Call(Call),
    Aggregation(Aggregation),
    Binary(Binary),
    Negative { expr: Box<Expr>, span: Span },
    Paren { expr: Box<Expr>, span: Span },
}

/// The time that `@` sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Start,
    End,
    /// Milliseconds.
    Time(i64),
}

/// How a selector treats the ends of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extension {
    Anchored,
    Smoothed,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Selector {
    /// All matchers, that of the name first if it was written before the braces.
    pub(crate) matchers: Vec<Matcher>,
    /// Whether the first matcher is the name, written before the braces or quoted within.
    pub(crate) has_name: bool,
    pub(crate) at: Option<At>,
    pub(crate) offset: Option<Length>,
    pub(crate) extension: Option<Extension>,
    /// Which of the query's selections this is.
    pub(crate) index: usize,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RangeSelector {
    pub(crate) selector: Selector,
    pub(crate) range: Length,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subquery {
    pub(crate) expr: Box<Expr>,
    pub(crate) range: Length,
    pub(crate) step: Option<Length>,
    pub(crate) at: Option<At>,
    pub(crate) offset: Option<Length>,
    pub(crate) span: Span,
}

/// A length of time, perhaps one that is calculated from the query's step and range.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Length {
    pub(crate) expr: LengthExpr,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LengthExpr {
    Number { seconds: f64, is_duration: bool },
    Step,
    Range,
    Smaller(Box<LengthExpr>, Box<LengthExpr>),
    Larger(Box<LengthExpr>, Box<LengthExpr>),
    Negative(Box<LengthExpr>),
    Paren(Box<LengthExpr>),
    Binary { op: LengthOp, lhs: Box<LengthExpr>, rhs: Box<LengthExpr> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LengthOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) function: &'static Function,
    pub(crate) args: Vec<Expr>,
    /// Which of the query's selections the info series of `info` are.
    pub(crate) info_index: Option<usize>,
    pub(crate) span: Span,
}

/// `by` and `without`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Grouping {
    pub(crate) is_without: bool,
    pub(crate) labels: Vec<Arc<str>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aggregation {
    pub(crate) op: Aggregator,
    pub(crate) expr: Box<Expr>,
    pub(crate) param: Option<Box<Expr>>,
    pub(crate) grouping: Grouping,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Cardinality {
    #[default]
    OneToOne,
    /// `group_left`
    ManyToOne,
    /// `group_right`
    OneToMany,
}

/// Which series of both sides belong together.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Matching {
    pub(crate) cardinality: Cardinality,
    /// Whether only the labels are compared (`on`), or all others (`ignoring`).
    pub(crate) is_on: bool,
    pub(crate) labels: Vec<Arc<str>>,
    /// Labels of the one side that the result gets.
    pub(crate) include: Vec<Arc<str>>,
    pub(crate) fill_left: Option<f64>,
    pub(crate) fill_right: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Binary {
    pub(crate) op: BinaryOp,
    pub(crate) lhs: Box<Expr>,
    pub(crate) rhs: Box<Expr>,
    pub(crate) is_bool: bool,
    pub(crate) matching: Matching,
}

impl Expr {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Number { span, .. }
            | Self::Text { span, .. }
            | Self::Negative { span, .. }
            | Self::Paren { span, .. } => *span,
            Self::Selector(selector) => selector.span,
            Self::Range(range) => range.span,
            Self::Subquery(subquery) => subquery.span,
            Self::Call(call) => call.span,
            Self::Aggregation(aggregation) => aggregation.span,
            Self::Binary(binary) => binary.lhs.span().to(binary.rhs.span()),
        }
    }

    /// The expression within brackets.
    pub(crate) fn unwrapped(&self) -> &Self {
        let mut expr = self;
        while let Self::Paren { expr: inner, .. } = expr {
            expr = inner;
        }
        expr
    }

    /// The expressions it consists of.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match self {
            Self::Number { .. } | Self::Text { .. } | Self::Selector(_) | Self::Range(_) => Vec::new(),
            Self::Subquery(subquery) => vec![&subquery.expr],
            Self::Call(call) => call.args.iter().collect(),
            Self::Aggregation(aggregation) => {
                aggregation.param.as_deref().into_iter().chain([&*aggregation.expr]).collect()
            }
            Self::Binary(binary) => vec![&binary.lhs, &binary.rhs],
            Self::Negative { expr, .. } | Self::Paren { expr, .. } => vec![expr],
        }
    }
}
