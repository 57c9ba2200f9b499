//! A label over a control, and below it what is wrong with it. A screen reader hears both with the control.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What is wrong with a control; empty if nothing is.
pub(crate) type Wrong = Signal<Option<String>>;

/// `aria-describedby` of the control with this id.
pub(crate) fn described_by(id: &str, wrong: Wrong) -> impl Fn() -> Option<String> + Send + use<> {
    let sentence = wrong_id(id);
    move || wrong.with(Option::is_some).then(|| sentence.clone())
}

/// `aria-invalid` of a control.
pub(crate) fn invalid(wrong: Wrong) -> impl Fn() -> Option<&'static str> + Send {
    move || wrong.with(Option::is_some).then_some("true")
}

fn wrong_id(control: &str) -> String {
    format!("{control}-wrong")
}

/// Puts the focus on the control with this id.
pub(crate) fn focus(id: &str) {
    if let Some(control) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = control.focus();
    }
}

/// The sentence that says what is wrong with the control of this id.
#[component]
fn WrongSentence(of: &'static str, wrong: Wrong) -> impl IntoView {
    let id = wrong_id(of);
    move || wrong.get().map(|text| view! { <span class="wrong" id=id.clone() data-testid=id.clone()>{text}</span> })
}

/// A control with its label. The control has the id `of`, and where it may be wrong [`invalid`] and [`described_by`].
#[component]
pub(crate) fn Labelled(
    text: &'static str,
    of: &'static str,
    #[prop(optional, into)] wrong: Wrong,
    children: Children,
) -> impl IntoView {
    view! { <div class="field"><label for=of>{text}</label>{children()}<WrongSentence of wrong /></div> }
}

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
    #[prop(optional, into)] wrong: Wrong,
    /// Also the id of the field.
    testid: &'static str,
    #[prop(optional)] autocomplete: &'static str,
) -> impl IntoView {
    let hint =
        move || (!hint.is_empty() && wrong.with(Option::is_none)).then(|| view! { <span class="hint">{hint}</span> });
    view! {
        <Labelled text=label of=testid wrong>
            <input class="input" id=testid data-testid=testid type=kind step="any" placeholder=placeholder autocomplete=autocomplete spellcheck="false"
                aria-invalid=invalid(wrong) aria-describedby=described_by(testid, wrong)
                prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event)) />
            {hint}
        </Labelled>
    }
}
