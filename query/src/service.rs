//! Services and their operations: requests by class, latency, trend. Counted from SERVER and CONSUMER spans.

pub(crate) mod list;
pub(crate) mod series;
pub mod tallies;
