//! What a query results in.

use std::sync::Arc;

use crate::annotation::Annotation;
use crate::labels::Labels;
use crate::series::{Sample, Series};

/// The result of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The value.
    pub value: Value,
    /// Warnings, each message once.
    pub warnings: Vec<Annotation>,
    /// Infos, each message once.
    pub infos: Vec<Annotation>,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number, of an instant query.
    Scalar {
        /// Milliseconds.
        time_ms: i64,
        /// The number.
        value: f64,
    },
    /// A text, of an instant query.
    String {
        /// Milliseconds.
        time_ms: i64,
        /// The text.
        value: Arc<str>,
    },
    /// A sample of each series, of an instant query; in the order that a sorting function made.
    Vector(Vec<VectorSample>),
    /// Samples of each series, sorted by labels: of a range query, or of an instant query for a range.
    Matrix(Vec<Series>),
}

/// A sample of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorSample {
    /// The series' labels.
    pub labels: Labels,
    /// Milliseconds.
    pub time_ms: i64,
    /// The sample.
    pub value: Sample,
}
