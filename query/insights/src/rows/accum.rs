//! `accum f as out`: the sum of `f` so far. Rows without a number keep nothing.

use super::Rows;
use crate::syntax::Accum;
use crate::value::Value;

/// Adds the running sum.
pub fn apply(rows: &mut Rows, command: &Accum) {
    let values = rows.values_of(&command.field);
    let name = command.alias.as_ref().map_or_else(|| command.field.flat_name(), |alias| alias.text.clone());
    let target = rows.position_or_new(&name);
    let mut sum = 0.0;
    for (row, value) in rows.rows.iter_mut().zip(values) {
        row[target] = match value.as_number() {
            Some(number) => {
                sum += number;
                Value::number(sum)
            }
            None => Value::Null,
        };
    }
}
