//! Periods: how a range is cut into points of a line. Pure.

use crate::error::Error;

/// Points of a line where the request leaves the period to us.
const POINTS_AUTO: i64 = 300;

/// Points of a line, whatever the request says.
const POINTS_MAX: i64 = 11_000;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// Periods that are chosen from, seconds.
const ROUND: [u32; 17] =
    [1, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/// Periods of equal length, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// Begin of the first one, nanoseconds.
    pub start: i64,
    /// Length of each, seconds.
    pub seconds: u32,
    /// How many.
    pub count: usize,
}

impl Periods {
    /// Periods that cover `[from, to)` and begin at multiples of their length.
    pub fn covering(from: i64, to: i64, seconds: Option<u32>) -> Result<Self, Error> {
        let seconds = match seconds {
            Some(0) => return Err(Error::invalid("period_seconds must be at least 1")),
            Some(seconds) => seconds,
            None => automatic(to.saturating_sub(from)),
        };
        let length = i64::from(seconds) * NANOS_PER_SECOND;
        let start = from.div_euclid(length) * length;
        let count = (to - 1 - start) / length + 1;
        if count > POINTS_MAX {
            return Err(Error::invalid(format!(
                "{count} points are more than the {POINTS_MAX} a line may have; use a longer period_seconds or a shorter range"
            )));
        }
        Ok(Self { start, seconds, count: usize::try_from(count).unwrap_or(1) })
    }

    /// Periods from a given begin on.
    pub fn from_start(start: i64, seconds: u32, count: usize) -> Self {
        Self { start, seconds: seconds.max(1), count }
    }

    /// End of the last one.
    pub fn end(&self) -> i64 {
        self.start.saturating_add(self.length().saturating_mul(self.count as i64))
    }

    /// The period that a time lies in.
    pub fn of(&self, time: i64) -> Option<usize> {
        let at = usize::try_from((time - self.start).div_euclid(self.length())).ok()?;
        (at < self.count).then_some(at)
    }

    fn length(&self) -> i64 {
        i64::from(self.seconds) * NANOS_PER_SECOND
    }
}

fn automatic(range: i64) -> u32 {
    let fits = |seconds: &u32| range / (i64::from(*seconds) * NANOS_PER_SECOND) < POINTS_AUTO;
    let days = || u32::try_from(range / (86_400 * NANOS_PER_SECOND * POINTS_AUTO) + 1).unwrap_or(u32::MAX / 86_400);
    ROUND.into_iter().find(fits).unwrap_or_else(|| days() * 86_400)
}

/// The period of a metric's line where the request leaves it to us, seconds. Exporters report once in 10 or 60 seconds:
/// in a shorter period than that most points would have no data.
pub(crate) fn of_reports(range: i64) -> u32 {
    let between_reports = if range >= 600 * NANOS_PER_SECOND { 60 } else { 10 };
    automatic(range).max(between_reports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_of_a_metric_is_not_shorter_than_the_time_between_reports() {
        for (minutes, expected) in [(5, 10), (15, 60), (60, 60), (24 * 60, 300)] {
            assert_eq!(of_reports(minutes * 60 * NANOS_PER_SECOND), expected, "{minutes}");
        }
    }

    #[test]
    fn an_automatic_period_is_round_and_gives_at_most_300_points() {
        for (hours, expected) in [(1, 20), (3, 60), (6, 120), (24, 300), (24 * 7, 3_600), (24 * 400, 172_800)] {
            let from = 1_700_000_000 * NANOS_PER_SECOND + 7;
            let periods = Periods::covering(from, from + hours * 3_600 * NANOS_PER_SECOND, None).unwrap();
            assert_eq!(periods.seconds, expected, "{hours} h");
            assert!(periods.count <= 301);
            assert!(periods.start <= from && periods.end() >= from + hours * 3_600 * NANOS_PER_SECOND);
        }
    }

    #[test]
    fn too_many_points_are_refused() {
        assert!(Periods::covering(0, 11_001 * NANOS_PER_SECOND, Some(1)).is_err());
        assert_eq!(Periods::covering(0, 11_000 * NANOS_PER_SECOND, Some(1)).unwrap().count, 11_000);
        assert!(Periods::covering(0, 1, Some(0)).is_err());
    }

    #[test]
    fn a_time_lies_in_its_period() {
        let periods = Periods::from_start(7, 10, 3);
        assert_eq!(periods.of(7), Some(0));
        assert_eq!(periods.of(7 + 10 * NANOS_PER_SECOND - 1), Some(0));
        assert_eq!(periods.of(7 + 10 * NANOS_PER_SECOND), Some(1));
        assert_eq!(periods.of(6), None);
        assert_eq!(periods.of(periods.end()), None);
    }
}
