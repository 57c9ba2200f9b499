//! A word that narrows what is shown, with a button that takes it away.

use leptos::prelude::*;

/// The chip.
#[component]
pub(crate) fn Chip(
    #[prop(into)] text: String,
    /// What the button does, for its label.
    #[prop(into)]
    remove: String,
    on_remove: impl Fn() + 'static,
    /// The text is a condition or a key: it is drawn as code is.
    #[prop(optional)]
    raw: bool,
    #[prop(optional, into)] testid: Option<String>,
) -> impl IntoView {
    view! {
        <span class="chip" class:mono=raw data-testid=testid>
            {text}
            <button type="button" aria-label=remove.clone() title=remove on:click=move |_| on_remove()>"×"</button>
        </span>
    }
}
