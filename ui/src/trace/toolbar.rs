//! Above the waterfall: find, filters, folding, zoom.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::rows::{self, Only};
use super::state::TraceState;
use super::view_range::ViewRange;
use crate::format;
use crate::part::{Button, ButtonKind, Glyph};

/// The toolbar.
#[component]
pub(super) fn Toolbar(state: TraceState) -> impl IntoView {
    let fold_all = move |_| {
        let model = state.model.get_untracked();
        state.collapsed.set(rows::collapse_from(&model, 1));
    };
    let zoom = move |factor: f64| state.range.update(|range| *range = range.zoom(factor, 0.5));
    let shown = move || {
        let (shown, all) = (state.rows.with(Vec::len), state.model.get().nodes.len());
        if shown == all {
            String::new()
        } else {
            format!("{} of {} rows", format::count(shown as u64), format::count(all as u64))
        }
    };
    view! {
        <div class="trace-tools" data-testid="trace-tools">
            <Find state />
            <OnlyButtons state />
            <span class="grow quiet trace-shown">{shown}</span>
            <div class="group">
                <Button text="Collapse all" icon=Glyph::Up icon_only=true on_click=fold_all testid="collapse-all" />
                <Button text="Expand all" icon=Glyph::Down icon_only=true on_click=move |_| state.collapsed.update(|closed| closed.clear()) testid="expand-all" />
            </div>
            <div class="group">
                <Button text="Zoom in" icon=Glyph::Add icon_only=true on_click=move |_| zoom(0.5) testid="zoom-in" />
                <Button text="Zoom out" icon=Glyph::Minus icon_only=true on_click=move |_| zoom(2.0) testid="zoom-out" />
                <Button
                    text="Whole trace" icon=Glyph::Fit icon_only=true testid="zoom-reset"
                    disabled=Signal::derive(move || state.range.get().is_full())
                    on_click=move |_| state.range.set(ViewRange::FULL)
                />
            </div>
        </div>
    }
}

#[component]
fn Find(state: TraceState) -> impl IntoView {
    let at = move || {
        let selected = state.selected.get();
        state.found.with(|found| {
            let position = selected.and_then(|row| found.binary_search(&row).ok());
            let total = format::count(found.len() as u64);
            position.map_or(total.clone(), |at| format!("{} of {total}", at + 1))
        })
    };
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            state.find_next(!event.shift_key());
        }
        "Escape" => {
            event.prevent_default();
            state.find.set(String::new());
        }
        _ => {}
    };
    let nothing = Signal::derive(move || state.found.with(Vec::is_empty));
    view! {
        <div class="trace-find">
            <input
                class="input" type="search" placeholder="Find in trace" aria-label="Find in trace: names, services, attributes"
                data-search="" data-testid="trace-find" spellcheck="false" autocomplete="off"
                prop:value=move || state.find.get()
                on:input=move |event| state.find.set(event_target_value(&event))
                on:keydown=keys
            />
            <Show when=move || !state.find.read().trim().is_empty()>
                <span class="trace-found" class:none=move || nothing.get() role="status" data-testid="trace-found">{at}</span>
                <Button text="Previous match" icon=Glyph::Up icon_only=true kind=ButtonKind::Plain disabled=nothing on_click=move |_| state.find_next(false) testid="find-previous" />
                <Button text="Next match" icon=Glyph::Down icon_only=true kind=ButtonKind::Plain disabled=nothing on_click=move |_| state.find_next(true) testid="find-next" />
            </Show>
        </div>
    }
}

#[component]
fn OnlyButtons(state: TraceState) -> impl IntoView {
    let is = move |only: Only| Signal::derive(move || state.only.get() == only);
    let choose = move |only: Only| {
        let now = state.only.get_untracked();
        state.only.set(if now == only { Only::All } else { only });
    };
    let failed = move || format!("Errors {}", format::count(state.model.get().failed() as u64));
    let none_failed = Signal::derive(move || state.model.get().failed() == 0 && state.only.get() != Only::Failed);
    let no_path = Signal::derive(move || state.model.get().critical.is_empty() && state.only.get() != Only::Critical);
    view! {
        <div class="group">
            <Button text=Signal::derive(failed) pressed=is(Only::Failed) disabled=none_failed on_click=move |_| choose(Only::Failed) testid="only-errors" />
            <Button text="Critical path" pressed=is(Only::Critical) disabled=no_path on_click=move |_| choose(Only::Critical) testid="only-critical" />
        </div>
    }
}
