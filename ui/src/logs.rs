//! The screen "Logs", `/logs`: search, histogram over time, lines, follow mode.
//!
//! Pure: [`filter`] (the URL), [`crate::search_box`] (the box), [`histogram`], [`lines`] (which lines, none twice),
//! [`crate::virtual_rows`]. Follow mode is a live tail. Patterns are a later issue.
//!
//! The URL holds `q`, `severity`, `service` (comma-separated), `trace_id`, `span_id`, `columns` (comma-separated).
//! `data-testid`s: `logs-bar`, `logs-query`, `logs-search`, `logs-severity`, `logs-service`, `logs-wrap`, `logs-follow`,
//! `logs-mistake`, `logs-chips`, `log-histogram`, `histogram-reading`, `follow-state`, `log-lines`, `log-line`, `log-open`,
//! `log-trace`, `log-attributes`, `log-resource`, `filter-by`, `exclude`, `as-column`, `show-all`, `logs-older`, `logs-end`.

mod bar;
mod filter;
mod histogram;
mod histogram_view;
mod line;
mod lines;
mod list;
mod state;
mod tail;

use leptos::prelude::*;

#[cfg(test)]
pub(crate) use self::filter::Filter;
pub(crate) use self::line::LogLine;

use self::bar::Bar;
use self::filter::CONDITIONS;
use self::histogram_view::HistogramView;
use self::list::List;
use self::state::{Follow, LogState};
use crate::format;
use crate::nothing::Nothing;
use crate::part::{Button, ButtonKind, ErrorState, Glyph, Skeleton, StatisticsLine, page_cut};
use crate::shell::ScreenHead;
use crate::url::use_place;

/// The screen.
#[component]
pub(crate) fn LogsScreen() -> impl IntoView {
    let state = LogState::new(use_place());
    let wrap = RwSignal::new(false);
    let statistics = Signal::derive(move || state.statistics.get().0);
    let truncated = Signal::derive(move || {
        page_cut(state.statistics.get().1, state.cursor.with(Option::is_some), || {
            let shown = format::count(state.lines.with(|lines| lines.lines.len()) as u64);
            format!("the newest {shown} lines are shown; scroll down for older ones")
        })
    });
    view! {
        <div class="logs" data-testid="logs">
            <ScreenHead title="Logs" />
            <Bar state wrap />
            <HistogramView state />
            <FollowState state />
            <section class="card logs-card"><Content state wrap /></section>
            <Show when=move || state.page.value.read().is_some()><StatisticsLine statistics truncated /></Show>
        </div>
    }
}

#[component]
fn Content(state: LogState, wrap: RwSignal<bool>) -> impl IntoView {
    let retry = Callback::new(move |()| state.page.retry());
    let has_lines = Memo::new(move |_| state.lines.with(|lines| !lines.lines.is_empty()));
    let answered = Memo::new(move |_| state.page.value.with(Option::is_some));
    move || {
        if let Some(error) = state.page.failure.get() {
            return view! { <ErrorState error on_retry=retry /> }.into_any();
        }
        match (has_lines.get(), answered.get()) {
            (true, _) => view! { <List state wrap /> }.into_any(),
            (false, true) => view! { <NoLines state /> }.into_any(),
            (false, false) => view! { <Skeleton lines=14 /> }.into_any(),
        }
    }
}

#[component]
fn NoLines(state: LogState) -> impl IntoView {
    let place = use_place();
    // What the answer was about, which a new filter is not until it is answered too.
    let sought = Memo::new(move |_| {
        state.page.value.track();
        untrack(|| state.filter.with(|filter| filter.sought(place.env())))
    });
    move || view! { <Nothing sought=sought.get() service=&["service"] conditions=CONDITIONS /> }
}

/// What follow mode is doing, in words.
#[component]
fn FollowState(state: LogState) -> impl IntoView {
    let text = move || match state.follow.get() {
        Follow::Off => None,
        Follow::On { failure: Some(failure), .. } => {
            Some(format!("Following, but the connection broke: {failure} Trying again every second."))
        }
        Follow::On { came, skipped, gap, .. } => {
            let dropped = state.lines.with(|lines| lines.dropped);
            let mut text = format!("Following: lines appear as they arrive. {} came since.", format::count(came));
            if skipped > 0 {
                text.push_str(&format!(
                    " {} came faster than this page takes them and were skipped: search again to see them.",
                    format::count(skipped)
                ));
            }
            if gap {
                text.push_str(" While the connection was away more came than is shown: search again to see all.");
            }
            if dropped > 0 {
                text.push_str(&format!(" {} old lines were dropped from this page.", format::count(dropped)));
            }
            Some(text)
        }
    };
    move || {
        text().map(|text| {
            view! {
                <div class="follow" role="status" data-testid="follow-state">
                    <i class="follow-dot"></i><span class="grow">{text}</span>
                    <Button text="Pause" icon=Glyph::Close kind=ButtonKind::Plain on_click=move |_| state.toggle_follow() testid="follow-pause" />
                </div>
            }
        })
    }
}
