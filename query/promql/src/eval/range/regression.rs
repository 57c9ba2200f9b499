//! `deriv`, `predict_linear` and `double_exponential_smoothing`.

use super::Context;
use super::window::{Points, Window, seconds};
use crate::error::EvalError;
use crate::kahan::Sum;
use crate::series::Sample;

pub(super) fn deriv(window: &Window<'_>, context: &mut Context<'_>) -> Option<Sample> {
    let points = enough(window, context)?;
    // Near the values, so that the calculation loses little.
    let (slope, _) = regression(points, points.timestamps[0]);
    Some(Sample::Float(slope))
}

pub(super) fn predict_linear(window: &Window<'_>, context: &mut Context<'_>) -> Option<Sample> {
    let points = enough(window, context)?;
    let (slope, intercept) = regression(points, window.time);
    let ahead = *context.scalars.first()?;
    Some(Sample::Float(slope * ahead + intercept))
}

/// Holt's linear method.
pub(super) fn double_exponential_smoothing(
    window: &Window<'_>,
    context: &mut Context<'_>,
) -> Result<Option<Sample>, EvalError> {
    let [smoothing, trend] = context.scalars else { return Ok(None) };
    let (smoothing, trend) = (*smoothing, *trend);
    for (name, letters, factor) in [("smoothing", "sf", smoothing), ("trend", "tf", trend)] {
        if factor <= 0.0 || factor >= 1.0 {
            let message = format!("invalid {name} factor. Expected: 0 < {letters} < 1, got: {factor:.6}");
            return Err(EvalError::invalid(message));
        }
    }
    let Some(points) = enough(window, context) else { return Ok(None) };
    let values = points.values;
    let (mut before, mut level) = (0.0, values[0]);
    let mut slope = values[1] - values[0];
    for (i, value) in values.iter().enumerate().skip(1) {
        if i > 1 {
            slope = trend * (level - before) + (1.0 - trend) * slope;
        }
        let next = smoothing * value + (1.0 - smoothing) * (level + slope);
        before = level;
        level = next;
    }
    Ok(Some(Sample::Float(level)))
}

/// The floats, if there are two; and what is to be said of histograms among them.
fn enough<'w>(window: &'w Window<'_>, context: &mut Context<'_>) -> Option<&'w Points<'w, f64>> {
    if !window.floats.is_empty() && !window.histograms.is_empty() {
        context.annotations.histograms_ignored_in_range(context.span, context.metric);
    }
    (window.floats.len() > 1).then_some(&window.floats)
}

/// The slope of the least squares, in seconds, and its value at a time.
fn regression(points: &Points<'_, f64>, time: i64) -> (f64, f64) {
    let first = points.values[0];
    if points.values.iter().all(|value| *value == first) {
        return if first.is_infinite() { (f64::NAN, f64::NAN) } else { (0.0, first) };
    }
    let mut count = 0.0;
    let [mut x, mut y, mut xy, mut xx] = [Sum::default(); 4];
    for (value, timestamp) in points.values.iter().zip(points.timestamps) {
        count += 1.0;
        let at = seconds(timestamp - time);
        x.add(at);
        y.add(*value);
        xy.add(at * value);
        xx.add(at * at);
    }
    let [x, y, xy, xx] = [x, y, xy, xx].map(Sum::total);
    let slope = (xy - x * y / count) / (xx - x * x / count);
    (slope, y / count - slope * x / count)
}
