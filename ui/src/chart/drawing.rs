//! The drawing of a time chart for a width and a height: everything the component puts into the page. Pure.

use super::data::{ChartData, ChartKind, Threshold};
use super::path::{self, middle, points, stacked, thinned};
use super::scale::{Scale, value_domain};
use super::ticks::{time_ticks, value_ticks};
use crate::format;

const LEFT: f64 = 56.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 22.0;
const PIXELS_A_TIME: f64 = 84.0;
const PIXELS_A_VALUE: f64 = 38.0;

/// A path and the class of its colour.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) class: String,
    pub(super) path: String,
}

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) text: String,
}

/// A measurement that has a trace.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) trace_id: String,
    pub(super) text: String,
}

/// A threshold: its line, and the rectangle beyond it as top and height.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) line: f64,
    pub(super) top: f64,
    pub(super) height: f64,
}

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawing {
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) shapes: Vec<Shape>,
    pub(super) values: Vec<Tick>,
    pub(super) times: Vec<Tick>,
    pub(super) dots: Vec<Dot>,
    /// Thresholds, each with the rectangle beyond it.
    pub(super) marks: Vec<Mark>,
}

/// How the drawing is wanted.
pub(super) struct Wanted<'a> {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) kind: ChartKind,
    pub(super) hidden: &'a [String],
    pub(super) thresholds: &'a [Threshold],
    pub(super) offset_minutes: i32,
}

/// Draws.
pub(super) fn draw(data: &ChartData, wanted: &Wanted<'_>) -> Drawing {
    let right = (wanted.width - RIGHT).max(LEFT + 1.0);
    let bottom = (wanted.height - BOTTOM).max(TOP + 1.0);
    let x = Scale { domain: (data.start as f64, data.end() as f64), range: (LEFT, right) };
    let domain = value_domain(data, wanted.hidden, wanted.kind, wanted.thresholds);
    let y = Scale { domain, range: (bottom, TOP) };
    let values = value_ticks(domain, ((bottom - TOP) / PIXELS_A_VALUE).max(2.0) as usize)
        .into_iter()
        .map(|value| Tick { at: y.at(value), text: format::with_unit(value, &data.unit) });
    let count = ((right - LEFT) / PIXELS_A_TIME).max(1.0) as usize;
    let (times, step) = time_ticks(data.start, data.end(), count, wanted.offset_minutes);
    let times = times
        .into_iter()
        .map(|time| Tick { at: x.at(time as f64), text: format::axis_label(time, step, wanted.offset_minutes) });
    let marks = wanted.thresholds.iter().map(|threshold| {
        let line = y.at(threshold.value);
        let (top, end) = if threshold.breaches_above() { (TOP, line) } else { (line, bottom) };
        Mark { class: threshold.class, line, top, height: (end - top).max(0.0) }
    });
    Drawing {
        x,
        y,
        shapes: shapes(data, wanted, &x, &y),
        values: values.collect(),
        times: times.collect(),
        dots: dots(data, &x, &y),
        marks: marks.collect(),
    }
}

fn shapes(data: &ChartData, wanted: &Wanted<'_>, x: &Scale, y: &Scale) -> Vec<Shape> {
    let shown: Vec<_> = data.lines.iter().filter(|line| !wanted.hidden.contains(&line.label)).collect();
    let periods = data.periods();
    let shape = |kind: &str, colour: &str, path: String| Shape { class: format!("{kind} {colour}"), path };
    if wanted.kind.stacks() {
        let values: Vec<&[Option<f64>]> = shown.iter().map(|line| line.values.as_slice()).collect();
        let layers = stacked(&values, periods);
        return shown
            .iter()
            .zip(&layers)
            .map(|(line, layer)| shape("fill", &line.colour, layer_path(layer, wanted.kind, x, y)))
            .collect();
    }
    let mut shapes = Vec::new();
    for line in shown {
        let points = thinned(&points(&line.values, periods, x, y), x.range.1 - x.range.0);
        if wanted.kind == ChartKind::Area {
            shapes.push(shape("tint", &line.colour, path::area(&points, &|_| y.at(0.0))));
        }
        shapes.push(shape("stroke", &line.colour, path::line(&points)));
    }
    shapes
}

fn layer_path(layer: &[(f64, f64)], kind: ChartKind, x: &Scale, y: &Scale) -> String {
    let periods = layer.len();
    if kind == ChartKind::Bars {
        let width = (x.range.1 - x.range.0) / periods.max(1) as f64;
        let spans = layer.iter().enumerate().filter(|(_, (low, high))| high > low).map(|(at, (low, high))| {
            let left = x.range.0 + at as f64 * width;
            (left, left + width, y.at(*high), y.at(*low))
        });
        return path::bars(&spans.collect::<Vec<_>>());
    }
    let top: Vec<_> =
        layer.iter().enumerate().map(|(at, (_, high))| Some((middle(at, periods, x), y.at(*high)))).collect();
    path::area(&top, &|at| y.at(layer[at].0))
}

fn dots(data: &ChartData, x: &Scale, y: &Scale) -> Vec<Dot> {
    let (low, high) = y.domain;
    let inside =
        data.exemplars.iter().filter(|exemplar| (data.start..=data.end()).contains(&exemplar.time_unix_nano.0));
    inside
        .map(|exemplar| Dot {
            x: x.at(exemplar.time_unix_nano.0 as f64),
            y: y.at(if data.measures { exemplar.value.clamp(low, high) } else { low }),
            trace_id: exemplar.trace_id.clone(),
            text: if data.measures {
                format!("{}: open its trace", format::with_unit(exemplar.value, &data.unit))
            } else {
                "An example: open its trace".to_owned()
            },
        })
        .collect()
}
