//! The head of the page: what the trace is, how it went, whom it concerns, and which traces it is linked with.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::trace::LinkedTrace;
use leptos::prelude::*;

use super::address::Tab;
use super::model::Model;
use super::state::TraceState;
use crate::client;
use crate::format;
use crate::part::{ClassBadge, CopyButton, Moment, Notice, Tone};
use crate::shell::use_title;
use crate::url::use_place;

/// Linked traces that are named before "and n more".
const LINKED_SHOWN: usize = 6;

/// The head.
#[component]
pub(super) fn Header(state: TraceState) -> impl IntoView {
    use_title(move || {
        state
            .model
            .get()
            .root()
            .map_or_else(|| "Trace".to_owned(), |root| format!("{} {}", root.service_name, root.name))
    });
    let facts = move || draw(&state.model.get());
    let truncated = move || {
        let cut = state.model.get().answer.truncated.clone();
        cut.map(|cut| view! { <Notice tone=Tone::Error>{cut.message}</Notice> })
    };
    view! {
        {facts}
        {truncated}
        <Services state />
        <Linked state />
    }
}

fn draw(model: &Arc<Model>) -> impl IntoView + use<> {
    let answer = &model.answer;
    let (service, name) = model.root().map(|root| (root.service_name.clone(), root.name.clone())).unwrap_or_default();
    let id = answer.trace_id.clone();
    let raw = client::filled(api::paths::TRACE, &id);
    let orphans = answer.orphan_span_ids.len() as u64;
    view! {
        <header class="trace-head" data-testid="trace-head">
            <div class="trace-title">
                <h1 class="cut" data-testid="screen-title"><span class="crumb">{service}</span>" "{name}</h1>
                <ClassBadge class=answer.class />
            </div>
            <dl class="facts">
                <div><dt>"Duration"</dt><dd data-testid="trace-duration">{format::duration(answer.duration_ns as f64)}</dd></div>
                <div><dt>"Start"</dt><dd><Moment at=answer.start_time_unix_nano precise=true /></dd></div>
                <div><dt>"Spans"</dt><dd data-testid="trace-spans">{format::count(model.nodes.len() as u64)}</dd></div>
                <div><dt>"Depth"</dt><dd>{model.levels().to_string()}</dd></div>
                {(orphans > 0).then(|| view! { <div><dt>"Orphans"</dt><dd class="tone-error" title="Spans whose parent did not arrive">{format::count(orphans)}</dd></div> })}
                <div class="fact-id"><dt>"Trace"</dt><dd class="mono">{id.clone()}<CopyButton text=id what="trace id" /></dd></div>
                <div><dt>"Raw"</dt><dd><a href=raw target="_blank" rel="noopener external" data-testid="raw-json">"JSON"</a></dd></div>
            </dl>
        </header>
    }
}

#[component]
fn Services(state: TraceState) -> impl IntoView {
    let chips = move || {
        let services = state.model.get().services.clone();
        let chip = |service: super::model::ServiceTally| {
            let failed = (service.failed > 0)
                .then(|| view! { <b class="tone-fault" title="Not ok">{format::count(service.failed as u64)}</b> });
            view! {
                <li class=format!("service-chip colour-{}", service.colour)>
                    <i class="stripe"></i><span class="cut">{service.name}</span>
                    <span class="quiet">{format::count(service.spans as u64)}</span>{failed}
                </li>
            }
        };
        services.into_iter().map(chip).collect_view()
    };
    view! { <ul class="service-chips" aria-label="Services and their spans" data-testid="trace-services">{chips}</ul> }
}

#[component]
fn Linked(state: TraceState) -> impl IntoView {
    let linked = move |upstream: bool| {
        let model = state.model.get();
        let traces = distinct(&model.answer.linked_traces, upstream);
        (!traces.is_empty()).then(|| links(upstream, traces))
    };
    view! {
        {move || linked(true)}
        {move || linked(false)}
    }
}

/// Other traces in order of their first link, each with a span of it and how many links lead there.
fn distinct(linked: &[LinkedTrace], upstream: bool) -> Vec<(String, String, usize)> {
    let mut order: Vec<(String, String, usize)> = Vec::new();
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    for link in linked.iter().filter(|link| link.upstream == upstream) {
        let next = order.len();
        let index = *at.entry(&link.trace_id).or_insert(next);
        if index == next {
            order.push((link.trace_id.clone(), link.span_id.clone(), 0));
        }
        order[index].2 += 1;
    }
    order
}

fn links(upstream: bool, traces: Vec<(String, String, usize)>) -> impl IntoView {
    let place = use_place();
    let all = RwSignal::new(false);
    let total = traces.len();
    let label = if upstream { "Continues" } else { "Continued by" };
    let title = if upstream {
        "Traces that came before: this one links to them"
    } else {
        "Traces that came after: they link to this one"
    };
    let link = move |(trace, span, count): (String, String, usize)| {
        let href = place.href(&format!("/traces/{trace}"), &[("span", &span)]);
        let short: String = trace.chars().take(12).collect();
        let text = if count > 1 { format!("{short}… ×{count}") } else { format!("{short}…") };
        view! { <li><a class="mono" href=href title=trace>{text}</a></li> }
    };
    let shown = move || {
        let count = if all.get() { total } else { LINKED_SHOWN };
        traces.iter().take(count).cloned().map(link).collect_view()
    };
    let more = move || {
        (!all.get() && total > LINKED_SHOWN).then(|| {
            let text = format!("and {} more", total - LINKED_SHOWN);
            view! { <li><button type="button" class="link-button" on:click=move |_| all.set(true)>{text}</button></li> }
        })
    };
    let testid = if upstream { "linked-upstream" } else { "linked-downstream" };
    view! { <div class="linked" title=title data-testid=testid><span class="quiet">{label}</span><ul>{shown}{more}</ul></div> }
}

/// The tabs of the page.
#[component]
pub(super) fn Tabs(state: TraceState) -> impl IntoView {
    let tab = move |tab: Tab, text: String, testid: &'static str| {
        let is = move || state.tab.get() == tab;
        view! {
            <button type="button" role="tab" class="tab" aria-selected=move || is().to_string() data-testid=testid on:click=move |_| state.tab.set(tab)>{text}</button>
        }
    };
    let logs = move || format!("Logs {}", format::count(state.model.get().answer.log_count));
    view! {
        <div class="tabs" role="tablist">
            {tab(Tab::Timeline, "Timeline".to_owned(), "tab-timeline")}
            {move || tab(Tab::Logs, logs(), "tab-logs")}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_the_same_trace_are_counted_once() {
        let link = |trace: &str, span: &str, upstream| LinkedTrace {
            trace_id: trace.to_owned(),
            span_id: span.to_owned(),
            local_span_id: "x".to_owned(),
            upstream,
        };
        let linked = [link("a", "1", true), link("b", "2", true), link("a", "3", true), link("c", "4", false)];
        let up: Vec<(String, usize)> =
            distinct(&linked, true).into_iter().map(|(trace, _, count)| (trace, count)).collect();
        assert_eq!(up, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
        assert_eq!(distinct(&linked, false).len(), 1);
    }
}
