//! What an alarm watches, as a form.

use leptos::prelude::*;

use super::draft::{Draft, Field, SourceKind};
use super::form::Mistakes;
use crate::client::{self, Signal as Table};
use crate::load::{load, load_if};
use crate::measure::MEASURES;
use crate::metrics::{FilterList, STATISTICS, options};
use crate::part::{Button, Choice, Combobox, Labelled, Select};
use crate::services::use_services;
use crate::url::use_place;

const SEVERITIES: [(&str, &str); 7] = [
    ("", "Any severity"),
    ("trace", "TRACE and above"),
    ("debug", "DEBUG and above"),
    ("info", "INFO and above"),
    ("warn", "WARN and above"),
    ("error", "ERROR and above"),
    ("fatal", "FATAL"),
];

/// A field of the draft as a signal.
pub(super) fn field(draft: RwSignal<Draft>, read: fn(&Draft) -> &String) -> Signal<String> {
    Signal::derive(move || draft.with(|draft| read(draft).clone()))
}

/// The form.
#[component]
pub(super) fn SourceForm(draft: RwSignal<Draft>, mistakes: Mistakes) -> impl IntoView {
    let kinds = [
        (SourceKind::Service, "Service", "source-service"),
        (SourceKind::Metric, "Metric", "source-metric"),
        (SourceKind::Logs, "Log query", "source-logs"),
    ];
    let button = move |(kind, text, testid): (SourceKind, &'static str, &'static str)| {
        let pressed = Signal::derive(move || draft.read().kind == kind);
        view! { <Button text pressed testid on_click=move |_| draft.update(|draft| draft.kind = kind) /> }
    };
    let kind = Memo::new(move |_| draft.read().kind);
    view! {
        <div class="group" role="group" aria-label="What is watched">{kinds.map(button).collect_view()}</div>
        {move || match kind.get() {
            SourceKind::Service => view! { <ServiceSource draft mistakes /> }.into_any(),
            SourceKind::Metric => view! { <MetricSource draft mistakes /> }.into_any(),
            SourceKind::Logs => view! { <LogSource draft mistakes /> }.into_any(),
        }}
    }
}

#[component]
fn ServiceField(draft: RwSignal<Draft>, mistakes: Mistakes, label: &'static str) -> impl IntoView {
    let place = use_place();
    let asker = use_services();
    let services = load(move || asker.ask(place.range(), None));
    let choices = Signal::derive(move || {
        let list = services.value.get();
        list.map(|list| list.services.iter().map(|service| Choice::plain(service.service.clone())).collect())
            .unwrap_or_default()
    });
    let change = Callback::new(move |text: String| draft.update(|draft| draft.service = text));
    let wrong = mistakes.of(Field::Service);
    view! { <Labelled text=label of="alarm-service" wrong><Combobox value=field(draft, |draft| &draft.service) choices on_change=change label placeholder="service.name" id="alarm-service" wrong testid="alarm-service" /></Labelled> }
}

#[component]
fn ServiceSource(draft: RwSignal<Draft>, mistakes: Mistakes) -> impl IntoView {
    let place = use_place();
    let service = Memo::new(move |_| draft.read().service.clone());
    let operations = load_if(move || {
        let service = service.get();
        (!service.is_empty()).then(|| client::operations(service, place.range()))
    });
    let choices = Signal::derive(move || {
        let list = operations.value.get();
        list.map(|list| {
            list.services.iter().filter_map(|summary| summary.operation.clone()).map(Choice::plain).collect()
        })
        .unwrap_or_default()
    });
    let measures: Vec<(&str, &str)> = MEASURES.iter().map(|measure| (measure.name, measure.title)).collect();
    let operation = Callback::new(move |text: String| draft.update(|draft| draft.operation = text));
    let wrong = mistakes.of(Field::Measure);
    view! {
        <div class="form-row">
            <ServiceField draft mistakes label="Service" />
            <Labelled text="Operation" of="alarm-operation"><Combobox value=field(draft, |draft| &draft.operation) choices on_change=operation label="Operation" placeholder="any" id="alarm-operation" testid="alarm-operation" /></Labelled>
            <Labelled text="Measure" of="alarm-measure" wrong>
                <Select value=field(draft, |draft| &draft.measure) options=options(&measures) label="Measure" id="alarm-measure" wrong testid="alarm-measure"
                    on_change=move |name| draft.update(|draft| draft.measure = name) />
            </Labelled>
        </div>
    }
}

#[component]
fn MetricSource(draft: RwSignal<Draft>, mistakes: Mistakes) -> impl IntoView {
    let place = use_place();
    let metrics = load(move || client::metrics(place.range()));
    let choices = Signal::derive(move || {
        let list = metrics.value.get();
        list.map(|list| {
            list.metrics.iter().map(|metric| Choice { value: metric.name.clone(), note: metric.unit.clone() }).collect()
        })
        .unwrap_or_default()
    });
    let change = Callback::new(move |text: String| draft.update(|draft| draft.metric = text));
    let (wrong_metric, wrong) = (mistakes.of(Field::Metric), mistakes.of(Field::Statistic));
    view! {
        <div class="form-row">
            <Labelled text="Metric" of="alarm-metric" wrong=wrong_metric><Combobox value=field(draft, |draft| &draft.metric) choices on_change=change label="Metric" placeholder="Name of a metric" id="alarm-metric" wrong=wrong_metric testid="alarm-metric" /></Labelled>
            <Labelled text="Statistic" of="alarm-statistic" wrong>
                <Select value=field(draft, |draft| &draft.statistic) options=options(&STATISTICS) label="Statistic" id="alarm-statistic" wrong testid="alarm-statistic"
                    on_change=move |name| draft.update(|draft| draft.statistic = name) />
            </Labelled>
            <ServiceField draft mistakes label="Service (any if empty)" />
        </div>
        <Conditions draft signal=Table::Metrics />
    }
}

#[component]
fn LogSource(draft: RwSignal<Draft>, mistakes: Mistakes) -> impl IntoView {
    view! {
        <div class="form-row">
            <Labelled text="Words and \"phrases\" of the body" of="alarm-text">
                <input class="input" type="text" id="alarm-text" data-testid="alarm-text" placeholder="timeout -healthcheck" prop:value=field(draft, |draft| &draft.text)
                    on:change=move |event| draft.update(|draft| draft.text = event_target_value(&event)) />
            </Labelled>
            <Labelled text="Severity" of="alarm-severity">
                <Select value=field(draft, |draft| &draft.severity) options=options(&SEVERITIES) label="Severity" id="alarm-severity" testid="alarm-severity"
                    on_change=move |name| draft.update(|draft| draft.severity = name) />
            </Labelled>
            <ServiceField draft mistakes label="Service (any if empty)" />
        </div>
        <Conditions draft signal=Table::Logs />
        <p class="quiet">"The number of matching records in each period is compared; a period without matches is 0."</p>
    }
}

#[component]
fn Conditions(draft: RwSignal<Draft>, signal: Table) -> impl IntoView {
    let place = use_place();
    let keys = load(move || client::attributes(signal, place.range(), String::new()));
    let choices = Signal::derive(move || {
        let answer = keys.value.get();
        answer.map(|answer| answer.keys.iter().map(|key| Choice::plain(key.key.clone())).collect()).unwrap_or_default()
    });
    let filters = Signal::derive(move || draft.read().filters.clone());
    let change = Callback::new(move |filters| draft.update(|draft| draft.filters = filters));
    view! { <div class="row wrap"><span class="field-name">"Where"</span><FilterList filters on_change=change keys=choices signal /></div> }
}
