//! Which fields there are at a place of a query.

use crate::error::SyntaxError;
use crate::syntax::{Expr, Field};

/// The fields that may be named.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// Columns that the query made, in order.
    made: Vec<String>,
    /// Whether the fields of records are there too.
    is_open: bool,
    /// The fields of records that were named.
    read: Vec<Field>,
}

impl Scope {
    /// Before any command: all fields of records.
    pub(super) fn open() -> Self {
        Self { made: Vec::new(), is_open: true, read: Vec::new() }
    }

    /// From here on only these columns are there.
    pub(super) fn close(&mut self, columns: Vec<String>) {
        self.made = columns;
        self.is_open = false;
    }

    /// From here on any field may be there.
    pub(super) fn reopen(&mut self) {
        self.is_open = true;
    }

    pub(super) fn make(&mut self, column: impl Into<String>) {
        let column = column.into();
        if !self.made.contains(&column) {
            self.made.push(column);
        }
    }

    pub(super) fn made(&self) -> &[String] {
        &self.made
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    pub(super) fn into_read(self) -> Vec<Field> {
        self.read
    }

    /// Whether there may be a field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.is_open || self.made.iter().any(|made| made == name)
    }

    /// Whether an expression prints as the name of a column that the query made.
    pub(super) fn has_column(&self, expr: &Expr) -> bool {
        !self.made.is_empty() && self.made.contains(&expr.to_string())
    }

    /// Names a field: a column itself, or a member of a column.
    pub(super) fn name(&mut self, field: &Field, mistakes: &mut Vec<SyntaxError>) {
        let flat = field.flat_name();
        let is_made = self.made.iter().any(|made| {
            *made == flat
                || *made == field.name
                || flat.strip_prefix(made.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        if is_made {
            return;
        }
        if self.is_open {
            if !self.read.contains(field) {
                self.read.push(field.clone());
            }
            return;
        }
        let existing = self.made.join(", ");
        let message = format!("there is no field `{flat}` here; after `stats` there are {existing}");
        mistakes.push(SyntaxError::at(field.span, message).near(&flat, self.made.iter().map(String::as_str)));
    }
}
