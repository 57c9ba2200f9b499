//! What a period adds up to, and the statistic of it. Pure.

use api::metric::Statistic;

use super::distribution::{Distribution, Interval};
use super::point::{Buckets, Point, PointKind, between_quantiles};

/// What was measured in a period.
#[derive(Debug, Clone, Default)]
pub struct Accumulator {
    count: f64,
    sum: f64,
    /// Measurements whose sum is not known.
    without_sum: f64,
    min: Option<f64>,
    max: Option<f64>,
    last: Option<(i64, f64)>,
    distribution: Distribution,
    /// The newest quantiles of a summary that says nothing of how many measurements were added.
    quantiles: Option<(i64, Vec<(f64, f64)>)>,
}

impl Accumulator {
    /// Adds a point that was made an increase if it was cumulative. `distribution`: whether a percentile will be asked.
    pub fn add(&mut self, point: &Point, distribution: bool) {
        match point.kind {
            PointKind::Value | PointKind::Counter => {
                self.count += 1.0;
                self.sum += point.value;
                self.extend(Some(point.value), Some(point.value));
                self.newer(point.time, point.value);
                if distribution {
                    self.distribution.add_value(point.value);
                }
            }
            PointKind::Measurements | PointKind::AllMeasurements if point.count > 0.0 => {
                self.count += point.count;
                match point.sum {
                    Some(sum) => self.sum += sum,
                    None => self.without_sum += point.count,
                }
                if let Some(mean) = point.mean() {
                    self.newer(point.time, mean);
                }
                let intervals = point.intervals();
                let (low, high) = ends(point, &intervals);
                self.extend(low, high);
                if distribution {
                    intervals.into_iter().for_each(|interval| self.distribution.add(interval));
                }
            }
            PointKind::Measurements | PointKind::AllMeasurements => self.quantiles_of(point),
        }
    }

    /// The statistic; `None` where nothing was measured.
    pub fn statistic(&self, statistic: Statistic, period_seconds: f64) -> Option<f64> {
        if self.count <= 0.0 {
            return self.of_quantiles(statistic);
        }
        // A sum of a part of the measurements would pass for the whole.
        let sum = (self.without_sum <= 0.0).then_some(self.sum);
        match statistic {
            Statistic::SampleCount => Some(self.count),
            Statistic::Sum => sum,
            Statistic::Average => sum.map(|sum| sum / self.count),
            Statistic::Minimum => self.min,
            Statistic::Maximum => self.max,
            Statistic::Rate => sum.map(|sum| sum / period_seconds),
            Statistic::Last => self.last.map(|(_, value)| value),
            Statistic::Percentile(percent) => self.distribution.percentile(percent),
        }
    }

    fn quantiles_of(&mut self, point: &Point) {
        if let Buckets::Quantiles(pairs) = &point.buckets
            && self.quantiles.as_ref().is_none_or(|(time, _)| point.time >= *time)
        {
            self.quantiles = Some((point.time, pairs.clone()));
        }
    }

    /// What quantiles alone can answer.
    fn of_quantiles(&self, statistic: Statistic) -> Option<f64> {
        let (_, pairs) = self.quantiles.as_ref()?;
        match statistic {
            Statistic::Percentile(percent) => {
                let mut distribution = Distribution::default();
                between_quantiles(pairs, 1.0).into_iter().for_each(|interval| distribution.add(interval));
                distribution.percentile(percent)
            }
            Statistic::Minimum => quantile(pairs, 0.0),
            Statistic::Maximum => quantile(pairs, 1.0),
            _ => None,
        }
    }

    fn extend(&mut self, low: Option<f64>, high: Option<f64>) {
        self.min = self.min.into_iter().chain(low).reduce(f64::min);
        self.max = self.max.into_iter().chain(high).reduce(f64::max);
    }

    fn newer(&mut self, time: i64, value: f64) {
        if self.last.is_none_or(|(last, _)| time >= last) {
            self.last = Some((time, value));
        }
    }
}

/// The smallest and largest measurement of a point: as sent, or the ends of its outermost buckets that are not empty.
/// Smallest and largest of a cumulative point are of its whole life, so its buckets go first. A summary says them as
/// its quantiles 0 and 1, or not at all.
fn ends(point: &Point, intervals: &[Interval]) -> (Option<f64>, Option<f64>) {
    if let Buckets::Quantiles(pairs) = &point.buckets {
        return (quantile(pairs, 0.0), quantile(pairs, 1.0));
    }
    if point.kind == PointKind::Measurements
        && let (Some(min), Some(max)) = (point.min, point.max)
    {
        return (Some(min), Some(max));
    }
    let filled = || intervals.iter().filter(|interval| interval.count > 0.0);
    let low = filled().map(|interval| interval.lower).reduce(f64::min).filter(|low| low.is_finite());
    let high = filled().map(|interval| interval.upper).reduce(f64::max).filter(|high| high.is_finite());
    (low.or(point.mean()), high.or(point.mean()))
}

/// A quantile that was sent.
fn quantile(pairs: &[(f64, f64)], wanted: f64) -> Option<f64> {
    pairs.iter().find(|pair| pair.0 == wanted).map(|pair| pair.1)
}

#[cfg(test)]
mod tests;
