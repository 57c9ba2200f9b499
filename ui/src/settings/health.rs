//! Health: what is wrong, damaged files, the tables, memory, what was refused.

use std::sync::Arc;

use api::health::{Health, MemoryPart, SignalIngest, TableHealth};
use leptos::prelude::*;

use super::damage::damaged_files;
use crate::client;
use crate::format;
use crate::load::load;
use crate::part::{Badge, Card, Loaded, Notice, Tone};

const UNFINISHED: &str = "What the last run was still writing when it was cut off. That is as it should be: no export that was acknowledged is in it.";

/// The cards.
#[component]
pub(super) fn HealthCards() -> impl IntoView {
    let health = load(client::health);
    view! {
        <Card title="Health" testid="health"><Loaded load=health view=state lines=3 /></Card>
        <Card title="Damaged files" testid="damaged-files"><Loaded load=health view=damaged_files lines=1 /></Card>
        <Card title="Tables" testid="tables"><Loaded load=health view=tables lines=4 /></Card>
        <Card title="Memory" testid="memory"><Loaded load=health view=memory lines=4 /></Card>
        <Card title="Intake since the start" testid="intake"><Loaded load=health view=intake lines=4 /></Card>
    }
}

fn state(health: Signal<Arc<Health>>) -> AnyView {
    let draw = move || {
        let health = health.get();
        let verdict = if health.healthy {
            view! { <Badge text="Healthy" tone=Tone::Ok testid="verdict" /> }
        } else {
            view! { <Badge text="Needs attention" tone=Tone::Fault testid="verdict" /> }
        };
        let problems = health
            .problems
            .clone()
            .into_iter()
            .map(|problem| view! { <Notice tone=Tone::Error>{problem}</Notice> })
            .collect_view();
        let free = health.disk_free_bytes.map(|free| {
            view! { <span class="quiet" data-testid="disk-free">"Room on the disk "{format::bytes(free)}</span> }
        });
        let refused = health
            .writes_refused
            .clone()
            .map(|reason| view! { <Notice tone=Tone::Fault><b>"Writes are refused: "</b>{reason}</Notice> });
        let ends = (health.wal_unfinished_ends > 0).then(|| {
            let count = match health.wal_unfinished_ends {
                1 => "1 unfinished end removed from it at the start".to_owned(),
                count => format!("{} unfinished ends removed from it at the start", format::count(count)),
            };
            view! { <span class="quiet" title=UNFINISHED data-testid="unfinished-ends">{count}</span> }
        });
        view! { <div class="card-body stack"><div class="row wrap">{verdict}<span class="quiet">"Write-ahead log "{format::bytes(health.wal_bytes)}</span>{ends}{free}</div>{refused}{problems}</div> }
    };
    draw.into_any()
}

fn memory(health: Signal<Arc<Health>>) -> AnyView {
    let row = |part: &MemoryPart| {
        let used = part.used_bytes.map_or_else(|| "–".to_owned(), format::bytes);
        view! { <tr><td>{part.name.clone()}</td><td class="num">{used}</td><td class="num">{format::bytes(part.limit_bytes)}</td></tr> }
    };
    let draw = move || {
        let health = health.get();
        let Some(memory) = &health.memory else {
            return view! { <div class="card-body quiet">"This server does not say it."</div> }.into_any();
        };
        let resident = memory.resident_bytes.map(|bytes| {
            view! { <span data-testid="resident">"Resident "{format::bytes(bytes)}</span> }
        });
        let rows = memory.parts.iter().map(row).collect_view();
        view! {
            <div class="card-body stack">
                <div class="row">{resident}<span class="quiet">"of "<code>"memory_limit"</code>" "{format::bytes(memory.limit_bytes)}</span></div>
                <div class="table-box"><table class="table"><thead><tr><th>"Part"</th><th class="num">"Taken"</th><th class="num">"At most"</th></tr></thead><tbody>{rows}</tbody></table></div>
            </div>
        }
        .into_any()
    };
    draw.into_any()
}

fn tables(health: Signal<Arc<Health>>) -> AnyView {
    let row = |table: &TableHealth| {
        let of_services = table.rows_expired_by_service.iter().map(|of| {
            view! { <tr class="sub"><td colspan="7">{of.service.clone()}", by its own rule"</td><td class="num">{format::count(of.rows)}</td></tr> }
        });
        let of_services = of_services.collect_view();
        view! {
            <tr>
                <td>{table.table.clone()}</td>
                <td class="num">{format::count(table.segment_rows)}</td><td class="num">{format::count(table.segments)}</td><td class="num">{format::bytes(table.segment_bytes)}</td>
                <td class="num">{format::count(table.live_rows)}</td><td class="num">{format::bytes(table.live_bytes)}</td>
                <td class="num">{format::count(table.segments_compacted)}</td><td class="num">{format::count(table.rows_expired)}</td>
            </tr>
            {of_services}
        }
    };
    view! {
        <div class="table-box"><table class="table">
            <thead><tr><th>"Table"</th><th class="num">"Rows"</th><th class="num">"Segments"</th><th class="num">"On disk"</th><th class="num">"Live rows"</th><th class="num">"In memory"</th><th class="num" title="Segments that were merged since the start">"Merged"</th><th class="num" title="Rows that retention removed, ever">"Expired"</th></tr></thead>
            <tbody>{move || health.get().tables.iter().map(row).collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}

fn intake(health: Signal<Arc<Health>>) -> AnyView {
    let row = |ingest: &SignalIngest| {
        let refusals = ingest.refused.iter().map(|refusal| {
            view! { <tr class="sub"><td colspan="3" class="tone-fault">{refusal.reason.clone()}</td><td class="num tone-fault" data-testid="refused">{format::count(refusal.count)}</td></tr> }
        });
        let total: u64 = ingest.refused.iter().map(|refusal| refusal.count).sum();
        view! {
            <tr><td>{ingest.signal.clone()}</td><td class="num">{format::count(ingest.requests)}</td><td class="num">{format::count(ingest.accepted)}</td><td class="num">{format::count(total)}</td></tr>
            {refusals.collect_view()}
        }
    };
    view! {
        <div class="table-box"><table class="table">
            <thead><tr><th>"Signal"</th><th class="num">"Requests"</th><th class="num">"Rows accepted"</th><th class="num">"Rows refused"</th></tr></thead>
            <tbody>{move || health.get().ingest.iter().map(row).collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}
