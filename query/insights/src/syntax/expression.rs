//! Expressions: what has a value in a record.

use super::Query;
use crate::period::Period;
use crate::span::Span;

/// An expression and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `status`, `@message`, `a.b[0].c`
    Field(Field),
    /// `1.5`; never negative, see [`UnaryOperator::Negate`].
    Number(f64),
    /// `"text"`
    Text(String),
    /// `true`, `false`
    Bool(bool),
    /// `5m`
    Period(Period),
    /// `*`, in `count(*)`
    Star,
    /// `not a`, `-a`
    Unary(UnaryOperator, Box<Expr>),
    /// `a + b`, `a and b`
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `a like "b"`, `a not like /b/`, `a =~ /b/`
    Like(Like),
    /// `a in ["b", "c"]`, `a not in (SOURCE … | fields b)`
    In(In),
    /// `strlen(a)`, `count(*)`
    Call(Call),
}

/// A field of a record, or of a map or list in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name up to the first dot or bracket; a name in back-ticks may hold any character.
    pub name: String,
    /// The way on into the map or list; or the rest of a flattened name such as `a.b.0.c`.
    pub path: Vec<Step>,
    /// Where it stands.
    pub span: Span,
}

/// A step into a map or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `.name`
    Key(String),
    /// `[3]`, from 0
    Index(usize),
}

/// What stands before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `not`
    Not,
    /// `-`
    Negate,
}

/// What stands between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `^`
    Power,
}

/// A test of a text against a part of it or a regular expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Like {
    /// What is tested.
    pub target: Box<Expr>,
    /// What it must hold.
    pub pattern: LikePattern,
    /// `not like`
    pub negated: bool,
}

/// What a text must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum LikePattern {
    /// These characters.
    Text(String),
    /// A match of this.
    Regex(Regex),
}

/// A regular expression as written between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regex {
    /// Without the slashes; `\/` is `/` here.
    pub text: String,
    /// Where it stands, with the slashes.
    pub span: Span,
}

/// A test for membership.
#[derive(Debug, Clone, PartialEq)]
pub struct In {
    /// What is looked for.
    pub target: Box<Expr>,
    /// In what.
    pub set: InSet,
    /// `not in`
    pub negated: bool,
}

/// What may hold a value.
#[derive(Debug, Clone, PartialEq)]
pub enum InSet {
    /// `["a", 1]`
    Values(Vec<Expr>),
    /// `(SOURCE 'lg' | … | fields f)`: the values of its only column.
    Subquery(Box<Query>),
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// As written; functions are found in any case.
    pub name: String,
    /// The arguments.
    pub arguments: Vec<Expr>,
    /// Where the name stands.
    pub name_span: Span,
}

impl Expr {
    /// A field.
    pub fn field(name: &str, span: Span) -> Self {
        Self { kind: ExprKind::Field(Field::new(name, span)), span }
    }

    /// The expressions in it, one level down. A sub-query's are not among them.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Unary(_, inner) => vec![inner],
            ExprKind::Binary(_, left, right) => vec![left, right],
            ExprKind::Like(like) => vec![&like.target],
            ExprKind::In(test) => {
                let values = match &test.set {
                    InSet::Values(values) => values.as_slice(),
                    InSet::Subquery(_) => &[],
                };
                std::iter::once(&*test.target).chain(values).collect()
            }
            ExprKind::Call(call) => call.arguments.iter().collect(),
            _ => Vec::new(),
        }
    }
}

impl Field {
    /// A field without a path.
    pub fn new(name: &str, span: Span) -> Self {
        Self { name: name.to_owned(), path: Vec::new(), span }
    }

    /// The name that a flattened record has for it: `a.b.0.c` for `a.b[0].c`.
    pub fn flat_name(&self) -> String {
        let mut name = self.name.clone();
        for step in &self.path {
            name.push('.');
            match step {
                Step::Key(key) => name.push_str(key),
                Step::Index(index) => name.push_str(&index.to_string()),
            }
        }
        name
    }
}

impl BinaryOperator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "^",
        }
    }

    /// Whether it compares.
    pub fn is_comparison(self) -> bool {
        matches!(self, Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }
}
