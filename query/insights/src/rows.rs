//! Rows of a result, and the commands that work on all of them: one file each.
//!
//! A caller collects rows and applies the commands in their order. They are pure and go through the rows in the order in
//! which they are; commands of lags, sums and gaps (`autoregress`, `accum`, `filldown`) need them sorted before. Commands
//! that make rows take how many there may be and say whether they left some out.

pub mod accum;
pub mod addtotals;
pub mod appendcols;
pub mod autoregress;
pub mod count_frequent;
pub mod dedup;
pub mod filldown;
pub mod fillmissing;
pub mod join;
pub mod lookup;
pub mod outlier;
pub mod relevant_fields;
pub mod sessionize;
pub mod sort;
pub mod unnest;

use std::sync::Arc;

use crate::evaluate::Environment;
use crate::syntax::{Field, Query, Step};
use crate::value::{Value, json};

/// Rows with named columns. Every row has a value for every column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// The names, in order.
    pub columns: Vec<Arc<str>>,
    /// The values, each row in the order of the columns.
    pub rows: Vec<Vec<Value>>,
    /// What a `join` called its left side: with `l`, the field `l.a` is the column `a` too.
    pub left_side: Option<Arc<str>>,
}

/// Whether rows were left out, because there may be only so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Cut {
    /// All are there.
    No,
    /// Some were left out.
    Yes,
}

/// One row, to evaluate an expression in.
#[derive(Debug, Clone, Copy)]
pub struct RowView<'a> {
    columns: &'a [Arc<str>],
    left_side: Option<&'a str>,
    values: &'a [Value],
}

impl Rows {
    /// No rows of these columns.
    pub fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|name| Arc::from(*name)).collect(), ..Self::default() }
    }

    /// The position of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &**column == name)
    }

    /// The position of a column, which is made, with nothing in it, if it is not there.
    pub fn position_or_new(&mut self, name: &str) -> usize {
        if let Some(position) = self.position(name) {
            return position;
        }
        self.columns.push(Arc::from(name));
        self.rows.iter_mut().for_each(|row| row.push(Value::Null));
        self.columns.len() - 1
    }

    /// The rows, to read fields of.
    pub fn views(&self) -> impl Iterator<Item = RowView<'_>> {
        self.rows.iter().map(|values| RowView { columns: &self.columns, left_side: self.left_side.as_deref(), values })
    }

    /// The values of a field in all rows.
    pub fn values_of(&self, field: &Field) -> Vec<Value> {
        self.views().map(|row| row.value(field)).collect()
    }
}

impl RowView<'_> {
    /// The value of a field: the column of its whole name, or a member of the column of its longest beginning.
    pub fn value(&self, field: &Field) -> Value {
        let column =
            |name: &str| self.columns.iter().position(|column| &**column == name).and_then(|at| self.values.get(at));
        if field.path.is_empty() {
            return column(&field.name).cloned().unwrap_or_default();
        }
        for length in (0..=field.path.len()).rev() {
            let (begin, rest): (&[Step], &[Step]) = field.path.split_at(length);
            let name = Field { name: field.name.clone(), path: begin.to_vec(), span: field.span }.flat_name();
            if let Some(value) = column(&name) {
                return json::member(value, rest);
            }
        }
        match field.path.split_first() {
            Some((Step::Key(name), path)) if self.left_side == Some(field.name.as_str()) => {
                let inner = Field { name: name.clone(), path: path.to_vec(), span: field.span };
                RowView { left_side: None, ..*self }.value(&inner)
            }
            _ => Value::Null,
        }
    }
}

impl Environment for RowView<'_> {
    fn field(&self, field: &Field) -> Value {
        self.value(field)
    }

    /// Rows know no sub-queries; a caller that has some evaluates in an environment of its own.
    fn values_of(&self, _: &Query) -> Vec<Value> {
        Vec::new()
    }
}

/// Values as one key; values that show the same are the same. `None` where one is missing.
fn key_of(values: &[Value]) -> Option<Vec<Arc<str>>> {
    values.iter().map(Value::as_text).collect()
}

#[cfg(test)]
mod tests;
