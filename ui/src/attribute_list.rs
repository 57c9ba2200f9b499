//! Attributes with what can be done with each value: copy it, and what the screen offers beside that.

use std::sync::Arc;

use api::trace::Attributes;
use leptos::prelude::*;
use serde_json::Value;

use crate::part::{CopyButton, Pair, Pairs};
use crate::safe_text::SafeText;
use crate::text;

/// Draws the actions of an attribute.
pub(crate) type Actions = Arc<dyn Fn(&str, &Value) -> AnyView + Send + Sync>;

/// A list of attributes under a title; nothing at all where there are none.
#[component]
pub(crate) fn AttributeList(
    title: &'static str,
    attributes: Attributes,
    #[prop(optional_no_strip)] actions: Option<Actions>,
    #[prop(optional, into)] testid: Option<String>,
) -> impl IntoView {
    if attributes.is_empty() {
        return ().into_any();
    }
    let pairs = attributes.into_iter().map(|(key, value)| {
        let value_text = text::of_value(&value);
        let more = actions.as_ref().map(|actions| actions(&key, &value));
        let value = view! {
            <span class="pre"><SafeText text=value_text.clone() /></span>
            <span class="pair-actions">{more}<CopyButton text=value_text what="value" /></span>
        };
        Pair::new(key, value).raw().testid("attribute")
    });
    view! {
        <section class="attributes" data-testid=testid>
            <h3>{title}</h3>
            <Pairs pairs=pairs.collect() />
        </section>
    }
    .into_any()
}
