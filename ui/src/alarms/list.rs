//! The list of alarms, and the webhooks they call.

use std::sync::Arc;

use api::alarm::{Alarm, AlarmList, AlarmState};
use leptos::prelude::*;

use super::webhooks::WebhooksCard;
use super::words::{condition, source_words};
use crate::client;
use crate::load::load;
use crate::part::{Ago, AlarmBadge, ButtonKind, Column, EmptyState, Glyph, LinkButton, Loaded, Table};
use crate::shell::ScreenHead;
use crate::url::{Place, use_place};

/// The screen.
#[component]
pub(crate) fn AlarmsScreen() -> impl IntoView {
    let place = use_place();
    let alarms = load(client::alarms);
    let new = Signal::derive(move || place.href("/alarms/new", &[]));
    let table = move |list: Signal<Arc<AlarmList>>| {
        let rows = Signal::derive(move || shown(&list.get().alarms, place.get("state").as_deref()));
        let open = Callback::new(move |alarm: Arc<Alarm>| {
            place.go(&untrack(|| place.href(&format!("/alarms/{}", alarm.id), &[])))
        });
        view! {
            <Show when=move || !list.read().alarms.is_empty() fallback=move || view! {
                <EmptyState icon=Glyph::Bell title="No alarms yet" hint="An alarm watches a metric, a log query or a service, and calls a webhook when it is beyond its threshold.">
                    <LinkButton text="New alarm" href=new kind=ButtonKind::Primary icon=Glyph::Add />
                </EmptyState>
            }>
                <Table rows columns=columns(place) label="Alarms" on_row=open testid="alarm-table" />
            </Show>
        }
        .into_any()
    };
    view! {
        <ScreenHead title="Alarms">
            <StateFilter alarms=Signal::derive(move || alarms.value.get()) />
            <LinkButton text="New alarm" href=new kind=ButtonKind::Primary icon=Glyph::Add testid="new-alarm" />
        </ScreenHead>
        <section class="card"><Loaded load=alarms view=table lines=6 /></section>
        <WebhooksCard />
    }
}

const STATES: [(&str, &str, AlarmState); 3] = [
    ("alarm", "In alarm", AlarmState::Alarm),
    ("ok", "OK", AlarmState::Ok),
    ("insufficient", "Insufficient data", AlarmState::InsufficientData),
];

/// Alarms in the state that the URL names, or all. Pure.
fn shown(alarms: &[Alarm], state: Option<&str>) -> Vec<Arc<Alarm>> {
    let wanted = STATES.iter().find(|(name, ..)| Some(*name) == state).map(|(.., state)| *state);
    alarms
        .iter()
        .filter(|alarm| wanted.is_none_or(|state| alarm.status.state == state))
        .cloned()
        .map(Arc::new)
        .collect()
}

/// Buttons with counts, which choose a state.
#[component]
fn StateFilter(alarms: Signal<Option<Arc<AlarmList>>>) -> impl IntoView {
    let place = use_place();
    let button = move |(name, title, state): (&'static str, &'static str, AlarmState)| {
        let count = move || {
            alarms.with(|list| {
                list.as_ref().map_or(0, |list| list.alarms.iter().filter(|alarm| alarm.status.state == state).count())
            })
        };
        let text = Signal::derive(move || format!("{title} {}", count()));
        let pressed = Signal::derive(move || place.get("state").as_deref() == Some(name));
        let choose = move |_| place.set(&[("state", (!pressed.get_untracked()).then(|| name.to_owned()))]);
        view! { <crate::part::Button text pressed on_click=choose testid=format!("state-{name}") /> }
    };
    view! { <div class="group">{STATES.map(button).collect_view()}</div> }
}

fn columns(place: Place) -> Vec<Column<Alarm>> {
    vec![
        Column::new("Name", move |alarm: &Alarm| {
            let href = place.href(&format!("/alarms/{}", alarm.id), &[]);
            view! { <a class="strong cut" href=href>{alarm.rule.name.clone()}</a> }.into_any()
        })
        .sorted_by(|a, b| a.rule.name.cmp(&b.rule.name)),
        Column::new("State", |alarm: &Alarm| view! { <AlarmBadge state=alarm.status.state /> }.into_any()),
        Column::new("Since", |alarm: &Alarm| {
            view! { <span class="quiet"><Ago at=alarm.status.transitioned_at_unix_nano /></span> }.into_any()
        })
        .sorted_by(|a, b| b.status.transitioned_at_unix_nano.cmp(&a.status.transitioned_at_unix_nano)),
        Column::new("Watches", |alarm: &Alarm| source_words(&alarm.rule.source).into_any()).wide(),
        Column::new("Rings when", |alarm: &Alarm| condition(&alarm.rule).into_any()).wide(),
        Column::new("Calls", |alarm: &Alarm| {
            let count = alarm.rule.alarm_actions.len();
            let text = match (alarm.rule.actions_enabled, count) {
                (false, _) => "muted".to_owned(),
                (true, 0) => "nobody".to_owned(),
                (true, 1) => "1 webhook".to_owned(),
                (true, count) => format!("{count} webhooks"),
            };
            view! { <span class="quiet">{text}</span> }.into_any()
        }),
    ]
}
