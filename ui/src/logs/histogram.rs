//! The histogram over time: bars stacked by severity in fractions of the drawing, and the range that a brush takes.

use api::log::LogHistogram;

/// A stacked part of a bar, in fractions of the drawing (y downward).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    /// From the left.
    pub(crate) x: f64,
    /// Width.
    pub(crate) width: f64,
    /// From the top.
    pub(crate) y: f64,
    /// Height.
    pub(crate) height: f64,
    /// Index into the counts: 0 without severity, then by rising severity.
    pub(crate) severity: usize,
}

/// The highest bar's count, at least 1.
pub(crate) fn highest(histogram: &LogHistogram) -> u64 {
    histogram.bars.iter().map(|bar| bar.counts.iter().sum()).max().unwrap_or(0).max(1)
}

/// Parts of all bars; the most severe stand at the bottom, where they can be compared.
pub(crate) fn parts(histogram: &LogHistogram) -> Vec<Part> {
    let (count, highest) = (histogram.bars.len().max(1) as f64, highest(histogram) as f64);
    let mut parts = Vec::new();
    for (index, bar) in histogram.bars.iter().enumerate() {
        let mut bottom = 1.0;
        for severity in (0..bar.counts.len()).rev().filter(|s| bar.counts[*s] > 0) {
            let height = bar.counts[severity] as f64 / highest;
            bottom -= height;
            parts.push(Part { x: index as f64 / count, width: 1.0 / count, y: bottom.max(0.0), height, severity });
        }
    }
    parts
}

/// Begin and end of the drawing, epoch nanoseconds.
pub(crate) fn span(histogram: &LogHistogram) -> Option<(i64, i64)> {
    let first = histogram.bars.first()?.time_unix_nano.0;
    let last = histogram.bars.last()?.time_unix_nano.0;
    Some((first, last.saturating_add(histogram.step_ns)))
}

/// The bar at a fraction of the drawing.
pub(crate) fn bar_at(histogram: &LogHistogram, fraction: f64) -> Option<usize> {
    let count = histogram.bars.len();
    (count > 0 && (0.0..=1.0).contains(&fraction)).then(|| ((fraction * count as f64) as usize).min(count - 1))
}

/// The range between two fractions, widened to whole bars.
pub(crate) fn brushed(histogram: &LogHistogram, one: f64, other: f64) -> Option<(i64, i64)> {
    let first = bar_at(histogram, one.min(other).clamp(0.0, 1.0))?;
    let last = bar_at(histogram, one.max(other).clamp(0.0, 1.0))?;
    let begin = |index: usize| histogram.bars[index].time_unix_nano.0;
    Some((begin(first), begin(last).saturating_add(histogram.step_ns)))
}

#[cfg(test)]
mod tests;
