//! The latency histogram of a node or an edge: a brush over durations offers the traces that took so long.

use api::service::LatencyBucket;
use leptos::prelude::*;

use super::links::{self, Subject};
use crate::chart::LatencyHistogram;
use crate::format;
use crate::part::{ButtonKind, LinkButton};
use crate::url::use_place;

/// How many requests lie in the buckets between two durations.
fn counted(buckets: &[LatencyBucket], lower: f64, upper: f64) -> u64 {
    buckets
        .iter()
        .filter(|bucket| bucket.lower_ns >= lower && bucket.upper_ns <= upper)
        .map(|bucket| bucket.count)
        .sum()
}

/// The histogram and what its brush takes.
#[component]
pub(super) fn Latencies(buckets: Vec<LatencyBucket>, subject: Subject) -> impl IntoView {
    let chosen = RwSignal::new(None::<(f64, f64)>);
    let brush = Callback::new(move |range: Option<(f64, f64)>| chosen.set(range));
    let shown = Signal::stored(buckets);
    view! {
        <div class="latencies">
            <LatencyHistogram buckets=shown on_brush=brush selection=chosen />
            <Chosen shown chosen subject />
        </div>
    }
}

/// What the brush takes, in words, and the way to its traces.
#[component]
fn Chosen(shown: Signal<Vec<LatencyBucket>>, chosen: RwSignal<Option<(f64, f64)>>, subject: Subject) -> impl IntoView {
    let place = use_place();
    move || {
        if shown.read().is_empty() {
            return ().into_any();
        }
        let Some((lower, upper)) = chosen.get() else {
            return view! { <p class="quiet" data-testid="brush-reading">"Drag over the bars to choose durations."</p> }.into_any();
        };
        let parameters = subject.parameters(&links::between(lower, upper));
        let href = Signal::derive(move || {
            let parameters: Vec<(&str, &str)> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
            place.href("/traces", &parameters)
        });
        let count = shown.with(|buckets| counted(buckets, lower, upper));
        let text =
            format!("{} to {}: {} requests", format::duration(lower), format::duration(upper), format::count(count));
        view! {
            <div class="row wrap">
                <span class="grow" data-testid="brush-reading">{text}</span>
                <button type="button" class="link-button" on:click=move |_| chosen.set(None)>"clear"</button>
                <LinkButton text="View traces" href kind=ButtonKind::Primary testid="view-traces" />
            </div>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_buckets_between_two_durations_are_counted() {
        let bucket = |lower: f64, count| LatencyBucket { lower_ns: lower, upper_ns: lower * 2.0, count };
        let buckets = [bucket(1.0, 5), bucket(2.0, 7), bucket(4.0, 1)];
        assert_eq!(counted(&buckets, 1.0, 4.0), 12);
        assert_eq!(counted(&buckets, 2.0, 8.0), 8);
        assert_eq!(counted(&[], 0.0, 9.0), 0);
    }
}
