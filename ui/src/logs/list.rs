//! The virtual list of lines. Lines in sight stand in the flow of the document, so that an opened one pushes those below;
//! the heights of lines that were seen are remembered, the others are guessed.

use leptos::html;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::line::LogLine;
use super::lines::Line;
use super::state::LogState;
use crate::part::{Button, Glyph};
use crate::search_box;
use crate::url::use_place;
use crate::virtual_rows::Heights;

/// Height of a closed line that does not wrap; the style sheet has the same.
const LINE_HEIGHT: f64 = 24.0;

/// Older lines are asked for when the end is this near.
const NEAR_END_PIXELS: f64 = 600.0;

/// The list.
#[component]
pub(super) fn List(state: LogState, wrap: RwSignal<bool>) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let scrolled = RwSignal::new((0.0, 600.0));
    let heights = RwSignal::new(Heights::new(LINE_HEIGHT));
    let keys =
        Memo::new(move |_| state.lines.with(|lines| lines.lines.iter().map(|line| line.key).collect::<Vec<u64>>()));
    let window = Memo::new(move |_| {
        let (top, height) = scrolled.get();
        keys.with(|keys| heights.with(|heights| heights.window(keys, top, height)))
    });
    let measure = move || {
        let Some(element) = scroller.try_get_untracked().flatten() else { return };
        measure_lines(&element, heights);
        let now = (f64::from(element.scroll_top()), f64::from(element.client_height()));
        if scrolled.try_get_untracked().is_some_and(|before| before != now) {
            scrolled.set(now);
        }
        if now.0 + now.1 + NEAR_END_PIXELS > window.get_untracked().total && now.0 > 0.0 {
            state.load_older();
        }
    };
    Effect::new(move |_| {
        scroller.track();
        window.track();
        state.open.track();
        request_animation_frame(measure);
    });
    Effect::new(move |_| {
        wrap.track();
        heights.set(Heights::new(LINE_HEIGHT));
    });
    hold_still(scroller, keys, heights);
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let shown = move || {
        let window = window.get();
        state.lines.with(|lines| {
            let last = window.last.min(lines.lines.len());
            lines.lines[window.first.min(last)..last].to_vec()
        })
    };
    view! {
        <div class="log-lines" class:wrapped=move || wrap.get() node_ref=scroller tabindex="0" role="list" aria-label="Log lines, newest first" data-testid="log-lines" on:scroll=move |_| measure()>
            <div class="log-space" style:height=move || format!("{}px", window.get().total)>
                <div class="log-window" style:transform=move || format!("translateY({}px)", window.get().before)>
                    <For each=shown key=|line| line.key let:line><KeyedLine state line /></For>
                </div>
            </div>
            <End state />
        </div>
    }
}

/// Lines that follow mode puts on top do not push away those that are being read.
fn hold_still(scroller: NodeRef<html::Div>, keys: Memo<Vec<u64>>, heights: RwSignal<Heights>) {
    Effect::new(move |first_before: Option<Option<u64>>| {
        keys.with(|keys| {
            let added = first_before.flatten().and_then(|first| keys.iter().position(|key| *key == first)).unwrap_or(0);
            let pixels: f64 = heights.with_untracked(|heights| keys[..added].iter().map(|key| heights.of(*key)).sum());
            if let Some(element) = scroller.get_untracked().filter(|element| pixels > 0.0 && element.scroll_top() > 0) {
                let target = element.scroll_top() + pixels as i32;
                request_animation_frame(move || element.set_scroll_top(target));
            }
            keys.first().copied()
        })
    });
}

fn measure_lines(scroller: &web_sys::Element, heights: RwSignal<Heights>) {
    let Ok(lines) = scroller.query_selector_all("[data-key]") else { return };
    let mut measured = Vec::new();
    for at in 0..lines.length() {
        let Some(line) = lines.get(at).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) else { continue };
        let key = line.get_attribute("data-key").and_then(|key| key.parse().ok());
        measured.extend(key.map(|key: u64| (key, line.get_bounding_client_rect().height())));
    }
    heights.maybe_update(|heights| {
        // Not `any`: every line is to be measured.
        measured.into_iter().fold(false, |changed, (key, height)| heights.measure(key, height) || changed)
    });
}

#[component]
fn KeyedLine(state: LogState, line: Line) -> impl IntoView {
    let place = use_place();
    let key = line.key;
    let toggle = Callback::new(move |()| {
        state.open.update(|open| {
            if !open.remove(&key) {
                open.insert(key);
            }
        });
    });
    let filter = Callback::new(move |(key, value, exclude): (String, Value, bool)| {
        let input = state.filter.with_untracked(|filter| filter.input.clone());
        place.set(&[("q", Some(search_box::with_condition(&input, &key, &value, exclude)))]);
    });
    let columns = Signal::derive(move || place.list("columns"));
    let column = Callback::new(move |key: String| {
        let mut columns = columns.get_untracked();
        match columns.iter().position(|column| *column == key) {
            Some(at) => drop(columns.remove(at)),
            None => columns.push(key),
        }
        place.replace(&[("columns", Some(columns.join(",")))]);
    });
    let words = Signal::derive(move || state.filter.with(|filter| filter.query.marks.clone()));
    let open = Signal::derive(move || state.open.with(|open| open.contains(&key)));
    view! {
        <div data-key=key.to_string()>
            <LogLine record=line.record open on_toggle=toggle words columns on_filter=filter on_column=column />
        </div>
    }
}

/// The end of the list: older lines, or that there are none.
#[component]
fn End(state: LogState) -> impl IntoView {
    move || {
        let (under_way, failure) = state.older.get();
        if let Some(failure) = failure {
            return view! {
                <div class="log-end" role="alert"><span class="tone-fault">{failure.error.message}</span>
                    <Button text="Try again" icon=Glyph::Refresh on_click=move |_| state.load_older() /></div>
            }
            .into_any();
        }
        if under_way {
            return view! { <div class="log-end quiet">"Loading older lines…"</div> }.into_any();
        }
        if state.cursor.with(Option::is_some) {
            return view! { <div class="log-end"><Button text="Older lines" icon=Glyph::Down on_click=move |_| state.load_older() testid="logs-older" /></div> }.into_any();
        }
        view! { <div class="log-end quiet" data-testid="logs-end">"No older lines in this time range."</div> }
            .into_any()
    }
}
