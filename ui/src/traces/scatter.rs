//! Duration over time: where each trace's dot stands, in fractions of the drawing, and the lines of the duration axis.
//!
//! The axis is logarithmic: a 5 ms cache hit and a 30 s time-out are both seen.

use api::trace::{Class, TraceSummary};

use crate::format;

/// A dot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dot {
    /// Index of the trace in the list.
    pub(crate) index: usize,
    /// From the left, 0 to 1.
    pub(crate) x: f64,
    /// From the top, 0 to 1.
    pub(crate) y: f64,
    /// Its colour.
    pub(crate) class: Class,
}

/// A line of the duration axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Level {
    /// From the top, 0 to 1.
    pub(crate) y: f64,
    /// The duration.
    pub(crate) label: String,
}

/// The duration axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// Whole powers of ten around all durations.
    pub(crate) fn new(traces: &[TraceSummary]) -> Self {
        let logs = || traces.iter().map(|t| (t.duration_ns.max(1_000) as f64).log10());
        let low = logs().fold(f64::INFINITY, f64::min);
        let high = logs().fold(f64::NEG_INFINITY, f64::max);
        if low > high {
            return Self { low: 6.0, high: 9.0 };
        }
        let low = (low - 0.1).floor();
        Self { low, high: (high + 0.1).ceil().max(low + 1.0) }
    }

    /// From the top, 0 to 1.
    pub(crate) fn y(&self, duration_ns: i64) -> f64 {
        let log = (duration_ns.max(1) as f64).log10().clamp(self.low, self.high);
        1.0 - (log - self.low) / (self.high - self.low)
    }

    /// One line for each power of ten, thinned to at most six.
    pub(crate) fn levels(&self) -> Vec<Level> {
        let (low, high) = (self.low as i32, self.high as i32);
        let step = ((high - low) / 6 + 1) as usize;
        let at = |power: i32| 10_f64.powi(power);
        (low..=high)
            .step_by(step)
            .map(|power| Level { y: self.y(at(power) as i64), label: format::duration(at(power)) })
            .collect()
    }
}

/// The times that the plot shows: all that were asked for, or, while older traces are not loaded, those of the traces
/// that are. Newest first, they would otherwise stand in a heap at the right.
pub(crate) fn times(traces: &[TraceSummary], asked: (i64, i64), more: bool) -> (i64, i64) {
    let oldest = traces.iter().map(|trace| trace.start_time_unix_nano.0).min();
    match oldest {
        Some(oldest) if more => (oldest.clamp(asked.0, asked.1), asked.1),
        _ => asked,
    }
}

/// Dots of the traces between two times, the bad ones last so that they lie on top.
pub(crate) fn dots(traces: &[TraceSummary], axis: Axis, from: i64, to: i64) -> Vec<Dot> {
    let width = to.saturating_sub(from).max(1) as f64;
    let mut dots: Vec<Dot> = traces
        .iter()
        .enumerate()
        .map(|(index, trace)| Dot {
            index,
            x: (trace.start_time_unix_nano.0.saturating_sub(from) as f64 / width).clamp(0.0, 1.0),
            y: axis.y(trace.duration_ns),
            class: trace.class,
        })
        .collect();
    dots.sort_by_key(|dot| dot.class);
    dots
}

/// The dot next to a point, if one lies within `reach` (all in pixels).
pub(crate) fn nearest(dots: &[Dot], at: (f64, f64), size: (f64, f64), reach: f64) -> Option<usize> {
    let distance = |dot: &Dot| (dot.x * size.0 - at.0).hypot(dot.y * size.1 - at.1);
    dots.iter()
        .map(|dot| (distance(dot), dot.index))
        .filter(|(distance, _)| *distance <= reach)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, index)| index)
}

#[cfg(test)]
mod tests;
