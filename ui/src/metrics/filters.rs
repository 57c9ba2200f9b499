//! Conditions on attributes, as chips, with a small form for the next one. Used by metrics and alarms.

use api::{AttributeFilter, FilterOperator};
use leptos::prelude::*;
use serde_json::Value;

use super::builder::options;
use crate::client::{self, Signal as Table};
use crate::load::load_if;
use crate::operator::OPERATORS;
use crate::part::{Button, ButtonKind, Choice, Combobox, Glyph, Select, value_text};
use crate::url::use_place;

/// A condition in words. Pure.
fn text(filter: &AttributeFilter) -> String {
    let sign = OPERATORS.iter().find(|(.., operator)| *operator == filter.operator).map_or("?", |(_, sign, _)| *sign);
    match filter.operator {
        FilterOperator::Exists | FilterOperator::Missing => format!("{} {sign}", filter.key),
        _ => format!("{} {sign} {}", filter.key, value_text(&filter.value)),
    }
}

/// A number where it is compared by size, the text otherwise: equality is by the API's own rules. Pure.
fn condition(key: &str, operator: &str, value: &str) -> Option<AttributeFilter> {
    let (.., operator) = *OPERATORS.iter().find(|(name, ..)| *name == operator)?;
    let key = key.trim();
    if key.is_empty() {
        return None;
    }
    let value = match operator {
        FilterOperator::Exists | FilterOperator::Missing => Value::Null,
        FilterOperator::Contains => Value::String(value.to_owned()),
        FilterOperator::Gt | FilterOperator::Ge | FilterOperator::Lt | FilterOperator::Le => {
            serde_json::from_str::<serde_json::Number>(value.trim()).ok()?.into()
        }
        FilterOperator::Eq | FilterOperator::Ne => typed(value),
    };
    Some(AttributeFilter { key: key.to_owned(), operator, value })
}

/// `200` is a number and `true` a boolean; quotes make a text of them.
fn typed(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::String(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

/// The list and the form.
#[component]
pub(crate) fn FilterList(
    #[prop(into)] filters: Signal<Vec<AttributeFilter>>,
    #[prop(into)] on_change: Callback<Vec<AttributeFilter>>,
    #[prop(into)] keys: Signal<Vec<Choice>>,
    /// Whose attributes.
    signal: Table,
) -> impl IntoView {
    let place = use_place();
    let key = RwSignal::new(String::new());
    let operator = RwSignal::new("eq".to_owned());
    let value = RwSignal::new(String::new());
    let values = load_if(move || {
        let key = key.get();
        (!key.is_empty()).then(|| client::attribute_values(signal, key, place.range(), String::new()))
    });
    let choices = Signal::derive(move || {
        let answer = values.value.get();
        let choice = |known: &api::ValueCount| Choice {
            value: value_text(&known.value),
            note: crate::format::count_short(known.count as f64),
        };
        answer.map(|answer| answer.values.iter().map(choice).collect()).unwrap_or_default()
    });
    let needs_value = move || !matches!(operator.read().as_str(), "exists" | "missing");
    let add = move |text: &str| {
        let Some(filter) = condition(&key.get_untracked(), &operator.get_untracked(), text) else { return };
        let mut all = filters.get_untracked();
        all.push(filter);
        key.set(String::new());
        value.set(String::new());
        on_change.run(all);
    };
    let chip = move |(at, filter): (usize, AttributeFilter)| {
        let remove = move |_| {
            let mut all = filters.get_untracked();
            if at < all.len() {
                all.remove(at);
            }
            on_change.run(all);
        };
        view! { <span class="chip mono" data-testid="filter">{text(&filter)}<Button text="Remove this condition" icon=Glyph::Close icon_only=true kind=ButtonKind::Plain on_click=remove /></span> }
    };
    let signs: Vec<(&str, &str)> = OPERATORS.iter().map(|(name, sign, _)| (*name, *sign)).collect();
    view! {
        {move || filters.get().into_iter().enumerate().map(chip).collect_view()}
        <div class="filter-form">
            <div class="builder-key"><Combobox value=key choices=keys on_change=Callback::new(move |text| key.set(text)) label="Attribute" placeholder="attribute" testid="filter-key" /></div>
            <Show when=move || !key.read().is_empty()>
                <Select value=operator options=options(&signs) auto=true label="Comparison" testid="filter-operator" on_change=move |name| operator.set(name) />
                <Show when=needs_value>
                    <div class="builder-key"><Combobox value choices on_change=Callback::new(move |text: String| add(&text)) label="Value" placeholder="value" testid="filter-value" /></div>
                </Show>
                <Show when=move || !needs_value()><Button text="Add" on_click=move |_| add("") /></Show>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_typed_by_its_comparison() {
        let value = |operator: &str, text: &str| condition("k", operator, text).map(|filter| filter.value);
        assert_eq!(value("gt", "5"), Some(5.into()));
        assert_eq!(value("gt", "five"), None);
        assert_eq!(value("contains", "5"), Some("5".into()));
        assert_eq!(value("eq", "200"), Some(200.into()));
        assert_eq!(value("eq", "\"200\""), Some("200".into()));
        assert_eq!(value("eq", "{a"), Some("{a".into()));
        assert_eq!(value("exists", "x"), Some(Value::Null));
        assert_eq!(condition(" ", "eq", "x"), None);
    }

    #[test]
    fn words() {
        assert_eq!(text(&condition("http.route", "eq", "/cart").unwrap()), "http.route = /cart");
        assert_eq!(text(&condition("error.type", "missing", "").unwrap()), "error.type is missing");
    }
}
