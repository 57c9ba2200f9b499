//! `fillmissing with 0 for n`: rows for the bins that have none, for every group, from the begin of the query to its end.
//!
//! Rows come out by bin, then by the group's first appearance. A new row has the bin, the group's values and the given ones.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Cut, Rows};
use crate::check::Bin;
use crate::function::time;
use crate::syntax::{ExprKind, Fillmissing};
use crate::value::Value;

/// What was grouped by, and the time that was read.
#[derive(Debug, Clone)]
pub struct Grouping<'a> {
    /// The bin.
    pub bin: &'a Bin,
    /// All columns of the grouping, with the bin's or without.
    pub group_columns: &'a [String],
    /// The begin of the query in milliseconds.
    pub start_ms: i64,
    /// Its end, which is not part of it.
    pub end_ms: i64,
}

/// Adds rows for empty bins; at most so many rows come out.
pub fn apply(rows: &mut Rows, command: &Fillmissing, grouping: &Grouping<'_>, rows_max: usize) -> Cut {
    let Some(bin_at) = rows.position(&grouping.bin.column) else { return Cut::No };
    let group_at: Vec<usize> = grouping
        .group_columns
        .iter()
        .filter(|name| **name != grouping.bin.column)
        .filter_map(|name| rows.position(name))
        .collect();
    let given: Vec<(usize, Value)> = command
        .values
        .iter()
        .filter_map(|(value, field)| Some((rows.position(&field.flat_name())?, literal(&value.kind))))
        .collect();
    let mut groups: Vec<Vec<Value>> = Vec::new();
    let mut group_of: HashMap<Vec<Option<Arc<str>>>, usize> = HashMap::new();
    let mut found: HashMap<(usize, i64), Vec<Vec<Value>>> = HashMap::new();
    let mut outside = Vec::new();
    for row in std::mem::take(&mut rows.rows) {
        let values: Vec<Value> = group_at.iter().map(|at| row[*at].clone()).collect();
        let key: Vec<Option<Arc<str>>> = values.iter().map(Value::as_text).collect();
        let group = *group_of.entry(key).or_insert_with(|| {
            groups.push(values);
            groups.len() - 1
        });
        match bin_of(&row[bin_at]) {
            Some(bin) => found.entry((group, bin)).or_default().push(row),
            None => outside.push(row),
        }
    }
    let (bins, is_cut) = bins(grouping, found.keys().map(|(_, bin)| *bin), rows_max);
    for bin in bins {
        for (group, values) in groups.iter().enumerate() {
            if let Some(there) = found.remove(&(group, bin)) {
                rows.rows.extend(there);
                continue;
            }
            let mut row = vec![Value::Null; rows.columns.len()];
            row[bin_at] = Value::Time(bin);
            group_at.iter().zip(values).for_each(|(at, value)| row[*at] = value.clone());
            given.iter().for_each(|(at, value)| row[*at] = value.clone());
            rows.rows.push(row);
        }
        if rows.rows.len() > rows_max {
            rows.rows.truncate(rows_max);
            return Cut::Yes;
        }
    }
    rows.rows.extend(outside);
    is_cut
}

/// All bins of the query and those of rows, in order.
fn bins(grouping: &Grouping<'_>, there: impl Iterator<Item = i64>, most: usize) -> (Vec<i64>, Cut) {
    let mut bins: Vec<i64> = there.collect();
    let mut next = time::bin(grouping.start_ms, grouping.bin.period, grouping.bin.offset);
    let end_ms = match grouping.bin.offset {
        Some(offset) => grouping.end_ms.saturating_add(offset.milliseconds_about() as i64),
        None => grouping.end_ms,
    };
    let mut cut = Cut::No;
    while let Some(bin) = next.filter(|bin| *bin < end_ms) {
        if bins.len() > most.saturating_mul(2) {
            cut = Cut::Yes;
            break;
        }
        bins.push(bin);
        next = time::ceil(bin + 1, grouping.bin.period).filter(|after| *after > bin);
    }
    bins.sort_unstable();
    bins.dedup();
    (bins, cut)
}

fn bin_of(value: &Value) -> Option<i64> {
    match value {
        Value::Time(milliseconds) => Some(*milliseconds),
        Value::Text(text) => time::read(text),
        other => other.as_number().map(|number| number as i64),
    }
}

fn literal(kind: &ExprKind) -> Value {
    match kind {
        ExprKind::Number(number) => Value::Number(*number),
        ExprKind::Text(text) => Value::text(text),
        _ => Value::Null,
    }
}
