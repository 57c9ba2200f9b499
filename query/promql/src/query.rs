//! A query that was read, and what it needs.

use std::sync::Arc;

use crate::error::EvalError;
use crate::request::{Request, Selection};
use crate::selection;
use crate::syntax::{self, Expr, Parsed, QueryError, ValueType};

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    text: Arc<str>,
    parsed: Parsed,
}

impl Query {
    /// Reads a query. The error says where it is wrong and what was expected.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self { text: text.into(), parsed: syntax::parse(text)? })
    }

    /// The text that was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The query in one canonical form, which reads back to the same query.
    pub fn print(&self) -> String {
        self.parsed.expr.to_string()
    }

    /// What an instant query of it results in.
    pub fn value_type(&self) -> ValueType {
        self.parsed.value_type
    }

    /// What each of its selectors needs, in the order that [`evaluate`](crate::evaluate) takes the series in.
    pub fn selections(&self, request: &Request) -> Result<Vec<Selection>, EvalError> {
        selection::selections(&self.parsed, request)
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.parsed.expr
    }

    pub(crate) fn selection_count(&self) -> usize {
        self.parsed.selections
    }

    /// The same query with its expression changed; positions remain those of the text.
    pub(crate) fn with_expr(&self, change: impl FnOnce(&mut Expr)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.parsed.expr);
        changed
    }
}
