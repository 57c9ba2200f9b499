//! Whether data comes in, and what was refused.

use std::sync::Arc;

use api::health::{Health, SignalIngest};
use leptos::prelude::*;

use crate::format;
use crate::load::Load;
use crate::part::{Card, LinkButton, Loaded, Notice, Tone};
use crate::url::use_place;

/// Rows refused of a signal. Pure.
fn refused(ingest: &SignalIngest) -> u64 {
    ingest.refused.iter().map(|refusal| refusal.count).sum()
}

/// The card.
#[component]
pub(super) fn IntakeCard(health: Load<Health>) -> impl IntoView {
    let place = use_place();
    let draw = move |health: Signal<Arc<Health>>| {
        let problems = move || {
            health
                .get()
                .problems
                .clone()
                .into_iter()
                .map(|problem| view! { <Notice tone=Tone::Fault>{problem}</Notice> })
                .collect_view()
        };
        let row = |ingest: &SignalIngest| {
            let refused = refused(ingest);
            view! {
                <tr>
                    <td>{ingest.signal.clone()}</td>
                    <td class="num">{format::count_short(ingest.accepted as f64)}</td>
                    <td class="num" class:tone-fault=move || { refused > 0 } class:quiet=move || { refused == 0 }>{format::count_short(refused as f64)}</td>
                    <td class="num quiet">{format::bytes(ingest.bytes)}</td>
                </tr>
            }
        };
        view! {
            <div class="notices">{problems}</div>
            <table class="table" aria-label="Intake since the start">
                <thead><tr><th>"Since the start"</th><th class="num">"Accepted"</th><th class="num">"Refused"</th><th class="num">"Received"</th></tr></thead>
                <tbody>{move || health.get().ingest.iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    let actions = move || view! { <LinkButton text="Health" href=Signal::derive(move || place.href("/settings", &[])) kind=crate::part::ButtonKind::Plain /> };
    view! { <Card title="Intake" actions testid="overview-intake"><Loaded load=health view=draw lines=3 /></Card> }
}
