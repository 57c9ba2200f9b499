//! `dedup a, b`: of the rows with the same values the first. Rows without one of the values are never duplicates.

use std::collections::HashSet;

use super::{Rows, key_of};
use crate::syntax::Field;
use crate::value::Value;

/// Removes the rows that have the values of one before.
pub fn apply(rows: &mut Rows, fields: &[Field]) {
    let keys: Vec<_> =
        rows.views().map(|row| key_of(&fields.iter().map(|field| row.value(field)).collect::<Vec<Value>>())).collect();
    let mut seen = HashSet::new();
    let mut keys = keys.into_iter();
    rows.rows.retain(|_| match keys.next().flatten() {
        Some(key) => seen.insert(key),
        None => true,
    });
}
