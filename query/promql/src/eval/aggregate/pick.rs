//! Aggregations that pick series: `topk`, `bottomk`, `limitk`, `limit_ratio`.

use std::cmp::Ordering;

use super::Group;
use crate::error::EvalError;
use crate::eval::Evaluator;
use crate::eval::column::{Cell, Column};
use crate::request::Grid;
use crate::syntax::{Aggregator, Span, short_float};

impl Evaluator<'_> {
    #[expect(clippy::too_many_arguments, reason = "what an aggregation consists of")]
    pub(super) fn pick(
        &mut self,
        op: Aggregator,
        span: Span,
        columns: Vec<Column>,
        groups: &[Group],
        param: &[f64],
        param_span: Span,
        grid: &Grid,
    ) -> Result<Vec<Column>, EvalError> {
        if op == Aggregator::LimitRatio {
            self.check_ratio(param, param_span)?;
        } else {
            check_count(param)?;
        }
        let mut picked: Vec<Option<Column>> = columns.iter().map(|_| None).collect();
        // The order in which series were picked at the first time, which an instant query keeps.
        let mut order: Vec<usize> = Vec::new();
        let hashes: Vec<f64> =
            if op == Aggregator::LimitRatio { columns.iter().map(share).collect() } else { Vec::new() };
        for (step, param) in param.iter().enumerate() {
            for group in groups {
                self.look()?;
                let chosen = match op {
                    Aggregator::Limitk => {
                        let present = group.members.iter().copied().filter(|member| columns[*member].has(step));
                        present.take(count(*param)).collect()
                    }
                    Aggregator::LimitRatio => {
                        let present = group.members.iter().copied().filter(|member| columns[*member].has(step));
                        present.filter(|member| is_drawn(*param, hashes[*member])).collect()
                    }
                    _ => self.extremes(op, span, &columns, group, *param, step),
                };
                for member in chosen {
                    let column = &columns[member];
                    let Some(cell) = column.at(step) else { continue };
                    if picked[member].is_none() {
                        order.push(member);
                        picked[member] = Some(self.new_column(column.labels.clone(), column.drop_name, grid.len)?);
                    }
                    if let Some(result) = &mut picked[member] {
                        result.set(step, cell.to_sample());
                    }
                }
            }
        }
        Ok(order.into_iter().filter_map(|member| picked[member].take()).collect())
    }

    /// The members with the largest or smallest floats, the most extreme first; NaN is least extreme.
    fn extremes(
        &mut self,
        op: Aggregator,
        span: Span,
        columns: &[Column],
        group: &Group,
        k: f64,
        step: usize,
    ) -> Vec<usize> {
        let k = count(k);
        if k == 0 {
            return Vec::new();
        }
        let mut values: Vec<(f64, usize)> = Vec::with_capacity(group.members.len());
        for member in &group.members {
            match columns[*member].at(step) {
                Some(Cell::Float(float)) => values.push((float, *member)),
                Some(Cell::Histogram(_)) => self.annotations.histogram_ignored_in_aggregation(span, op.name()),
                None => {}
            }
        }
        let order = |a: &(f64, usize), b: &(f64, usize)| {
            let by_value = match op {
                Aggregator::Topk => b.0.partial_cmp(&a.0),
                _ => a.0.partial_cmp(&b.0),
            };
            by_value.unwrap_or_else(|| a.0.is_nan().cmp(&b.0.is_nan())).then(a.1.cmp(&b.1))
        };
        if k < values.len() {
            values.select_nth_unstable_by(k - 1, order);
            values.truncate(k);
        }
        values.sort_unstable_by(order);
        values.into_iter().map(|(_, member)| member).collect()
    }

    fn check_ratio(&mut self, ratios: &[f64], span: Span) -> Result<(), EvalError> {
        if ratios.iter().any(|ratio| ratio.is_nan()) {
            return Err(EvalError::data("Ratio value is NaN"));
        }
        let largest = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let smallest = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        if largest > 1.0 {
            self.annotations.invalid_ratio(span, largest, 1.0);
        }
        if smallest < -1.0 {
            self.annotations.invalid_ratio(span, smallest, -1.0);
        }
        Ok(())
    }
}

fn check_count(counts: &[f64]) -> Result<(), EvalError> {
    const OVERFLOWS: f64 = 9_223_372_036_854_774_784.0;
    if counts.iter().any(|count| count.is_nan()) {
        return Err(EvalError::data("Parameter value is NaN"));
    }
    if counts.iter().all(|count| *count < 1.0) {
        return Ok(());
    }
    for (is_wrong, what) in [
        (counts.iter().find(|count| **count <= -OVERFLOWS), "underflows"),
        (counts.iter().find(|count| **count >= OVERFLOWS), "overflows"),
    ] {
        if let Some(value) = is_wrong {
            return Err(EvalError::data(format!("Scalar value {} {what} int64", short_float(*value))));
        }
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 1 there is nothing to pick")]
fn count(k: f64) -> usize {
    k.max(0.0) as usize
}

/// Where a series lies between 0 and 1, the same at all times and in all processes.
#[expect(clippy::cast_precision_loss, reason = "a share is a float")]
fn share(column: &Column) -> f64 {
    column.labels.stable_hash() as f64 / u64::MAX as f64
}

/// A negative ratio draws what its complement does not.
fn is_drawn(ratio: f64, share: f64) -> bool {
    match ratio.partial_cmp(&0.0) {
        Some(Ordering::Less) => share >= 1.0 + ratio.max(-1.0),
        _ => share < ratio.min(1.0) || ratio >= 1.0,
    }
}
