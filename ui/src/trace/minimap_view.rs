//! The minimap: the whole trace, and over it the part that the waterfall shows. Its edges and its middle can be
//! dragged, a drag elsewhere draws a new part, a double click shows the whole.

use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;

use super::minimap::{self, Ink};
use super::state::TraceState;
use super::view_range::{Grip, ViewRange};
use crate::drag;
use crate::format;

/// Lines of the drawing at most; a trace with fewer spans has fewer.
const LINES_MAX: u32 = 56;
const LINES_MIN: u32 = 8;

/// Pixels around an edge that take hold of it.
const REACH_PIXELS: f64 = 8.0;

#[derive(Clone, Copy)]
struct Held {
    grip: Grip,
    from: f64,
    range: ViewRange,
}

/// The minimap.
#[component]
pub(super) fn Minimap(state: TraceState) -> impl IntoView {
    let map = NodeRef::<html::Div>::new();
    let held = StoredValue::new(None::<Held>);
    let lines = move || (state.model.get().nodes.len() as u32).clamp(LINES_MIN, LINES_MAX);
    let strokes = move || minimap::paths(&state.model.get(), lines()).into_iter().map(stroke).collect_view();
    let press = move |event: PointerEvent| {
        let Some(map) = map.get_untracked() else { return };
        let at = drag::fractions(&map, event.client_x(), 0).0.clamp(0.0, 1.0);
        let reach = REACH_PIXELS / f64::from(map.client_width()).max(1.0);
        let range = state.range.get_untracked();
        held.set_value(Some(Held { grip: Grip::at(range, at, reach), from: at, range }));
        drag::capture(&event);
        event.prevent_default();
    };
    let drag_on = move |event: PointerEvent| {
        let (Some(now), Some(map)) = (held.get_value(), map.get_untracked()) else { return };
        let at = drag::fractions(&map, event.client_x(), 0).0.clamp(0.0, 1.0);
        let moved = (at - now.from).abs() * f64::from(map.client_width()) >= drag::CLICK_PIXELS;
        if moved {
            state.range.set(now.grip.drag(now.range, now.from, at));
        }
    };
    let percent = |fraction: f64| format!("{:.4}%", fraction * 100.0);
    view! {
        <div
            class="minimap" node_ref=map data-testid="minimap"
            on:pointerdown=press on:pointermove=drag_on
            on:pointerup=move |_| held.set_value(None) on:pointercancel=move |_| held.set_value(None)
            on:dblclick=move |_| state.range.set(ViewRange::FULL)
        >
            <div class="minimap-ticks">{move || ticks(state)}</div>
            <svg viewBox=move || format!("0 0 {} {}", minimap::WIDTH, lines()) preserveAspectRatio="none" aria-hidden="true">{strokes}</svg>
            <div class="minimap-shade left" style:width=move || percent(state.range.get().start)></div>
            <div class="minimap-shade right" style:left=move || percent(state.range.get().end)></div>
            <Show when=move || !state.range.get().is_full()>
                <div class="minimap-window" style:left=move || percent(state.range.get().start) style:width=move || percent(state.range.get().width())>
                    <i class="minimap-grip"></i><i class="minimap-grip"></i>
                </div>
            </Show>
        </div>
    }
}

fn stroke((ink, path): (Ink, String)) -> impl IntoView {
    let class = match ink {
        Ink::Service(colour) => format!("minimap-stroke colour-{colour}"),
        Ink::Failed(class) => format!("minimap-stroke class-{class}"),
    };
    view! { <path class=class d=path /> }
}

fn ticks(state: TraceState) -> impl IntoView {
    let duration = state.model.get().answer.duration_ns;
    let ticks = ViewRange::FULL.ticks(duration, 6);
    let inner = ticks.into_iter().filter(|tick| tick.percent < 86.0);
    let last = format::duration(duration as f64);
    view! {
        {inner.map(|tick| view! { <span class="tick" style:left=format!("{:.3}%", tick.percent)>{tick.label}</span> }).collect_view()}
        <span class="tick last">{last}</span>
    }
}
