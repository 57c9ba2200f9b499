//! The logs of a span, in its details, and of the whole trace, in a tab.

use std::collections::HashSet;
use std::sync::Arc;

use api::TimeRange;
use api::log::{LogPage, LogSearch};
use leptos::prelude::*;

use super::state::TraceState;
use crate::client;
use crate::format;
use crate::load::load;
use crate::logs::LogLine;
use crate::part::{EmptyState, LinkButton, Loaded, StatisticsLine, page_cut};
use crate::url::use_place;

/// Lines that are asked for; the log screen has the rest.
const LINES_MAX: u32 = 500;

/// Clocks differ, and a line may be written after the last span ended: so much is asked before and after the trace.
const AROUND_NS: i64 = 600_000_000_000;

fn search(state: TraceState, span_id: Option<String>) -> LogSearch {
    let answer = &state.model.get_untracked().answer;
    let (from, to) = around(answer.start_time_unix_nano.0, answer.duration_ns);
    LogSearch {
        range: TimeRange { from: from.to_string(), to: to.to_string() },
        trace_id: Some(answer.trace_id.clone()),
        span_id,
        limit: Some(LINES_MAX),
        histogram_bars: Some(0),
        oldest_first: true,
        ..LogSearch::default()
    }
}

fn around(start: i64, duration_ns: i64) -> (i64, i64) {
    (start.saturating_sub(AROUND_NS).max(0), start.saturating_add(duration_ns).saturating_add(AROUND_NS))
}

/// The log lines of a span.
#[component]
pub(super) fn SpanLogs(state: TraceState, span_id: String) -> impl IntoView {
    let request = search(state, Some(span_id));
    let page = load(move || client::logs_search(request.clone()));
    let lines = move |page: Signal<Arc<LogPage>>| {
        let content = move || {
            let page = page.get();
            if page.records.is_empty() {
                return view! { <p class="quiet" data-testid="no-span-logs">"No log record carries this span's id."</p> }.into_any();
            }
            view! { <Lines page /> }.into_any()
        };
        content.into_any()
    };
    view! { <section class="attributes" data-testid="span-logs"><h3>"Logs of this span"</h3><Loaded load=page view=lines lines=2 /></section> }
}

/// The log lines of the trace.
#[component]
pub(super) fn TraceLogs(state: TraceState) -> impl IntoView {
    let place = use_place();
    let request = search(state, None);
    let range = request.range.clone();
    let page = load(move || client::logs_search(request.clone()));
    let href = Signal::derive(move || {
        let id = state.model.get().answer.trace_id.clone();
        place.href("/logs", &[("trace_id", &id), ("from", &range.from), ("to", &range.to)])
    });
    let lines = move |page: Signal<Arc<LogPage>>| {
        let content = move || {
            let page = page.get();
            if page.records.is_empty() {
                let hint = "Log records belong to a trace when the logger's OpenTelemetry bridge writes the trace id into them.";
                return view! { <EmptyState title="No log record carries this trace's id" hint /> }.into_any();
            }
            let statistics = page.statistics.clone();
            let truncated = page_cut(page.truncated.clone(), page.cursor.is_some(), || {
                let shown = format::count(page.records.len() as u64);
                format!("the oldest {shown} lines are shown; “Open in Logs” leads to all of them")
            });
            view! {
                <Lines page with_service=true />
                <StatisticsLine statistics truncated />
            }
            .into_any()
        };
        view! { <div class="row trace-logs-head"><span class="quiet grow">"Oldest first"</span><LinkButton text="Open in Logs" href testid="open-in-logs" /></div>{content} }
            .into_any()
    };
    view! { <section class="trace-logs card" data-testid="trace-logs"><Loaded load=page view=lines lines=8 /></section> }
}

#[component]
fn Lines(page: Arc<LogPage>, #[prop(optional)] with_service: bool) -> impl IntoView {
    let open = RwSignal::new(HashSet::<usize>::new());
    let lines = page.records.iter().cloned().enumerate().map(|(at, record)| {
        let toggle = Callback::new(move |()| {
            open.update(|open| {
                if !open.remove(&at) {
                    open.insert(at);
                }
            });
        });
        let is_open = Signal::derive(move || open.with(|open| open.contains(&at)));
        view! { <LogLine record=Arc::new(record) open=is_open on_toggle=toggle with_service linked=false /> }
    });
    view! { <div class="log-lines wrapped" role="list">{lines.collect_view()}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_reaches_around_the_trace_and_not_before_time_began() {
        assert_eq!(around(10 * AROUND_NS, 5), (9 * AROUND_NS, 11 * AROUND_NS + 5));
        assert_eq!(around(5, 5).0, 0);
        assert_eq!(around(i64::MAX, i64::MAX).1, i64::MAX);
    }
}
