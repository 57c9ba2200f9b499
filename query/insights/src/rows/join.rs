//! `join type=left left=l right=r where l.a = r.b ( … )`: rows of both sides with equal keys.
//!
//! Columns of the left keep their names, and are found as `l.a` too; those of the right are called `r.b`. A row without
//! one of the keys has no partner. Keys are equal where they show the same.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Cut, RowView, Rows, key_of};
use crate::syntax::{Field, Join, JoinKind, Step};
use crate::value::Value;

/// Distinct keys of the right side.
pub const RIGHT_KEYS_MAX: usize = 50_000;

/// The joined rows, at most so many; rows of the right beyond [`RIGHT_KEYS_MAX`] keys find no partner, which is a cut.
pub fn apply(left: &Rows, right: &Rows, command: &Join, rows_max: usize) -> (Rows, Cut) {
    let (left_fields, right_fields): (Vec<Field>, Vec<Field>) = command
        .on
        .iter()
        .map(|(first, second)| {
            if first.name == command.left.text { (inner(first), inner(second)) } else { (inner(second), inner(first)) }
        })
        .unzip();
    let mut cut = Cut::No;
    let mut by_key: HashMap<Vec<Arc<str>>, Vec<&[Value]>> = HashMap::new();
    for row in right.views() {
        let Some(key) = key(row, &right_fields) else { continue };
        if by_key.len() >= RIGHT_KEYS_MAX && !by_key.contains_key(&key) {
            cut = Cut::Yes;
            continue;
        }
        by_key.entry(key).or_default().push(row.values);
    }
    let prefix = &command.right.text;
    let columns =
        left.columns.iter().cloned().chain(right.columns.iter().map(|name| Arc::from(format!("{prefix}.{name}"))));
    let left_side = Some(Arc::from(command.left.text.as_str()));
    let mut joined = Rows { columns: columns.collect(), rows: Vec::new(), left_side };
    let alone = vec![Value::Null; right.columns.len()];
    for row in left.views() {
        let partners = key(row, &left_fields).and_then(|key| by_key.get(&key));
        let alone: &[&[Value]] = if command.kind == JoinKind::Left { &[&alone] } else { &[] };
        for partner in partners.map_or(alone, Vec::as_slice) {
            if joined.rows.len() >= rows_max {
                return (joined, Cut::Yes);
            }
            joined.rows.push(row.values.iter().chain(*partner).cloned().collect());
        }
    }
    (joined, cut)
}

fn key(row: RowView<'_>, fields: &[Field]) -> Option<Vec<Arc<str>>> {
    key_of(&fields.iter().map(|field| row.value(field)).collect::<Vec<Value>>())
}

/// The field without the name of its side.
fn inner(field: &Field) -> Field {
    match field.path.split_first() {
        Some((Step::Key(name), path)) => Field { name: name.clone(), path: path.to_vec(), span: field.span },
        _ => field.clone(),
    }
}
