//! The fields that CloudWatch discovers in messages of JSON: `a.b.0.c`.
//!
//! Of a message that is no JSON, the first object in it counts (`prefix {"a": 1}`), as for Lambda. A name that begins with
//! `@` gets a second one (`@@a`), because the first is for fields of the system. Null is no value; an empty list or map is
//! a field of its own. What lies beyond the limit is counted.

use serde_json::Value as Json;

use crate::value::{Value, json};

/// Fields of a message, where a caller has no other limit. CloudWatch: 200.
pub const FIELDS_MAX: usize = 1_000;

/// How often a `{` within a text is tried as the begin of an object.
const BEGINS_MAX: usize = 8;

/// The fields of a message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flattened {
    /// Names and values, in the order of the object's keys.
    pub fields: Vec<(String, Value)>,
    /// How many more there are than may be.
    pub left_out: usize,
}

/// The fields of a message, at most so many; `None` where there is no object in it.
pub fn flatten(message: &str, fields_max: usize) -> Option<Flattened> {
    let object = first_object(message)?;
    let mut flattened = Flattened::default();
    add(&object, String::new(), fields_max, &mut flattened);
    Some(flattened)
}

fn first_object(message: &str) -> Option<Json> {
    message.match_indices('{').take(BEGINS_MAX).find_map(|(begin, _)| {
        let mut values = serde_json::Deserializer::from_str(&message[begin..]).into_iter::<Json>();
        values.next()?.ok().filter(Json::is_object)
    })
}

/// `serde_json` allows 128 levels, so this does not go deeper.
fn add(json: &Json, name: String, fields_max: usize, flattened: &mut Flattened) {
    let inner = |key: &str| match (name.is_empty(), key.starts_with('@')) {
        (true, true) => format!("@{key}"),
        (true, false) => key.to_owned(),
        (false, _) => format!("{name}.{key}"),
    };
    match json {
        Json::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(key, member)| add(member, inner(key), fields_max, flattened));
        }
        Json::Array(items) if !items.is_empty() => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| add(item, inner(&index.to_string()), fields_max, flattened));
        }
        Json::Null => {}
        _ if name.is_empty() => {}
        _ if flattened.fields.len() >= fields_max => flattened.left_out += 1,
        other => flattened.fields.push((name, json::from_json(other))),
    }
}

#[cfg(test)]
mod tests;
