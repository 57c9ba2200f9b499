//! The change of a number from the first to the last record, per interval.

use super::bytes::Bytes;

#[derive(Debug, Clone)]
pub(super) struct Rate {
    interval_ms: f64,
    first: Option<(i64, f64)>,
    last: Option<(i64, f64)>,
}

impl Rate {
    pub(super) fn new(interval_ms: f64) -> Self {
        Self { interval_ms, first: None, last: None }
    }

    pub(super) fn add(&mut self, number: Option<f64>, time_ms: Option<i64>) {
        let (Some(number), Some(time_ms)) = (number, time_ms) else { return };
        // Of records of the same time the least number is the first and the greatest the last, whatever the order of rows.
        let before = |held: (i64, f64)| (time_ms, number) < held;
        let after = |held: (i64, f64)| (time_ms, number) > held;
        if self.first.is_none_or(before) {
            self.first = Some((time_ms, number));
        }
        if self.last.is_none_or(after) {
            self.last = Some((time_ms, number));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (time_ms, number) in other.first.iter().chain(&other.last) {
            self.add(Some(*number), Some(*time_ms));
        }
    }

    /// Nothing where all records are of one time.
    pub(super) fn per_interval(&self) -> Option<f64> {
        let ((begin_ms, first), (end_ms, last)) = (self.first?, self.last?);
        let elapsed_ms = end_ms.checked_sub(begin_ms).filter(|elapsed| *elapsed > 0)?;
        Some((last - first) / elapsed_ms as f64 * self.interval_ms)
    }
}

impl Bytes for Rate {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.interval_ms.write(bytes);
        self.first.write(bytes);
        self.last.write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self { interval_ms: f64::read(bytes)?, first: Option::read(bytes)?, last: Option::read(bytes)? })
    }
}
