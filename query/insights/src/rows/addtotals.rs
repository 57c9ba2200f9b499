//! `addtotals`: the sum of a row's numbers as a column `Total`, and with `col=true` a row of the columns' sums at the end.
//!
//! Without fields all columns that hold a number count. Times are no amounts, and truth is none, so they are left out.

use super::Rows;
use crate::syntax::{Addtotals, Field};
use crate::value::Value;

/// The column of sums where a query does not name it.
pub const FIELD_NAME: &str = "Total";

/// Adds the sums.
pub fn apply(rows: &mut Rows, command: &Addtotals) {
    let columns = columns(rows, &command.fields);
    if command.row {
        let sums: Vec<Value> = rows.rows.iter().map(|row| sum(columns.iter().filter_map(|at| row.get(*at)))).collect();
        let target = rows.position_or_new(command.field_name.as_ref().map_or(FIELD_NAME, |name| &name.text));
        rows.rows.iter_mut().zip(sums).for_each(|(row, sum)| row[target] = sum);
    }
    if command.col {
        let mut totals = vec![Value::Null; rows.columns.len()];
        for at in columns {
            totals[at] = sum(rows.rows.iter().filter_map(|row| row.get(at)));
        }
        rows.rows.push(totals);
    }
}

fn columns(rows: &Rows, fields: &[Field]) -> Vec<usize> {
    if fields.is_empty() {
        let holds_number = |at: &usize| rows.rows.iter().any(|row| amount(&row[*at]).is_some());
        return (0..rows.columns.len()).filter(holds_number).collect();
    }
    fields.iter().filter_map(|field| rows.position(&field.flat_name())).collect()
}

fn sum<'a>(values: impl Iterator<Item = &'a Value>) -> Value {
    values.filter_map(amount).reduce(|sum, number| sum + number).into()
}

fn amount(value: &Value) -> Option<f64> {
    match value {
        Value::Time(_) | Value::Bool(_) => None,
        other => other.as_number(),
    }
}
