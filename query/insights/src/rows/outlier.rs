//! `outlier f`: numbers beyond the quartiles by more than `param` interquartile ranges.
//!
//! A number is an outlier above Q3 + param · (Q3 − Q1), and with `uselower` below Q1 − param · (Q3 − Q1). Quartiles are
//! those of [`crate::aggregate::quantile`], over all rows. With `transform` it becomes the bound, with `remove` its row
//! falls away; `mark` adds `f_outlier`.

use super::Rows;
use crate::aggregate::quantile::Quantile;
use crate::syntax::{Outlier, OutlierAction};
use crate::value::Value;

/// Removes, changes or marks outliers.
pub fn apply(rows: &mut Rows, command: &Outlier) {
    let mut is_outlier = vec![false; rows.rows.len()];
    for field in &command.fields {
        let name = field.flat_name();
        let Some(at) = rows.position(&name) else { continue };
        let Some((lower, upper)) = bounds(rows, at, command) else { continue };
        let mark_at = command.mark.then(|| rows.position_or_new(&format!("{name}_outlier")));
        for (row, is_outlier) in rows.rows.iter_mut().zip(&mut is_outlier) {
            let Some(number) = row[at].as_number() else { continue };
            let bounded = number.max(lower).min(upper);
            let is_beyond = bounded != number;
            *is_outlier |= is_beyond;
            if is_beyond && command.action == OutlierAction::Transform {
                row[at] = Value::number(bounded);
            }
            if let Some(mark_at) = mark_at {
                row[mark_at] = Value::Bool(is_beyond);
            }
        }
    }
    if command.action == OutlierAction::Remove {
        let mut is_outlier = is_outlier.into_iter();
        rows.rows.retain(|_| !is_outlier.next().unwrap_or(false));
    }
}

fn bounds(rows: &Rows, at: usize, command: &Outlier) -> Option<(f64, f64)> {
    let mut numbers = Quantile::default();
    rows.rows.iter().filter_map(|row| row[at].as_number()).for_each(|number| numbers.add(number));
    let (first, third) = (numbers.at(0.25)?, numbers.at(0.75)?);
    let reach = command.param * (third - first);
    Some((if command.use_lower { first - reach } else { f64::NEG_INFINITY }, third + reach))
}
