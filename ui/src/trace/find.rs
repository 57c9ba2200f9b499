//! Find in a trace: which rows hold a text in their name, service, ids, status, attributes or events.

use api::trace::{Attributes, Span};
use serde_json::Value;

use super::model::Model;

/// Rows that hold the text, in order, upper and lower case alike. An attribute is read as `key=value`.
pub(crate) fn find(model: &Model, text: &str) -> Vec<usize> {
    let needle = text.trim().to_lowercase();
    if needle.is_empty() {
        return Vec::new();
    }
    let holds = |(_, span): &(usize, &Span)| span_holds(span, &needle);
    model.answer.spans.iter().enumerate().filter(holds).map(|(row, _)| row).collect()
}

/// The next match after the selected row, or before it; round the end.
pub(crate) fn next(found: &[usize], selected: Option<usize>, forward: bool) -> Option<usize> {
    let (first, last) = (found.first().copied(), found.last().copied());
    match (selected, forward) {
        (None, true) => first,
        (None, false) => last,
        (Some(at), true) => found.iter().copied().find(|row| *row > at).or(first),
        (Some(at), false) => found.iter().rev().copied().find(|row| *row < at).or(last),
    }
}

fn span_holds(span: &Span, needle: &str) -> bool {
    [&span.name, &span.service_name, &span.span_id, &span.status_message, &span.kind]
        .into_iter()
        .any(|text| contains(text, needle))
        || attributes_hold(&span.attributes, needle)
        || attributes_hold(&span.resource_attributes, needle)
        || span.events.iter().any(|e| contains(&e.name, needle) || attributes_hold(&e.attributes, needle))
}

fn attributes_hold(attributes: &Attributes, needle: &str) -> bool {
    let mut pair = String::new();
    attributes.iter().any(|(key, value)| {
        pair.clear();
        pair.push_str(key);
        pair.push('=');
        match value {
            Value::String(text) => pair.push_str(text),
            other => pair.push_str(&other.to_string()),
        }
        contains(&pair, needle)
    })
}

/// `needle` is in lower case. Text in ASCII, nearly all of it, is compared in place.
fn contains(text: &str, needle: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(needle);
    }
    text.len() >= needle.len()
        && text.as_bytes().windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

#[cfg(test)]
mod tests;
