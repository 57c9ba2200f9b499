//! From columns to an answer.

use super::column::{Cell, Column, merged};
use super::{Evaluated, Evaluator};
use crate::answer::{Value, VectorSample};
use crate::error::EvalError;
use crate::labels::Labels;
use crate::query::Query;
use crate::request::Grid;
use crate::series::{Sample, Series};
use crate::syntax::{Expr, ValueType};

impl Evaluator<'_> {
    pub(super) fn answer(&mut self, query: &Query, grid: &Grid) -> Result<Value, EvalError> {
        let is_instant = self.request.is_instant();
        let expr = query.expr().unwrapped();
        if !is_instant && matches!(query.value_type(), ValueType::Matrix | ValueType::String) {
            let found = query.value_type();
            let message = format!(
                "invalid expression type {:?} for range query, must be Scalar or instant Vector",
                found.to_string()
            );
            return Err(EvalError::invalid(message));
        }
        if let Expr::Range(_) | Expr::Subquery(_) = expr {
            return self.matrix(expr, grid);
        }
        let time_ms = grid.start;
        Ok(match (self.eval(expr, grid)?, is_instant) {
            (Evaluated::Text(value), _) => Value::String { time_ms, value },
            (Evaluated::Scalar(values), true) => {
                Value::Scalar { time_ms, value: values.first().copied().unwrap_or(f64::NAN) }
            }
            (Evaluated::Scalar(values), false) => {
                Value::Matrix(vec![Series::floats(Labels::default(), grid.times().collect(), values)])
            }
            (Evaluated::Vector(columns), true) => {
                let columns = named(columns, grid.len)?;
                Value::Vector(columns.into_iter().filter_map(|column| vector_sample(&column, time_ms)).collect())
            }
            (Evaluated::Vector(columns), false) => {
                let columns = named(columns, grid.len)?;
                Value::Matrix(sorted(columns.into_iter().map(|column| column.into_series(grid)).collect()))
            }
        })
    }

    /// An instant query for a range: the samples themselves.
    fn matrix(&mut self, expr: &Expr, grid: &Grid) -> Result<Value, EvalError> {
        let series = match expr {
            Expr::Subquery(subquery) => {
                let (inner, columns) = self.subquery(subquery, grid)?;
                named(columns, inner.len)?.into_iter().map(|column| column.into_series(&inner)).collect()
            }
            Expr::Range(range) => self.raw_range(range, grid)?,
            _ => Vec::new(),
        };
        let has_samples = |series: &Series| !series.floats.is_empty() || !series.histograms.is_empty();
        Ok(Value::Matrix(sorted(series.into_iter().filter(has_samples).collect())))
    }
}

fn sorted(mut series: Vec<Series>) -> Vec<Series> {
    series.sort_by(|a, b| a.labels.cmp(&b.labels));
    series
}

/// Drops the names that go, and brings together what has the same labels then.
fn named(mut columns: Vec<Column>, len: usize) -> Result<Vec<Column>, EvalError> {
    let mut is_changed = false;
    for column in columns.iter_mut().filter(|column| column.drop_name) {
        let labels = column.labels.without_metadata();
        is_changed |= labels != column.labels;
        column.labels = labels;
    }
    if is_changed { merged(columns, len) } else { Ok(columns) }
}

fn vector_sample(column: &Column, time_ms: i64) -> Option<VectorSample> {
    let value = match column.at(0)? {
        Cell::Float(float) => Sample::Float(float),
        Cell::Histogram(histogram) => Sample::Histogram(std::sync::Arc::clone(histogram)),
    };
    Some(VectorSample { labels: column.labels.clone(), time_ms, value })
}
