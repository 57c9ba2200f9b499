//! Series as an evaluation takes them: columns of samples, sorted by time.

use std::sync::Arc;

use crate::histogram::FloatHistogram;
use crate::labels::Labels;

/// The bits of the value that marks a series as stale: a NaN of its own, as Prometheus writes it.
pub const STALE_NAN_BITS: u64 = 0x7ff0_0000_0000_0002;

/// Whether a value is the staleness marker.
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE_NAN_BITS
}

/// The staleness marker.
pub fn stale() -> f64 {
    f64::from_bits(STALE_NAN_BITS)
}

/// Samples of one kind, sorted by time, no time twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples<T> {
    /// Milliseconds since 1970.
    pub timestamps: Vec<i64>,
    /// A value for each timestamp.
    pub values: Vec<T>,
    /// When what a sample counts began to be counted, in milliseconds, for each timestamp; 0 where it is not known.
    /// Empty if it is not known of any.
    pub starts: Vec<i64>,
}

impl<T> Default for Samples<T> {
    fn default() -> Self {
        Self { timestamps: Vec::new(), values: Vec::new(), starts: Vec::new() }
    }
}

impl<T> Samples<T> {
    /// Samples without start times.
    pub fn new(timestamps: Vec<i64>, values: Vec<T>) -> Self {
        Self { timestamps, values, starts: Vec::new() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.timestamps.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.timestamps.is_empty()
    }
}

/// A series: labels and samples. A timestamp has a float or a histogram, never both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// The labels, the metric's name as `__name__`.
    pub labels: Labels,
    /// The float samples, staleness markers among them.
    pub floats: Samples<f64>,
    /// The native histograms. One whose sum is the staleness marker is one.
    pub histograms: Samples<Arc<FloatHistogram>>,
}

impl Series {
    /// A series of floats.
    pub fn floats(labels: Labels, timestamps: Vec<i64>, values: Vec<f64>) -> Self {
        Self { labels, floats: Samples::new(timestamps, values), histograms: Samples::default() }
    }
}

/// The value of a sample.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// A float.
    Float(f64),
    /// A native histogram.
    Histogram(Arc<FloatHistogram>),
}
