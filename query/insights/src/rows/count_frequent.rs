//! `countFrequent a, b`: the combinations of values that occur most, with `_approxcount`, the most frequent first. Rows
//! without one of the values count too, as such.
//!
//! Exact up to the distinct combinations that [`crate::aggregate::frequent`] keeps.

use std::sync::Arc;

use super::{RowView, Rows};
use crate::aggregate::bytes::Bytes;
use crate::aggregate::frequent::Frequent;
use crate::syntax::Field;
use crate::value::Value;

/// The column of counts.
pub const COUNT_COLUMN: &str = "_approxcount";

/// The combinations so far.
#[derive(Debug, Clone)]
pub struct CountFrequent {
    fields: Vec<Field>,
    counts: Frequent,
}

impl CountFrequent {
    /// None so far.
    pub fn new(fields: &[Field]) -> Self {
        Self { fields: fields.to_vec(), counts: Frequent::default() }
    }

    /// Takes a row.
    pub fn add(&mut self, row: RowView<'_>) {
        self.add_values(self.fields.iter().map(|field| row.value(field)).collect());
    }

    /// Takes the values of the fields of a row.
    pub fn add_values(&mut self, values: Arc<[Value]>) {
        self.counts.add(&Value::List(values), 1);
    }

    /// Takes the combinations of another.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
    }

    /// What it knows, to be merged elsewhere. For the same version of this crate only.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.counts.write(&mut bytes);
        bytes
    }

    /// Takes the combinations of another of the same fields; `None` where these are no such bytes.
    #[must_use]
    pub fn merge_bytes(&mut self, mut bytes: &[u8]) -> Option<()> {
        self.counts.merge(&Frequent::read(&mut bytes)?);
        Some(())
    }

    /// At most so many combinations, and by how much a count may be too low.
    pub fn finish(&self, rows_max: usize) -> (Rows, u64) {
        let mut columns: Vec<Arc<str>> = self.fields.iter().map(|field| Arc::from(field.flat_name())).collect();
        columns.push(Arc::from(COUNT_COLUMN));
        let row = |(values, count): (Value, u64)| {
            let mut values: Vec<Value> = match values {
                Value::List(values) => values.to_vec(),
                other => vec![other],
            };
            // Bytes from elsewhere may be of other fields.
            values.resize(self.fields.len(), Value::Null);
            values.into_iter().chain([Value::Number(count as f64)]).collect()
        };
        (
            Rows { columns, rows: self.counts.top(rows_max).into_iter().map(row).collect(), left_side: None },
            self.counts.error(),
        )
    }
}
