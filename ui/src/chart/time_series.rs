//! A chart over time: crosshair with values, drag to zoom, exemplars that open their traces.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::PointerEvent;

use super::data::{ChartData, ChartKind, Threshold};
use super::drawing::{Drawing, Wanted, draw};
use super::legend::{Legend, LegendKind};
use super::measure::width_of;
use super::path::middle;
use super::scale::period_at;
use crate::format;
use crate::part::use_zone;
use crate::shell::set_time_range;
use crate::url::use_place;

const BRUSH_PIXELS_MIN: f64 = 5.0;
const TOOLTIP_LINES_MAX: usize = 12;
const TOOLTIP_WIDTH: f64 = 240.0;

/// A chart. Dragging over it sets the time range of the page.
#[component]
pub(crate) fn TimeSeries(
    #[prop(into)] data: Signal<Arc<ChartData>>,
    #[prop(optional, into)] kind: Signal<ChartKind>,
    #[prop(default = 200)] height: u32,
    #[prop(optional, into)] thresholds: Signal<Vec<Threshold>>,
    #[prop(optional)] legend: LegendKind,
    /// What it shows, for screen readers.
    #[prop(into)]
    label: String,
    #[prop(optional, into)] testid: Option<String>,
) -> impl IntoView {
    let zone = use_zone();
    let root = NodeRef::<Div>::new();
    let width = width_of(root);
    let hidden = RwSignal::new(Vec::<String>::new());
    let hover = RwSignal::new(None::<usize>);
    let brush = RwSignal::new(None::<(f64, f64)>);
    let drawing = Memo::new(move |_| {
        let data = data.get();
        let hidden = hidden.read();
        let wanted = Wanted {
            width: width.get(),
            height: f64::from(height),
            kind: kind.get(),
            hidden: &hidden,
            thresholds: &thresholds.read(),
            offset_minutes: zone.offset(data.start),
        };
        Arc::new(draw(&data, &wanted))
    });
    let view_box = move || format!("0 0 {} {height}", width.get().max(1.0));
    let empty = move || data.with(|data| !data.has_values());
    view! {
        <figure class="chart" data-testid=testid>
            <div class="chart-plot" node_ref=root style:height=format!("{height}px")>
                <svg viewBox=view_box role="img" aria-label=label>
                    <Axes drawing />
                    <Marks drawing />
                    <Crosshair drawing data hover />
                    <Brush brush height />
                </svg>
                <Surface drawing data hover brush />
                <Exemplars drawing />
                <Tooltip drawing data hover hidden />
                <Show when=empty><p class="chart-empty">"No data in this time range"</p></Show>
            </div>
            <Legend kind=legend data hidden />
        </figure>
    }
}

#[component]
fn Axes(drawing: Memo<Arc<Drawing>>) -> impl IntoView {
    let values = move || {
        let drawing = drawing.get();
        let (left, right) = drawing.x.range;
        let tick = |tick: &super::drawing::Tick| {
            view! {
                <line class="grid" x1=left x2=right y1=tick.at y2=tick.at />
                <text class="tick" x={left - 8.0} y={tick.at + 4.0} text-anchor="end">{tick.text.clone()}</text>
            }
        };
        drawing.values.iter().map(tick).collect_view()
    };
    let times = move || {
        let drawing = drawing.get();
        let (bottom, _) = drawing.y.range;
        let (left, right) = drawing.x.range;
        let tick = |tick: &super::drawing::Tick| {
            view! {
                <line class="axis" x1=tick.at x2=tick.at y1=bottom y2={bottom + 4.0} />
                <text class="tick" x=tick.at y={bottom + 16.0} text-anchor="middle">{tick.text.clone()}</text>
            }
        };
        view! { <line class="axis" x1=left x2=right y1=bottom y2=bottom />{drawing.times.iter().map(tick).collect_view()} }
    };
    view! { <g>{values}{times}</g> }
}

#[component]
fn Marks(drawing: Memo<Arc<Drawing>>) -> impl IntoView {
    let marks = move || {
        let drawing = drawing.get();
        let (left, right) = drawing.x.range;
        let mark = |mark: &super::drawing::Mark| {
            view! {
                <rect class=format!("breach {}", mark.class) x=left y=mark.top width={right - left} height=mark.height />
                <line class=format!("threshold {}", mark.class) x1=left x2=right y1=mark.line y2=mark.line data-testid="threshold" />
            }
        };
        drawing.marks.iter().map(mark).collect_view()
    };
    let shapes = move || {
        drawing
            .get()
            .shapes
            .iter()
            .map(|shape| view! { <path class=shape.class.clone() d=shape.path.clone() /> })
            .collect_view()
    };
    view! { <g>{marks}{shapes}</g> }
}

#[component]
fn Crosshair(
    drawing: Memo<Arc<Drawing>>,
    data: Signal<Arc<ChartData>>,
    hover: RwSignal<Option<usize>>,
) -> impl IntoView {
    move || {
        let at = hover.get()?;
        let drawing = drawing.get();
        let x = middle(at, data.with(|data| data.periods()).max(1), &drawing.x);
        let (bottom, top) = drawing.y.range;
        Some(view! { <line class="crosshair" x1=x x2=x y1=top y2=bottom /> })
    }
}

#[component]
fn Brush(brush: RwSignal<Option<(f64, f64)>>, height: u32) -> impl IntoView {
    move || {
        let (from, to) = brush.get()?;
        Some(view! { <rect class="brush" x={from.min(to)} y="0" width={(to - from).abs()} height=height /> })
    }
}

/// Takes the pointer: hovering shows values, dragging sets the range.
#[component]
fn Surface(
    drawing: Memo<Arc<Drawing>>,
    data: Signal<Arc<ChartData>>,
    hover: RwSignal<Option<usize>>,
    brush: RwSignal<Option<(f64, f64)>>,
) -> impl IntoView {
    let place = use_place();
    let root = NodeRef::<Div>::new();
    let x_of = move |event: &PointerEvent| {
        let left = root.get_untracked().map_or(0.0, |root| root.get_bounding_client_rect().left());
        let (low, high) = drawing.with_untracked(|drawing| drawing.x.range);
        (f64::from(event.client_x()) - left).clamp(low, high)
    };
    let down = move |event: PointerEvent| {
        if event.button() == 0 {
            let x = x_of(&event);
            brush.set(Some((x, x)));
            if let Some(root) = root.get_untracked() {
                // Without the capture the drag ends at the border: no harm.
                let _ = root.set_pointer_capture(event.pointer_id());
            }
        }
    };
    let moved = move |event: PointerEvent| {
        let x = x_of(&event);
        let periods = data.with_untracked(|data| data.periods());
        hover.set(drawing.with_untracked(|drawing| period_at(x, &drawing.x, periods)));
        if brush.with_untracked(Option::is_some) {
            brush.update(|brush| *brush = brush.map(|(from, _)| (from, x)));
        }
    };
    let up = move |_| {
        let Some((from, to)) = brush.get_untracked() else { return };
        brush.set(None);
        if (to - from).abs() >= BRUSH_PIXELS_MIN {
            let time = |x: f64| drawing.with_untracked(|drawing| drawing.x.invert(x)) as i64;
            untrack(|| set_time_range(place, time(from.min(to)), time(from.max(to))));
        }
    };
    view! {
        <div class="chart-surface" node_ref=root on:pointerdown=down on:pointermove=moved on:pointerup=up
            on:pointercancel=move |_| brush.set(None) on:pointerleave=move |_| hover.set(None)></div>
    }
}

#[component]
fn Exemplars(drawing: Memo<Arc<Drawing>>) -> impl IntoView {
    let place = use_place();
    let dot = move |dot: &super::drawing::Dot| {
        let href = place.href(&format!("/traces/{}", dot.trace_id), &[]);
        view! {
            <a class="exemplar" href=href title=dot.text.clone() aria-label=dot.text.clone() data-testid="exemplar"
                style:left=format!("{:.1}px", dot.x) style:top=format!("{:.1}px", dot.y)></a>
        }
    };
    move || drawing.get().dots.iter().map(dot).collect_view()
}

#[component]
fn Tooltip(
    drawing: Memo<Arc<Drawing>>,
    data: Signal<Arc<ChartData>>,
    hover: RwSignal<Option<usize>>,
    hidden: RwSignal<Vec<String>>,
) -> impl IntoView {
    let zone = use_zone();
    move || {
        let at = hover.get()?;
        let data = data.get();
        let hidden = hidden.read();
        let shown = || data.lines.iter().filter(|line| !hidden.contains(&line.label));
        let mut lines: Vec<_> =
            shown().filter_map(|line| line.values.get(at).copied().flatten().map(|value| (line, value))).collect();
        lines.sort_by(|a, b| b.1.total_cmp(&a.1));
        let rest = lines.len().saturating_sub(TOOLTIP_LINES_MAX);
        let row = |(line, value): &(&super::data::ChartLine, f64)| {
            view! {
                <div class="tooltip-row"><i class=format!("swatch {}", line.colour)></i><span class="cut grow">{line.label.clone()}</span><b>{format::with_unit(*value, &data.unit)}</b></div>
            }
        };
        let begin = data.start + data.step * i64::try_from(at).unwrap_or(0);
        let drawing = drawing.get();
        let x = middle(at, data.periods().max(1), &drawing.x);
        let left =
            if x + TOOLTIP_WIDTH + 16.0 > drawing.x.range.1 { (x - TOOLTIP_WIDTH - 12.0).max(0.0) } else { x + 12.0 };
        Some(view! {
            <div class="tooltip" style:left=format!("{left:.0}px") data-testid="tooltip">
                <div class="quiet">{format::date_time(begin, zone.offset(begin))}" · "{format::duration(data.step as f64)}</div>
                {lines.iter().take(TOOLTIP_LINES_MAX).map(row).collect_view()}
                {lines.is_empty().then_some("no data")}
                {(rest > 0).then(|| format!("and {rest} more"))}
            </div>
        })
    }
}
