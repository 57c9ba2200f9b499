//! What a period adds up to, and the statistic of it. Pure.

use api::metric::Statistic;

use super::distribution::{Distribution, Interval};
use super::point::{Point, PointKind};

/// What was measured in a period.
#[derive(Debug, Clone, Default)]
pub struct Accumulator {
    count: f64,
    sum: f64,
    min: Option<f64>,
    max: Option<f64>,
    last: Option<(i64, f64)>,
    distribution: Distribution,
}

impl Accumulator {
    /// Adds a point that was made an increase if it was cumulative. `distribution`: whether a percentile will be asked.
    pub fn add(&mut self, point: &Point, distribution: bool) {
        match point.kind {
            PointKind::Value | PointKind::Counter => {
                self.count += 1.0;
                self.sum += point.value;
                self.extend(point.value, point.value);
                self.newer(point.time, point.value);
                if distribution {
                    self.distribution.add_value(point.value);
                }
            }
            PointKind::Measurements | PointKind::AllMeasurements if point.count > 0.0 => {
                self.count += point.count;
                self.sum += point.sum;
                self.newer(point.time, point.sum / point.count);
                let intervals = point.intervals();
                let (low, high) = ends(point, &intervals);
                self.extend(low, high);
                if distribution {
                    intervals.into_iter().for_each(|interval| self.distribution.add(interval));
                }
            }
            PointKind::Measurements | PointKind::AllMeasurements => {}
        }
    }

    /// The statistic; `None` where nothing was measured.
    pub fn statistic(&self, statistic: Statistic, period_seconds: f64) -> Option<f64> {
        if self.count <= 0.0 {
            return None;
        }
        match statistic {
            Statistic::SampleCount => Some(self.count),
            Statistic::Sum => Some(self.sum),
            Statistic::Average => Some(self.sum / self.count),
            Statistic::Minimum => self.min,
            Statistic::Maximum => self.max,
            Statistic::Rate => Some(self.sum / period_seconds),
            Statistic::Last => self.last.map(|(_, value)| value),
            Statistic::Percentile(percent) => self.distribution.percentile(percent),
        }
    }

    fn extend(&mut self, low: f64, high: f64) {
        self.min = Some(self.min.map_or(low, |min| min.min(low)));
        self.max = Some(self.max.map_or(high, |max| max.max(high)));
    }

    fn newer(&mut self, time: i64, value: f64) {
        if self.last.is_none_or(|(last, _)| time >= last) {
            self.last = Some((time, value));
        }
    }
}

/// The smallest and largest measurement of a point: as sent, or the ends of its outermost buckets that are not empty.
/// Smallest and largest of a cumulative point are of its whole life, so its buckets go first.
fn ends(point: &Point, intervals: &[Interval]) -> (f64, f64) {
    if point.kind == PointKind::Measurements
        && let (Some(min), Some(max)) = (point.min, point.max)
    {
        return (min, max);
    }
    let filled = || intervals.iter().filter(|interval| interval.count > 0.0);
    let low = filled().map(|interval| interval.lower).fold(f64::INFINITY, f64::min);
    let high = filled().map(|interval| interval.upper).fold(f64::NEG_INFINITY, f64::max);
    let mean = point.sum / point.count;
    (if low.is_finite() { low } else { mean }, if high.is_finite() { high } else { mean })
}

#[cfg(test)]
mod tests;
