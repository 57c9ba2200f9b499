//! `autoregress f as a p=1-3`: `a_p1`, `a_p2`, `a_p3`: what `f` was one, two, three rows before.

use super::Rows;
use crate::syntax::Autoregress;

/// Adds the values of the rows before.
pub fn apply(rows: &mut Rows, command: &Autoregress) {
    let values = rows.values_of(&command.field);
    let name = command.alias.as_ref().map_or_else(|| command.field.flat_name(), |alias| alias.text.clone());
    for lag in command.first..=command.last {
        let target = rows.position_or_new(&format!("{name}_p{lag}"));
        let lag = usize::try_from(lag).unwrap_or(usize::MAX);
        for (index, row) in rows.rows.iter_mut().enumerate() {
            row[target] = index.checked_sub(lag).and_then(|before| values.get(before)).cloned().unwrap_or_default();
        }
    }
}
