//! Matches over time. Pure.

use api::Nanos;
use api::log::{LogBar, LogHistogram, Severity};

use crate::error::Error;

/// How many bars a histogram has at most, as asked for.
pub const BARS_MAX: u32 = 500;

const MILLI: i64 = 1_000_000;
const SECOND: i64 = 1_000 * MILLI;

/// Widths that a person can read off an axis.
const STEPS: [i64; 27] = [
    MILLI,
    2 * MILLI,
    5 * MILLI,
    10 * MILLI,
    20 * MILLI,
    50 * MILLI,
    100 * MILLI,
    200 * MILLI,
    500 * MILLI,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    60 * SECOND,
    120 * SECOND,
    300 * SECOND,
    600 * SECOND,
    900 * SECOND,
    1_800 * SECOND,
    3_600 * SECOND,
    7_200 * SECOND,
    21_600 * SECOND,
    43_200 * SECOND,
    86_400 * SECOND,
    604_800 * SECOND,
];

/// Counts being made.
#[derive(Debug, Clone)]
pub struct Counts {
    start: i64,
    step: i64,
    bars: Vec<[u64; 7]>,
}

impl Counts {
    /// Empty bars over `[from, to)`, about as many as asked for. They begin at multiples of their width.
    pub fn over(from: i64, to: i64, bars: u32) -> Result<Self, Error> {
        if bars == 0 || bars > BARS_MAX {
            return Err(Error::invalid(format!("histogram_bars must be 0 to {BARS_MAX}, not {bars}")));
        }
        let wanted = (to.saturating_sub(from) / i64::from(bars)).max(1);
        let step = STEPS.into_iter().find(|step| *step >= wanted).unwrap_or_else(|| {
            let week = STEPS[STEPS.len() - 1];
            wanted.div_euclid(week).saturating_add(1).saturating_mul(week)
        });
        let start = from.div_euclid(step) * step;
        let count = usize::try_from((to - 1 - start) / step + 1).unwrap_or(1);
        Ok(Self { start, step, bars: vec![[0; 7]; count] })
    }

    /// The width of a bar in microseconds; `None` where it is no whole number of them. Bars begin at multiples of it.
    pub fn width_us(&self) -> Option<i64> {
        (self.step % 1_000 == 0).then_some(self.step / 1_000)
    }

    /// Counts records of one time of the range, or of one bar by its begin.
    pub fn add(&mut self, time: i64, severity_number: u8, rows: u64) {
        let bar = usize::try_from((time - self.start).div_euclid(self.step)).unwrap_or(usize::MAX);
        let kind = Severity::from_number(severity_number).map_or(0, |severity| severity as usize + 1);
        if let Some(bar) = self.bars.get_mut(bar) {
            bar[kind] += rows;
        }
    }

    /// The histogram.
    pub fn finish(self) -> LogHistogram {
        let total = self.bars.iter().flatten().sum();
        let bar = |(at, counts): (usize, [u64; 7])| LogBar {
            time_unix_nano: Nanos(self.start + self.step * at as i64),
            counts,
        };
        LogHistogram { step_ns: self.step, bars: self.bars.into_iter().enumerate().map(bar).collect(), total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_cover_the_range_and_are_about_as_many_as_asked() {
        for (seconds, asked) in [(3_600, 60), (900, 100), (86_400, 48), (61, 7), (90 * 86_400, 500), (1, 500)] {
            let (from, to) = (1_700_000_123 * SECOND, (1_700_000_123 + seconds) * SECOND);
            let histogram = Counts::over(from, to, asked).unwrap().finish();
            let first = histogram.bars.first().unwrap().time_unix_nano.0;
            let last = histogram.bars.last().unwrap().time_unix_nano.0;
            assert!(first <= from && last < to && last + histogram.step_ns >= to);
            assert!(histogram.bars.len() <= asked as usize + 1, "{} of {asked}", histogram.bars.len());
            assert_eq!(first % histogram.step_ns, 0);
        }
    }

    #[test]
    fn severities_have_their_place() {
        let mut counts = Counts::over(0, 10 * SECOND, 10).unwrap();
        counts.add(0, 0, 1);
        counts.add(SECOND - 1, 9, 1);
        counts.add(SECOND, 17, 1);
        counts.add(10 * SECOND - 1, 24, 1);
        let histogram = counts.finish();
        assert_eq!(histogram.total, 4);
        assert_eq!(histogram.bars[0].counts, [1, 0, 0, 1, 0, 0, 0]);
        assert_eq!(histogram.bars[1].counts, [0, 0, 0, 0, 0, 1, 0]);
        assert_eq!(histogram.bars[9].counts, [0, 0, 0, 0, 0, 0, 1]);
    }
}
