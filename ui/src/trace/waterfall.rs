//! The waterfall: one row for each visible span, of which only those in sight are in the document.
//!
//! A drag over the timeline zooms into it, Ctrl and the wheel zoom around the pointer, a click selects, the keys walk
//! the tree. Clicks and drags are heard at the container, so that a row stays light.

use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};
use leptos::html;
use leptos::prelude::*;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::rows::Row;
use super::span_row::SpanRow;
use super::state::TraceState;
use crate::drag;
use crate::virtual_rows;

/// Height of a row in pixels; the style sheet has the same.
pub(crate) const ROW_HEIGHT: f64 = 28.0;

/// A drag over the timeline under way, in fractions of the view.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Brush {
    from: f64,
    to: f64,
    from_x: i32,
    moved: bool,
}

/// The waterfall.
#[component]
pub(crate) fn Waterfall(state: TraceState) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let axis = NodeRef::<html::Div>::new();
    let scrolled = RwSignal::new((0.0, 600.0));
    let brush = RwSignal::new(None::<Brush>);
    let measure = move || {
        if let Some(element) = scroller.try_get_untracked().flatten() {
            let now = (f64::from(element.scroll_top()), f64::from(element.client_height()) - ROW_HEIGHT);
            if scrolled.try_get_untracked().is_some_and(|before| before != now) {
                scrolled.set(now);
            }
        }
    };
    measure_when_sizes_change(state, scroller, measure);
    bring_into_sight(state, scroller, scrolled);
    keep_beside_the_details(state, scroller);
    let window = Memo::new(move |_| {
        let (top, height) = scrolled.get();
        virtual_rows::even(state.rows.with(Vec::len), ROW_HEIGHT, top, height)
    });
    let shown = move || {
        let window = window.get();
        state.rows.with(|rows| {
            let last = window.last.min(rows.len());
            let first = window.first.min(last);
            (first..last).zip(rows[first..last].iter().copied()).collect::<Vec<(usize, Row)>>()
        })
    };
    let page_rows = move || (scrolled.get_untracked().1 / ROW_HEIGHT) as usize;
    let keys = move |event: KeyboardEvent| {
        if !event.ctrl_key() && !event.meta_key() && !event.alt_key() && state.key(&event.key(), page_rows()) {
            event.prevent_default();
        }
    };
    view! {
        <div
            class="waterfall" node_ref=scroller tabindex="0" role="treegrid" data-testid="waterfall"
            aria-label="Spans; arrows walk and fold the tree, Enter opens the details"
            on:scroll=move |_| measure() on:keydown=keys
            on:click=move |event| click(state, brush, &event)
            on:pointerdown=move |event| press(axis, brush, &event)
            on:pointermove=move |event| drag_on(axis, brush, &event)
            on:pointerup=move |_| release(state, brush)
            on:pointercancel=move |_| brush.set(None)
            on:wheel=move |event| wheel(state, axis, &event)
        >
            <Axis state axis brush />
            <div class="waterfall-rows" style:height=move || format!("{}px", window.get().total)>
                <For each=shown key=|item| *item let:item>
                    <SpanRow state index=item.0 row=item.1 />
                </For>
            </div>
        </div>
    }
}

/// The head of the waterfall: what the columns are, the ticks, and the drag under way.
#[component]
fn Axis(state: TraceState, axis: NodeRef<html::Div>, brush: RwSignal<Option<Brush>>) -> impl IntoView {
    let ticks = move || {
        let ticks = state.range.get().ticks(state.model.get().answer.duration_ns, 5);
        let tick = |tick: super::view_range::Tick| {
            let class = if tick.percent > 92.0 { "tick last" } else { "tick" };
            view! { <span class=class style:left=format!("{:.3}%", tick.percent)>{tick.label}</span> }
        };
        ticks.into_iter().map(tick).collect_view()
    };
    let drawn = move || brush.get().filter(|brush| brush.moved);
    let left = move || drawn().map_or(0.0, |brush| brush.from.min(brush.to) * 100.0);
    let width = move || drawn().map_or(0.0, |brush| (brush.from - brush.to).abs() * 100.0);
    view! {
        <div class="waterfall-head" role="row">
            <div class="waterfall-names" role="columnheader">"Service and operation"</div>
            <div class="waterfall-axis" role="columnheader" node_ref=axis data-testid="timeline-axis">
                {ticks}
                <Show when=move || drawn().is_some()>
                    <div class="waterfall-brush" style:left=move || format!("{:.3}%", left()) style:width=move || format!("{:.3}%", width())></div>
                </Show>
            </div>
        </div>
    }
}

fn measure_when_sizes_change(state: TraceState, scroller: NodeRef<html::Div>, measure: impl Fn() + Copy + 'static) {
    Effect::new(move |_| {
        scroller.track();
        state.rows.track();
        state.details.track();
        request_animation_frame(measure);
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
}

/// Scrolls to the row that was asked for.
fn bring_into_sight(state: TraceState, scroller: NodeRef<html::Div>, scrolled: RwSignal<(f64, f64)>) {
    Effect::new(move |_| {
        let (Some(span), _) = state.reveal.get() else { return };
        scroller.track();
        // A fold elsewhere is no reason to scroll.
        let at = state.rows.with_untracked(|rows| rows.iter().position(|row| row.span == span));
        // After the frame in which the rows get their height.
        request_animation_frame(move || {
            let (Some(at), Some(element)) = (at, scroller.try_get_untracked().flatten()) else { return };
            let height = f64::from(element.client_height()) - ROW_HEIGHT;
            let top = f64::from(element.scroll_top());
            if let Some(target) = virtual_rows::scroll_to(at, ROW_HEIGHT, top, height) {
                element.set_scroll_top(target as i32);
                scrolled.set((target, height));
            }
        });
    });
}

/// Where the details are a sheet over the lower part of the screen, the waterfall moves into the upper part with the
/// row they are about. Where they stand beside it, everything is in sight and nothing moves.
fn keep_beside_the_details(state: TraceState, scroller: NodeRef<html::Div>) {
    let shown = Memo::new(move |_| state.selected.get().filter(|_| state.details.get()));
    Effect::new(move |_| {
        let Some(span) = shown.get() else { return };
        // After the frame in which the waterfall gets its height.
        request_animation_frame(move || {
            let Some(docked) = scroller.try_get_untracked().flatten().and_then(|element| element.parent_element())
            else {
                return;
            };
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            docked.scroll_into_view_with_scroll_into_view_options(&nearest);
            state.reveal.try_update(|(wanted, times)| (*wanted, *times) = (Some(span), *times + 1));
        });
    });
}

fn fraction_of(axis: NodeRef<html::Div>, client_x: i32) -> f64 {
    axis.get_untracked().map_or(0.0, |axis| drag::fractions(&axis, client_x, 0).0)
}

fn press(axis: NodeRef<html::Div>, brush: RwSignal<Option<Brush>>, event: &PointerEvent) {
    let on_timeline = drag::closest(event, ".span-track, .waterfall-axis").is_some();
    // A finger scrolls; it zooms with the minimap.
    if on_timeline && event.button() == 0 && event.pointer_type() != "touch" {
        let at = fraction_of(axis, event.client_x());
        brush.set(Some(Brush { from: at, to: at, from_x: event.client_x(), moved: false }));
    }
}

fn drag_on(axis: NodeRef<html::Div>, brush: RwSignal<Option<Brush>>, event: &PointerEvent) {
    let Some(mut now) = brush.get_untracked() else { return };
    if !now.moved && f64::from((event.client_x() - now.from_x).abs()) < drag::CLICK_PIXELS {
        return;
    }
    if !now.moved {
        drag::capture(event);
    }
    (now.moved, now.to) = (true, fraction_of(axis, event.client_x()).clamp(0.0, 1.0));
    brush.set(Some(now));
}

fn release(state: TraceState, brush: RwSignal<Option<Brush>>) {
    let Some(done) = brush.get_untracked() else { return };
    if done.moved {
        state.range.update(|range| *range = range.part(done.from, done.to));
        // The click that follows the release still finds the brush, and is no click.
        let forget = move || {
            brush.try_set(None);
        };
        set_timeout(forget, std::time::Duration::ZERO);
    } else {
        brush.set(None);
    }
}

fn click(state: TraceState, brush: RwSignal<Option<Brush>>, event: &MouseEvent) {
    if brush.get_untracked().is_some_and(|brush| brush.moved) {
        return;
    }
    let row = drag::closest(event, "[data-span]")
        .and_then(|element| element.get_attribute("data-span")?.parse::<usize>().ok());
    let Some(row) = row else { return };
    if drag::closest(event, "[data-fold]").is_some() {
        state.toggle(row);
    } else if state.selected.get_untracked() == Some(row) && state.details.get_untracked() {
        state.details.set(false);
    } else {
        state.selected.set(Some(row));
        state.details.set(true);
    }
}

fn wheel(state: TraceState, axis: NodeRef<html::Div>, event: &WheelEvent) {
    if !event.ctrl_key() && !event.meta_key() {
        return;
    }
    event.prevent_default();
    let factor = if event.delta_y() > 0.0 { 1.25 } else { 0.8 };
    let around = fraction_of(axis, event.client_x()).clamp(0.0, 1.0);
    state.range.update(|range| *range = range.zoom(factor, around));
}
