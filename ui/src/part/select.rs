//! A choice of few: the browser's own list, which works with every keyboard and thumb.

use leptos::prelude::*;

use super::field::{Wrong, described_by, invalid};

/// A drop-down list. `options` are value and text.
#[component]
pub(crate) fn Select(
    #[prop(into)] value: Signal<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    on_change: impl Fn(String) + 'static,
    /// What is chosen, for screen readers.
    #[prop(into)]
    label: String,
    #[prop(optional, into)] testid: Option<String>,
    /// As wide as its text instead of as its place.
    #[prop(optional)]
    auto: bool,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] wrong: Wrong,
) -> impl IntoView {
    let choices = move || {
        let chosen = value.get();
        let mut options = options.get();
        // A value from a link may not be in the list: it is shown all the same.
        if !options.iter().any(|(value, _)| *value == chosen) {
            options.push((chosen.clone(), chosen.clone()));
        }
        let option = |(value, text): (String, String)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }
        };
        options.into_iter().map(option).collect_view()
    };
    view! {
        <select
            class="select"
            class:auto=auto
            aria-invalid=invalid(wrong)
            aria-describedby=described_by(id.as_deref().unwrap_or_default(), wrong)
            id=id
            aria-label=label
            data-testid=testid
            prop:value=move || { options.track(); value.get() }
            on:change=move |event| on_change(event_target_value(&event))
        >
            {choices}
        </select>
    }
}
