//! The details of the selected span.

use std::sync::Arc;

use api::trace::Span;
use api::{AttributeFilter, FilterOperator};
use leptos::prelude::*;
use serde_json::Value;

use super::events::Events;
use super::exceptions::{Exception, LineKind, exceptions};
use super::logs::SpanLogs;
use super::state::TraceState;
use crate::attribute_list::{Actions, AttributeList};
use crate::dock::Dock;
use crate::format;
use crate::part::{Badge, ClassBadge, CopyButton, Moment, Notice, Pair, Pairs, Tone};
use crate::safe_text::SafeText;
use crate::search_box;
use crate::url::use_place;

/// The panel; nothing while no span is selected.
#[component]
pub(super) fn Detail(state: TraceState) -> impl IntoView {
    let selected = Memo::new(move |_| state.selected.get().filter(|_| state.details.get()));
    move || {
        let model = state.model.get();
        let row = selected.get().filter(|row| *row < model.answer.spans.len())?;
        let span = model.answer.spans[row].clone();
        let badges = {
            let (kind, class) = (span.kind.clone(), span.class);
            move || view! { <ClassBadge class /> <Badge text=kind.clone() /> }.into_any()
        };
        Some(view! {
            <Dock title=span.name.clone() over=badges testid="span-detail" on_close=move |()| state.details.set(false)>
                <Facts state row span=span.clone() />
                {status_message(&span)}
                {exceptions(&span).into_iter().map(|exception| view! { <ExceptionView exception /> }).collect_view()}
                <AttributeList title="Attributes" attributes=span.attributes.clone() actions=Some(finders(&span)) testid="span-attributes" />
                <Events state span=span.clone() />
                <Links span=span.clone() />
                <AttributeList title="Resource" attributes=span.resource_attributes.clone() actions=Some(finders(&span)) testid="span-resource" />
                <SpanLogs state span_id=span.span_id.clone() />
            </Dock>
        })
    }
}

fn status_message(span: &Span) -> Option<impl IntoView + use<>> {
    let (tone, text) = (Tone::from(span.class), span.status_message.clone());
    (!text.is_empty()).then(|| view! { <Notice tone><SafeText text /></Notice> })
}

#[component]
fn Facts(state: TraceState, row: usize, span: Span) -> impl IntoView {
    let model = state.model.get_untracked();
    let node = &model.nodes[row];
    let offset = span.start_time_unix_nano.0 - model.answer.start_time_unix_nano.0;
    let scope = format!("{} {}", span.scope_name, span.scope_version).trim().to_owned();
    let critical_ns: f64 =
        model.critical.get(&row).map_or(0.0, |path| path.iter().map(|(from, to)| to - from).sum::<f64>())
            * model.answer.duration_ns as f64;
    let colour = model.services[node.service].colour;
    let parent = node.parent;
    let service = view! { <span class=format!("row colour-{colour}")><i class="stripe"></i><span>{span.service_name.clone()}</span></span> };
    let id = view! { {span.span_id.clone()}<CopyButton text=span.span_id.clone() what="span id" /> };
    let to_parent = parent.map(|parent| {
        view! {
            <button type="button" class="link-button" data-testid="to-parent" on:click=move |_| state.select(parent)>
                {model.answer.spans[parent].name.clone()}
            </button>
        }
    });
    let mut pairs = vec![
        Pair::new("Service", service),
        Pair::new("Duration", format::duration(span.duration_ns as f64)),
        Pair::new("Self time", format::duration(span.self_time_ns as f64)).meaning("Time that no child covers"),
        Pair::new("Starts after", format::duration(offset as f64)),
    ];
    pairs.extend((critical_ns > 0.0).then(|| Pair::new("On critical path", format::duration(critical_ns))));
    pairs.push(Pair::new("Start", view! { <Moment at=span.start_time_unix_nano precise=true /> }));
    pairs.push(Pair::new("Status", span.status_code.clone()));
    pairs.extend(span.environment.clone().map(|environment| Pair::new("Environment", environment)));
    pairs.extend((!scope.is_empty()).then(|| Pair::new("Scope", scope)));
    pairs.push(Pair::new("Span", id).raw());
    pairs.extend(to_parent.map(|button| Pair::new("Parent", button)));
    view! { <Pairs pairs /> }
}

/// "Find traces with this value" for each attribute of a span.
fn finders(span: &Span) -> Actions {
    let place = use_place();
    let service = span.service_name.clone();
    Arc::new(move |key: &str, value: &Value| {
        if !matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_)) {
            return ().into_any();
        }
        let filter = AttributeFilter { key: key.to_owned(), operator: FilterOperator::Eq, value: value.clone() };
        let condition = search_box::word_of(&filter);
        let href = untrack(|| place.href("/traces", &[("service", &service), ("where", &condition)]));
        view! { <a class="attribute-find" href=href title="Traces in which a span of this service has this value" data-testid="find-traces">"find traces"</a> }
            .into_any()
    })
}

#[component]
fn ExceptionView(exception: Exception) -> impl IntoView {
    let libraries = RwSignal::new(true);
    let has_libraries = exception.lines.iter().any(|line| line.kind == LineKind::Library);
    let all = exception.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    let lines = exception.lines.into_iter().map(move |line| {
        let class = match line.kind {
            LineKind::Message => "stack-message",
            LineKind::Frame => "stack-frame",
            LineKind::Library => "stack-library",
        };
        let hidden = move || line.kind == LineKind::Library && !libraries.get();
        view! { <span class=class hidden=hidden>{crate::safe_text::draw(&line.text, &[])}"\n"</span> }
    });
    let toggle = move || if libraries.get() { "hide library frames" } else { "show library frames" };
    view! {
        <section class="exception" data-testid="exception">
            <header>
                <b class="tone-fault"><SafeText text=exception.kind /></b>
                <CopyButton text=all.clone() what="stack trace" />
            </header>
            <p><SafeText text=exception.message /></p>
            {(!all.is_empty()).then(|| view! { <pre class="stack-trace" tabindex="0">{lines.collect_view()}</pre> })}
            {has_libraries.then(|| view! { <button type="button" class="link-button" on:click=move |_| libraries.update(|shown| *shown = !*shown)>{toggle}</button> })}
        </section>
    }
}

#[component]
fn Links(span: Span) -> impl IntoView {
    if span.links.is_empty() {
        return ().into_any();
    }
    let place = use_place();
    let own = span.trace_id.clone();
    let links = span.links.into_iter().map(move |link| {
        let href = untrack(|| place.href(&format!("/traces/{}", link.trace_id), &[("span", &link.span_id)]));
        let text =
            if link.trace_id == own { format!("span {} of this trace", link.span_id) } else { link.trace_id.clone() };
        view! {
            <li>
                <a class="mono" href=href data-testid="span-link">{text}</a>
                <AttributeList title="Of the link" attributes=link.attributes />
            </li>
        }
    });
    view! { <section class="attributes"><h3>"Links"</h3><ul class="span-links">{links.collect_view()}</ul></section> }
        .into_any()
}
