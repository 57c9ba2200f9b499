//! What asks for attention: alarms in ALARM and the newest errors.

use std::sync::Arc;

use api::TimeRange;
use api::alarm::{AlarmList, AlarmState};
use api::log::{LogPage, LogRecord, LogSearch, Severity};
use leptos::prelude::*;

use crate::client;
use crate::load::load;
use crate::part::{Ago, AlarmBadge, Card, LinkButton, Loaded, Moment, SeverityBadge};
use crate::text;
use crate::url::use_place;

const ERRORS_SHOWN: u32 = 8;
const ALARMS_SHOWN: usize = 6;

/// Alarms that are in ALARM.
#[component]
pub(super) fn AlarmsCard() -> impl IntoView {
    let place = use_place();
    let alarms = load(client::alarms);
    let draw = move |list: Signal<Arc<AlarmList>>| {
        let rows = move || {
            let list = list.get();
            if list.alarms.is_empty() {
                return view! { <p class="card-body quiet">"No alarm watches this system yet."</p> }.into_any();
            }
            let ringing: Vec<_> = list.alarms.iter().filter(|alarm| alarm.status.state == AlarmState::Alarm).collect();
            if ringing.is_empty() {
                return view! { <p class="card-body"><span class="tone-ok">"All quiet. "</span><span class="quiet">{list.alarms.len()}" alarms, none in ALARM."</span></p> }.into_any();
            }
            let more = ringing.len().saturating_sub(ALARMS_SHOWN);
            let row = |alarm: &&api::alarm::Alarm| {
                let href = place.href(&format!("/alarms/{}", alarm.id), &[]);
                view! {
                    <li><a class="lines-row" href=href>
                        <AlarmBadge state=alarm.status.state /><span class="cut grow">{alarm.rule.name.clone()}</span>
                        <span class="quiet"><Ago at=alarm.status.transitioned_at_unix_nano /></span>
                    </a></li>
                }
            };
            view! { <ul class="lines">{ringing.iter().take(ALARMS_SHOWN).map(row).collect_view()}</ul>{(more > 0).then(|| view! { <p class="card-foot quiet">{more}" more"</p> })} }.into_any()
        };
        rows.into_any()
    };
    let actions = move || view! { <LinkButton text="All alarms" href=Signal::derive(move || place.href("/alarms", &[])) kind=crate::part::ButtonKind::Plain /> };
    view! { <Card title="Alarms" actions testid="overview-alarms"><Loaded load=alarms view=draw lines=2 /></Card> }
}

/// The newest log records of severity ERROR and above.
#[component]
pub(super) fn ErrorsCard() -> impl IntoView {
    let place = use_place();
    let logs = load(move || {
        let range: TimeRange = place.range();
        client::logs_search(LogSearch {
            range,
            severity_min: Some(Severity::Error),
            limit: Some(ERRORS_SHOWN),
            ..LogSearch::default()
        })
    });
    let draw = move |page: Signal<Arc<LogPage>>| {
        let rows = move || {
            let page = page.get();
            if page.records.is_empty() {
                return view! { <p class="card-body quiet">"No errors in the logs of this time range."</p> }.into_any();
            }
            view! { <ul class="lines">{page.records.iter().map(|record| error_row(place, record)).collect_view()}</ul> }
                .into_any()
        };
        rows.into_any()
    };
    let all = Signal::derive(move || place.href("/logs", &[("severity", "error")]));
    let actions = move || view! { <LinkButton text="All errors" href=all kind=crate::part::ButtonKind::Plain /> };
    view! { <Card title="Newest errors" actions testid="overview-errors"><Loaded load=logs view=draw lines=4 /></Card> }
}

/// A record: to its trace if it has one, else to the logs of its service.
fn error_row(place: crate::url::Place, record: &LogRecord) -> impl IntoView + use<> {
    let href = match &record.trace_id {
        Some(trace_id) => {
            place.href(&format!("/traces/{trace_id}"), &[("span", record.span_id.as_deref().unwrap_or_default())])
        }
        None => place.href("/logs", &[("service", &record.service_name), ("severity", "error")]),
    };
    view! {
        <li><a class="lines-row two" href=href>
            <span class="row"><SeverityBadge number=record.severity_number bare=true /><span class="cut grow quiet">{record.service_name.clone()}</span><span class="quiet"><Moment at=record.time_unix_nano /></span></span>
            <span class="clamp mono">{text::of_value(&record.body)}</span>
        </a></li>
    }
}
