//! The screen "Traces", `/traces`: search traces, see how long they took, open one.
//!
//! Pure: [`filter`] (the URL and the search), [`duration_text`], [`scatter`]. The URL's parameters stand in [`filter`].
//! `data-testid`s: `traces-bar`, `traces-service`, `traces-operation`, `class-ok`, `class-error`, `class-throttle`,
//! `class-fault`, `duration-min`, `duration-max`, `traces-text`, `traces-filter`, `traces-mistake`, `add-condition`, `condition-line`,
//! `condition-key`, `condition-operator`, `condition-value`, `condition-add`, `condition-wrong`, `condition`, `callee`, `clear-filters`,
//! `scatter`, `scatter-reading`, `traces-table`, `trace-row` (with `data-trace`), `trace-link`, `traces-older`, `traces-end`, `compare-open`, `compare`,
//! `compare-words`, `compare-attribute`.

mod bar;
mod compare;
mod conditions;
pub(crate) mod duration_text;
mod filter;
mod scatter;
mod scatter_view;
mod state;
mod table;

use leptos::prelude::*;

use self::bar::Bar;
use self::filter::CONDITIONS;
use self::scatter_view::Scatter;
use self::state::ListState;
use self::table::TraceTable;
use crate::format;
use crate::nothing::Nothing;
use crate::part::{ErrorState, Skeleton, StatisticsLine, page_cut};
use crate::shell::ScreenHead;
use crate::url::use_place;

/// The screen.
#[component]
pub(crate) fn TracesScreen() -> impl IntoView {
    let state = ListState::new(use_place());
    let pointed = RwSignal::new(None);
    let statistics = Signal::derive(move || state.statistics.get().0);
    let truncated = Signal::derive(move || {
        page_cut(state.statistics.get().1, state.cursor.with(Option::is_some), || {
            let shown = format::count(state.traces.with(|traces| traces.len()) as u64);
            format!("the newest {shown} traces are shown; “Older traces” loads more")
        })
    });
    view! {
        <ScreenHead title="Traces" />
        <Bar state />
        <Scatter state pointed />
        <section class="card"><Content state pointed /></section>
        <Show when=move || state.page.value.read().is_some()><StatisticsLine statistics truncated /></Show>
    }
}

#[component]
fn Content(state: ListState, pointed: RwSignal<Option<usize>>) -> impl IntoView {
    let place = use_place();
    let retry = Callback::new(move |()| state.page.retry());
    let has_traces = Memo::new(move |_| state.traces.with(|traces| !traces.is_empty()));
    let answered = Memo::new(move |_| state.page.value.with(Option::is_some));
    // What the answer was about, which a new filter is not until it is answered too.
    let sought = Memo::new(move |_| {
        state.page.value.track();
        untrack(|| state.filter.with(|(filter, _)| filter.sought(place.env())))
    });
    let nothing =
        move || view! { <Nothing sought=sought.get() service=&["service", "operation"] conditions=CONDITIONS /> };
    move || {
        if let Some(error) = state.page.failure.get() {
            return view! { <ErrorState error on_retry=retry /> }.into_any();
        }
        match (has_traces.get(), answered.get()) {
            (true, _) => view! { <TraceTable state pointed /> }.into_any(),
            (false, true) => nothing().into_any(),
            (false, false) => view! { <Skeleton lines=12 /> }.into_any(),
        }
    }
}
