//! The latency histogram: a brush takes a range of durations and offers its traces.

use std::sync::Arc;

use api::service::LatencyBucket;
use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;

use super::histogram;
use super::links::{self, Subject};
use crate::drag;
use crate::format;
use crate::part::{ButtonKind, LinkButton};
use crate::url::use_place;

/// The histogram of a node or an edge.
#[component]
pub(super) fn LatencyHistogram(buckets: Vec<LatencyBucket>, subject: Subject) -> impl IntoView {
    let buckets = Arc::new(histogram::occupied(&buckets).to_vec());
    if buckets.is_empty() {
        return view! { <p class="quiet">"No durations in this time range."</p> }.into_any();
    }
    let area = NodeRef::<html::Div>::new();
    let brush = RwSignal::new(None::<(f64, f64)>);
    let dragging = StoredValue::new(false);
    let at = move |event: &PointerEvent| {
        area.get_untracked().map_or(0.0, |area| drag::fractions(&area, event.client_x(), 0).0.clamp(0.0, 1.0))
    };
    let press = move |event: PointerEvent| {
        dragging.set_value(true);
        brush.set(Some((at(&event), at(&event))));
        drag::capture(&event);
    };
    let moved = move |event: PointerEvent| {
        if let (true, Some((from, _))) = (dragging.get_value(), brush.get_untracked()) {
            brush.set(Some((from, at(&event))));
        }
    };
    let (lower, upper) = (buckets[0].lower_ns, buckets[buckets.len() - 1].upper_ns);
    let is_in = {
        let buckets = buckets.clone();
        move |index: usize| {
            brush.get().is_none_or(|(from, to)| {
                let first = histogram::bucket_at(&buckets, from.min(to)).unwrap_or(0);
                let last = histogram::bucket_at(&buckets, from.max(to)).unwrap_or(0);
                (first..=last).contains(&index)
            })
        }
    };
    let bars = histogram::bars(&buckets).into_iter().enumerate().map(|(index, bar)| {
        let (is_in, bucket) = (is_in.clone(), buckets[index]);
        let title = format!("{} to {}: {}", format::duration(bucket.lower_ns), format::duration(bucket.upper_ns), format::count(bucket.count));
        view! {
            <i class="latency-bar" class:out=move || !is_in(index) title=title
                style:left=format!("{:.3}%", bar.x * 100.0) style:width=format!("{:.3}%", bar.width * 100.0) style:height=format!("{:.2}%", bar.height * 100.0)></i>
        }
    });
    view! {
        <div class="latency-histogram" data-testid="latency-histogram">
            <div class="latency-area" node_ref=area title="Drag over durations to see their traces"
                on:pointerdown=press on:pointermove=moved on:pointerup=move |_| dragging.set_value(false) on:pointercancel=move |_| dragging.set_value(false)>
                {bars.collect_view()}
            </div>
            <div class="histogram-times"><span>{format::duration(lower)}</span><span>{format::duration((lower.max(1.0) * upper).sqrt())}</span><span>{format::duration(upper)}</span></div>
            <Brushed buckets brush subject />
        </div>
    }
    .into_any()
}

/// What the brush takes, in words, and the way to its traces.
#[component]
fn Brushed(buckets: Arc<Vec<LatencyBucket>>, brush: RwSignal<Option<(f64, f64)>>, subject: Subject) -> impl IntoView {
    let place = use_place();
    move || {
        let Some((from, to)) = brush.get() else {
            return view! { <p class="quiet" data-testid="brush-reading">"Drag over the bars to choose durations."</p> }.into_any();
        };
        let Some((from_ns, to_ns)) = histogram::brushed(&buckets, from, to) else { return ().into_any() };
        let count = histogram::counted(&buckets, from, to);
        let parameters = subject.parameters(&links::between(from_ns, to_ns));
        let href = Signal::derive(move || {
            let parameters: Vec<(&str, &str)> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
            place.href("/traces", &parameters)
        });
        let text = format!(
            "{} to {}: {} requests",
            format::duration(from_ns as f64),
            format::duration(to_ns as f64),
            format::count(count)
        );
        view! {
            <div class="row wrap">
                <span class="grow" data-testid="brush-reading">{text}</span>
                <button type="button" class="link-button" on:click=move |_| brush.set(None)>"clear"</button>
                <LinkButton text="View traces" href kind=ButtonKind::Primary testid="view-traces" />
            </div>
        }
        .into_any()
    }
}
