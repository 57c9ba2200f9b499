//! The histogram over time: bars stacked by severity; a brush zooms the time range.

use std::sync::Arc;

use api::log::{LogHistogram, Severity};
use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;

use super::bar::absolute;
use super::histogram::{self, Part};
use super::state::LogState;
use crate::drag;
use crate::format;
use crate::part::{Skeleton, use_zone};
use crate::url::use_place;

/// The histogram, or the room for it.
#[component]
pub(super) fn HistogramView(state: LogState) -> impl IntoView {
    move || match state.histogram.get() {
        Some(histogram) => view! { <Drawn histogram /> }.into_any(),
        None if state.page.loading.get() => {
            view! { <div class="log-histogram waiting"><Skeleton lines=2 /></div> }.into_any()
        }
        None => ().into_any(),
    }
}

#[component]
fn Drawn(histogram: Arc<LogHistogram>) -> impl IntoView {
    let place = use_place();
    let area = NodeRef::<html::Div>::new();
    let brush = RwSignal::new(None::<(f64, f64)>);
    let pointed = RwSignal::new(None::<usize>);
    let at = move |event: &PointerEvent| {
        area.get_untracked().map_or(0.0, |area| drag::fractions(&area, event.client_x(), 0).0.clamp(0.0, 1.0))
    };
    let press = move |event: PointerEvent| {
        brush.set(Some((at(&event), at(&event))));
        drag::capture(&event);
    };
    let (for_move, for_release) = (histogram.clone(), histogram.clone());
    let moved = move |event: PointerEvent| {
        let now = at(&event);
        pointed.set(histogram::bar_at(&for_move, now));
        brush.update(|brush| {
            if let Some((_, to)) = brush {
                *to = now;
            }
        });
    };
    let release = move |_| {
        let Some((from, to)) = brush.get_untracked() else { return };
        brush.set(None);
        let wide = area.get_untracked().map_or(1.0, |area| f64::from(area.client_width())) * (to - from).abs();
        if let (true, Some((from, to))) = (wide >= drag::CLICK_PIXELS, histogram::brushed(&for_release, from, to)) {
            let range = absolute(from, to);
            place.set(&[("from", Some(range.from)), ("to", Some(range.to))]);
        }
    };
    let parts = histogram::parts(&histogram).into_iter().map(part).collect_view();
    let left = move || brush.get().map_or(0.0, |(from, to)| from.min(to) * 100.0);
    let width = move || brush.get().map_or(0.0, |(from, to)| (from - to).abs() * 100.0);
    view! {
        <div class="log-histogram" data-testid="log-histogram">
            <Reading histogram=histogram.clone() pointed />
            <div
                class="histogram-area" node_ref=area title="Drag to zoom into a time range"
                on:pointerdown=press on:pointermove=moved on:pointerup=release
                on:pointerleave=move |_| pointed.set(None) on:pointercancel=move |_| brush.set(None)
            >
                <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">{parts}</svg>
                <Show when=move || brush.get().is_some()>
                    <div class="brush" style:left=move || format!("{:.3}%", left()) style:width=move || format!("{:.3}%", width())></div>
                </Show>
            </div>
            <Times histogram />
        </div>
    }
}

fn part(part: Part) -> impl IntoView {
    let gap = part.width * 0.14;
    view! {
        <rect
            class=format!("bar severity-{}", part.severity)
            x=format!("{:.5}", part.x + gap / 2.0) width=format!("{:.5}", part.width - gap)
            y=format!("{:.5}", part.y) height=format!("{:.5}", part.height)
        />
    }
}

/// The line above the bars: the total, or the bar that is pointed at.
#[component]
fn Reading(histogram: Arc<LogHistogram>, pointed: RwSignal<Option<usize>>) -> impl IntoView {
    let zone = use_zone();
    let text = move || match pointed.get().and_then(|at| histogram.bars.get(at)) {
        None => {
            if histogram.total == 0 {
                return "no lines".to_owned();
            }
            let step = format::duration(histogram.step_ns as f64);
            format!(
                "{} lines · a bar is {step} · highest {}",
                format::count(histogram.total),
                format::count(histogram::highest(&histogram))
            )
        }
        Some(bar) => {
            let time = bar.time_unix_nano.0;
            let counts = bar.counts.iter().enumerate().rev().filter(|(_, count)| **count > 0);
            let words: Vec<String> =
                counts.map(|(at, count)| format!("{} {}", severity(at), format::count(*count))).collect();
            let words = if words.is_empty() { "nothing".to_owned() } else { words.join(" · ") };
            format!("{} · {words}", format::date_time(time, zone.offset(time)))
        }
    };
    view! { <p class="histogram-reading" data-testid="histogram-reading">{text}</p> }
}

fn severity(at: usize) -> &'static str {
    at.checked_sub(1).and_then(|at| Severity::ALL.get(at)).map_or("unspecified", |severity| severity.as_str())
}

/// Begin, middle and end below the bars.
#[component]
fn Times(histogram: Arc<LogHistogram>) -> impl IntoView {
    let zone = use_zone();
    let ends = histogram::span(&histogram);
    move || {
        let (from, to) = ends?;
        let step = (to - from) / 6;
        let label = |time: i64| format::axis_label(time, step, zone.offset(time));
        Some(
            view! { <div class="histogram-times"><span>{label(from)}</span><span>{label(from + (to - from) / 2)}</span><span>{label(to)}</span></div> },
        )
    }
}
