//! What is kept of the floats of a group while they are folded.

use crate::kahan::{Mean, Sum};

pub(super) trait Fold: Clone {
    fn first(value: f64) -> Self;
    fn add(&mut self, value: f64);
    fn finish(self) -> f64;
}

#[derive(Clone)]
pub(super) struct SumOf(Sum);

impl Fold for SumOf {
    fn first(value: f64) -> Self {
        Self(Sum::of(value))
    }

    fn add(&mut self, value: f64) {
        self.0.add(value);
    }

    fn finish(self) -> f64 {
        self.0.total()
    }
}

#[derive(Clone)]
pub(super) struct MeanOf(Mean);

impl Fold for MeanOf {
    fn first(value: f64) -> Self {
        Self(Mean::of(value))
    }

    fn add(&mut self, value: f64) {
        self.0.add(value);
    }

    fn finish(self) -> f64 {
        self.0.value()
    }
}

#[derive(Clone)]
pub(super) struct Count(f64);

impl Fold for Count {
    fn first(_: f64) -> Self {
        Self(1.0)
    }

    fn add(&mut self, _: f64) {
        self.0 += 1.0;
    }

    fn finish(self) -> f64 {
        self.0
    }
}

/// NaN only if there is nothing else.
#[derive(Clone)]
pub(super) struct Largest(f64);

impl Fold for Largest {
    fn first(value: f64) -> Self {
        Self(value)
    }

    fn add(&mut self, value: f64) {
        self.0 = self.0.max(value);
    }

    fn finish(self) -> f64 {
        self.0
    }
}

/// NaN only if there is nothing else.
#[derive(Clone)]
pub(super) struct Smallest(f64);

impl Fold for Smallest {
    fn first(value: f64) -> Self {
        Self(value)
    }

    fn add(&mut self, value: f64) {
        self.0 = self.0.min(value);
    }

    fn finish(self) -> f64 {
        self.0
    }
}

/// Welford's running variance of a population.
#[derive(Clone)]
pub(super) struct Variance {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Fold for Variance {
    fn first(value: f64) -> Self {
        Self { count: 1.0, mean: value, squares: if value.is_finite() { 0.0 } else { f64::NAN } }
    }

    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
    }

    fn finish(self) -> f64 {
        self.squares / self.count
    }
}
