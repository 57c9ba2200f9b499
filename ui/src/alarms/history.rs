//! The transitions of an alarm with traces to look at, and how its notifications fared.

use std::sync::Arc;

use api::alarm::{AlarmHistory, AlarmTransition, Delivery, DeliveryState};
use leptos::prelude::*;

use super::words::delivery_word;
use crate::client;
use crate::format;
use crate::load::load;
use crate::part::{AlarmBadge, Badge, Card, EmptyState, Loaded, Moment, Tone};
use crate::url::use_place;

/// The history.
#[component]
pub(super) fn History(id: Memo<String>) -> impl IntoView {
    let history = load(move || client::alarm_history(id.get()));
    let transitions = move |history: Signal<Arc<AlarmHistory>>| {
        view! {
            <Show when=move || !history.read().transitions.is_empty() fallback=|| view! { <EmptyState title="No transition yet" hint="When the alarm changes its state, the reason and example traces stand here." /> }>
                <ol class="transitions">{move || history.get().transitions.iter().map(|transition| view! { <Transition transition=transition.clone() /> }).collect_view()}</ol>
            </Show>
        }
        .into_any()
    };
    let deliveries = move |history: Signal<Arc<AlarmHistory>>| {
        view! {
            <Show when=move || !history.read().deliveries.is_empty() fallback=|| view! { <p class="card-body quiet">"Nobody was called yet."</p> }>
                <div class="table-box"><table class="table" aria-label="Deliveries" data-testid="deliveries">
                    <thead><tr><th>"Time"</th><th>"Webhook"</th><th>"State"</th><th class="num">"Tries"</th><th>"Last answer"</th></tr></thead>
                    <tbody>{move || history.get().deliveries.iter().map(delivery_row).collect_view()}</tbody>
                </table></div>
            </Show>
        }
        .into_any()
    };
    view! {
        <Card title="History" testid="alarm-history"><Loaded load=history view=transitions lines=4 /></Card>
        <Card title="Deliveries"><Loaded load=history view=deliveries lines=2 /></Card>
    }
}

/// One transition.
#[component]
fn Transition(transition: AlarmTransition) -> impl IntoView {
    let place = use_place();
    let traces = transition.trace_ids.clone();
    let trace = move |(at, trace_id): (usize, String)| {
        let path = format!("/traces/{trace_id}");
        let href = move || place.href(&path, &[]);
        view! { <a class="mono" href=href title=trace_id.clone() data-testid="example-trace">{if at == 0 { "example traces: " } else { "" }}{trace_id.get(..8).unwrap_or_default().to_owned()}"…"</a> }
    };
    let (from, to) = (transition.start_unix_nano.0, transition.end_unix_nano.0);
    // Half as much again on both sides, so that the change is seen coming.
    let margin = (to - from) / 2;
    let chart = move || {
        let rfc3339 = api::time::format_rfc3339;
        place.href(&place.path(), &[("from", &rfc3339(from - margin)), ("to", &rfc3339(to + margin))])
    };
    view! {
        <li class="transition" data-testid="transition">
            <span class="row wrap">
                <AlarmBadge state=transition.old_state /><span class="quiet">"→"</span><AlarmBadge state=transition.new_state />
                <Moment at=transition.time_unix_nano />
                {transition.value.map(|value| view! { <span class="quiet">"value "{format::count_short(value)}</span> })}
                <a href=chart>"show on the chart"</a>
            </span>
            <p>{transition.reason}</p>
            <span class="row wrap">{traces.into_iter().enumerate().map(trace).collect_view()}</span>
        </li>
    }
}

fn delivery_row(delivery: &Delivery) -> impl IntoView + use<> {
    let tone = match delivery.state {
        DeliveryState::Pending => Tone::Error,
        DeliveryState::Delivered => Tone::Ok,
        DeliveryState::Failed => Tone::Fault,
    };
    view! {
        <tr>
            <td><Moment at=delivery.created_at_unix_nano /></td>
            <td>{delivery.webhook_name.clone()}</td>
            <td><Badge text=delivery_word(delivery.state) tone testid="delivery-state" /></td>
            <td class="num">{delivery.attempts}</td>
            <td class="quiet">{delivery.last_error.clone().unwrap_or_default()}</td>
        </tr>
    }
}
