//! The line in which a condition on an attribute is written, with keys and values that exist, and what is wrong with it.

use api::AttributeFilter;
use leptos::prelude::*;

use crate::client::{self, Signal as Table};
use crate::condition::{self, OPERATORS};
use crate::format;
use crate::load::load_if;
use crate::part::{Button, Choice, Combobox, Select};
use crate::text;
use crate::url::use_place;

/// The line. `on_add` gets the condition, and the line is empty again.
#[component]
pub(crate) fn ConditionForm(
    /// Whose attributes.
    table: Table,
    /// Attributes to choose from.
    #[prop(into)]
    keys: Signal<Vec<Choice>>,
    /// Called with each keystroke in the attribute, to ask for others.
    #[prop(optional, into)]
    on_key_input: Option<Callback<String>>,
    #[prop(into)] on_add: Callback<AttributeFilter>,
    /// Until an attribute is named, only its field is shown.
    #[prop(optional)]
    brief: bool,
    /// What the `data-testid`s of its parts begin with.
    testid: &'static str,
) -> impl IntoView {
    let place = use_place();
    let key = RwSignal::new(String::new());
    let operator = RwSignal::new("eq".to_owned());
    let value = RwSignal::new(String::new());
    let value_prefix = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let values = load_if(move || {
        let key = Some(key.get()).filter(|key| !key.is_empty())?;
        Some(client::attribute_values(table, key, place.range(), value_prefix.get()))
    });
    let choices = Signal::derive(move || {
        let answer = values.value.get();
        let choice = |known: &api::ValueCount| Choice {
            value: text::of_value(&known.value),
            note: format::count_short(known.count as f64),
        };
        answer.map(|answer| answer.values.iter().map(choice).collect()).unwrap_or_default()
    });
    let write = move |field: RwSignal<String>, text: String| {
        field.set(text);
        wrong.set(None);
    };
    let write_key = Callback::new(move |text| write(key, text));
    let write_value = Callback::new(move |text| write(value, text));
    let ask_keys = Callback::new(move |text| {
        if let Some(on_key_input) = on_key_input {
            on_key_input.run(text);
        }
    });
    let add = move |_| {
        let built = condition::build(&key.get_untracked(), &operator.get_untracked(), &value.get_untracked());
        match built {
            Ok(condition) => {
                for field in [key, value, value_prefix] {
                    write(field, String::new());
                }
                on_add.run(condition);
            }
            Err(mistake) => wrong.set(Some(mistake)),
        }
    };
    let signs: Vec<(String, String)> =
        OPERATORS.iter().map(|(name, sign, _)| ((*name).to_owned(), (*sign).to_owned())).collect();
    let signs = Signal::stored(signs);
    let part = move |name: &str| format!("{testid}-{name}");
    let needs_value = Memo::new(move |_| condition::needs_value(&operator.read()));
    let rest = move || {
        view! {
            <Select value=operator options=signs auto=true label="Comparison" testid=part("operator") on_change=move |name| write(operator, name) />
            <Show when=move || needs_value.get()>
                <div class="condition-value">
                    <Combobox value choices on_change=write_value on_input=Callback::new(move |text| value_prefix.set(text)) label="Value" placeholder="value" testid=part("value") />
                </div>
            </Show>
            <Button text="Add" on_click=add testid=part("add") />
        }
    };
    view! {
        <div class="condition-form">
            <div class="condition-key">
                <Combobox value=key choices=keys on_change=write_key on_input=ask_keys label="Attribute" placeholder="attribute" testid=part("key") />
            </div>
            <Show when=move || !brief || !key.read().is_empty()>{rest()}</Show>
            {move || wrong.get().map(|wrong| view! { <span class="tone-fault" role="alert" data-testid=part("wrong")>{wrong}</span> })}
        </div>
    }
}
