//! A list of which only the rows in sight are in the page. All rows are equally high.

use leptos::html;
use leptos::prelude::*;

/// Rows drawn above and below what is in sight.
const OVERSCAN: usize = 8;

/// The first row to draw and the row after the last.
pub(crate) fn window_of(scroll: f64, height: f64, row_height: f64, count: usize) -> (usize, usize) {
    let first = (scroll / row_height).floor().max(0.0) as usize;
    let visible = (height / row_height).ceil() as usize + 1;
    let end = first.saturating_add(visible).saturating_add(OVERSCAN).min(count);
    (first.saturating_sub(OVERSCAN).min(end), end)
}

/// Draws row `i` of `count` through `row`. Give the surrounding element a height.
#[component]
pub(crate) fn VirtualList<F>(
    #[prop(into)] count: Signal<usize>,
    row_height: u32,
    row: F,
    #[prop(optional, into)] label: String,
    #[prop(optional, into)] testid: Option<String>,
    #[prop(optional)] node_ref: NodeRef<html::Div>,
) -> impl IntoView
where
    F: Fn(usize) -> AnyView + Clone + Send + Sync + 'static,
{
    let scroll = RwSignal::new(0.0);
    let height = RwSignal::new(600.0);
    let measure = move || {
        if let Some(list) = node_ref.try_get_untracked().flatten() {
            scroll.set(f64::from(list.scroll_top()));
            height.set(f64::from(list.client_height()).max(1.0));
        }
    };
    Effect::new(move |_| {
        node_ref.track();
        count.track();
        request_animation_frame(measure);
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let range = Memo::new(move |_| window_of(scroll.get(), height.get(), f64::from(row_height), count.get()));
    let rows = move || {
        let (first, end) = range.get();
        let row = row.clone();
        (first..end)
            .map(move |at| {
                let top = format!("{}px", at * row_height as usize);
                view! { <div class="virtual-row" style:top=top style:height=format!("{row_height}px")>{row(at)}</div> }
            })
            .collect_view()
    };
    view! {
        <div class="virtual" node_ref=node_ref tabindex="0" aria-label=label data-testid=testid on:scroll=move |_| measure()>
            <div class="virtual-inner" style:height=move || format!("{}px", count.get() * row_height as usize)>{rows}</div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_sight_is_drawn() {
        assert_eq!(window_of(0.0, 100.0, 20.0, 1000), (0, 14));
        assert_eq!(window_of(2000.0, 100.0, 20.0, 1000), (92, 114));
        assert_eq!(window_of(1e9, 100.0, 20.0, 10), (10, 10));
        assert_eq!(window_of(0.0, 100.0, 20.0, 3), (0, 3));
    }
}
