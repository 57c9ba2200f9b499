//! Conditions on attributes: those that hold as chips, and a line that adds one, with keys and values that exist.

use api::{AttributeFilter, FilterOperator, KeysAnswer, ValuesAnswer};
use leptos::prelude::*;
use serde_json::Value;

use super::bar::change;
use super::state::ListState;
use crate::client::{self, Signal as Table};
use crate::format;
use crate::load::{Load, load_if};
use crate::operator::OPERATORS;
use crate::part::{Button, Choice, Combobox, Glyph, Select};
use crate::search_box;
use crate::text;
use crate::url::use_place;

fn operator_of(name: &str) -> FilterOperator {
    OPERATORS.iter().find(|(known, ..)| *known == name).map_or(FilterOperator::Eq, |(.., operator)| *operator)
}

fn sign_of(operator: FilterOperator) -> &'static str {
    OPERATORS.iter().find(|(.., known)| *known == operator).map_or("=", |(_, sign, _)| sign)
}

/// The condition of the line, or what is wrong with it.
fn condition(key: &str, operator: &str, value: &str) -> Result<AttributeFilter, String> {
    use FilterOperator::{Contains, Exists, Ge, Gt, Le, Lt, Missing};
    let (key, operator, value) = (key.trim(), operator_of(operator), value.trim());
    if key.is_empty() {
        return Err("Name the attribute".to_owned());
    }
    let value = match operator {
        Exists | Missing => Value::Null,
        _ if value.is_empty() => return Err("Give a value".to_owned()),
        Contains => Value::String(value.to_owned()),
        _ => match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(quoted) => Value::String(quoted.to_owned()),
            None => search_box::typed(value),
        },
    };
    if matches!(operator, Gt | Ge | Lt | Le) && !value.is_number() {
        return Err(format!("{} compares numbers", sign_of(operator)));
    }
    Ok(AttributeFilter { key: key.to_owned(), operator, value })
}

/// The chips and the line.
#[component]
pub(super) fn Conditions(state: ListState) -> impl IntoView {
    let place = use_place();
    let adding = RwSignal::new(false);
    let callee = move || state.filter.with(|(filter, _)| filter.callee.clone());
    let chips = move || {
        let conditions = state.filter.with(|(filter, _)| filter.conditions.clone());
        conditions.into_iter().enumerate().map(|(at, filter)| {
            let value = if filter.value.is_null() { String::new() } else { text::of_value(&filter.value) };
            let words = format!("{} {} {value}", filter.key, sign_of(filter.operator));
            let label = format!("Remove {words}");
            let remove = move |_| change(state, place, |filter| drop(filter.conditions.remove(at)));
            view! { <li class="chip mono" data-testid="condition">{words}<button type="button" aria-label=label on:click=remove>"×"</button></li> }
        }).collect_view()
    };
    let callee_chip = move || {
        callee().map(|callee| {
        let remove = move |_| change(state, place, |filter| filter.callee = None);
        view! { <li class="chip" data-testid="callee">{format!("calls {callee}")}<button type="button" aria-label="Remove the callee" on:click=remove>"×"</button></li> }
    })
    };
    let clear = move || {
        state.filter.with(|(filter, _)| !filter.is_empty()).then(|| {
        let clear = move |_| change(state, place, |filter| *filter = super::filter::Filter::default());
        view! { <li><button type="button" class="link-button" data-testid="clear-filters" on:click=clear>"Clear all"</button></li> }
    })
    };
    view! {
        <ul class="chips">
            {callee_chip}{chips}
            <li><Button text="Attribute" icon=Glyph::Add pressed=Signal::derive(move || adding.get()) on_click=move |_| adding.update(|adding| *adding = !*adding) testid="add-condition" /></li>
            {clear}
        </ul>
        <Show when=move || adding.get()><Line state adding /></Show>
    }
}

#[component]
fn Line(state: ListState, adding: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let key = RwSignal::new(String::new());
    let key_prefix = RwSignal::new(String::new());
    let operator = RwSignal::new("eq".to_owned());
    let value = RwSignal::new(String::new());
    let value_prefix = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let keys: Load<KeysAnswer> =
        load_if(move || Some(client::attributes(Table::Spans, place.range(), key_prefix.get())));
    let values: Load<ValuesAnswer> = load_if(move || {
        let key = Some(key.get()).filter(|key| !key.is_empty())?;
        Some(client::attribute_values(Table::Spans, key, place.range(), value_prefix.get()))
    });
    let key_choices = Signal::derive(move || {
        let answer = keys.value.get();
        answer
            .map(|answer| {
                answer
                    .keys
                    .iter()
                    .map(|k| Choice { value: k.key.clone(), note: format::count_short(k.count as f64) })
                    .collect()
            })
            .unwrap_or_default()
    });
    let value_choices = Signal::derive(move || {
        let answer = values.value.get();
        let choice =
            |v: &api::ValueCount| Choice { value: text::of_value(&v.value), note: format::count_short(v.count as f64) };
        answer.map(|answer| answer.values.iter().map(choice).collect()).unwrap_or_default()
    });
    let no_value = move || matches!(operator.get().as_str(), "exists" | "missing");
    let add = move |_| match condition(&key.get_untracked(), &operator.get_untracked(), &value.get_untracked()) {
        Ok(condition) => {
            adding.set(false);
            change(state, place, |filter| filter.conditions.push(condition));
        }
        Err(mistake) => wrong.set(Some(mistake)),
    };
    let options: Vec<(String, String)> =
        OPERATORS.iter().map(|(name, sign, _)| ((*name).to_owned(), (*sign).to_owned())).collect();
    view! {
        <div class="filter-bar condition-line" data-testid="condition-line">
            <div class="condition-key">
                <Combobox value=key choices=key_choices on_change=Callback::new(move |text| key.set(text)) on_input=Callback::new(move |text| key_prefix.set(text)) label="Attribute" placeholder="http.route" testid="condition-key" />
            </div>
            <Select value=operator options=Signal::stored(options) auto=true label="Comparison" testid="condition-operator" on_change=move |chosen| operator.set(chosen) />
            <Show when=move || !no_value()>
                <div class="condition-value">
                    <Combobox value=value choices=value_choices on_change=Callback::new(move |text| value.set(text)) on_input=Callback::new(move |text| value_prefix.set(text)) label="Value" placeholder="value" testid="condition-value" />
                </div>
            </Show>
            <Button text="Add" on_click=add testid="condition-add" />
            {move || wrong.get().map(|wrong| view! { <span class="tone-fault" role="alert">{wrong}</span> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_becomes_a_condition() {
        let of = |key: &str, op: &str, value: &str| condition(key, op, value).map(|c| (c.operator, c.value));
        assert_eq!(of("a", "eq", "42"), Ok((FilterOperator::Eq, json!(42))));
        assert_eq!(of("a", "eq", "\"42\""), Ok((FilterOperator::Eq, json!("42"))));
        assert_eq!(of("a", "contains", "42"), Ok((FilterOperator::Contains, json!("42"))));
        assert_eq!(of("a", "missing", "ignored"), Ok((FilterOperator::Missing, Value::Null)));
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert!(condition(" ", "eq", "1").is_err());
        assert!(condition("a", "eq", " ").is_err());
        assert!(condition("a", "gt", "big").unwrap_err().contains("numbers"));
    }

    #[test]
    fn every_operator_has_a_name_and_a_sign() {
        for (name, sign, operator) in OPERATORS {
            assert_eq!((operator_of(name), sign_of(operator)), (operator, sign));
        }
    }
}
