//! Durations by bucket. Dragging over buckets chooses a range of durations.

use api::service::LatencyBucket;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::PointerEvent;

use crate::format;

/// The buckets between the first and last that hold something; the ones between may be empty. Pure.
fn used(buckets: &[LatencyBucket]) -> &[LatencyBucket] {
    let first = buckets.iter().position(|bucket| bucket.count > 0);
    let last = buckets.iter().rposition(|bucket| bucket.count > 0);
    match (first, last) {
        (Some(first), Some(last)) => &buckets[first..=last],
        _ => &[],
    }
}

/// The bucket at a share of the width. Pure.
fn bucket_at(share: f64, count: usize) -> usize {
    ((share * count as f64).floor().max(0.0) as usize).min(count.saturating_sub(1))
}

/// Bars of durations. `on_brush` is given the lower and upper end in nanoseconds, or nothing on a click.
#[component]
pub(crate) fn LatencyHistogram(
    #[prop(into)] buckets: Signal<Vec<LatencyBucket>>,
    #[prop(optional, into)] on_brush: Option<Callback<Option<(f64, f64)>>>,
    /// The chosen range, nanoseconds.
    #[prop(optional, into)]
    selection: Signal<Option<(f64, f64)>>,
) -> impl IntoView {
    let root = NodeRef::<Div>::new();
    let drag = RwSignal::new(None::<(usize, usize)>);
    let shown = Memo::new(move |_| buckets.with(|buckets| used(buckets).to_vec()));
    let bucket_of = move |event: &PointerEvent| {
        let bounds = root.get_untracked()?.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
        Some(bucket_at(share, shown.with_untracked(Vec::len)))
    };
    let down = move |event: PointerEvent| {
        if let (Some(at), Some(root), true) = (bucket_of(&event), root.get_untracked(), on_brush.is_some()) {
            drag.set(Some((at, at)));
            let _ = root.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: PointerEvent| {
        if let (Some((from, _)), Some(at)) = (drag.get_untracked(), bucket_of(&event)) {
            drag.set(Some((from, at)));
        }
    };
    let up = move |_| {
        let (Some((from, to)), Some(on_brush)) = (drag.get_untracked(), on_brush) else { return };
        drag.set(None);
        let (low, high) = (from.min(to), from.max(to));
        let range = shown.with_untracked(|shown| Some((shown.get(low)?.lower_ns, shown.get(high)?.upper_ns)));
        on_brush.run(range.filter(|_| low != high));
    };
    let bars = move || {
        let shown = shown.get();
        let most = shown.iter().map(|bucket| bucket.count).max().unwrap_or(1).max(1) as f64;
        let total: u64 = shown.iter().map(|bucket| bucket.count).sum();
        let bar = |(at, bucket): (usize, &LatencyBucket)| {
            let (lower, upper) = (bucket.lower_ns, bucket.upper_ns);
            let chosen = move || match (drag.get(), selection.get()) {
                (Some((from, to)), _) => (from.min(to)..=from.max(to)).contains(&at),
                (None, Some((low, high))) => lower >= low && upper <= high,
                (None, None) => false,
            };
            let title = format!(
                "{} – {}: {} ({})",
                format::duration(lower),
                format::duration(upper),
                format::count(bucket.count),
                format::share(bucket.count, total)
            );
            // A bucket that holds something is seen, however few.
            let height = if bucket.count == 0 { 0.0 } else { (bucket.count as f64 / most * 100.0).max(2.0) };
            view! { <div class="bucket" class:chosen=chosen title=title><i style:height=format!("{height:.1}%")></i></div> }
        };
        shown.iter().enumerate().map(bar).collect_view()
    };
    let ends = move || {
        let shown = shown.get();
        let (first, last) = (shown.first()?, shown.last()?);
        let middle = &shown[shown.len() / 2];
        Some(view! {
            <div class="bucket-ends quiet"><span>{format::duration(first.lower_ns)}</span><span>{format::duration(middle.lower_ns)}</span><span>{format::duration(last.upper_ns)}</span></div>
        })
    };
    view! {
        <figure class="histogram" data-testid="latency-histogram">
            <div class="buckets" class:brushable=on_brush.is_some() node_ref=root on:pointerdown=down on:pointermove=moved on:pointerup=up
                on:pointercancel=move |_| drag.set(None)>{bars}</div>
            {ends}
            <Show when=move || shown.read().is_empty()><p class="quiet">"No requests in this time range"</p></Show>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_ends_are_cut_and_empty_middles_stay() {
        let bucket = |at: u32, count| LatencyBucket { lower_ns: f64::from(at), upper_ns: f64::from(at + 1), count };
        let buckets = [bucket(0, 0), bucket(1, 2), bucket(2, 0), bucket(3, 1), bucket(4, 0)];
        assert_eq!(used(&buckets).iter().map(|bucket| bucket.count).collect::<Vec<_>>(), [2, 0, 1]);
        assert!(used(&buckets[..1]).is_empty());
    }

    #[test]
    fn a_share_of_the_width_is_a_bucket() {
        assert_eq!([-0.1, 0.0, 0.5, 0.99, 1.0].map(|share| bucket_at(share, 4)), [0, 0, 2, 3, 3]);
        assert_eq!(bucket_at(0.5, 0), 0);
    }
}
