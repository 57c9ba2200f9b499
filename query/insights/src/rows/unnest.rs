//! `unnest list into item` and `expand f`: a row for every element. What is no list is its only element; of an empty list
//! and of what is missing the row stays, with nothing. A text that is the JSON of a list is a list.

use super::{Cut, Rows};
use crate::syntax::{Expand, Unnest};
use crate::value::{Value, json};

/// Makes a row for every element, with the element in a column of its own.
pub fn apply(rows: &mut Rows, command: &Unnest, rows_max: usize) -> Cut {
    let lists = rows.values_of(&command.list);
    let target = rows.position_or_new(&command.into.text);
    spread(rows, lists, target, rows_max)
}

/// Makes a row for every element, with the element in place of the list.
pub fn apply_expand(rows: &mut Rows, command: &Expand, rows_max: usize) -> Cut {
    let lists = rows.values_of(&command.field);
    let target = rows.position_or_new(&command.field.flat_name());
    spread(rows, lists, target, rows_max)
}

fn spread(rows: &mut Rows, lists: Vec<Value>, target: usize, rows_max: usize) -> Cut {
    let mut spread = Vec::new();
    for (row, list) in std::mem::take(&mut rows.rows).into_iter().zip(lists) {
        let mut elements = elements(list);
        if elements.is_empty() {
            elements.push(Value::Null);
        }
        for element in elements {
            if spread.len() >= rows_max {
                rows.rows = spread;
                return Cut::Yes;
            }
            let mut row = row.clone();
            row[target] = element;
            spread.push(row);
        }
    }
    rows.rows = spread;
    Cut::No
}

fn elements(value: Value) -> Vec<Value> {
    match value {
        Value::List(items) => items.to_vec(),
        Value::Text(text) if text.trim_start().starts_with('[') => match json::parse(&text) {
            Some(Value::List(items)) => items.to_vec(),
            _ => vec![Value::Text(text)],
        },
        other => vec![other],
    }
}
