//! Metrics: what exists, and a statistic of one over time.
//!
//! Points are read series by series in order of time. A delta point and a gauge count as they are; of a cumulative point
//! the increase since the point before counts ([`increase`]). Each period of each group of labels has an
//! [`accumulate::Accumulator`], from which the statistic is taken.

pub mod accumulate;
pub mod distribution;
pub mod increase;
mod line;
pub(crate) mod list;
pub(crate) mod point;
pub(crate) mod series;
