//! `appendcols ( … )`: the n-th row gets the columns of the sub-query's n-th row. More rows of the sub-query become rows
//! of their own; a column that is there keeps its values unless `override=true`, except where it has none.

use super::Rows;
use crate::syntax::Appendcols;

/// Rows of the sub-query that count, where a query does not say.
pub const ROWS_MAX: usize = 10_000;

/// Adds the columns of the sub-query's rows.
pub fn apply(rows: &mut Rows, command: &Appendcols, more: &Rows) {
    let most = command.max.map_or(ROWS_MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
    let targets: Vec<usize> = more.columns.iter().map(|name| rows.position_or_new(name)).collect();
    for (index, values) in more.rows.iter().take(most).enumerate() {
        if index == rows.rows.len() {
            rows.rows.push(vec![crate::value::Value::Null; rows.columns.len()]);
        }
        for (target, value) in targets.iter().zip(values) {
            let held = &mut rows.rows[index][*target];
            if command.replace || held.is_null() {
                *held = value.clone();
            }
        }
    }
}
