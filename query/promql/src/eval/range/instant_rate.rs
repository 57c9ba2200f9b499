//! `irate` and `idelta`: between the last two samples.

use std::sync::Arc;

use super::Context;
use super::rate::{combine, is_reset_by_starts};
use super::window::{Window, seconds};
use crate::annotation::Operation;
use crate::histogram::{FloatHistogram, ResetHint};
use crate::series::Sample;

struct Last<'a> {
    time: i64,
    start: i64,
    value: Value<'a>,
}

#[derive(Clone, Copy)]
enum Value<'a> {
    Float(f64),
    Histogram(&'a Arc<FloatHistogram>),
}

pub(super) fn instant_rate(window: &Window<'_>, context: &mut Context<'_>, is_rate: bool) -> Option<Sample> {
    let (before, last) = last_two(window)?;
    let interval = seconds(last.time - before.time);
    if interval == 0.0 {
        return None;
    }
    let is_reset_by_start =
        context.uses_start_times && is_reset_by_starts(before.start, before.time, last.start, last.time);
    match (before.value, last.value) {
        (Value::Float(first), Value::Float(second)) => {
            let is_reset = is_rate && (second < first || is_reset_by_start);
            let difference = if is_reset { second } else { second - first };
            Some(Sample::Float(if is_rate { difference / interval } else { difference }))
        }
        (Value::Histogram(first), Value::Histogram(second)) => {
            let gauges = [first, second].iter().filter(|one| one.reset_hint == ResetHint::Gauge).count();
            if is_rate && gauges > 0 {
                context.annotations.not_counter(context.span, context.metric);
            }
            if !is_rate && gauges < 2 {
                context.annotations.not_gauge(context.span, context.metric);
            }
            let mut difference = (**second).clone();
            let is_reset = is_rate && (is_reset_by_start || second.is_reset_after(first));
            if !is_reset {
                combine(&mut difference, first, context, Operation::Subtraction)?;
            }
            difference.reset_hint = ResetHint::Gauge;
            difference.compact();
            if is_rate {
                difference.div(interval);
            }
            Some(Sample::Histogram(Arc::new(difference)))
        }
        _ => {
            context.annotations.mixed_floats_histograms(context.span, context.metric);
            None
        }
    }
}

fn last_two<'a>(window: &Window<'a>) -> Option<(Last<'a>, Last<'a>)> {
    let (floats, histograms) = (&window.floats, &window.histograms);
    let last_floats = (floats.len().saturating_sub(2)..floats.len()).map(|at| Last {
        time: floats.timestamps[at],
        start: floats.start(at),
        value: Value::Float(floats.values[at]),
    });
    let last_histograms = (histograms.len().saturating_sub(2)..histograms.len()).map(|at| Last {
        time: histograms.timestamps[at],
        start: histograms.start(at),
        value: Value::Histogram(&histograms.values[at]),
    });
    let mut last: Vec<Last<'a>> = last_floats.chain(last_histograms).collect();
    last.sort_by_key(|sample| sample.time);
    let second = last.pop()?;
    let first = last.pop()?;
    Some((first, second))
}
