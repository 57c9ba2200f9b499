//! From values to pixels and back. Pure.

use super::data::{ChartData, ChartKind, Threshold};

/// A linear scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) domain: (f64, f64),
    pub(crate) range: (f64, f64),
}

impl Scale {
    /// The pixel of a value.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let (from, to) = self.domain;
        let share = if to == from { 0.5 } else { (value - from) / (to - from) };
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// The value of a pixel.
    pub(crate) fn invert(&self, pixel: f64) -> f64 {
        let (from, to) = self.range;
        let share = if to == from { 0.0 } else { (pixel - from) / (to - from) };
        self.domain.0 + share * (self.domain.1 - self.domain.0)
    }
}

/// The values that must be in sight: those of the lines that are shown (added up where they stack), the threshold,
/// and zero where it belongs, with some air above.
pub(crate) fn value_domain(
    data: &ChartData,
    hidden: &[String],
    kind: ChartKind,
    thresholds: &[Threshold],
) -> (f64, f64) {
    let shown = || data.lines.iter().filter(|line| !hidden.contains(&line.label));
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    let mut see = |value: f64| {
        if value.is_finite() {
            low = low.min(value);
            high = high.max(value);
        }
    };
    if kind.stacks() {
        for period in 0..data.periods() {
            see(shown()
                .filter_map(|line| line.values.get(period).copied().flatten())
                .map(|value| value.max(0.0))
                .sum());
        }
    } else {
        shown().flat_map(|line| line.values.iter().copied().flatten()).for_each(&mut see);
    }
    thresholds.iter().for_each(|threshold| see(threshold.value));
    if low > high {
        return (0.0, 1.0);
    }
    // Rates, counts and durations are read against zero; only what lies far from it may leave it.
    if kind.starts_at_zero() || (low > 0.0 && low < high * 0.8) || low == high {
        low = low.min(0.0);
        high = high.max(0.0);
    }
    if low == high {
        high = low + 1.0;
    }
    let air = (high - low) * 0.06;
    (if low < 0.0 { low - air } else { low }, high + air)
}

/// Which period a pixel lies in.
pub(crate) fn period_at(x: f64, scale: &Scale, periods: usize) -> Option<usize> {
    if periods == 0 {
        return None;
    }
    let share = (x - scale.range.0) / (scale.range.1 - scale.range.0);
    let at = (share * periods as f64).floor();
    (0.0..=1.0).contains(&share).then(|| (at as usize).min(periods - 1))
}
