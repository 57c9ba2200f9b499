//! An operator between two samples.

use std::sync::Arc;

use crate::annotation::{Annotations, Operation};
use crate::eval::column::Cell;
use crate::histogram::{FloatHistogram, Keep, ResetHint};
use crate::series::Sample;
use crate::syntax::{BinaryOp, Span};

/// What an operator makes of two samples.
pub(super) enum Outcome {
    /// A new value.
    Value(Sample),
    /// Whether a comparison is true.
    Compared(bool),
    /// The operator is not defined for them.
    Nothing,
}

pub(super) fn element(
    op: BinaryOp,
    lhs: Cell<'_>,
    rhs: Cell<'_>,
    span: Span,
    annotations: &mut Annotations,
) -> Outcome {
    let outcome = match (lhs, rhs) {
        (Cell::Float(lhs), Cell::Float(rhs)) => floats(op, lhs, rhs),
        (Cell::Float(factor), Cell::Histogram(histogram)) if op == BinaryOp::Mul => {
            changed(histogram, |histogram| histogram.mul(factor))
        }
        (Cell::Float(_), Cell::Histogram(_)) => Outcome::Nothing,
        (Cell::Histogram(histogram), Cell::Float(number)) => match op {
            BinaryOp::Mul => changed(histogram, |histogram| histogram.mul(number)),
            BinaryOp::Div => changed(histogram, |histogram| histogram.div(number)),
            BinaryOp::TrimUpper => trimmed(histogram, number, Keep::Below),
            BinaryOp::TrimLower => trimmed(histogram, number, Keep::Above),
            _ => Outcome::Nothing,
        },
        (Cell::Histogram(lhs), Cell::Histogram(rhs)) => match op {
            BinaryOp::Add | BinaryOp::Sub => return combined(op, lhs, rhs, span, annotations),
            BinaryOp::Eq => Outcome::Compared(lhs.equals(rhs)),
            BinaryOp::Ne => Outcome::Compared(!lhs.equals(rhs)),
            _ => Outcome::Nothing,
        },
    };
    if let Outcome::Nothing = outcome {
        annotations.incompatible_types(span, kind(lhs), op.text(), kind(rhs));
    }
    outcome
}

fn kind(cell: Cell<'_>) -> &'static str {
    match cell {
        Cell::Float(_) => "float",
        Cell::Histogram(_) => "histogram",
    }
}

fn floats(op: BinaryOp, lhs: f64, rhs: f64) -> Outcome {
    if op.is_comparison() {
        return Outcome::Compared(scalars(op, lhs, rhs) != 0.0);
    }
    if matches!(op, BinaryOp::TrimLower | BinaryOp::TrimUpper) {
        return Outcome::Nothing;
    }
    Outcome::Value(Sample::Float(scalars(op, lhs, rhs)))
}

/// An operator between two numbers; a comparison results in 0 or 1.
pub(super) fn scalars(op: BinaryOp, lhs: f64, rhs: f64) -> f64 {
    let truth = |is_true: bool| f64::from(u8::from(is_true));
    match op {
        BinaryOp::Add => lhs + rhs,
        BinaryOp::Sub => lhs - rhs,
        BinaryOp::Mul => lhs * rhs,
        BinaryOp::Div => lhs / rhs,
        BinaryOp::Mod => lhs % rhs,
        BinaryOp::Pow => lhs.powf(rhs),
        BinaryOp::Atan2 => lhs.atan2(rhs),
        BinaryOp::Eq => truth(lhs == rhs),
        BinaryOp::Ne => truth(lhs != rhs),
        BinaryOp::Gt => truth(lhs > rhs),
        BinaryOp::Lt => truth(lhs < rhs),
        BinaryOp::Ge => truth(lhs >= rhs),
        BinaryOp::Le => truth(lhs <= rhs),
        BinaryOp::Or | BinaryOp::And | BinaryOp::Unless | BinaryOp::TrimLower | BinaryOp::TrimUpper => f64::NAN,
    }
}

fn changed(histogram: &FloatHistogram, change: impl FnOnce(&mut FloatHistogram)) -> Outcome {
    let mut changed = histogram.clone();
    change(&mut changed);
    changed.compact();
    Outcome::Value(Sample::Histogram(Arc::new(changed)))
}

fn trimmed(histogram: &FloatHistogram, value: f64, keep: Keep) -> Outcome {
    let mut trimmed = histogram.clone();
    trimmed.trim(value, keep);
    Outcome::Value(Sample::Histogram(Arc::new(trimmed)))
}

fn combined(
    op: BinaryOp,
    lhs: &FloatHistogram,
    rhs: &FloatHistogram,
    span: Span,
    annotations: &mut Annotations,
) -> Outcome {
    let mut result = lhs.clone();
    let (done, operation) = if op == BinaryOp::Add {
        (result.add(rhs), Operation::Addition)
    } else {
        (result.sub(rhs), Operation::Subtraction)
    };
    let Ok(done) = done else {
        annotations.incompatible_buckets(span, op.text());
        return Outcome::Nothing;
    };
    if op == BinaryOp::Sub {
        result.reset_hint = ResetHint::Gauge;
    }
    if done.bounds_reconciled {
        annotations.bounds_reconciled(span, operation);
    }
    if done.resets_collide {
        annotations.resets_collide(span, operation);
    }
    result.compact();
    Outcome::Value(Sample::Histogram(Arc::new(result)))
}
