//! A row of the waterfall: the span's place in the tree, its bar, its marks.

use api::trace::Class;
use leptos::prelude::*;

use super::rows::Row;
use super::state::TraceState;
use super::view_range::Place;
use super::waterfall::ROW_HEIGHT;
use crate::format;
use crate::part::class_name;

/// Deeper levels are not indented further; the depth is then said in figures.
const INDENT_MAX: u32 = 20;

/// A row.
#[component]
pub(super) fn SpanRow(state: TraceState, index: usize, row: Row) -> impl IntoView {
    let model = state.model.get_untracked();
    let (Some(span), Some(node)) = (model.span(row.span), model.nodes.get(row.span)) else {
        return ().into_any();
    };
    let failed = span.class != Class::Ok;
    let service = &model.services[node.service];
    let at = row.span;
    let is_selected = move || state.selected.get() == Some(at);
    let is_found = move || state.found.with(|found| found.binary_search(&at).is_ok());
    let closed = move || state.collapsed.with(|closed| closed.contains(&at));
    let has_children = node.children > 0;
    let label = format!("{}, {}, {}", service.name, span.name, format::duration(span.duration_ns as f64));
    view! {
        <div
            class=format!("span-row colour-{}", service.colour)
            class:selected=is_selected class:found=is_found class:beside=!row.wanted
            role="row" attr:aria-level=(node.depth + 1).to_string() aria-label=label
            aria-selected=move || is_selected().to_string()
            aria-expanded=move || has_children.then(|| (!closed()).to_string())
            data-span=at.to_string() data-testid="span-row"
            style:top=format!("{}px", index as f64 * ROW_HEIGHT)
        >
            <div class="span-name" style:padding-left=format!("{}px", 4 + node.depth.min(INDENT_MAX) * 12)>
                {fold(has_children, (node.end - at - 1) as u64, closed)}
                {(node.depth > INDENT_MAX).then(|| view! { <span class="tag" title="Depth in the tree">{node.depth}</span> })}
                {failed.then(|| view! { <i class=format!("class-mark {}", class_name(span.class)) title=class_name(span.class)></i> })}
                <span class="span-service">{service.name.clone()}</span>
                <span class="span-operation cut">{span.name.clone()}</span>
                {node.orphan.then(|| view! { <span class="tag" title="Its parent did not arrive">"orphan"</span> })}
            </div>
            <div class="span-track">{bar(state, at, span.class, span.duration_ns)}</div>
        </div>
    }
    .into_any()
}

fn fold(has_children: bool, below: u64, closed: impl Fn() -> bool + Copy + Send + Sync + 'static) -> AnyView {
    if !has_children {
        return view! { <span class="fold none"></span> }.into_any();
    }
    let count = move || closed().then(|| view! { <span class="fold-count">{format::count(below)}</span> });
    view! {
        <span class="fold" class:closed=closed data-fold="" aria-hidden="true"></span>
        {count}
    }
    .into_any()
}

fn bar(state: TraceState, at: usize, class: Class, duration_ns: i64) -> AnyView {
    let model = state.model.get_untracked();
    let (start, stop) = (model.nodes[at].start, model.nodes[at].stop);
    let critical = model.critical.get(&at).cloned().unwrap_or_default();
    let duration = format::duration(duration_ns as f64);
    let class = if class == Class::Ok { "span-bar".to_owned() } else { format!("span-bar {}", class_name(class)) };
    let drawn = move || match state.range.get().place(start, stop) {
        Place::Before => view! { <span class="span-outside before" title="Before this view"></span> }.into_any(),
        Place::After => view! { <span class="span-outside after" title="After this view"></span> }.into_any(),
        Place::Bar { left, width } => {
            let stretches = critical.iter().filter_map(|(from, to)| stretch(state, *from, *to)).collect_view();
            // Right of the bar where there is room, else left of it, else on its end.
            let right_end = left + width;
            let inside = right_end > 84.0;
            let side = if inside { "span-duration inside" } else { "span-duration" };
            let text_at = match (inside, left > 20.0) {
                (false, _) => format!("{right_end:.3}%"),
                (true, true) => format!("{:.3}%", 100.0 - left),
                (true, false) => format!("{:.3}%", (100.0 - right_end).max(0.0)),
            };
            view! {
                <i class=class.clone() style:left=format!("{left:.4}%") style:width=format!("{width:.4}%")></i>
                {stretches}
                <span class=side style:left=(!inside).then(|| text_at.clone()) style:right=inside.then(|| text_at.clone())>{duration.clone()}</span>
            }
            .into_any()
        }
    };
    drawn.into_any()
}

fn stretch(state: TraceState, from: f64, to: f64) -> Option<AnyView> {
    match state.range.get().place(from, to) {
        Place::Bar { left, width } => Some(
            view! { <i class="span-critical" style:left=format!("{left:.4}%") style:width=format!("{width:.4}%")></i> }
                .into_any(),
        ),
        Place::Before | Place::After => None,
    }
}
