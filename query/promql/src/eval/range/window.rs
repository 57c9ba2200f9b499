//! A window over the samples of a series, moved by two indices.

use std::borrow::Cow;
use std::sync::Arc;

use crate::histogram::FloatHistogram;
use crate::labels::Labels;
use crate::series::{Samples, Series, is_stale};

/// A series without staleness markers, which a range does not see.
pub(super) struct Prepared<'a> {
    pub(super) labels: &'a Labels,
    floats: Cow<'a, Samples<f64>>,
    histograms: Cow<'a, Samples<Arc<FloatHistogram>>>,
    /// Where a float is smaller than the one before it, if that was asked for.
    resets: Vec<usize>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(series: &'a Series, finds_resets: bool) -> Self {
        let floats = without(&series.floats, |float| is_stale(*float));
        let histograms = without(&series.histograms, |histogram| is_stale(histogram.sum));
        let mut resets = Vec::new();
        if finds_resets {
            let pairs = floats.values.windows(2).enumerate();
            resets.extend(pairs.filter(|(_, pair)| pair[1] < pair[0]).map(|(before, _)| before + 1));
        }
        Self { labels: &series.labels, floats, histograms, resets }
    }

    /// Times and values of the floats.
    pub(super) fn floats(&self) -> (&[i64], &[f64]) {
        (&self.floats.timestamps, &self.floats.values)
    }

    /// Where a float is smaller than the one before it, if that was asked for.
    pub(super) fn resets(&self) -> &[usize] {
        &self.resets
    }

    pub(super) fn has_histograms(&self) -> bool {
        !self.histograms.is_empty()
    }

    /// Whether there is nothing but floats of which no start times are known.
    pub(super) fn is_plain(&self) -> bool {
        self.histograms.is_empty() && self.floats.starts.is_empty()
    }
}

fn without<'a, T: Clone>(samples: &'a Samples<T>, is_stale: impl Fn(&T) -> bool) -> Cow<'a, Samples<T>> {
    if !samples.values.iter().any(&is_stale) {
        return Cow::Borrowed(samples);
    }
    let mut kept = Samples::default();
    for (at, value) in samples.values.iter().enumerate().filter(|(_, value)| !is_stale(value)) {
        kept.timestamps.push(samples.timestamps[at]);
        kept.values.push(value.clone());
        kept.starts.extend(samples.starts.get(at));
    }
    Cow::Owned(kept)
}

/// Samples of one kind within a window.
#[derive(Debug, Clone)]
pub(super) struct Points<'a, T> {
    pub(super) timestamps: &'a [i64],
    pub(super) values: &'a [T],
    /// Empty if no start time is known.
    pub(super) starts: &'a [i64],
}

impl<'a, T> Points<'a, T> {
    #[inline]
    fn of(samples: &'a Samples<T>, from: usize, to: usize) -> Self {
        let starts = samples.starts.get(from..to).unwrap_or_default();
        Self { timestamps: &samples.timestamps[from..to], values: &samples.values[from..to], starts }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The samples from one to another.
    pub(super) fn slice(&self, from: usize, to: usize) -> Self {
        Self {
            timestamps: &self.timestamps[from..to],
            values: &self.values[from..to],
            starts: self.starts.get(from..to).unwrap_or_default(),
        }
    }

    /// The start time of a sample; 0 if it is not known.
    pub(super) fn start(&self, at: usize) -> i64 {
        self.starts.get(at).copied().unwrap_or(0)
    }
}

/// What a function of a range sees at one time.
#[derive(Debug, Clone)]
pub(super) struct Window<'a> {
    pub(super) floats: Points<'a, f64>,
    pub(super) histograms: Points<'a, Arc<FloatHistogram>>,
    /// Where within the floats one is smaller than the one before it, if that was asked for.
    resets: &'a [usize],
    first_float: usize,
    /// The open lower end of the range, in milliseconds. Samples of an extended range may lie before it.
    pub(super) start: i64,
    /// The end of the range. Samples of a smoothed range may lie behind it.
    pub(super) end: i64,
    /// The time of the evaluation.
    pub(super) time: i64,
}

impl Window<'_> {
    /// The floats before each decrease.
    pub(super) fn before_resets(&self) -> impl Iterator<Item = f64> + '_ {
        self.resets.iter().map(|at| self.floats.values[at - self.first_float - 1])
    }

    /// The length of the range.
    pub(super) fn range_seconds(&self) -> f64 {
        seconds(self.end - self.start)
    }

    pub(super) fn to_series(&self, labels: Labels) -> Series {
        Series {
            labels,
            floats: Samples::new(self.floats.timestamps.to_vec(), self.floats.values.to_vec()),
            histograms: Samples::new(self.histograms.timestamps.to_vec(), self.histograms.values.to_vec()),
        }
    }
}

/// Milliseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "differences of times are far below 2^53 ms")]
pub(super) fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// Where a window is. Windows only move on.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    floats: Ends,
    histograms: Ends,
    resets: Ends,
}

#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    from: usize,
    to: usize,
}

impl Ends {
    #[inline]
    /// Moves to the samples behind `start` and not behind `end`.
    fn slide(&mut self, timestamps: &[i64], start: i64, end: i64) {
        if self.to == 0 && timestamps.first().is_some_and(|first| *first <= start) {
            self.from = timestamps.partition_point(|timestamp| *timestamp <= start);
            self.to = self.from;
        }
        while timestamps.get(self.to).is_some_and(|timestamp| *timestamp <= end) {
            self.to += 1;
        }
        while self.from < self.to && timestamps[self.from] <= start {
            self.from += 1;
        }
    }
}

impl Cursor {
    #[inline]
    /// The window of a range that reaches `before` and `after` milliseconds further; none if it has no sample.
    pub(super) fn window<'p>(
        &mut self,
        prepared: &'p Prepared<'_>,
        start: i64,
        end: i64,
        before: i64,
        after: i64,
        time: i64,
    ) -> Option<Window<'p>> {
        let (from, to) = (start.saturating_sub(before), end.saturating_add(after));
        self.floats.slide(&prepared.floats.timestamps, from, to);
        self.histograms.slide(&prepared.histograms.timestamps, from, to);
        let (floats, histograms) = (self.floats, self.histograms);
        if floats.from == floats.to && histograms.from == histograms.to {
            return None;
        }
        // A decrease belongs to a window if both samples do.
        let resets = &prepared.resets;
        while resets.get(self.resets.to).is_some_and(|at| *at < floats.to) {
            self.resets.to += 1;
        }
        while self.resets.from < self.resets.to && resets[self.resets.from] <= floats.from {
            self.resets.from += 1;
        }
        Some(Window {
            floats: Points::of(&prepared.floats, floats.from, floats.to),
            histograms: Points::of(&prepared.histograms, histograms.from, histograms.to),
            resets: &resets[self.resets.from..self.resets.to],
            first_float: floats.from,
            start,
            end,
            time,
        })
    }
}
