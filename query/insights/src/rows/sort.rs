//! `sort a desc, b`: in natural order; rows that are equal stay as they were.

use super::Rows;
use crate::evaluate::evaluate;
use crate::function::Context;
use crate::syntax::SortKey;
use crate::value::{Value, order};

/// Sorts the rows.
pub fn apply(rows: &mut Rows, keys: &[SortKey], context: &Context) {
    let of_row = |row| keys.iter().map(|key| evaluate(&key.expr, &row, context)).collect::<Vec<Value>>();
    let values: Vec<Vec<Value>> = rows.views().map(of_row).collect();
    let mut keyed: Vec<(Vec<Value>, Vec<Value>)> = values.into_iter().zip(std::mem::take(&mut rows.rows)).collect();
    keyed.sort_by(|(a, _), (b, _)| {
        let compared = keys.iter().zip(a.iter().zip(b)).map(|(key, (a, b))| {
            let ordering = order::natural(a, b);
            if key.descending { ordering.reverse() } else { ordering }
        });
        compared.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    rows.rows = keyed.into_iter().map(|(_, row)| row).collect();
}
