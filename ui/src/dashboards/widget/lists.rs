//! Log records and alarms on a board.

use std::sync::Arc;

use api::alarm::{Alarm, AlarmList, AlarmState};
use api::log::{LogPage, LogSearch};
use leptos::prelude::*;

use crate::client;
use crate::load::load;
use crate::part::{AlarmBadge, Loaded, Moment, SeverityBadge, value_text};
use crate::url::use_place;

/// The newest records of a search.
#[component]
pub(super) fn Records(search: LogSearch) -> impl IntoView {
    let place = use_place();
    let page = load(move || client::logs_search(LogSearch { range: place.range(), ..search.clone() }));
    let draw = move |page: Signal<Arc<LogPage>>| {
        let rows = move || {
            let page = page.get();
            if page.records.is_empty() {
                return view! { <p class="quiet">"No records in this time range"</p> }.into_any();
            }
            let row = |record: &api::log::LogRecord| {
                let href = match &record.trace_id {
                    Some(trace_id) => place.href(&format!("/traces/{trace_id}"), &[]),
                    None => place.href("/logs", &[("service", &record.service_name)]),
                };
                view! {
                    <li><a class="record-row" href=href>
                        <span class="quiet"><Moment at=record.time_unix_nano /></span><SeverityBadge number=record.severity_number bare=true />
                        <span class="quiet cut">{record.service_name.clone()}</span><span class="cut mono">{value_text(&record.body)}</span>
                    </a></li>
                }
            };
            view! { <ul class="lines flat">{page.records.iter().map(row).collect_view()}</ul> }.into_any()
        };
        rows.into_any()
    };
    view! { <Loaded load=page view=draw /> }
}

/// Whether an alarm is wanted on the board. Pure.
fn wanted(alarm: &Alarm, names: &[String], states: &[AlarmState]) -> bool {
    (names.is_empty() || names.contains(&alarm.rule.name))
        && (states.is_empty() || states.contains(&alarm.status.state))
}

/// Alarms and their states.
#[component]
pub(super) fn AlarmStates(names: Vec<String>, states: Vec<AlarmState>) -> impl IntoView {
    let place = use_place();
    let alarms = load(client::alarms);
    let draw = move |list: Signal<Arc<AlarmList>>| {
        let (names, states) = (names.clone(), states.clone());
        let rows = move || {
            let list = list.get();
            let shown: Vec<_> = list.alarms.iter().filter(|alarm| wanted(alarm, &names, &states)).collect();
            if shown.is_empty() {
                return view! { <p class="quiet">"No alarms of this kind"</p> }.into_any();
            }
            let row = |alarm: &&Alarm| {
                let href = place.href(&format!("/alarms/{}", alarm.id), &[]);
                view! { <li><a class="record-row" href=href><AlarmBadge state=alarm.status.state /><span class="cut">{alarm.rule.name.clone()}</span></a></li> }
            };
            view! { <ul class="lines flat">{shown.iter().map(row).collect_view()}</ul> }.into_any()
        };
        rows.into_any()
    };
    view! { <Loaded load=alarms view=draw lines=3 /> }
}
