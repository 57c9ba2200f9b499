//! The list of traces, newest first, and the way to older ones.

use api::trace::{ServiceSpans, TraceSummary};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::state::ListState;
use crate::drag;
use crate::format;
use crate::part::{Button, ClassBadge, Glyph, Moment};
use crate::url::use_place;

/// Services that are named before "+n".
const SERVICES_SHOWN: usize = 3;

/// The table.
#[component]
pub(super) fn TraceTable(state: ListState, pointed: RwSignal<Option<usize>>) -> impl IntoView {
    let longest =
        Memo::new(move |_| state.traces.with(|traces| traces.iter().map(|t| t.duration_ns).max().unwrap_or(0).max(1)));
    let rows = move || state.traces.with(|traces| traces.iter().cloned().enumerate().collect::<Vec<_>>());
    view! {
        <div class="table-box">
            <table class="table cards traces-table" aria-label="Traces, newest first" data-testid="traces-table">
                <thead><tr>
                    <th scope="col">"Trace"</th><th scope="col">"Class"</th><th scope="col">"Start"</th><th scope="col">"Response"</th>
                    <th scope="col">"Duration"</th><th scope="col" class="num">"Spans"</th><th scope="col">"Services"</th>
                </tr></thead>
                <tbody>
                    <For each=rows key=|(at, trace)| (*at, trace.trace_id.clone(), trace.span_count) let:item>
                        <TraceRow at=item.0 trace=item.1 longest pointed />
                    </For>
                </tbody>
            </table>
        </div>
        <Older state />
    }
}

#[component]
fn TraceRow(at: usize, trace: TraceSummary, longest: Memo<i64>, pointed: RwSignal<Option<usize>>) -> impl IntoView {
    let place = use_place();
    let path = format!("/traces/{}", trace.trace_id);
    let for_click = path.clone();
    let open = move |event: MouseEvent| {
        if drag::closest(&event, "a, button").is_none() {
            place.go(&untrack(|| place.href(&for_click, &[])));
        }
    };
    let duration = trace.duration_ns;
    let width = move || format!("{:.2}%", duration as f64 / longest.get() as f64 * 100.0);
    let response = match (&trace.http_method, trace.http_status_code) {
        (None, None) => "–".to_owned(),
        (method, code) => {
            format!("{} {}", method.as_deref().unwrap_or(""), code.map(|code| code.to_string()).unwrap_or_default())
                .trim()
                .to_owned()
        }
    };
    let name = if trace.root_name.is_empty() { "(no root yet)".to_owned() } else { trace.root_name.clone() };
    let class = crate::part::class_name(trace.class);
    view! {
        <tr class="go" class:pointed=move || pointed.get() == Some(at) data-testid="trace-row" data-trace=trace.trace_id.clone() on:click=open
            on:mouseenter=move |_| pointed.set(Some(at)) on:mouseleave=move |_| pointed.set(None)>
            <td class="trace-cell"><a href=move || place.href(&path, &[]) data-testid="trace-link"><span class="crumb">{trace.root_service.clone()}</span>" "{name}</a></td>
            <td data-label="Class"><ClassBadge class=trace.class bare=true /></td>
            <td data-label="Start" class="nowrap"><Moment at=trace.start_time_unix_nano precise=true /></td>
            <td data-label="Response" class="mono nowrap">{response}</td>
            <td data-label="Duration" class="duration-cell">
                <span class="duration-text">{format::duration(duration as f64)}</span>
                <span class="duration-bar"><i class=class style:width=width></i></span>
            </td>
            <td data-label="Spans" class="num">{format::count(trace.span_count)}</td>
            <td data-label="Services" class="services-cell wide">{services(&trace.services)}</td>
        </tr>
    }
}

fn services(services: &[ServiceSpans]) -> AnyView {
    let all: Vec<String> = services.iter().map(|s| format!("{} {}", s.service, format::count(s.spans))).collect();
    let tag = |s: &ServiceSpans| {
        let class = if s.failed > 0 { "tag failed" } else { "tag" };
        view! { <span class=class>{s.service.clone()}" "<b>{format::count(s.spans)}</b></span> }
    };
    let rest = services.len().saturating_sub(SERVICES_SHOWN);
    view! {
        <span class="tags" title=all.join(", ")>
            {services.iter().take(SERVICES_SHOWN).map(tag).collect_view()}
            {(rest > 0).then(|| view! { <span class="quiet">{format!("+{rest}")}</span> })}
        </span>
    }
    .into_any()
}

#[component]
fn Older(state: ListState) -> impl IntoView {
    move || {
        let (under_way, failure) = state.older.get();
        let has_older = state.cursor.with(Option::is_some);
        let shown = format::count(state.traces.with(|traces| traces.len()) as u64);
        let failure =
            failure.map(|failure| view! { <span class="tone-fault" role="alert">{failure.error.message}</span> });
        let end = if has_older {
            let text = if under_way { "Loading…" } else { "Older traces" };
            view! { <Button text icon=Glyph::Down disabled=under_way on_click=move |_| state.load_older() testid="traces-older" /> }.into_any()
        } else {
            view! { <span class="quiet" data-testid="traces-end">"No older traces in this time range."</span> }
                .into_any()
        };
        view! { <div class="table-end"><span class="quiet">{format!("{shown} shown")}</span>{failure}{end}</div> }
    }
}
