//! `…_over_time`: what the samples of a window are together.

use std::sync::Arc;

use super::Context;
use super::window::{Points, Window, seconds};
use crate::annotation::Operation;
use crate::eval::aggregate::quantile;
use crate::histogram::{FloatHistogram, HistogramSum};
use crate::kahan::{Mean, Sum};
use crate::series::Sample;
use crate::syntax::RangeFunction as F;

pub(super) fn over_time(function: F, window: &Window<'_>, context: &mut Context<'_>) -> Option<Sample> {
    #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
    match function {
        F::SumOverTime | F::AvgOverTime => sum_or_mean(window, context, function == F::AvgOverTime),
        F::CountOverTime => Some(Sample::Float((window.floats.len() + window.histograms.len()) as f64)),
        F::PresentOverTime => Some(Sample::Float(1.0)),
        F::FirstOverTime => first(window),
        F::LastOverTime => last(window),
        F::TsOfFirstOverTime => ends(window, |timestamps| timestamps.first(), i64::min),
        F::TsOfLastOverTime => ends(window, |timestamps| timestamps.last(), i64::max),
        _ => of_floats(function, window, context).map(Sample::Float),
    }
}

fn sum_or_mean(window: &Window<'_>, context: &mut Context<'_>, is_mean: bool) -> Option<Sample> {
    if !window.floats.is_empty() && !window.histograms.is_empty() {
        context.annotations.mixed_floats_histograms(context.span, context.metric);
        return None;
    }
    if !window.histograms.is_empty() {
        let total = sum_of_histograms(&window.histograms, context, is_mean)?;
        return Some(Sample::Histogram(Arc::new(total)));
    }
    let (first, rest) = window.floats.values.split_first()?;
    if is_mean {
        let mut mean = Mean::of(*first);
        rest.iter().for_each(|value| mean.add(*value));
        return Some(Sample::Float(mean.value()));
    }
    let mut sum = Sum::of(*first);
    rest.iter().for_each(|value| sum.add(*value));
    Some(Sample::Float(if sum.sum.is_infinite() { sum.sum } else { sum.total() }))
}

fn sum_of_histograms(
    points: &Points<'_, Arc<FloatHistogram>>,
    context: &mut Context<'_>,
    is_mean: bool,
) -> Option<FloatHistogram> {
    let (first, rest) = points.values.split_first()?;
    let mut sum = HistogramSum::of(first);
    for histogram in rest {
        let added = if is_mean { sum.add_to_mean(histogram) } else { sum.add(histogram) };
        if added.is_err() {
            context.annotations.mixed_schemas(context.span, context.metric);
            return None;
        }
    }
    if sum.resets_collide() {
        context.annotations.resets_collide(context.span, Operation::Aggregation);
    }
    if sum.bounds_reconciled {
        context.annotations.bounds_reconciled(context.span, Operation::Aggregation);
    }
    Some(if is_mean { sum.mean() } else { sum.total() })
}

fn first(window: &Window<'_>) -> Option<Sample> {
    let (floats, histograms) = (&window.floats, &window.histograms);
    let is_float = match (floats.timestamps.first(), histograms.timestamps.first()) {
        (Some(float), Some(histogram)) => float < histogram,
        (float, _) => float.is_some(),
    };
    if is_float {
        return floats.values.first().map(|float| Sample::Float(*float));
    }
    histograms.values.first().map(|histogram| Sample::Histogram(Arc::clone(histogram)))
}

fn last(window: &Window<'_>) -> Option<Sample> {
    let (floats, histograms) = (&window.floats, &window.histograms);
    if floats.timestamps.last() > histograms.timestamps.last() {
        return floats.values.last().map(|float| Sample::Float(*float));
    }
    histograms.values.last().map(|histogram| Sample::Histogram(Arc::clone(histogram)))
}

fn ends(
    window: &Window<'_>,
    end: impl for<'t> Fn(&'t [i64]) -> Option<&'t i64>,
    of_two: impl Fn(i64, i64) -> i64,
) -> Option<Sample> {
    let both = [window.floats.timestamps, window.histograms.timestamps];
    let time = both.into_iter().filter_map(end).copied().reduce(of_two)?;
    Some(Sample::Float(seconds(time)))
}

/// Functions that ignore histograms, and say so if there are floats too.
fn of_floats(function: F, window: &Window<'_>, context: &mut Context<'_>) -> Option<f64> {
    let points = &window.floats;
    if points.is_empty() {
        return None;
    }
    let q = context.scalars.first().filter(|q| function == F::QuantileOverTime && !(0.0..=1.0).contains(*q));
    if let Some(q) = q {
        context.annotations.invalid_quantile(context.span, *q);
    }
    if !window.histograms.is_empty() {
        context.annotations.histograms_ignored_in_range(context.span, context.metric);
    }
    Some(match function {
        F::MaxOverTime => extreme(points, |value, best| value > best).0,
        F::MinOverTime => extreme(points, |value, best| value < best).0,
        F::TsOfMaxOverTime => seconds(extreme(points, |value, best| value >= best).1),
        F::TsOfMinOverTime => seconds(extreme(points, |value, best| value <= best).1),
        F::StdvarOverTime => variance(points.values),
        F::StddevOverTime => variance(points.values).sqrt(),
        F::QuantileOverTime => quantile(*context.scalars.first()?, &mut points.values.to_vec()),
        F::MadOverTime => median_deviation(points.values),
        _ => return None,
    })
}

fn extreme(points: &Points<'_, f64>, is_better: impl Fn(f64, f64) -> bool) -> (f64, i64) {
    let mut best = (points.values[0], points.timestamps[0]);
    for (value, time) in points.values.iter().zip(points.timestamps) {
        if is_better(*value, best.0) || best.0.is_nan() {
            best = (*value, *time);
        }
    }
    best
}

fn variance(values: &[f64]) -> f64 {
    let mut count = 0.0;
    let (mut mean, mut squares) = (Sum::default(), Sum::default());
    for value in values {
        count += 1.0;
        let delta = value - mean.total();
        mean.add(delta / count);
        squares.add(delta * (value - mean.total()));
    }
    squares.total() / count
}

fn median_deviation(values: &[f64]) -> f64 {
    if values.iter().any(|value| value.is_nan()) {
        return f64::NAN;
    }
    let mut values = values.to_vec();
    let median = quantile(0.5, &mut values);
    values.iter_mut().for_each(|value| *value = (*value - median).abs());
    quantile(0.5, &mut values)
}
