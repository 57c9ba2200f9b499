//! A labelled text field.

use leptos::prelude::*;

/// A text field with its label, a hint, and what is wrong with it.
#[component]
pub(crate) fn TextField(
    label: &'static str,
    value: RwSignal<String>,
    #[prop(optional)] hint: &'static str,
    #[prop(optional)] placeholder: &'static str,
    /// `text`, `password`, `number`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] wrong: Signal<Option<String>>,
    /// Also the id of the field.
    testid: &'static str,
    #[prop(optional)] autocomplete: &'static str,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=testid>{label}</label>
            <input class="input" id=testid data-testid=testid type=kind step="any" placeholder=placeholder autocomplete=autocomplete spellcheck="false"
                aria-invalid=move || wrong.get().is_some().to_string()
                prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event)) />
            {move || match wrong.get() {
                Some(wrong) => Some(view! { <span class="wrong">{wrong}</span> }.into_any()),
                None => (!hint.is_empty()).then(|| view! { <span class="hint">{hint}</span> }.into_any()),
            }}
        </div>
    }
}
