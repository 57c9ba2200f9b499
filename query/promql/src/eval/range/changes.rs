//! `changes` and `resets`: what differs from one sample to the next.

use std::sync::Arc;

use super::Context;
use super::rate::is_reset_by_starts;
use super::window::Window;
use crate::histogram::FloatHistogram;
use crate::series::Sample;
use crate::syntax::Extension;

#[derive(Clone, Copy)]
struct Point<'a> {
    time: i64,
    start: i64,
    value: Value<'a>,
}

#[derive(Clone, Copy)]
enum Value<'a> {
    Float(f64),
    Histogram(&'a Arc<FloatHistogram>),
}

pub(super) fn resets(window: &Window<'_>, context: &Context<'_>) -> Option<Sample> {
    let uses_starts = context.uses_start_times;
    count(window, context, |before, now| {
        let by_start = uses_starts && is_reset_by_starts(before.start, before.time, now.start, now.time);
        match (before.value, now.value) {
            (Value::Float(before), Value::Float(now)) => now < before || by_start,
            (Value::Histogram(before), Value::Histogram(now)) => by_start || now.is_reset_after(before),
            _ => true,
        }
    })
}

pub(super) fn changes(window: &Window<'_>, context: &Context<'_>) -> Option<Sample> {
    count(window, context, |before, now| match (before.value, now.value) {
        (Value::Float(before), Value::Float(now)) => now != before && !(now.is_nan() && before.is_nan()),
        (Value::Histogram(before), Value::Histogram(now)) => !now.equals(before),
        _ => true,
    })
}

/// Counts the pairs of neighbours that differ.
fn count(window: &Window<'_>, context: &Context<'_>, differ: impl Fn(Point<'_>, Point<'_>) -> bool) -> Option<Sample> {
    let points = points(window, context.extension == Some(Extension::Anchored))?;
    let count = points.windows(2).filter(|pair| differ(pair[0], pair[1])).count();
    #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
    Some(Sample::Float(count as f64))
}

/// All samples by time. An anchored range begins with the last sample before it, and needs one behind its begin.
fn points<'a>(window: &Window<'a>, is_anchored: bool) -> Option<Vec<Point<'a>>> {
    let (floats, histograms) = (&window.floats, &window.histograms);
    let mut points: Vec<Point<'a>> = (0..floats.len())
        .map(|at| Point {
            time: floats.timestamps[at],
            start: floats.start(at),
            value: Value::Float(floats.values[at]),
        })
        .collect();
    if !histograms.is_empty() {
        points.extend((0..histograms.len()).map(|at| Point {
            time: histograms.timestamps[at],
            start: histograms.start(at),
            value: Value::Histogram(&histograms.values[at]),
        }));
        points.sort_by_key(|point| point.time);
    }
    if is_anchored {
        let within = points.partition_point(|point| point.time <= window.start);
        if within == points.len() {
            return None;
        }
        points.drain(..within.saturating_sub(1));
    }
    Some(points)
}
