//! `sessionize user, device maxspan 30m as id`: rows of the same values belong to a session as long as no pause between
//! them is longer. Rows may stand in any order and keep it; a row without a time or one of the values has no session.
//!
//! A session's id is the hash of its values and of the time it begins, in hexadecimal, so that it is the same wherever the
//! query runs.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Rows, key_of};
use crate::aggregate::distinct::hash;
use crate::period::{Period, Unit};
use crate::syntax::{Field, Sessionize};
use crate::value::Value;

/// The longest pause where a query does not say.
pub const MAX_SPAN: Period = Period { count: 30, unit: Unit::Minute };

/// The column of ids where a query does not name it.
pub const ID_COLUMN: &str = "session_id";

/// Adds the ids of sessions.
pub fn apply(rows: &mut Rows, command: &Sessionize) {
    let pause_ms = command.max_span.unwrap_or(MAX_SPAN).milliseconds_about();
    let times = rows.values_of(&Field::new("@timestamp", command.span));
    let mut by_key: HashMap<Vec<Arc<str>>, Vec<(i64, usize)>> = HashMap::new();
    for (index, row) in rows.views().enumerate() {
        let values: Vec<Value> = command.fields.iter().map(|field| row.value(field)).collect();
        let time_ms = match &times[index] {
            Value::Time(milliseconds) => Some(*milliseconds),
            Value::Text(text) => crate::function::time::read(text),
            other => other.as_number().map(|number| number as i64),
        };
        if let (Some(key), Some(time_ms)) = (key_of(&values), time_ms) {
            by_key.entry(key).or_default().push((time_ms, index));
        }
    }
    let target = rows.position_or_new(command.alias.as_ref().map_or(ID_COLUMN, |alias| &alias.text));
    for (key, mut events) in by_key {
        events.sort_unstable();
        let (mut begin_ms, mut last_ms) = (i64::MIN, i64::MIN);
        for (time_ms, index) in events {
            if last_ms == i64::MIN || (time_ms as f64 - last_ms as f64) > pause_ms {
                begin_ms = time_ms;
            }
            last_ms = time_ms;
            let id = hash(format!("{key:?}{begin_ms}").as_bytes());
            rows.rows[index][target] = Value::from(format!("{id:016x}"));
        }
    }
}
