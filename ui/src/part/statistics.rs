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
    if statistics.segments_tallied > 0 {
        parts.push(format!("{} counted from footers", format::count(statistics.segments_tallied)));
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

/// What is not shown of an answer that has further pages, in the words of a screen: the server speaks of cursors, which
/// nobody sees. Whatever else was left out is said as it is. Pure.
pub(crate) fn page_cut(cut: Option<Truncation>, has_more: bool, words: impl FnOnce() -> String) -> Option<Truncation> {
    let mut cut = cut?;
    if has_more {
        let before = without_page(&cut);
        cut.message = if before.is_empty() { words() } else { format!("{before}; {}", words()) };
    }
    Some(cut)
}

/// The message without `100 records a page; `cursor` is …`, which stands at its end.
fn without_page(cut: &Truncation) -> &str {
    match cut.message.find("; `cursor`") {
        Some(end) => cut.message[..end].rsplit_once("; ").map_or("", |(before, _)| before),
        None if cut.reason == TruncationReason::Limit => "",
        None => &cut.message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_in_words_of_the_screen() {
        let cut = |reason, message: &str| Some(Truncation { reason, limit: Some(2), message: message.to_owned() });
        let told = |cut: Option<Truncation>, has_more| {
            page_cut(cut, has_more, || "the newest 2 are shown".to_owned()).map(|cut| cut.message)
        };
        let page = "2 records a page; `cursor` is where the next page begins";
        assert_eq!(told(cut(TruncationReason::Limit, page), true).unwrap(), "the newest 2 are shown");
        let missing = format!("a file is gone; ask again; {page}");
        assert_eq!(
            told(cut(TruncationReason::MissingData, &missing), true).unwrap(),
            "a file is gone; ask again; the newest 2 are shown"
        );
        assert_eq!(told(cut(TruncationReason::Timeout, "after 10 s"), false).unwrap(), "after 10 s");
        assert_eq!(told(None, true), None);
    }

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
