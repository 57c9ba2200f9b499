//! Binary operators.

mod element;
mod join;
mod set;

use self::element::{Outcome, element, scalars};
use super::column::{Cell, Column};
use super::{Evaluated, Evaluator};
use crate::error::EvalError;
use crate::labels::{Labels, METRIC_NAME};
use crate::request::Grid;
use crate::series::{Sample, is_stale, stale};
use crate::syntax::{Binary, Matching, Span};

impl Evaluator<'_> {
    pub(super) fn binary(&mut self, binary: &Binary, grid: &Grid) -> Result<Evaluated, EvalError> {
        let lhs = self.eval(&binary.lhs, grid)?;
        let rhs = self.eval(&binary.rhs, grid)?;
        let span = binary.lhs.span().to(binary.rhs.span());
        match (lhs, rhs) {
            (Evaluated::Scalar(mut lhs), Evaluated::Scalar(rhs)) => {
                lhs.iter_mut().zip(&rhs).for_each(|(lhs, rhs)| *lhs = scalars(binary.op, *lhs, *rhs));
                Ok(Evaluated::Scalar(lhs))
            }
            (Evaluated::Vector(columns), Evaluated::Scalar(scalars)) => {
                self.with_scalar(binary, span, columns, &scalars, false).map(Evaluated::Vector)
            }
            (Evaluated::Scalar(scalars), Evaluated::Vector(columns)) => {
                self.with_scalar(binary, span, columns, &scalars, true).map(Evaluated::Vector)
            }
            (Evaluated::Vector(lhs), Evaluated::Vector(rhs)) if binary.op.is_set() => {
                self.set_operation(binary, lhs, rhs, grid).map(Evaluated::Vector)
            }
            (Evaluated::Vector(lhs), Evaluated::Vector(rhs)) => {
                self.join(binary, span, &lhs, &rhs, grid).map(Evaluated::Vector)
            }
            _ => Err(EvalError::invalid(format!("{:?} has a text for an operand", binary.op.text()))),
        }
    }

    /// An operator between the samples of a vector and a scalar. A comparison keeps the vector's values, on whatever
    /// side they stand.
    fn with_scalar(
        &mut self,
        binary: &Binary,
        span: Span,
        columns: Vec<Column>,
        scalars: &[f64],
        is_swapped: bool,
    ) -> Result<Vec<Column>, EvalError> {
        let op = binary.op;
        let mut results = Vec::with_capacity(columns.len());
        for mut column in columns {
            self.look()?;
            column.drop_name |= op.drops_name() || binary.is_bool;
            for (step, scalar) in scalars.iter().enumerate() {
                let Some(cell) = column.at(step) else { continue };
                let (lhs, rhs) = if is_swapped { (Cell::Float(*scalar), cell) } else { (cell, Cell::Float(*scalar)) };
                let outcome = element(op, lhs, rhs, span, &mut self.annotations);
                let result = match outcome {
                    Outcome::Nothing => None,
                    Outcome::Compared(is_true) if binary.is_bool => Some(Sample::Float(f64::from(u8::from(is_true)))),
                    Outcome::Compared(true) => continue,
                    Outcome::Compared(false) => None,
                    Outcome::Value(sample) => Some(sample),
                };
                match result {
                    Some(Sample::Float(float)) => {
                        column.clear_histogram(step);
                        column.floats[step] = float;
                    }
                    Some(Sample::Histogram(histogram)) => column.set_histogram(step, histogram),
                    None => column.clear(step),
                }
            }
            if !column.is_void() {
                results.push(column);
            }
        }
        Ok(results)
    }
}

impl Column {
    fn clear_histogram(&mut self, step: usize) {
        if let Some(histograms) = &mut self.histograms {
            histograms[step] = None;
        }
    }

    /// Whether there is nothing in it, histograms looked at one by one.
    fn is_void(&self) -> bool {
        let has_histogram = self.histograms.iter().flatten().any(Option::is_some);
        !has_histogram && self.floats.iter().all(|float| is_stale(*float))
    }

    fn masked(mut self, keep: impl Fn(usize) -> bool) -> Self {
        for step in 0..self.floats.len() {
            if !keep(step) {
                self.floats[step] = stale();
                self.clear_histogram(step);
            }
        }
        self
    }
}

/// The labels that have to be equal for series of both sides to match.
fn signature(labels: &Labels, matching: &Matching) -> Labels {
    if matching.is_on {
        labels.keep(&matching.labels)
    } else {
        labels.filter(|name| name != METRIC_NAME && !matching.labels.iter().any(|ignored| **ignored == *name))
    }
}
