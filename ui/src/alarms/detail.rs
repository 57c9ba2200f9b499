//! One alarm: its state and why, the watched number with the threshold, datapoints, history.

use std::sync::Arc;

use api::alarm::{Alarm, Datapoint};
use api::metric::SeriesAnswer;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::history::History;
use super::words::{condition, measures, source_words, unit};
use crate::chart::{ChartData, LegendKind, Threshold, TimeSeries};
use crate::client;
use crate::format;
use crate::load::{act, load, load_if};
use crate::part::{
    Ago, AlarmBadge, Badge, Button, ButtonKind, Card, Glyph, LinkButton, Loaded, Moment, Notice, StatisticsLine, Tone,
};
use crate::shell::{ScreenHead, use_toasts};
use crate::url::use_place;

/// The screen.
#[component]
pub(crate) fn AlarmScreen() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let alarm = load_if(move || Some(client::alarm(id.get())));
    let title = Signal::derive(move || {
        alarm.value.with(|alarm| alarm.as_ref().map_or("Alarm".to_owned(), |alarm| alarm.rule.name.clone()))
    });
    view! {
        <ScreenHead title><HeadActions id title /></ScreenHead>
        <Loaded load=alarm view=move |alarm| view! { <State alarm /> }.into_any() lines=3 />
        <Loaded load=alarm view=move |alarm| view! { <Watched alarm id /> }.into_any() lines=8 />
        <History id />
    }
}

#[component]
fn HeadActions(id: Memo<String>, title: Signal<String>) -> impl IntoView {
    let place = use_place();
    let toasts = use_toasts();
    let delete = move |_| {
        let question = format!("Delete the alarm {}? Its history goes with it.", title.get_untracked());
        if window().confirm_with_message(&question).unwrap_or(false) {
            act(client::delete_alarm(id.get_untracked()), move |answer| match answer {
                Ok(()) => {
                    toasts.good("The alarm is deleted.");
                    place.go(&untrack(|| place.href("/alarms", &[])));
                }
                Err(error) => toasts.bad(&error),
            });
        }
    };
    view! {
        <LinkButton text="All alarms" kind=ButtonKind::Plain href=Signal::derive(move || place.href("/alarms", &[])) />
        <LinkButton text="Edit" icon=Glyph::Edit testid="edit-alarm" href=Signal::derive(move || place.href(&format!("/alarms/{}/edit", id.get()), &[])) />
        <Button text="Delete" icon=Glyph::Remove kind=ButtonKind::Danger testid="delete-alarm" on_click=delete />
    }
}

#[component]
fn State(alarm: Signal<Arc<Alarm>>) -> impl IntoView {
    move || {
        let alarm = alarm.get();
        let status = &alarm.status;
        let evaluated = status
            .evaluated_at_unix_nano
            .map_or_else(|| "not evaluated yet".into_any(), |at| view! { "evaluated "<Ago at /> }.into_any());
        let failed = status.evaluation_error.clone().map(|error| view! { <Notice tone=Tone::Error>"The last evaluation failed, so the state is kept: "{error}</Notice> });
        let description = alarm.rule.description.clone();
        view! {
            <section class="card"><div class="card-body stack" data-testid="alarm-status">
                <div class="row wrap">
                    <AlarmBadge state=status.state />
                    <span>"since "<Moment at=status.transitioned_at_unix_nano /></span>
                    <span class="quiet">{evaluated}</span>
                    {(!alarm.rule.actions_enabled).then(|| view! { <Badge text="Muted: calls nobody" /> })}
                </div>
                <p data-testid="alarm-reason">{status.reason.clone()}</p>
                <p class="quiet">{source_words(&alarm.rule.source)}" "{condition(&alarm.rule)}</p>
                {(!description.is_empty()).then(|| view! { <p class="pre">{description}</p> })}
                {failed}
            </div></section>
        }
    }
}

#[component]
fn Watched(alarm: Signal<Arc<Alarm>>, id: Memo<String>) -> impl IntoView {
    let place = use_place();
    let series = load(move || client::alarm_series(id.get(), place.range()));
    let draw = move |answer: Signal<Arc<SeriesAnswer>>| {
        let data = Signal::derive(move || {
            alarm.with(|alarm| {
                let source = &alarm.rule.source;
                let data = ChartData::of(&answer.get(), &source_words(source));
                Arc::new(data.in_unit(unit(source)).measuring(measures(source)))
            })
        });
        let thresholds = Signal::derive(move || {
            alarm.with(|alarm| {
                vec![Threshold {
                    value: alarm.rule.threshold,
                    operator: alarm.rule.comparison_operator,
                    class: "fault",
                }]
            })
        });
        let statistics = Signal::derive(move || answer.read().statistics.clone());
        let truncated = Signal::derive(move || answer.read().truncated.clone());
        view! {
            <TimeSeries data thresholds height=240 legend=LegendKind::None label="What is watched" testid="alarm-chart" />
            <StatisticsLine statistics truncated />
        }
        .into_any()
    };
    let datapoints = move || {
        let alarm = alarm.get();
        let unit = unit(&alarm.rule.source);
        if alarm.status.datapoints.is_empty() {
            return view! { <p class="quiet">"The first evaluation follows within a period."</p> }.into_any();
        }
        alarm.status.datapoints.iter().map(|point| datapoint(point, unit)).collect_view().into_any()
    };
    view! {
        <Card title="Watched number"><div class="card-body"><Loaded load=series view=draw lines=8 /></div></Card>
        <Card title="Datapoints of the last evaluation"><div class="card-body datapoints" data-testid="datapoints">{datapoints}</div></Card>
    }
}

fn datapoint(point: &Datapoint, unit: &str) -> impl IntoView + use<> {
    let value = point.value.map_or("no data".to_owned(), |value| format::with_unit(value, unit));
    let (tone, words) = if point.breaching { (Tone::Fault, "breaching") } else { (Tone::Ok, "not breaching") };
    let tone = if point.value.is_none() { Tone::Quiet } else { tone };
    view! {
        <div class="datapoint" title=words>
            <Badge text=value tone />
            <span class="quiet"><Moment at=point.time_unix_nano /></span>
        </div>
    }
}
