//! The scatter plot of duration over time. A click opens the nearest trace.

use std::sync::Arc;

use api::trace::TraceSummary;
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;

use super::scatter::{self, Axis, Dot};
use super::state::ListState;
use crate::drag;
use crate::format;
use crate::part::{class_name, use_zone};
use crate::url::use_place;

/// Pixels around the pointer in which a dot is found.
const REACH: f64 = 16.0;

#[derive(Clone, PartialEq)]
struct Drawing {
    traces: Arc<Vec<TraceSummary>>,
    dots: Vec<Dot>,
    axis: Axis,
    times: (i64, i64),
}

/// The plot.
#[component]
pub(super) fn Scatter(state: ListState, pointed: RwSignal<Option<usize>>) -> impl IntoView {
    let place = use_place();
    let area = NodeRef::<html::Div>::new();
    let drawing = Memo::new(move |_| {
        let traces = state.traces.get();
        let times = scatter::times(&traces, state.times.get()?, state.cursor.read().is_some());
        let axis = Axis::new(&traces);
        let dots = scatter::dots(&traces, axis, times.0, times.1);
        (!traces.is_empty()).then_some(Drawing { traces, dots, axis, times })
    });
    let find = move |event: &MouseEvent| {
        let area = area.get_untracked()?;
        let rect = area.get_bounding_client_rect();
        let (x, y) = drag::fractions(&area, event.client_x(), event.client_y());
        let size = (rect.width(), rect.height());
        drawing
            .with_untracked(|drawing| scatter::nearest(&drawing.as_ref()?.dots, (x * size.0, y * size.1), size, REACH))
    };
    let open = move |event: MouseEvent| {
        let trace =
            find(&event).and_then(|at| drawing.with_untracked(|drawing| drawing.as_ref()?.traces.get(at).cloned()));
        if let Some(trace) = trace {
            place.go(&untrack(|| place.href(&format!("/traces/{}", trace.trace_id), &[])));
        }
    };
    move || {
        drawing.get().map(|drawing| {
            let levels = drawing.axis.levels().into_iter().map(|level| {
                let top = format!("{:.2}%", level.y * 100.0);
                view! { <div class="scatter-level" style:top=top><span>{level.label}</span></div> }
            });
            let dots = drawing.dots.iter().map(|dot| dot_view(*dot, pointed));
            view! {
                <div class="scatter card" data-testid="scatter">
                    <div class="scatter-area" class:pointing=move || pointed.get().is_some() node_ref=area
                        on:mousemove=move |event| pointed.set(find(&event)) on:mouseleave=move |_| pointed.set(None) on:click=open>
                        {levels.collect_view()}
                        {dots.collect_view()}
                    </div>
                    <Below drawing=drawing.clone() pointed />
                </div>
            }
        })
    }
}

fn dot_view(dot: Dot, pointed: RwSignal<Option<usize>>) -> impl IntoView {
    view! {
        <i class=format!("dot {}", class_name(dot.class)) class:pointed=move || pointed.get() == Some(dot.index)
            style:left=format!("{:.3}%", dot.x * 100.0) style:top=format!("{:.3}%", dot.y * 100.0)></i>
    }
}

/// Times below the plot, and the trace that is pointed at.
#[component]
fn Below(drawing: Drawing, pointed: RwSignal<Option<usize>>) -> impl IntoView {
    let zone = use_zone();
    let (from, to) = drawing.times;
    let traces = drawing.traces;
    let label = move |time: i64| format::axis_label(time, (to - from) / 6, zone.offset(time));
    let reading = move || match pointed.get().and_then(|at| traces.get(at)) {
        None => "Duration over time, logarithmic. Click a dot to open its trace.".to_owned(),
        Some(trace) => {
            let time = trace.start_time_unix_nano.0;
            let duration = format::duration(trace.duration_ns as f64);
            format!(
                "{} · {} {} · {duration}",
                format::date_time(time, zone.offset(time)),
                trace.root_service,
                trace.root_name
            )
        }
    };
    view! {
        <div class="scatter-times"><span>{move || label(from)}</span><span class="scatter-reading cut" data-testid="scatter-reading">{reading}</span><span>{move || label(to)}</span></div>
    }
}
