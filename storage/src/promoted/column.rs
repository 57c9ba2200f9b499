//! A promoted column while it is filled.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};

use super::ColumnType;
use crate::attributes::plain_of_json;
use crate::row::Value;

/// A promoted column. Most rows have no value in most of them, so nulls are added only before the next value.
pub(crate) struct Column {
    values: Values,
    rows: usize,
}

enum Values {
    String(StringBuilder),
    Int(Int64Builder),
    Double(Float64Builder),
    Bool(BooleanBuilder),
}

impl Column {
    pub(crate) fn new(column_type: ColumnType) -> Self {
        let values = match column_type {
            ColumnType::String => Values::String(StringBuilder::new()),
            ColumnType::Int => Values::Int(Int64Builder::new()),
            ColumnType::Double => Values::Double(Float64Builder::new()),
            ColumnType::Bool => Values::Bool(BooleanBuilder::new()),
        };
        Self { values, rows: 0 }
    }

    /// Whether the value has the column's type. A number that is none has no place in comparisons and stays in the map.
    pub(crate) fn takes(&self, value: &Value) -> bool {
        match (&self.values, value) {
            (Values::String(_), Value::String(_))
            | (Values::Int(_), Value::Int(_))
            | (Values::Bool(_), Value::Bool(_)) => true,
            (Values::Double(_), Value::Double(number)) => number.is_finite(),
            _ => false,
        }
    }

    /// The value of this row, the first of which is 0; it is one that [`Self::takes`].
    pub(crate) fn put(&mut self, row: usize, value: &Value) {
        self.fill_up_to(row);
        match (&mut self.values, value) {
            (Values::String(builder), Value::String(text)) => builder.append_value(text),
            (Values::Int(builder), Value::Int(number)) => builder.append_value(*number),
            (Values::Double(builder), Value::Double(number)) => builder.append_value(*number),
            (Values::Bool(builder), Value::Bool(flag)) => builder.append_value(*flag),
            _ => return,
        }
        self.rows = row + 1;
    }

    /// The value of this row as the maps hold it, which [`fits`] the type.
    pub(crate) fn put_json(&mut self, row: usize, json: &str) {
        self.fill_up_to(row);
        match &mut self.values {
            Values::String(builder) => builder.append_value(plain_of_json(json)),
            Values::Int(builder) => builder.append_option(json.parse().ok()),
            Values::Double(builder) => builder.append_option(json.parse().ok()),
            Values::Bool(builder) => builder.append_value(json == "true"),
        }
        self.rows = row + 1;
    }

    pub(crate) fn finish(mut self, rows: usize) -> ArrayRef {
        self.fill_up_to(rows);
        match self.values {
            Values::String(mut builder) => Arc::new(builder.finish()),
            Values::Int(mut builder) => Arc::new(builder.finish()),
            Values::Double(mut builder) => Arc::new(builder.finish()),
            Values::Bool(mut builder) => Arc::new(builder.finish()),
        }
    }

    fn fill_up_to(&mut self, rows: usize) {
        let nulls = rows - self.rows;
        match &mut self.values {
            Values::String(builder) => builder.append_nulls(nulls),
            Values::Int(builder) => builder.append_nulls(nulls),
            Values::Double(builder) => builder.append_nulls(nulls),
            Values::Bool(builder) => builder.append_nulls(nulls),
        }
        self.rows = rows;
    }
}

/// Whether the JSON text of a map is a value of this type: the ones that [`Column::takes`].
///
/// A string of `NaN` was perhaps the number; a column of doubles leaves it where it is.
pub(super) fn fits(column_type: ColumnType, json: &str) -> bool {
    let is_number = || json.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    match column_type {
        // Bytes are text in a map as well, and cannot be told from it any more.
        ColumnType::String => json.starts_with('"'),
        ColumnType::Int => is_number() && json.parse::<i64>().is_ok(),
        ColumnType::Double => is_number() && json.parse::<i64>().is_err() && json.parse::<f64>().is_ok(),
        ColumnType::Bool => matches!(json, "true" | "false"),
    }
}
