//! The filter bar of the logs.

use api::TimeRange;
use api::log::Severity;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

use super::filter::severity_name;
use super::state::{Follow, LogState};
use crate::format;
use crate::load::load;
use crate::part::{Button, ButtonKind, Chip, Choice, Combobox, Glyph, Select};
use crate::services::use_services;
use crate::url::{Place, use_place};

/// The bar.
#[component]
pub(super) fn Bar(state: LogState, wrap: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let field = NodeRef::<html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        place.set(&[("q", Some(text.trim().to_owned()))]);
    };
    let mistake = move || state.filter.with(|filter| filter.mistake.clone());
    let following = Signal::derive(move || state.follow.with(|follow| *follow != Follow::Off));
    view! {
        <form class="filter-bar" on:submit=submit data-testid="logs-bar">
            <div class="filter-box">
                <input
                    class="input" type="search" node_ref=field data-search="" data-testid="logs-query" spellcheck="false" autocomplete="off"
                    aria-label="Search logs: words, phrases in quotes, -word, key:value" placeholder="Words, \"a phrase\", -without, key:value, size:>500"
                    aria-invalid=move || mistake().map(|_| "true")
                    prop:value=move || state.filter.with(|filter| filter.input.clone())
                />
            </div>
            <Button text="Search" icon=Glyph::Search kind=ButtonKind::Primary kind_of="submit" on_click=|_| () testid="logs-search" />
            <SeveritySelect state place />
            <ServicePicker state place />
            <div class="group filter-end">
                <Button text="Wrap" pressed=Signal::derive(move || wrap.get()) on_click=move |_| wrap.update(|wrap| *wrap = !*wrap) testid="logs-wrap" />
                <Button text=Signal::derive(move || if following.get() { "Following".to_owned() } else { "Follow".to_owned() }) icon=Glyph::Live pressed=following on_click=move |_| state.toggle_follow() testid="logs-follow" />
            </div>
        </form>
        {move || mistake().map(|mistake| view! { <p class="tone-fault" role="alert" data-testid="logs-mistake">{mistake}</p> })}
        <Chips state place />
    }
}

#[component]
fn SeveritySelect(state: LogState, place: Place) -> impl IntoView {
    let value =
        Signal::derive(move || state.filter.with(|filter| filter.severity.map(severity_name).unwrap_or_default()));
    let mut options = vec![(String::new(), "Any severity".to_owned())];
    options.extend(
        Severity::ALL
            .into_iter()
            .skip(1)
            .map(|severity| (severity_name(severity), format!("{} and above", severity.as_str()))),
    );
    view! { <Select value options=Signal::stored(options) auto=true label="Smallest severity" testid="logs-severity" on_change=move |chosen| place.set(&[("severity", Some(chosen))]) /> }
}

/// Adds a service; those that are chosen stand as chips below.
#[component]
fn ServicePicker(state: LogState, place: Place) -> impl IntoView {
    let asker = use_services();
    let services = load(move || asker.ask(place.range(), place.env()));
    let choices = Signal::derive(move || {
        let chosen = state.filter.with(|filter| filter.services.clone());
        let list = services.value.get();
        let choice = |service: &api::service::ServiceSummary| Choice {
            value: service.service.clone(),
            note: format::rate(service.rate),
        };
        list.map(|list| list.services.iter().filter(|s| !chosen.contains(&s.service)).map(choice).collect())
            .unwrap_or_default()
    });
    let empty = RwSignal::new(String::new());
    let add = Callback::new(move |name: String| {
        if name.is_empty() {
            return;
        }
        let mut chosen = state.filter.with_untracked(|filter| filter.services.clone());
        chosen.push(name);
        place.set(&[("service", Some(chosen.join(",")))]);
        empty.set(String::new());
    });
    view! { <div class="filter-service"><Combobox value=empty choices on_change=add label="Service" placeholder="Any service" testid="logs-service" /></div> }
}

/// Parameters of the URL and what they become.
type Change = Vec<(&'static str, Option<String>)>;

/// What narrows the search beside the box: each can be taken away.
#[component]
fn Chips(state: LogState, place: Place) -> impl IntoView {
    let chips = move || {
        let filter = state.filter.get();
        let mut chips: Vec<(String, Change)> = Vec::new();
        for service in &filter.services {
            let rest: Vec<&str> = filter.services.iter().filter(|s| *s != service).map(String::as_str).collect();
            chips.push((format!("service {service}"), vec![("service", Some(rest.join(",")))]));
        }
        if let Some(trace) = &filter.trace_id {
            chips.push((format!("trace {trace}"), vec![("trace_id", None), ("span_id", None)]));
        }
        if let Some(span) = &filter.span_id {
            chips.push((format!("span {span}"), vec![("span_id", None)]));
        }
        chips
    };
    let chip = move |(text, without): (String, Change)| {
        view! { <li><Chip remove=format!("Remove {text}") text on_remove=move || place.set(&without) /></li> }
    };
    move || {
        let chips = chips();
        (!chips.is_empty()).then(
            || view! { <ul class="chips" data-testid="logs-chips">{chips.into_iter().map(chip).collect_view()}</ul> },
        )
    }
}

/// A range as the URL has it.
pub(super) fn absolute(from: i64, to: i64) -> TimeRange {
    TimeRange { from: from.to_string(), to: to.to_string() }
}
