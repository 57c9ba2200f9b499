//! The form of a new or present alarm, with a chart of what it would watch.

use std::sync::Arc;

use api::ApiError;
use api::alarm::{Alarm, AlarmSource};
use api::metric::SeriesAnswer;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::delivery::Actions;
use super::draft::{Draft, Field, Mistake};
use super::source::preview;
use super::source_form::{SourceForm, field};
use super::words::{MISSING, OPERATORS, condition, measures, source_words, unit};
use crate::chart::{ChartData, LegendKind, Threshold, TimeSeries};
use crate::client;
use crate::clock;
use crate::load::{act, load_if};
use crate::metrics::options;
use crate::part::{
    Button, ButtonKind, EmptyState, Glyph, Labelled, LinkButton, Loaded, Refusal, Select, StatisticsLine, Wrong,
    described_by, focus, invalid,
};
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

/// What this form calls the fields of the API.
const LABELS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("description", "Description"),
    ("source.service", "Service"),
    ("source.metric", "Metric"),
    ("period_seconds", "Period"),
    ("threshold", "Threshold"),
    ("datapoints_to_alarm", "Datapoints to alarm (M)"),
    ("evaluation_periods", "Periods (N)"),
    ("alarm_actions", "Webhooks in alarm"),
    ("ok_actions", "Webhooks for OK"),
    ("insufficient_data_actions", "Webhooks for insufficient data"),
];

/// What is wrong in the form, known from the first attempt to save it on.
#[derive(Clone, Copy)]
pub(super) struct Mistakes(Memo<Vec<Mistake>>);

impl Mistakes {
    /// What is wrong with a field.
    pub(super) fn of(self, field: Field) -> Wrong {
        Signal::derive(move || {
            self.0.with(|all| all.iter().find(|mistake| mistake.field == field).map(|mistake| mistake.text.to_owned()))
        })
    }

    /// How many fields are wrong, in words.
    fn summary(self) -> Option<&'static str> {
        self.0.with(|all| match all.len() {
            0 => None,
            1 => Some("Not saved yet: one field above is wrong."),
            _ => Some("Not saved yet: some fields above are wrong."),
        })
    }
}

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
    let tried = RwSignal::new(false);
    let mistakes = Mistakes(Memo::new(move |_| {
        if tried.get() { draft.with(|draft| draft.rule().err()).unwrap_or_default() } else { Vec::new() }
    }));
    let refusal = RwSignal::new(None::<ApiError>);
    let saving = RwSignal::new(false);
    let back = stored.as_ref().map_or("/alarms".to_owned(), |(id, _)| format!("/alarms/{id}"));
    let submit_text = if stored.is_some() { "Save alarm" } else { "Create alarm" };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        refusal.set(None);
        let rule = match draft.get_untracked().rule() {
            Ok(rule) => rule,
            Err(mistakes) => {
                if let Some(first) = mistakes.first() {
                    focus(first.field.id());
                }
                return;
            }
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
                Err(error) => refusal.set(Some(error)),
            }
        });
    };
    view! {
        <form class="alarm-form" on:submit=save novalidate data-testid="alarm-form">
            <section class="card"><header class="card-head"><h2>"What is watched"</h2></header><div class="card-body stack"><SourceForm draft mistakes /></div></section>
            <Preview draft />
            <section class="card"><header class="card-head"><h2>"When it rings"</h2></header><div class="card-body stack"><ConditionForm draft mistakes /></div></section>
            <section class="card"><header class="card-head"><h2>"Who is called"</h2></header><div class="card-body stack"><Actions draft /></div></section>
            <section class="card"><header class="card-head"><h2>"Name"</h2></header><div class="card-body stack"><NameForm draft mistakes /></div></section>
            <Refusal error=refusal labels=LABELS testid="alarm-refusal" />
            <div class="row">
                <Button text=submit_text kind=ButtonKind::Primary kind_of="submit" disabled=saving testid="save-alarm" on_click=|_| () />
                <LinkButton text="Cancel" href=Signal::derive(move || place.href(&back, &[])) kind=ButtonKind::Plain />
                <span class="tone-fault" role="status" data-testid="alarm-mistakes">{move || mistakes.summary()}</span>
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
fn ConditionForm(draft: RwSignal<Draft>, mistakes: Mistakes) -> impl IntoView {
    let signs: Vec<(&str, &str)> = OPERATORS.iter().map(|(name, sign, _)| (*name, *sign)).collect();
    let missing: Vec<(&str, &str)> = MISSING.iter().map(|(name, words, _)| (*name, *words)).collect();
    let number = move |text: &'static str, of: Field, read: fn(&Draft) -> &String, write: fn(&mut Draft, String)| {
        let (id, wrong) = (of.id(), mistakes.of(of));
        view! {
            <Labelled text of=id wrong>
                <input class="input" type="number" step="any" id=id data-testid=id aria-invalid=invalid(wrong) aria-describedby=described_by(id, wrong)
                    prop:value=field(draft, read) on:input=move |event| draft.update(|draft| write(draft, event_target_value(&event))) />
            </Labelled>
        }
    };
    let wrong = mistakes.of(Field::Period);
    view! {
        <div class="form-row">
            <Labelled text="Comparison" of="alarm-operator"><Select value=field(draft, |draft| &draft.operator) options=options(&signs) label="Comparison" id="alarm-operator" testid="alarm-operator" on_change=move |name| draft.update(|draft| draft.operator = name) /></Labelled>
            {number("Threshold", Field::Threshold, |draft| &draft.threshold, |draft, text| draft.threshold = text)}
            <Labelled text="Period" of="alarm-period" wrong><Select value=field(draft, |draft| &draft.period) options=options(&PERIODS) label="Period" id="alarm-period" wrong testid="alarm-period" on_change=move |text| draft.update(|draft| draft.period = text) /></Labelled>
        </div>
        <div class="form-row">
            {number("Datapoints to alarm (M)", Field::Datapoints, |draft| &draft.datapoints_to_alarm, |draft, text| draft.datapoints_to_alarm = text)}
            {number("of so many periods (N)", Field::Periods, |draft| &draft.evaluation_periods, |draft, text| draft.evaluation_periods = text)}
            <Labelled text="A period without data is" of="alarm-missing"><Select value=field(draft, |draft| &draft.missing) options=options(&missing) label="Missing data" id="alarm-missing" testid="alarm-missing" on_change=move |text| draft.update(|draft| draft.missing = text) /></Labelled>
        </div>
    }
}

#[component]
fn NameForm(draft: RwSignal<Draft>, mistakes: Mistakes) -> impl IntoView {
    let wrong = mistakes.of(Field::Name);
    view! {
        <Labelled text="Name" of="alarm-name" wrong>
            <input class="input" type="text" id="alarm-name" data-testid="alarm-name" maxlength="255" aria-invalid=invalid(wrong) aria-describedby=described_by("alarm-name", wrong)
                prop:value=field(draft, |draft| &draft.name) on:input=move |event| draft.update(|draft| draft.name = event_target_value(&event)) />
        </Labelled>
        <Labelled text="Description, for whoever is called" of="alarm-description">
            <textarea class="area" rows="3" id="alarm-description" data-testid="alarm-description" maxlength="1024" prop:value=field(draft, |draft| &draft.description) on:input=move |event| draft.update(|draft| draft.description = event_target_value(&event))></textarea>
        </Labelled>
    }
}
