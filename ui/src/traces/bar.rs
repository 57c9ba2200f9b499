//! The filter bar of the traces. Every change goes into the URL, and the URL is what is asked.

use api::trace::Class;
use leptos::prelude::*;

use super::conditions::Conditions;
use super::duration_text;
use super::filter::Filter;
use super::state::ListState;
use crate::client;
use crate::format;
use crate::load::{load, load_if};
use crate::part::{Choice, Combobox, class_name};
use crate::services::use_services;
use crate::url::{Place, use_place};

/// Changes the filter in the URL.
pub(super) fn change(state: ListState, place: Place, edit: impl FnOnce(&mut Filter)) {
    let mut filter = state.filter.with_untracked(|(filter, _)| filter.clone());
    edit(&mut filter);
    place.set(&filter.pairs());
}

fn some(text: String) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The bar.
#[component]
pub(super) fn Bar(state: ListState) -> impl IntoView {
    let place = use_place();
    let mistakes = move || state.filter.with(|(_, mistakes)| mistakes.join(". "));
    let text = move || state.filter.with(|(filter, _)| filter.text.clone());
    view! {
        <div class="filter-bar" data-testid="traces-bar">
            <ServiceAndOperation state />
            <ClassChips state />
            <DurationField state label="From" testid="duration-min" read=|filter| filter.duration_min write=|filter, nanos| filter.duration_min = nanos />
            <DurationField state label="To" testid="duration-max" read=|filter| filter.duration_max write=|filter, nanos| filter.duration_max = nanos />
            <div class="filter-text">
                <input
                    class="input" type="search" data-search="" data-testid="traces-text" spellcheck="false" autocomplete="off"
                    aria-label="Words of the span's name, status message or exceptions" placeholder="Name, message or exception"
                    prop:value=text
                    on:change=move |event| change(state, place, |filter| filter.text = event_target_value(&event).trim().to_owned())
                />
            </div>
        </div>
        <ExpressionField state />
        <Conditions state />
        {move || Some(mistakes()).filter(|text| !text.is_empty()).map(|text| view! { <p class="tone-fault" role="alert" data-testid="traces-mistake">{text}</p> })}
    }
}

/// The expression is about the trace as a whole; the rest of the bar is about one of its spans.
#[component]
fn ExpressionField(state: ListState) -> impl IntoView {
    let place = use_place();
    let text = move || state.filter.with(|(filter, _)| filter.expression.clone());
    let changed = move |event| {
        change(state, place, |filter| filter.expression = event_target_value(&event).trim().to_owned());
    };
    view! {
        <label class="filter-expression">
            <span class="quiet">"Filter expression"</span>
            <input
                class="input mono" type="search" data-testid="traces-filter" spellcheck="false" autocomplete="off" autocapitalize="off"
                aria-label="X-Ray filter expression" title="As in X-Ray: keywords, service() { … }, edge(a, b), annotation[key] = \"value\", AND, OR, !"
                placeholder="service(\"cart\") { fault } AND responsetime > 2" prop:value=text on:change=changed
            />
        </label>
    }
}

#[component]
fn ServiceAndOperation(state: ListState) -> impl IntoView {
    let place = use_place();
    let service = Memo::new(move |_| state.filter.with(|(filter, _)| filter.service.clone()));
    let asker = use_services();
    let services = load(move || asker.ask(place.range(), place.env()));
    let operations = load_if(move || service.get().map(|service| client::operations(service, place.range())));
    let choice = |value: String, rate: f64| Choice { value, note: format::rate(rate) };
    let service_choices = Signal::derive(move || {
        let list = services.value.get();
        list.map(|list| list.services.iter().map(|s| choice(s.service.clone(), s.rate)).collect()).unwrap_or_default()
    });
    let operation_choices = Signal::derive(move || {
        let list = operations.value.get();
        let named = |s: &api::service::ServiceSummary| Some(choice(s.operation.clone()?, s.rate));
        list.map(|list| list.services.iter().filter_map(named).collect()).unwrap_or_default()
    });
    // An operation belongs to its service.
    let set_service = Callback::new(move |name: String| {
        change(state, place, |filter| (filter.service, filter.operation) = (some(name), None));
    });
    let set_operation = Callback::new(move |name: String| change(state, place, |filter| filter.operation = some(name)));
    let operation =
        Signal::derive(move || state.filter.with(|(filter, _)| filter.operation.clone().unwrap_or_default()));
    view! {
        <div class="filter-service">
            <Combobox value=Signal::derive(move || service.get().unwrap_or_default()) choices=service_choices on_change=set_service label="Service" placeholder="Any service" testid="traces-service" />
        </div>
        <div class="filter-service">
            <Combobox value=operation choices=operation_choices on_change=set_operation label="Operation" placeholder="Any operation" testid="traces-operation" />
        </div>
    }
}

#[component]
fn ClassChips(state: ListState) -> impl IntoView {
    let place = use_place();
    let chip = move |class: Class| {
        let on = move || state.filter.with(|(filter, _)| filter.classes.contains(&class));
        let toggle = move |_| {
            change(state, place, |filter| match filter.classes.iter().position(|chosen| *chosen == class) {
                Some(at) => drop(filter.classes.remove(at)),
                None => filter.classes.push(class),
            });
        };
        let name = class_name(class);
        view! {
            <button type="button" class=format!("button class-chip {name}") aria-pressed=move || on().to_string() data-testid=format!("class-{name}") on:click=toggle>
                <i class=format!("class-mark {name}")></i>{capital(name)}
            </button>
        }
    };
    view! { <div class="group" role="group" aria-label="Class">{[Class::Ok, Class::Error, Class::Throttle, Class::Fault].map(chip).collect_view()}</div> }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[component]
fn DurationField(
    state: ListState,
    label: &'static str,
    testid: &'static str,
    read: fn(&Filter) -> Option<i64>,
    write: fn(&mut Filter, Option<i64>),
) -> impl IntoView {
    let place = use_place();
    let wrong = RwSignal::new(None::<String>);
    let value = move || state.filter.with(|(filter, _)| read(filter).map(duration_text::write).unwrap_or_default());
    let changed = move |event| match duration_text::parse(&event_target_value(&event)) {
        Ok(nanos) => {
            wrong.set(None);
            change(state, place, |filter| write(filter, nanos));
        }
        Err(mistake) => wrong.set(Some(mistake)),
    };
    view! {
        <label class="filter-duration" title=move || wrong.get().unwrap_or_else(|| "A duration: 250ms, 1.5s, 2m".to_owned())>
            <span class="quiet">{label}</span>
            <input
                class="input" type="text" inputmode="text" placeholder="any" autocomplete="off" spellcheck="false" data-testid=testid
                aria-label=format!("Duration {}", label.to_lowercase()) aria-invalid=move || wrong.get().map(|_| "true")
                prop:value=value on:change=changed
            />
        </label>
    }
}
