//! Each kind of widget.

mod figures;
mod lists;
mod map;
mod text;

use std::sync::Arc;

use ::dashboards::{Line, Threshold, Widget, WidgetKind};
use api::alarm::ComparisonOperator;
use api::metric::SeriesAnswer;
use leptos::prelude::*;

use super::cut;
use super::series::{ask_all, merged, tone_class};
use crate::chart::{ChartKind, LegendKind, TimeSeries};
use crate::load::{Load, load};
use crate::part::{Cuts, Loaded};
use crate::url::use_place;

/// Pixels of a grid row with its gap, of a widget's title, legend and padding, and of its title and padding alone.
const ROW_PIXELS: u32 = 36;
const CHROME_PIXELS: u32 = 92;
const TITLE_PIXELS: u32 = 52;

/// A widget, by its kind.
#[component]
pub(super) fn WidgetView(widget: Widget) -> impl IntoView {
    let height = (widget.place.height * ROW_PIXELS).saturating_sub(CHROME_PIXELS).max(60);
    let label = widget.title.clone();
    match widget.kind {
        WidgetKind::Timeseries { lines, stacked, unit, period_seconds, thresholds } => {
            view! { <Lines lines stacked unit period_seconds thresholds height label /> }.into_any()
        }
        WidgetKind::Value { line, summary, across, unit, thresholds } => {
            view! { <figures::Figure line summary across unit thresholds /> }.into_any()
        }
        WidgetKind::Top { line, summary, limit, unit } => view! { <figures::Top line summary limit unit /> }.into_any(),
        WidgetKind::Table { columns, limit } => view! { <figures::Figures columns limit /> }.into_any(),
        WidgetKind::Logs { search } => view! { <lists::Records search /> }.into_any(),
        WidgetKind::Alarms { names, states } => view! { <lists::AlarmStates names states /> }.into_any(),
        WidgetKind::Text { markdown } => text::draw(&markdown),
        WidgetKind::ServiceMap { environment, service } => {
            let height = (widget.place.height * ROW_PIXELS).saturating_sub(TITLE_PIXELS).max(120);
            view! { <map::ServiceMap environment service height /> }.into_any()
        }
    }
}

/// The lines of a widget over the range of the page.
fn load_lines(lines: Vec<Line>, period_seconds: Option<u32>) -> Load<Vec<SeriesAnswer>> {
    let place = use_place();
    load(move || ask_all(lines.clone(), place.range(), place.env(), period_seconds))
}

#[component]
fn Lines(
    lines: Vec<Line>,
    stacked: bool,
    unit: Option<String>,
    period_seconds: Option<u32>,
    thresholds: Vec<Threshold>,
    height: u32,
    label: String,
) -> impl IntoView {
    let answers = load_lines(lines.clone(), period_seconds);
    let marks: Vec<_> = thresholds
        .iter()
        .map(|mark| crate::chart::Threshold {
            value: mark.value,
            operator: ComparisonOperator::GreaterThanOrEqualToThreshold,
            class: tone_class(mark.tone),
        })
        .collect();
    let kind = if stacked { ChartKind::Stacked } else { ChartKind::Line };
    let draw = move |answers: Signal<Arc<Vec<SeriesAnswer>>>| {
        let (lines, unit, marks) = (lines.clone(), unit.clone(), marks.clone());
        let data = Signal::derive(move || Arc::new(merged(&lines, &answers.read(), unit.as_deref())));
        let cuts = Signal::derive(move || cut::of_answers(&answers.read()));
        view! {
            <TimeSeries data kind=kind thresholds=Signal::stored(marks) height legend=LegendKind::Names label=label.clone() />
            <Cuts cuts />
        }
        .into_any()
    };
    view! { <Loaded load=answers view=draw /> }
}
