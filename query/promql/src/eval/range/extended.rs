//! `anchored` and `smoothed` ranges: rates between the exact ends of a range, without extrapolation.

use std::sync::Arc;

use super::Context;
use super::rate::{add, combine};
use super::smooth::{between, between_histograms};
use super::window::{Points, Window};
use crate::annotation::Operation;
use crate::error::EvalError;
use crate::histogram::{FloatHistogram, ResetHint};
use crate::labels::Labels;
use crate::series::{Sample, Samples, Series};
use crate::syntax::Extension;

pub(super) fn rate(window: &Window<'_>, context: &mut Context<'_>, is_counter: bool, is_rate: bool) -> Option<Sample> {
    if window.histograms.is_empty() {
        let increase = increase_of_floats(window, context.extension, is_counter)?;
        return Some(Sample::Float(if is_rate { increase / window.range_seconds() } else { increase }));
    }
    let mut increase = increase_of_histograms(window, context, is_counter)?;
    if is_rate {
        increase.div(window.range_seconds());
    }
    increase.reset_hint = ResetHint::Gauge;
    increase.compact();
    Some(Sample::Histogram(Arc::new(increase)))
}

/// The samples that determine a range: from the last one not behind its begin (or the first), to the first one not
/// before its end if the range is smoothed, or the last.
fn first_and_last(window: &Window<'_>, timestamps: &[i64], is_smoothed: bool) -> Option<(usize, usize)> {
    let end = timestamps.len().checked_sub(1)?;
    let first = timestamps[..end].partition_point(|time| *time <= window.start).saturating_sub(1);
    let last = if is_smoothed { timestamps[..end].partition_point(|time| *time < window.end) } else { end };
    let is_behind = is_smoothed && timestamps[first] > window.end;
    (timestamps[last] > window.start && !is_behind).then_some((first, last))
}

/// The values at the begin and the end of a range.
fn ends(
    points: &Points<'_, f64>,
    window: &Window<'_>,
    (first, last): (usize, usize),
    is_smoothed: bool,
    is_counter: bool,
) -> (f64, f64) {
    let value = |at: usize, next: usize, time| between(points, at, next, time, is_counter);
    let left = if is_smoothed && points.timestamps[first] < window.start {
        value(first, first + 1, window.start)
    } else {
        points.values[first]
    };
    let right = if is_smoothed && last > 0 && points.timestamps[last] > window.end {
        value(last - 1, last, window.end)
    } else {
        points.values[last]
    };
    (left, right)
}

fn increase_of_floats(window: &Window<'_>, extension: Option<Extension>, is_counter: bool) -> Option<f64> {
    let points = &window.floats;
    let is_smoothed = extension == Some(Extension::Smoothed);
    let (first, last) = first_and_last(window, points.timestamps, is_smoothed)?;
    let (left, right) = ends(points, window, (first, last), is_smoothed, is_counter);
    let mut increase = right - left;
    if is_counter {
        // The ends have dealt with resets beside them.
        let from = first + usize::from(points.timestamps[first] <= window.start);
        let to = last + 1 - usize::from(points.timestamps[last] >= window.end);
        let mut before = left;
        for value in points.values.get(from..to).unwrap_or_default().iter().chain([&right]) {
            if *value < before {
                increase += before;
            }
            before = *value;
        }
    }
    Some(increase)
}

fn increase_of_histograms(window: &Window<'_>, context: &mut Context<'_>, is_counter: bool) -> Option<FloatHistogram> {
    let points = &window.histograms;
    let is_smoothed = context.extension == Some(Extension::Smoothed);
    let (first, last) = first_and_last(window, points.timestamps, is_smoothed)?;
    let considered = points.slice(first, last + 1);
    let is_custom = considered.values.first()?.has_custom_bounds();
    for histogram in considered.values {
        if histogram.has_custom_bounds() != is_custom {
            context.annotations.mixed_schemas(context.span, context.metric);
            return None;
        }
        if is_counter && histogram.reset_hint == ResetHint::Gauge {
            context.annotations.not_counter(context.span, context.metric);
        }
    }
    let left = if is_smoothed && points.timestamps[first] < window.start {
        between_histograms(points, first, first + 1, window.start, is_counter, context)?
    } else {
        (*points.values[first]).clone()
    };
    let right = if is_smoothed && last > 0 && points.timestamps[last] > window.end {
        between_histograms(points, last - 1, last, window.end, is_counter, context)?
    } else {
        (*points.values[last]).clone()
    };
    let is_gauge = |histogram: &FloatHistogram| histogram.reset_hint == ResetHint::Gauge;
    if !(is_counter || is_gauge(&left) && is_gauge(&right)) {
        context.annotations.not_gauge(context.span, context.metric);
    }
    let mut increase = right.clone();
    combine(&mut increase, &left, context, Operation::Subtraction)?;
    if is_counter {
        add_resets(&mut increase, window, (first, last), &left, &right, is_smoothed, context)?;
    }
    Some(increase)
}

/// Adds what was counted before each reset between the ends.
fn add_resets(
    increase: &mut FloatHistogram,
    window: &Window<'_>,
    (first, last): (usize, usize),
    left: &FloatHistogram,
    right: &FloatHistogram,
    is_smoothed: bool,
    context: &mut Context<'_>,
) -> Option<()> {
    let points = &window.histograms;
    let mut from = first + 1;
    let mut before = left;
    let spans_reset = is_smoothed
        && points.timestamps[first] < window.start
        && points.values.get(first + 1).is_some_and(|next| next.is_reset_after(&points.values[first]));
    if spans_reset {
        // The left end is of after that reset already.
        before = &points.values[first + 1];
        from += 1;
    }
    if from > last {
        return Some(());
    }
    let mut lost: Option<FloatHistogram> = None;
    for now in points.values[from..last].iter().map(|histogram| &**histogram).chain([right]) {
        if now.is_reset_after(before) {
            match &mut lost {
                Some(lost) => add(lost, before, context)?,
                None => lost = Some(before.clone()),
            }
        }
        before = now;
    }
    match lost {
        Some(lost) => add(increase, &lost, context),
        None => Some(()),
    }
}

/// The samples of an extended range, with one at each of its ends.
pub(super) fn extended_series(window: &Window<'_>, extension: Extension, labels: Labels) -> Result<Series, EvalError> {
    let is_smoothed = extension == Extension::Smoothed;
    if !window.histograms.is_empty() {
        let word = if is_smoothed { "smoothed" } else { "anchored" };
        return Err(EvalError::data(format!("{word} modifier is not supported with histograms")));
    }
    let points = &window.floats;
    let empty = Series { labels, ..Series::default() };
    let Some((first, last)) = first_and_last(window, points.timestamps, is_smoothed) else { return Ok(empty) };
    let (left, right) = ends(points, window, (first, last), is_smoothed, false);
    let from = first + usize::from(points.timestamps[first] <= window.start);
    let to = last + 1 - usize::from(points.timestamps[last] >= window.end);
    let mut floats = Samples::new(vec![window.start], vec![left]);
    floats.timestamps.extend(points.timestamps.get(from..to).unwrap_or_default());
    floats.values.extend(points.values.get(from..to).unwrap_or_default());
    floats.timestamps.push(window.end);
    floats.values.push(right);
    Ok(Series { floats, ..empty })
}
