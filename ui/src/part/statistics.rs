//! What an answer cost and what it left out, in one line.

use api::{Statistics, Truncation, TruncationReason};
use leptos::prelude::*;

use crate::format;

/// `12 ms · 3.4 M rows scanned · 2 of 14 segments · truncated: …`
#[component]
pub(crate) fn StatisticsLine(
    #[prop(into)] statistics: Signal<Statistics>,
    #[prop(into)] truncated: Signal<Option<Truncation>>,
) -> impl IntoView {
    view! {
        <p class="statistics" data-testid="statistics">
            {move || parts(&statistics.get()).into_iter().map(|part| view! { <span>{part}</span> }).collect_view()}
            {move || truncated.get().map(|cut| view! { <span class="truncated" data-testid="truncated">{truncation(&cut)}</span> })}
        </p>
    }
}

/// What was left out and why, a line for each; nothing stands there where nothing was. For what has no room for the
/// whole [`StatisticsLine`].
#[component]
pub(crate) fn Cuts(#[prop(into)] cuts: Signal<Vec<Truncation>>) -> impl IntoView {
    let line = |cut: Truncation| {
        view! { <p class="statistics"><span class="truncated" data-testid="truncated">{truncation(&cut)}</span></p> }
    };
    move || {
        let cuts = cuts.get();
        (!cuts.is_empty()).then(|| view! { <div class="cuts">{cuts.into_iter().map(line).collect_view()}</div> })
    }
}

fn parts(statistics: &Statistics) -> Vec<String> {
    let mut parts = vec![
        format::duration(statistics.elapsed_ms * 1e6),
        format!("{} rows scanned", format::count_short(statistics.rows_scanned as f64)),
    ];
    if statistics.segments_total > 0 {
        let read = statistics.segments_total.saturating_sub(statistics.segments_pruned);
        parts.push(format!("{} of {} segments", format::count(read), format::count(statistics.segments_total)));
    }
    if statistics.segments_indexed > 0 {
        parts.push(format!("index used in {}", format::count(statistics.segments_indexed)));
    }
    if statistics.bytes_scanned > 0 {
        parts.push(format!("{} read", format::bytes(statistics.bytes_scanned)));
    }
    if statistics.live_rows > 0 {
        parts.push(format!("{} live rows", format::count_short(statistics.live_rows as f64)));
    }
    parts
}

fn truncation(cut: &Truncation) -> String {
    let reason = match cut.reason {
        TruncationReason::Limit => "limit",
        TruncationReason::Timeout => "time is up",
        TruncationReason::Memory => "memory is up",
        TruncationReason::MissingData => "data is missing",
    };
    format!("truncated ({reason}): {}", cut.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_happened_is_said() {
        let statistics = Statistics {
            rows_scanned: 3_400_000,
            segments_total: 14,
            segments_pruned: 12,
            elapsed_ms: 12.0,
            ..Statistics::default()
        };
        let text = parts(&statistics).join(" · ").replace('\u{a0}', " ");
        assert_eq!(text, "12 ms · 3.4 M rows scanned · 2 of 14 segments");
    }
}
