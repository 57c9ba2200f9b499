//! Attributes as a table of key and value.

use leptos::prelude::*;
use serde_json::Value;

use super::code::CopyButton;

/// A table of keys and values; each value can be copied.
#[component]
pub(crate) fn KeyValue(#[prop(into)] pairs: Vec<(String, Value)>) -> impl IntoView {
    let rows = pairs.into_iter().map(|(key, value)| {
        let text = value_text(&value);
        view! { <dt>{key}</dt><dd>{text.clone()}<CopyButton text=text what="value" /></dd> }
    });
    view! { <dl class="pairs" data-testid="pairs">{rows.collect_view()}</dl> }
}

/// Text as it is, anything else as JSON.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
