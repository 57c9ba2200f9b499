//! Aggregations: series are put into groups once, then each group is folded over all times.

mod fold;
mod pick;

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use self::fold::{Count, Fold, Largest, MeanOf, Smallest, SumOf, Variance};
use super::Evaluator;
use super::column::{Cell, Column};
use super::range::span_of;
use crate::annotation::Operation;
use crate::error::EvalError;
use crate::histogram::HistogramSum;
use crate::labels::{Labels, METRIC_NAME};
use crate::request::Grid;
use crate::series::{Sample, is_stale, stale};
use crate::syntax::{Aggregation, Aggregator, Expr, Grouping, Span, quoted};

/// Series that are aggregated together.
pub(super) struct Group {
    pub(super) labels: Labels,
    /// Places of the columns.
    pub(super) members: Vec<usize>,
}

impl Evaluator<'_> {
    pub(super) fn aggregate(&mut self, aggregation: &Aggregation, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let param = match (aggregation.op.parameter(), &aggregation.param) {
            (Some(crate::syntax::ValueType::Scalar), Some(param)) => Some(self.scalar(param, grid)?),
            _ => None,
        };
        let columns = self.vector(&aggregation.expr, grid)?;
        if aggregation.op == Aggregator::CountValues {
            return self.count_values(aggregation, &columns, grid);
        }
        let groups = groups(&columns, &aggregation.grouping);
        let param_span = aggregation.param.as_deref().map_or(aggregation.span, span_of);
        match (aggregation.op, param) {
            (Aggregator::Quantile, Some(q)) => self.quantiles(aggregation, &columns, &groups, &q, param_span, grid),
            (op, Some(param)) => self.pick(op, aggregation.span, columns, &groups, &param, param_span, grid),
            (op, None) => self.fold_all(op, span_of(&aggregation.expr), &columns, &groups, grid),
        }
    }

    fn fold_all(
        &mut self,
        op: Aggregator,
        span: Span,
        columns: &[Column],
        groups: &[Group],
        grid: &Grid,
    ) -> Result<Vec<Column>, EvalError> {
        let mut results = Vec::with_capacity(groups.len());
        for group in groups {
            let drop_name = group.members.iter().any(|member| columns[*member].drop_name);
            let mut result = self.new_column(group.labels.clone(), drop_name, grid.len)?;
            match op {
                Aggregator::Sum => self.fold_floats::<SumOf>(columns, group, &mut result)?,
                Aggregator::Avg => self.fold_floats::<MeanOf>(columns, group, &mut result)?,
                Aggregator::Max => self.fold_floats::<Largest>(columns, group, &mut result)?,
                Aggregator::Min => self.fold_floats::<Smallest>(columns, group, &mut result)?,
                Aggregator::Stddev | Aggregator::Stdvar => {
                    self.fold_floats::<Variance>(columns, group, &mut result)?;
                    if op == Aggregator::Stddev {
                        result.map_floats(f64::sqrt);
                    }
                }
                _ => self.fold_floats::<Count>(columns, group, &mut result)?,
            }
            let has_histograms = group.members.iter().any(|member| columns[*member].histograms.is_some());
            if has_histograms {
                self.add_histograms(op, span, columns, group, &mut result);
            }
            if op == Aggregator::Group {
                result.map_floats(|_| 1.0);
            }
            if result.is_empty() {
                self.held -= grid.len;
            } else {
                results.push(result);
            }
        }
        Ok(results)
    }

    fn fold_floats<F: Fold>(
        &mut self,
        columns: &[Column],
        group: &Group,
        result: &mut Column,
    ) -> Result<(), EvalError> {
        let mut states: Vec<Option<F>> = vec![None; result.floats.len()];
        for member in &group.members {
            self.look()?;
            for (state, float) in states.iter_mut().zip(&columns[*member].floats) {
                if is_stale(*float) {
                    continue;
                }
                match state {
                    Some(state) => state.add(*float),
                    None => *state = Some(F::first(*float)),
                }
            }
        }
        for (float, state) in result.floats.iter_mut().zip(states) {
            *float = state.map_or_else(stale, F::finish);
        }
        Ok(())
    }

    /// What the histograms of a group do to a result of its floats.
    fn add_histograms(&mut self, op: Aggregator, span: Span, columns: &[Column], group: &Group, result: &mut Column) {
        for step in 0..result.floats.len() {
            let here = group.members.iter().filter_map(|member| {
                let column = &columns[*member];
                match column.at(step) {
                    Some(Cell::Histogram(histogram)) => Some((histogram, column.labels.metric_name())),
                    _ => None,
                }
            });
            let here: Vec<_> = here.collect();
            if here.is_empty() {
                continue;
            }
            let is_mixed = !is_stale(result.floats[step]);
            match op {
                Aggregator::Sum | Aggregator::Avg if is_mixed => {
                    self.annotations.mixed_aggregation(span);
                    result.clear(step);
                }
                Aggregator::Sum | Aggregator::Avg => {
                    let Some((first, rest)) = here.split_first() else { continue };
                    let mut sum = HistogramSum::of(first.0);
                    let failed = rest.iter().find(|(histogram, _)| {
                        let added = if op == Aggregator::Avg { sum.add_to_mean(histogram) } else { sum.add(histogram) };
                        added.is_err()
                    });
                    if let Some((_, metric)) = failed {
                        self.annotations.mixed_schemas(span, metric);
                        continue;
                    }
                    if sum.resets_collide() {
                        self.annotations.resets_collide(span, Operation::Aggregation);
                    }
                    if sum.bounds_reconciled {
                        self.annotations.bounds_reconciled(span, Operation::Aggregation);
                    }
                    let mut total = if op == Aggregator::Avg { sum.mean() } else { sum.total() };
                    total.compact();
                    result.set(step, Sample::Histogram(Arc::new(total)));
                }
                Aggregator::Count | Aggregator::Group => {
                    let before = if is_mixed { result.floats[step] } else { 0.0 };
                    #[expect(clippy::cast_precision_loss, reason = "a count of series")]
                    let more = here.len() as f64;
                    result.floats[step] = before + more;
                }
                _ => self.annotations.histogram_ignored_in_aggregation(span, op.name()),
            }
        }
    }

    fn quantiles(
        &mut self,
        aggregation: &Aggregation,
        columns: &[Column],
        groups: &[Group],
        q: &[f64],
        param_span: Span,
        grid: &Grid,
    ) -> Result<Vec<Column>, EvalError> {
        for q in [f64::min, f64::max].into_iter().filter_map(|end| q.iter().copied().reduce(end)) {
            if !(0.0..=1.0).contains(&q) {
                self.annotations.invalid_quantile(param_span, q);
            }
        }
        if q.iter().any(|q| q.is_nan()) {
            self.annotations.invalid_quantile(param_span, f64::NAN);
        }
        let span = span_of(&aggregation.expr);
        let mut results = Vec::with_capacity(groups.len());
        let mut values = Vec::new();
        for group in groups {
            let drop_name = group.members.iter().any(|member| columns[*member].drop_name);
            let mut result = self.new_column(group.labels.clone(), drop_name, grid.len)?;
            for (step, q) in q.iter().enumerate() {
                self.look()?;
                values.clear();
                for member in &group.members {
                    match columns[*member].at(step) {
                        Some(Cell::Float(float)) => values.push(float),
                        Some(Cell::Histogram(_)) => {
                            self.annotations.histogram_ignored_in_aggregation(span, aggregation.op.name());
                        }
                        None => {}
                    }
                }
                if !values.is_empty() {
                    result.floats[step] = quantile(*q, &mut values);
                }
            }
            if !result.is_empty() {
                results.push(result);
            }
        }
        Ok(results)
    }

    fn count_values(
        &mut self,
        aggregation: &Aggregation,
        columns: &[Column],
        grid: &Grid,
    ) -> Result<Vec<Column>, EvalError> {
        let Some(Expr::Text { value: label, .. }) = aggregation.param.as_deref().map(Expr::unwrapped) else {
            return Err(EvalError::invalid("count_values wants a label name in quotes"));
        };
        if label.is_empty() {
            return Err(EvalError::invalid(format!("invalid label name {}", quoted(label))));
        }
        let mut grouping = aggregation.grouping.clone();
        if !grouping.is_without {
            grouping.labels.push(Arc::clone(label));
        }
        let mut found = self.columns(grid);
        let mut counts: HashMap<(usize, usize), f64> = HashMap::new();
        for column in columns {
            self.look()?;
            for step in 0..grid.len {
                let text = match column.at(step) {
                    Some(Cell::Float(float)) => plain_float(float),
                    Some(Cell::Histogram(histogram)) => histogram.to_string(),
                    None => continue,
                };
                let mut edited = column.labels.edit();
                edited.set(Arc::clone(label), text.into());
                let place = found.place(&group_labels(&edited.into_labels(), &grouping), false)?;
                *counts.entry((place, step)).or_default() += 1.0;
            }
        }
        for ((place, step), count) in counts {
            found.put(place, step, Sample::Float(count))?;
        }
        Ok(found.into_columns())
    }
}

/// A float without an exponent, as Prometheus makes a label of it.
fn plain_float(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { crate::syntax::short_float(value) }
}

/// The groups of columns, in the order of their first members.
fn groups(columns: &[Column], grouping: &Grouping) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<Labels, usize, FixedState> = HashMap::default();
    for (member, column) in columns.iter().enumerate() {
        let labels = group_labels(&column.labels, grouping);
        let place = *places.entry(labels).or_insert_with_key(|labels| {
            groups.push(Group { labels: labels.clone(), members: Vec::new() });
            groups.len() - 1
        });
        groups[place].members.push(member);
    }
    groups
}

fn group_labels(labels: &Labels, grouping: &Grouping) -> Labels {
    if grouping.is_without {
        labels.filter(|name| name != METRIC_NAME && !grouping.labels.iter().any(|dropped| **dropped == *name))
    } else {
        labels.keep(&grouping.labels)
    }
}

/// The quantile of some values, which are sorted for it; NaN is the smallest value.
pub(super) fn quantile(q: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    values.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())));
    #[expect(clippy::cast_precision_loss, reason = "a count of values")]
    let rank = q * (values.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the count of values")]
    let lower = rank.floor().max(0.0) as usize;
    let upper = (lower + 1).min(values.len() - 1);
    let weight = rank - rank.floor();
    values[lower] * (1.0 - weight) + values[upper] * weight
}
