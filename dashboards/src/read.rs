//! A document read part by part, so that one part that cannot be read does not hide the mistakes of the others. Pure.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::model::{Dashboard, Variable, Widget};
use crate::validate::{Mistake, NO_SUCH_VARIABLE, mistake, validate};

/// Reads a document. Each variable and widget is read on its own, so one that cannot be read does not hide the mistakes
/// of the others; a field that means nothing is a mistake too.
pub fn read(document: &Value) -> Result<Dashboard, Vec<Mistake>> {
    let Some(fields) = document.as_object() else {
        return Err(vec![mistake("", "a dashboard is a JSON object")]);
    };
    let mut mistakes = Vec::new();
    let mut head = fields.clone();
    let variables = read_list::<Variable>("variables", head.remove("variables"), &mut mistakes);
    let widgets = read_list::<Widget>("widgets", head.remove("widgets"), &mut mistakes);
    let head = read_one::<Dashboard>("", &Value::Object(head), &mut mistakes);
    let Some(mut dashboard) = head else { return Err(mistakes) };
    let (variable_places, variables): (Vec<usize>, Vec<Variable>) = variables.into_iter().unzip();
    let (widget_places, widgets): (Vec<usize>, Vec<Widget>) = widgets.into_iter().unzip();
    (dashboard.variables, dashboard.widgets) = (variables, widgets);
    // A variable that could not be read may be the one that a text names.
    let is_known = |mistake: &Mistake| mistakes.is_empty() || !mistake.message.starts_with(NO_SUCH_VARIABLE);
    let of_the_readable = validate(&dashboard).into_iter().filter(is_known).map(|mistake| {
        let place = |text: &str| renumber(&renumber(text, "widgets[", &widget_places), "variables[", &variable_places);
        Mistake { path: place(&mistake.path), message: place(&mistake.message) }
    });
    let of_the_readable: Vec<Mistake> = of_the_readable.collect();
    mistakes.extend(of_the_readable);
    if mistakes.is_empty() { Ok(dashboard) } else { Err(mistakes) }
}

/// Numbers among those that could be read as numbers of the document: `widgets[1]` is `widgets[2]` if the first one
/// could not be read.
fn renumber(text: &str, list: &str, places: &[usize]) -> String {
    let Some((before, after)) = text.split_once(list) else { return text.to_owned() };
    let place =
        after.split_once(']').and_then(|(number, rest)| Some((places.get(number.parse::<usize>().ok()?)?, rest)));
    match place {
        Some((place, rest)) => format!("{before}{list}{place}]{rest}"),
        None => text.to_owned(),
    }
}

/// What could be read, each with its place in the list.
fn read_list<T: DeserializeOwned + Serialize>(
    path: &str,
    value: Option<Value>,
    mistakes: &mut Vec<Mistake>,
) -> Vec<(usize, T)> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .filter_map(|(position, item)| Some((position, read_one(&format!("{path}[{position}]"), item, mistakes)?)))
            .collect(),
        Some(_) => {
            mistakes.push(mistake(path, "must be a list"));
            Vec::new()
        }
    }
}

fn read_one<T: DeserializeOwned + Serialize>(path: &str, value: &Value, mistakes: &mut Vec<Mistake>) -> Option<T> {
    match serde_json::from_value::<T>(value.clone()) {
        Ok(read) => {
            if let Ok(written) = serde_json::to_value(&read) {
                find_unknown(path, value, &written, mistakes);
            }
            Some(read)
        }
        Err(error) => {
            mistakes.push(mistake(path, in_words(&error.to_string())));
            None
        }
    }
}

/// What serde says, without the names of Rust's types.
fn in_words(message: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("expected u32", "expected a whole number from 0"),
        ("expected u64", "expected a whole number from 0"),
        ("expected i64", "expected a whole number"),
        ("expected f64", "expected a number"),
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected an object"),
        ("invalid type: map", "invalid type: object"),
        ("invalid type: sequence", "invalid type: list"),
    ];
    let message = WORDS.iter().fold(message.to_owned(), |text, (rust, word)| text.replace(rust, word));
    match message.split_once("expected struct ").or_else(|| message.split_once("expected internally tagged enum ")) {
        Some((before, _)) => format!("{before}expected an object"),
        None => message,
    }
}

/// Reports fields that reading lost: they have a name that means nothing. A default may be lost, since it is not written.
fn find_unknown(path: &str, given: &Value, written: &Value, mistakes: &mut Vec<Mistake>) {
    match (given, written) {
        (Value::Object(given), Value::Object(written)) => {
            for (key, value) in given {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match written.get(key) {
                    Some(written) => find_unknown(&below, value, written, mistakes),
                    None if says_nothing(value) => {}
                    None => mistakes.push(mistake(&below, unknown_field(written))),
                }
            }
        }
        (Value::Array(given), Value::Array(written)) => {
            for (position, (given, written)) in given.iter().zip(written).enumerate() {
                find_unknown(&format!("{path}[{position}]"), given, written, mistakes);
            }
        }
        _ => {}
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn unknown_field(known: &Map<String, Value>) -> String {
    let names: Vec<&str> = known.keys().map(String::as_str).collect();
    format!("no such field; beside it there are {}", names.join(", "))
}
