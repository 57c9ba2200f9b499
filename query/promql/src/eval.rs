//! Evaluation: an expression over a grid of times at once, series by series.
//!
//! A column holds a series' values at all times of the grid. Functions and operators make columns of columns, and look
//! at labels once a series and not once a time. A part that is the same at all times (`x @ 0`) is evaluated at the first
//! and repeated. Metric names are dropped at the end (Prometheus' `promql-delayed-name-removal`), so that label
//! functions still see them.

mod aggregate;
mod binary;
mod call;
mod classic;
mod column;
mod histogram_call;
mod info;
mod label_call;
mod range;
mod result;
mod selector;

use std::sync::Arc;

use self::column::{Column, Columns};
use crate::annotation::Annotations;
use crate::answer::Answer;
use crate::error::EvalError;
use crate::limits::Limits;
use crate::query::Query;
use crate::request::{Grid, Request};
use crate::selection;
use crate::series::Series;
use crate::syntax::{Expr, Kind, Length};

/// What a part of a query results in, at all times of a grid.
#[derive(Debug, Clone)]
enum Evaluated {
    Scalar(Vec<f64>),
    Vector(Vec<Column>),
    Text(Arc<str>),
}

/// Evaluates a query.
///
/// `series` are those of each of [`Query::selections`], in that order: series that match, with samples sorted by time.
/// Samples outside of the asked range do no harm. `is_cancelled` is asked now and then; if it says so, the evaluation
/// ends with [`EvalErrorKind::Cancelled`](crate::EvalErrorKind::Cancelled).
pub fn evaluate(
    query: &Query,
    request: &Request,
    series: &[Vec<Series>],
    limits: &Limits,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Answer, EvalError> {
    if series.len() != query.selection_count() {
        let message = format!("{} lists of series came for {} selections", series.len(), query.selection_count());
        return Err(EvalError::invalid(message));
    }
    let grid = request.grid(limits.steps_max)?;
    let mut evaluator =
        Evaluator { request, series, limits, is_cancelled, annotations: Annotations::default(), held: 0, looked: 0 };
    let value = evaluator.answer(query, &grid)?;
    let (warnings, infos) = evaluator.annotations.into_parts();
    Ok(Answer { value, warnings, infos })
}

struct Evaluator<'a> {
    request: &'a Request,
    series: &'a [Vec<Series>],
    limits: &'a Limits,
    is_cancelled: &'a dyn Fn() -> bool,
    annotations: Annotations,
    /// Samples held now.
    held: usize,
    /// Series looked at since the last question whether to go on.
    looked: usize,
}

impl Evaluator<'_> {
    fn eval(&mut self, expr: &Expr, grid: &Grid) -> Result<Evaluated, EvalError> {
        if (self.is_cancelled)() {
            return Err(EvalError::cancelled());
        }
        let before = self.held;
        let is_constant = grid.len > 1 && is_step_invariant(expr) && !matches!(expr, Expr::Number { .. });
        let value = if is_constant {
            let first = self.eval_node(expr, &grid.first())?;
            self.repeat(first, grid.len)?
        } else {
            self.eval_node(expr, grid)?
        };
        // What the parts held is gone by now.
        self.held = before.saturating_add(weight(&value));
        Ok(value)
    }

    fn eval_node(&mut self, expr: &Expr, grid: &Grid) -> Result<Evaluated, EvalError> {
        match expr {
            Expr::Number { value, .. } => self.constant(*value, grid),
            Expr::Text { value, .. } => Ok(Evaluated::Text(Arc::clone(value))),
            Expr::Selector(selector) => self.selector(selector, grid).map(Evaluated::Vector),
            Expr::Range(_) | Expr::Subquery(_) => {
                Err(EvalError::invalid(format!("{expr} is a range vector where none is expected")))
            }
            Expr::Call(call) => self.call(call, grid),
            Expr::Aggregation(aggregation) => self.aggregate(aggregation, grid).map(Evaluated::Vector),
            Expr::Binary(binary) => self.binary(binary, grid),
            Expr::Negative { expr, .. } => self.negative(expr, grid),
            Expr::Paren { expr, .. } => self.eval(expr, grid),
        }
    }

    fn negative(&mut self, expr: &Expr, grid: &Grid) -> Result<Evaluated, EvalError> {
        Ok(match self.eval(expr, grid)? {
            Evaluated::Scalar(mut values) => {
                values.iter_mut().for_each(|value| *value = -*value);
                Evaluated::Scalar(values)
            }
            Evaluated::Vector(mut columns) => {
                for column in &mut columns {
                    column.drop_name = true;
                    column.map_floats(|value| -value);
                    column.map_histograms(|histogram| histogram.mul(-1.0));
                }
                Evaluated::Vector(columns)
            }
            text @ Evaluated::Text(_) => text,
        })
    }

    fn constant(&mut self, value: f64, grid: &Grid) -> Result<Evaluated, EvalError> {
        self.hold(grid.len)?;
        Ok(Evaluated::Scalar(vec![value; grid.len]))
    }

    /// The value at the first time, at all times.
    fn repeat(&mut self, value: Evaluated, len: usize) -> Result<Evaluated, EvalError> {
        Ok(match value {
            Evaluated::Scalar(values) => {
                self.hold(len)?;
                Evaluated::Scalar(vec![values.first().copied().unwrap_or(f64::NAN); len])
            }
            Evaluated::Vector(columns) => {
                let mut repeated = Vec::with_capacity(columns.len());
                for column in columns {
                    self.hold(len)?;
                    repeated.push(column.repeated(len));
                }
                Evaluated::Vector(repeated)
            }
            text @ Evaluated::Text(_) => text,
        })
    }

    fn vector(&mut self, expr: &Expr, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        match self.eval(expr, grid)? {
            Evaluated::Vector(columns) => Ok(columns),
            Evaluated::Scalar(_) | Evaluated::Text(_) => {
                Err(EvalError::invalid(format!("{expr} is no instant vector")))
            }
        }
    }

    fn scalar(&mut self, expr: &Expr, grid: &Grid) -> Result<Vec<f64>, EvalError> {
        match self.eval(expr, grid)? {
            Evaluated::Scalar(values) => Ok(values),
            Evaluated::Vector(_) | Evaluated::Text(_) => Err(EvalError::invalid(format!("{expr} is no scalar"))),
        }
    }

    /// Counts samples that are about to be held.
    fn hold(&mut self, samples: usize) -> Result<(), EvalError> {
        self.held = self.held.saturating_add(samples);
        if self.held > self.limits.samples_max {
            return Err(EvalError::too_many_samples(self.limits.samples_max));
        }
        Ok(())
    }

    /// To be called once a series: asks now and then whether to go on.
    fn look(&mut self) -> Result<(), EvalError> {
        const SERIES_BETWEEN_QUESTIONS: usize = 64;
        self.looked += 1;
        if self.looked.is_multiple_of(SERIES_BETWEEN_QUESTIONS) && (self.is_cancelled)() {
            return Err(EvalError::cancelled());
        }
        Ok(())
    }

    fn new_column(&mut self, labels: crate::labels::Labels, drop_name: bool, len: usize) -> Result<Column, EvalError> {
        self.hold(len)?;
        Ok(Column::new(labels, drop_name, len))
    }

    fn columns(&self, grid: &Grid) -> Columns {
        Columns::new(grid.len, self.limits.samples_max.saturating_sub(self.held))
    }

    fn offset(&self, offset: Option<&Length>) -> Result<i64, EvalError> {
        selection::offset_ms(offset, self.request)
    }
}

fn weight(value: &Evaluated) -> usize {
    match value {
        Evaluated::Scalar(values) => values.len(),
        Evaluated::Vector(columns) => columns.iter().map(Column::weight).sum(),
        Evaluated::Text(_) => 0,
    }
}

/// Whether an expression has the same value at all times.
fn is_step_invariant(expr: &Expr) -> bool {
    match expr {
        Expr::Number { .. } | Expr::Text { .. } => true,
        Expr::Selector(selector) => selector.at.is_some(),
        Expr::Range(range) => range.selector.at.is_some(),
        Expr::Subquery(subquery) => subquery.at.is_some(),
        Expr::Call(call) => {
            let is_of_selector = matches!(call.function.kind, Kind::Timestamp)
                && matches!(call.args.first().map(Expr::unwrapped), Some(Expr::Selector(_)));
            let is_safe = is_of_selector || !call.function.depends_on_time();
            is_safe && call.args.iter().all(is_step_invariant)
        }
        _ => expr.children().into_iter().all(is_step_invariant),
    }
}

#[cfg(test)]
mod tests;
