//! `rate`, `increase` and `delta`: from the first to the last sample, extrapolated to the ends of the range.

use std::sync::Arc;

use super::window::{Points, Prepared, Window, seconds};
use super::{Context, Input, extended};
use crate::annotation::Operation;
use crate::histogram::{FloatHistogram, ResetHint};
use crate::request::Grid;
use crate::series::Sample;

pub(super) fn rate(window: &Window<'_>, context: &mut Context<'_>, is_counter: bool, is_rate: bool) -> Option<Sample> {
    if !window.floats.is_empty() && !window.histograms.is_empty() {
        context.annotations.mixed_floats_histograms(context.span, context.metric);
        return None;
    }
    if context.extension.is_some() {
        return extended::rate(window, context, is_counter, is_rate);
    }
    if window.histograms.is_empty() {
        rate_of_floats(window, context, is_counter, is_rate).map(Sample::Float)
    } else {
        rate_of_histograms(window, context, is_counter, is_rate)
    }
}

fn rate_of_floats(window: &Window<'_>, context: &mut Context<'_>, is_counter: bool, is_rate: bool) -> Option<f64> {
    let points = &window.floats;
    let (first, last) = (*points.values.first()?, *points.values.last()?);
    let has_starts = is_counter && context.uses_start_times && !points.starts.is_empty();
    let mut increase = last - first;
    if has_starts {
        check_overlap(points, context);
        for at in 1..points.len() {
            if points.values[at] < points.values[at - 1] || is_start_reset(points, at) {
                increase += points.values[at - 1];
            }
        }
    } else if is_counter {
        increase += window.before_resets().sum::<f64>();
    }
    let mut times = Extrapolation::of(window, points)?;
    if has_starts && times.begins_within(points.starts[0]) {
        increase += first;
    } else if points.len() == 1 {
        return None;
    } else if is_counter && increase > 0.0 && first >= 0.0 {
        times.limit(first / increase);
    }
    Some(increase * factor(&times, window, is_rate))
}

fn rate_of_histograms(
    window: &Window<'_>,
    context: &mut Context<'_>,
    is_counter: bool,
    is_rate: bool,
) -> Option<Sample> {
    let points = &window.histograms;
    let first = points.values.first()?;
    let has_starts = is_counter && context.uses_start_times && !points.starts.is_empty();
    let mut increase = None;
    if points.len() > 1 {
        increase = Some(increase_of_histograms(points, context, is_counter, has_starts)?);
    }
    let mut times = Extrapolation::of(window, points)?;
    if has_starts && times.begins_within(points.starts[0]) {
        match &mut increase {
            Some(increase) => add(increase, first, context)?,
            None => increase = Some((**first).clone()),
        }
    } else if points.len() == 1 {
        return None;
    } else if let Some(increase) = increase.as_ref().filter(|increase| is_counter && increase.count > 0.0) {
        let share = first.count / increase.count;
        if share >= 0.0 {
            times.limit(share);
        }
    }
    let mut increase = increase?;
    increase.mul(factor(&times, window, is_rate));
    Some(Sample::Histogram(Arc::new(increase)))
}

fn factor(times: &Extrapolation, window: &Window<'_>, is_rate: bool) -> f64 {
    let factor = times.factor();
    if is_rate { factor / window.range_seconds() } else { factor }
}

/// How far an increase between samples is extrapolated. All lengths are milliseconds, which floats hold exactly.
struct Extrapolation {
    first: f64,
    start: f64,
    /// From the first to the last sample.
    sampled: f64,
    to_start: f64,
    to_end: f64,
}

impl Extrapolation {
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 ms")]
    fn new(first: i64, last: i64, samples: usize, start: i64, end: i64) -> Self {
        let sampled = (last - first) as f64;
        let between = if samples > 1 { sampled / (samples - 1) as f64 } else { 0.0 };
        let mut to_start = (first - start) as f64;
        let mut to_end = (end - last) as f64;
        // Farther from an end than samples are from each other: the series begins or ends within the range, on average
        // half a distance before the first or behind the last sample.
        let threshold = between * 1.1;
        if to_start >= threshold {
            to_start = between / 2.0;
        }
        if to_end >= threshold {
            to_end = between / 2.0;
        }
        Self { first: first as f64, start: start as f64, sampled, to_start, to_end }
    }

    fn of<T>(window: &Window<'_>, points: &Points<'_, T>) -> Option<Self> {
        let (first, last) = (*points.timestamps.first()?, *points.timestamps.last()?);
        Some(Self::new(first, last, points.len(), window.start, window.end))
    }

    /// Whether a counter is known to have begun at zero within the range. Then nothing is extrapolated to the left.
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 ms")]
    fn begins_within(&mut self, begin: i64) -> bool {
        let at = begin as f64;
        let is_within = begin != 0 && at > self.start && at < self.first;
        if is_within {
            self.sampled += self.first - at;
            self.to_start = 0.0;
        }
        is_within
    }

    /// A counter is never negative: it is not extrapolated beyond the time at which it would have been zero.
    #[inline]
    fn limit(&mut self, first_share: f64) {
        let to_zero = self.sampled * first_share;
        if to_zero < self.to_start {
            self.to_start = to_zero;
        }
    }

    #[inline]
    fn factor(&self) -> f64 {
        if self.sampled == 0.0 { 1.0 } else { (self.sampled + self.to_start + self.to_end) / self.sampled }
    }
}

/// The rates of a series of floats of which no start times are known, at all times of a grid: what [`rate`] would
/// result in, without anything else that a window may have.
pub(super) fn rates_of_floats(
    prepared: &Prepared<'_>,
    input: &Input<'_>,
    grid: &Grid,
    (is_counter, is_rate): (bool, bool),
    results: &mut [f64],
) {
    let (timestamps, values) = prepared.floats();
    let resets = prepared.resets();
    let divisor = if is_rate { seconds(input.range) } else { 1.0 };
    let (mut from, mut to, mut from_reset, mut to_reset) = (0, 0, 0, 0);
    for (result, time) in results.iter_mut().zip(grid.times()) {
        let end = input.seen.time(time);
        let start = end.saturating_sub(input.range);
        while to < timestamps.len() && timestamps[to] <= end {
            to += 1;
        }
        while from < to && timestamps[from] <= start {
            from += 1;
        }
        if to - from < 2 {
            continue;
        }
        let (first, last) = (values[from], values[to - 1]);
        let mut increase = last - first;
        if is_counter {
            while to_reset < resets.len() && resets[to_reset] < to {
                to_reset += 1;
            }
            while from_reset < to_reset && resets[from_reset] <= from {
                from_reset += 1;
            }
            for reset in &resets[from_reset..to_reset] {
                increase += values[reset - 1];
            }
        }
        let mut times = Extrapolation::new(timestamps[from], timestamps[to - 1], to - from, start, end);
        if is_counter && increase > 0.0 && first >= 0.0 {
            times.limit(first / increase);
        }
        *result = increase * (times.factor() / divisor);
    }
}

fn increase_of_histograms(
    points: &Points<'_, Arc<FloatHistogram>>,
    context: &mut Context<'_>,
    is_counter: bool,
    has_starts: bool,
) -> Option<FloatHistogram> {
    let (first, last) = (points.values.first()?, points.values.last()?);
    let is_reset = |at: usize| {
        has_starts && is_start_reset(points, at) || points.values[at].is_reset_after(&points.values[at - 1])
    };
    let is_gauge = |histogram: &FloatHistogram| histogram.reset_hint == ResetHint::Gauge;
    if is_counter && points.values.iter().any(|histogram| is_gauge(histogram)) {
        context.annotations.not_counter(context.span, context.metric);
    }
    // What was counted before a reset right behind the first sample is not looked at, nor is its layout.
    let ignores_first = is_counter && is_reset(1);
    let from = usize::from(ignores_first);
    let considered = if is_counter { &points.values[from..] } else { points.values };
    let is_mixed = considered.iter().any(|histogram| histogram.has_custom_bounds() != last.has_custom_bounds());
    let ends_mixed = considered.first()?.has_custom_bounds() != last.has_custom_bounds();
    if is_counter && is_mixed || ends_mixed {
        context.annotations.mixed_schemas(context.span, context.metric);
        return None;
    }
    let mut increase = (**last).clone();
    if !increase.has_custom_bounds() {
        let lowest =
            if is_counter { considered.iter().map(|histogram| histogram.schema).min() } else { Some(first.schema) };
        increase.reduce_resolution(lowest?);
    }
    if !ignores_first {
        combine(&mut increase, first, context, Operation::Subtraction)?;
    }
    if is_counter {
        for at in 1..points.len() {
            if at == 1 && ignores_first {
                continue;
            }
            if is_reset(at) {
                add(&mut increase, &points.values[at - 1], context)?;
            }
        }
        if has_starts {
            check_overlap(points, context);
        }
    } else if !is_gauge(first) || !is_gauge(last) {
        context.annotations.not_gauge(context.span, context.metric);
    }
    increase.reset_hint = ResetHint::Gauge;
    increase.compact();
    Some(increase)
}

pub(super) fn add(sum: &mut FloatHistogram, other: &FloatHistogram, context: &mut Context<'_>) -> Option<()> {
    combine(sum, other, context, Operation::Addition)
}

/// Adds or subtracts, and says what is to be said of it. None if the two cannot be combined.
pub(super) fn combine(
    sum: &mut FloatHistogram,
    other: &FloatHistogram,
    context: &mut Context<'_>,
    operation: Operation,
) -> Option<()> {
    let combined = match operation {
        Operation::Subtraction => sum.sub(other),
        Operation::Addition | Operation::Aggregation => sum.add(other),
    };
    let Ok(combined) = combined else {
        context.annotations.mixed_schemas(context.span, context.metric);
        return None;
    };
    if combined.bounds_reconciled {
        context.annotations.bounds_reconciled(context.span, operation);
    }
    Some(())
}

/// Whether a sample's start time says that the counter was reset since the sample before.
pub(super) fn is_start_reset<T>(points: &Points<'_, T>, at: usize) -> bool {
    let (before, now) = (points.timestamps[at - 1], points.timestamps[at]);
    is_reset_by_starts(points.start(at - 1), before, points.start(at), now)
}

/// Whether a sample with a start time was counted from anew since the sample before.
pub(super) fn is_reset_by_starts(start_before: i64, before: i64, start: i64, now: i64) -> bool {
    // None, or one that means nothing: not known, behind the sample, or OpenTelemetry's unknown start at the sample.
    if start == 0 || start >= now || start < before {
        return false;
    }
    if start > before {
        return true;
    }
    // It begins at the sample before: a delta, or a cumulative series that began at an unknown time with that sample.
    start_before != 0 && start_before < before
}

/// Warns once a window of samples that begin before the one before was taken, but not where that begins.
fn check_overlap<T>(points: &Points<'_, T>, context: &mut Context<'_>) {
    let overlaps = (1..points.len()).any(|at| {
        let start = points.start(at);
        start != 0 && start < points.timestamps[at - 1] && start != points.start(at - 1)
    });
    if overlaps {
        context.annotations.starts_overlap(context.span, context.metric);
    }
}
