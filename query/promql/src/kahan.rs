//! Sums that keep what a float addition loses (Neumaier's variant of Kahan's algorithm).

/// A sum and what its rounding lost so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum {
    pub(crate) sum: f64,
    pub(crate) lost: f64,
}

impl Sum {
    pub(crate) fn of(first: f64) -> Self {
        Self { sum: first, lost: 0.0 }
    }

    pub(crate) fn add(&mut self, value: f64) {
        let total = self.sum + value;
        if total.is_infinite() {
            self.lost = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.lost += (self.sum - total) + value;
        } else {
            self.lost += (value - total) + self.sum;
        }
        self.sum = total;
    }

    pub(crate) fn total(self) -> f64 {
        self.sum + self.lost
    }
}

/// A mean that does not overflow where the sum would.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mean {
    sum: Sum,
    count: f64,
    /// Whether the sum overflowed, so that `sum` is the running mean.
    is_incremental: bool,
}

impl Mean {
    pub(crate) fn of(first: f64) -> Self {
        Self { sum: Sum::of(first), count: 1.0, is_incremental: false }
    }

    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1.0;
        if !self.is_incremental {
            let mut next = self.sum;
            next.add(value);
            if !next.sum.is_infinite() {
                self.sum = next;
                return;
            }
            self.is_incremental = true;
            self.sum.sum /= self.count - 1.0;
            self.sum.lost /= self.count - 1.0;
        }
        let weight = (self.count - 1.0) / self.count;
        let mut next = Sum { sum: weight * self.sum.sum, lost: weight * self.sum.lost };
        next.add(value / self.count);
        self.sum = next;
    }

    pub(crate) fn value(self) -> f64 {
        if self.is_incremental { self.sum.total() } else { self.sum.sum / self.count + self.sum.lost / self.count }
    }
}

#[cfg(test)]
mod tests;
