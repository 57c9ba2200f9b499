//! The language: tokens, expressions, the parser, types, printing.
//!
//! The parser is our own. `promql-parser` was looked at and is what the tests compare this one with, but its
//! expressions have no positions (annotations and errors need them), some inputs make it panic, and it knows neither
//! duration expressions nor `anchored`, `smoothed` and the trim operators.

mod ast;
mod function;
mod lexer;
mod nearest;
mod operator;
mod parser;
mod print;
mod text;
mod types;

pub(crate) use ast::{
    Aggregation, At, Binary, Call, Cardinality, Expr, Extension, Grouping, Length, LengthExpr, LengthOp, Matching,
    RangeSelector, Selector, Subquery,
};
pub use ast::{Span, ValueType};
pub(crate) use function::{Kind, RangeFunction};
pub(crate) use operator::{Aggregator, BinaryOp};
pub(crate) use parser::{Parsed, parse};
pub(crate) use text::{is_legacy_label_name, parse_duration, parse_number, quoted, short_float, unquote};

/// The names of all functions, sorted.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    function::Function::names()
}

/// The names of all aggregations, sorted.
pub fn aggregation_names() -> impl Iterator<Item = &'static str> {
    Aggregator::ALL.into_iter().map(Aggregator::name)
}

/// Why a text is not a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// What is wrong, what was expected, and what was perhaps meant.
    pub message: String,
    /// Where, in bytes from the begin of the query.
    pub position: usize,
    /// How many bytes it is about; 0 if that is not known.
    pub length: usize,
}

impl QueryError {
    pub(crate) fn at(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), position: span.start, length: span.end.saturating_sub(span.start) }
    }

    /// The message with line and column, both counted from 1: `1:5: unexpected …`.
    pub fn located(&self, query: &str) -> String {
        let (line, column) = line_and_column(query, self.position);
        format!("{line}:{column}: {}", self.message)
    }
}

impl std::fmt::Display for QueryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}

/// Line and column of a byte, both counted from 1, the column in bytes.
pub(crate) fn line_and_column(text: &str, position: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..position.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests;
