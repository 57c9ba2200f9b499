//! Count, sum, mean and variance in one pass (Welford; merged as by Chan and others), the sum compensated (Neumaier).

use super::bytes::Bytes;

#[derive(Debug, Clone, Default)]
pub(super) struct Moments {
    count: u64,
    sum: f64,
    lost: f64,
    mean: f64,
    /// The sum of the squares of the differences from the mean.
    squares: f64,
}

impl Moments {
    pub(super) fn add(&mut self, number: Option<f64>) {
        let Some(number) = number else { return };
        self.count += 1;
        self.add_to_sum(number);
        let before = number - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (number - self.mean);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let difference = other.mean - self.mean;
        self.count = self.count.saturating_add(other.count);
        self.mean += difference * b / (a + b);
        self.squares += other.squares + difference * difference * a * b / (a + b);
        self.add_to_sum(other.sum);
        self.lost += other.lost;
    }

    fn add_to_sum(&mut self, number: f64) {
        let sum = self.sum + number;
        self.lost += if self.sum.abs() >= number.abs() { (self.sum - sum) + number } else { (number - sum) + self.sum };
        self.sum = sum;
    }

    pub(super) fn sum(&self) -> Option<f64> {
        (self.count > 0).then_some(self.sum + self.lost)
    }

    pub(super) fn mean(&self) -> Option<f64> {
        self.sum().map(|sum| sum / self.count as f64)
    }

    pub(super) fn variance(&self) -> Option<f64> {
        (self.count > 0).then_some(self.squares / self.count as f64)
    }
}

impl Bytes for Moments {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.count.write(bytes);
        [self.sum, self.lost, self.mean, self.squares].iter().for_each(|number| number.write(bytes));
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let count = u64::read(bytes)?;
        let [sum, lost, mean, squares] = [f64::read(bytes)?, f64::read(bytes)?, f64::read(bytes)?, f64::read(bytes)?];
        Some(Self { count, sum, lost, mean, squares })
    }
}
