//! The form of a new or present alarm, with a chart of what it would watch.

use std::sync::Arc;

use api::alarm::{Alarm, AlarmSource};
use api::metric::SeriesAnswer;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::delivery::Actions;
use super::draft::Draft;
use super::source::preview;
use super::source_form::{Labelled, SourceForm, field};
use super::words::{MISSING, OPERATORS, condition, measures, source_words, unit};
use crate::chart::{ChartData, LegendKind, Threshold, TimeSeries};
use crate::client;
use crate::clock;
use crate::load::{act, load_if};
use crate::metrics::options;
use crate::part::{Button, ButtonKind, EmptyState, Glyph, LinkButton, Loaded, Notice, Select, StatisticsLine, Tone};
use crate::shell::{ScreenHead, use_toasts};
use crate::url::use_place;

const PERIODS: [(&str, &str); 9] = [
    ("10", "10 seconds"),
    ("20", "20 seconds"),
    ("30", "30 seconds"),
    ("60", "1 minute"),
    ("120", "2 minutes"),
    ("300", "5 minutes"),
    ("900", "15 minutes"),
    ("3600", "1 hour"),
    ("86400", "1 day"),
];

/// The screen: `/alarms/new`, with `source` from a chart, or `/alarms/{id}/edit`.
#[component]
pub(crate) fn AlarmFormScreen() -> impl IntoView {
    let place = use_place();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id"));
    let stored = load_if(move || id.get().map(client::alarm));
    let from_chart = untrack(|| place.get("source")).and_then(|text| serde_json::from_str::<AlarmSource>(&text).ok());
    let first = from_chart.as_ref().map(Draft::of_source).unwrap_or_default();
    let edit = move |alarm: Signal<Arc<Alarm>>| {
        let alarm = alarm.get_untracked();
        view! { <Form first=Draft::of_rule(&alarm.rule) stored=Some((alarm.id.clone(), alarm.version)) /> }.into_any()
    };
    move || match id.get() {
        None => view! { <ScreenHead title="New alarm" /><Form first=first.clone() stored=None /> }.into_any(),
        Some(_) => view! { <ScreenHead title="Edit alarm" /><Loaded load=stored view=edit lines=10 /> }.into_any(),
    }
}

#[component]
fn Form(first: Draft, stored: Option<(String, u64)>) -> impl IntoView {
    let place = use_place();
    let toasts = use_toasts();
    let draft = RwSignal::new(first);
    let problem = RwSignal::new(None::<String>);
    let saving = RwSignal::new(false);
    let back = stored.as_ref().map_or("/alarms".to_owned(), |(id, _)| format!("/alarms/{id}"));
    let submit_text = if stored.is_some() { "Save alarm" } else { "Create alarm" };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let rule = match draft.get_untracked().rule() {
            Ok(rule) => rule,
            Err(missing) => return problem.set(Some(missing.to_owned())),
        };
        saving.set(true);
        let stored = stored.clone();
        let saved = async move {
            match stored {
                Some((id, version)) => client::change_alarm(id, version, rule).await,
                None => client::create_alarm(rule).await,
            }
        };
        act(saved, move |answer| {
            saving.set(false);
            match answer {
                Ok(alarm) => {
                    toasts.good(format!("{} is saved; its first evaluation follows within a period.", alarm.rule.name));
                    place.go(&untrack(|| place.href(&format!("/alarms/{}", alarm.id), &[])));
                }
                Err(error) => {
                    problem.set(Some(format!("{} {}", error.error.message, error.error.hint.unwrap_or_default())))
                }
            }
        });
    };
    view! {
        <form class="alarm-form" on:submit=save data-testid="alarm-form">
            <section class="card"><header class="card-head"><h2>"What is watched"</h2></header><div class="card-body stack"><SourceForm draft /></div></section>
            <Preview draft />
            <section class="card"><header class="card-head"><h2>"When it rings"</h2></header><div class="card-body stack"><ConditionForm draft /></div></section>
            <section class="card"><header class="card-head"><h2>"Who is called"</h2></header><div class="card-body stack"><Actions draft /></div></section>
            <section class="card"><header class="card-head"><h2>"Name"</h2></header><div class="card-body stack"><NameForm draft /></div></section>
            {move || problem.get().map(|text| view! { <div role="alert"><Notice tone=Tone::Fault>{text}</Notice></div> })}
            <div class="row">
                <Button text=submit_text kind=ButtonKind::Primary kind_of="submit" disabled=saving testid="save-alarm" on_click=|_| () />
                <LinkButton text="Cancel" href=Signal::derive(move || place.href(&back, &[])) kind=ButtonKind::Plain />
            </div>
        </form>
    }
}

#[component]
fn Preview(draft: RwSignal<Draft>) -> impl IntoView {
    let place = use_place();
    let asked = Memo::new(move |_| draft.with(|draft| Some((draft.source().ok()?, draft.period.parse::<u32>().ok()?))));
    let answer = load_if(move || {
        asked.get().map(|(source, period)| preview(source, place.range(), period, clock::now_unix_nano()))
    });
    let draw = move |answer: Signal<Arc<SeriesAnswer>>| {
        let source = move || asked.get().map(|(source, _)| source);
        let data = Signal::derive(move || {
            let source = source();
            let name = source.as_ref().map(source_words).unwrap_or_default();
            let data = ChartData::of(&answer.get(), &name).in_unit(source.as_ref().map_or("", unit));
            Arc::new(data.measuring(source.as_ref().is_some_and(measures)))
        });
        // A line is drawn only where a bar is a period: otherwise it would compare the wrong numbers.
        let same_period = move || draft.read().period.parse() == Ok(answer.read().period_seconds);
        let thresholds = Signal::derive(move || {
            let value = draft.read().threshold().filter(|_| same_period());
            value
                .map(|value| Threshold { value, operator: draft.read().operator(), class: "fault" })
                .into_iter()
                .collect::<Vec<_>>()
        });
        let note = move || {
            (!same_period()).then_some("The time range has too many periods for one point each: points are wider here than the alarm's periods, so no threshold is drawn. Choose a shorter range to see it.")
        };
        let statistics = Signal::derive(move || answer.read().statistics.clone());
        let truncated = Signal::derive(move || answer.read().truncated.clone());
        view! {
            <TimeSeries data thresholds height=200 legend=LegendKind::None label="What is watched" testid="alarm-preview" />
            {move || note().map(|note| view! { <p class="quiet">{note}</p> })}
            <StatisticsLine statistics truncated />
        }
        .into_any()
    };
    let sentence = move || {
        draft.with(|draft| {
            let named = Draft { name: "-".to_owned(), ..draft.clone() };
            named.rule().map(|rule| format!("{} {}", source_words(&rule.source), condition(&rule))).unwrap_or_default()
        })
    };
    view! {
        <section class="card">
            <header class="card-head"><h2>"Preview"</h2><span class="quiet cut">{sentence}</span></header>
            <div class="card-body preview">
                <Show when=move || asked.read().is_some() fallback=|| view! { <EmptyState icon=Glyph::Metrics title="Choose what is watched" hint="Its values over the time range above appear here, with the threshold." /> }>
                    <Loaded load=answer view=draw />
                </Show>
            </div>
        </section>
    }
}

#[component]
fn ConditionForm(draft: RwSignal<Draft>) -> impl IntoView {
    let signs: Vec<(&str, &str)> = OPERATORS.iter().map(|(name, sign, _)| (*name, *sign)).collect();
    let missing: Vec<(&str, &str)> = MISSING.iter().map(|(name, words, _)| (*name, *words)).collect();
    let number = move |testid: &'static str, read: fn(&Draft) -> &String, write: fn(&mut Draft, String)| {
        view! { <input class="input" type="number" step="any" data-testid=testid prop:value=field(draft, read) on:input=move |event| draft.update(|draft| write(draft, event_target_value(&event))) /> }
    };
    view! {
        <div class="form-row">
            <Labelled text="Comparison"><Select value=field(draft, |draft| &draft.operator) options=options(&signs) label="Comparison" testid="alarm-operator" on_change=move |name| draft.update(|draft| draft.operator = name) /></Labelled>
            <Labelled text="Threshold">{number("alarm-threshold", |draft| &draft.threshold, |draft, text| draft.threshold = text)}</Labelled>
            <Labelled text="Period"><Select value=field(draft, |draft| &draft.period) options=options(&PERIODS) label="Period" testid="alarm-period" on_change=move |text| draft.update(|draft| draft.period = text) /></Labelled>
        </div>
        <div class="form-row">
            <Labelled text="Datapoints to alarm (M)">{number("alarm-m", |draft| &draft.datapoints_to_alarm, |draft, text| draft.datapoints_to_alarm = text)}</Labelled>
            <Labelled text="of so many periods (N)">{number("alarm-n", |draft| &draft.evaluation_periods, |draft, text| draft.evaluation_periods = text)}</Labelled>
            <Labelled text="A period without data is"><Select value=field(draft, |draft| &draft.missing) options=options(&missing) label="Missing data" testid="alarm-missing" on_change=move |text| draft.update(|draft| draft.missing = text) /></Labelled>
        </div>
    }
}

#[component]
fn NameForm(draft: RwSignal<Draft>) -> impl IntoView {
    view! {
        <Labelled text="Name">
            <input class="input" type="text" data-testid="alarm-name" maxlength="255" prop:value=field(draft, |draft| &draft.name) on:input=move |event| draft.update(|draft| draft.name = event_target_value(&event)) />
        </Labelled>
        <Labelled text="Description, for whoever is called">
            <textarea class="area" rows="3" data-testid="alarm-description" maxlength="1024" prop:value=field(draft, |draft| &draft.description) on:input=move |event| draft.update(|draft| draft.description = event_target_value(&event))></textarea>
        </Labelled>
    }
}
