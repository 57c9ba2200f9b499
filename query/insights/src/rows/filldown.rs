//! `filldown host cpu*`: what is missing becomes the last value above it. Without fields, in all columns.

use super::Rows;
use crate::syntax::Name;
use crate::value::Value;

/// Fills what is missing.
pub fn apply(rows: &mut Rows, fields: &[Name]) {
    let is_meant = |column: &str| fields.is_empty() || fields.iter().any(|name| fits(&name.text, column));
    let columns: Vec<usize> = (0..rows.columns.len()).filter(|at| is_meant(&rows.columns[*at])).collect();
    for at in columns {
        let mut last = Value::Null;
        for row in &mut rows.rows {
            if row[at].is_null() {
                row[at] = last.clone();
            } else {
                last = row[at].clone();
            }
        }
    }
}

/// Whether a name fits a pattern, in which a star is any characters.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(last)
}
