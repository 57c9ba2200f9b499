//! `histogram_quantile`, `histogram_quantiles` and `histogram_fraction`, of classic and native histograms.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::Evaluator;
use super::classic::{self, CumulativeBucket};
use super::column::{Cell, Column};
use super::label_call::texts;
use super::range::span_of;
use crate::error::EvalError;
use crate::histogram::{FloatHistogram, NanFound};
use crate::labels::{BUCKET_BOUND, Labels};
use crate::request::Grid;
use crate::series::Sample;
use crate::syntax::{Call, Expr, Span, short_float};

/// The histograms of a vector.
struct Histograms {
    columns: Vec<Column>,
    /// Labels without the bound, and the buckets: bound and place.
    classic: Vec<(Labels, Vec<(f64, usize)>)>,
    /// Places of columns with native histograms, and that of the classic one of the same labels.
    native: Vec<(usize, Option<usize>)>,
    /// What annotations are about.
    span: Span,
}

/// What a function makes of one histogram.
enum Found<'a> {
    Classic(&'a mut Vec<CumulativeBucket>),
    Native(&'a Arc<FloatHistogram>),
}

impl Evaluator<'_> {
    pub(super) fn histogram_quantile(&mut self, call: &Call, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let quantiles = self.scalar(&call.args[0], grid)?;
        self.check_quantiles(&quantiles, span_of(&call.args[0]));
        let histograms = self.histograms(&call.args[1], grid)?;
        let span = span_of(&call.args[1]);
        self.of_each(&histograms, grid, |evaluator, step, metric, found| {
            evaluator.one_quantile(quantiles[step], found, metric, span, grid.time(step))
        })
    }

    pub(super) fn histogram_quantiles(&mut self, call: &Call, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let labels = texts(&call.args[1..2]);
        let Some(label) = labels.first() else { return Ok(Vec::new()) };
        if label.is_empty() {
            return Err(EvalError::invalid("invalid label name in histogram_quantiles(): it is empty"));
        }
        let mut lists = Vec::new();
        for arg in &call.args[2..] {
            let quantiles = self.scalar(arg, grid)?;
            self.check_quantiles(&quantiles, span_of(arg));
            lists.push(quantiles);
        }
        let histograms = self.histograms(&call.args[0], grid)?;
        let span = span_of(&call.args[0]);
        let mut results = self.columns(grid);
        for quantiles in lists {
            let columns = self.of_each(&histograms, grid, |evaluator, step, metric, found| {
                evaluator.one_quantile(quantiles[step], found, metric, span, grid.time(step))
            })?;
            // A quantile may change from time to time, and with it the label.
            for column in columns {
                for (step, quantile) in quantiles.iter().enumerate() {
                    let Some(cell) = column.at(step) else { continue };
                    let mut edited = column.labels.edit();
                    edited.set(Arc::clone(label), label_float(*quantile).into());
                    let place = results.place(&edited.into_labels(), true)?;
                    results.put(place, step, cell.to_sample())?;
                }
            }
        }
        Ok(results.into_columns())
    }

    pub(super) fn histogram_fraction(&mut self, call: &Call, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let lower = self.scalar(&call.args[0], grid)?;
        let upper = self.scalar(&call.args[1], grid)?;
        let histograms = self.histograms(&call.args[2], grid)?;
        let span = span_of(&call.args[2]);
        self.of_each(&histograms, grid, |evaluator, step, metric, found| match found {
            Found::Classic(buckets) => classic::fraction(lower[step], upper[step], buckets),
            Found::Native(histogram) => {
                let (fraction, outside) = histogram.fraction_with_nan(lower[step], upper[step]);
                if outside.is_some() {
                    evaluator.annotations.fraction_without_nan(span, metric);
                }
                fraction
            }
        })
    }

    fn check_quantiles(&mut self, quantiles: &[f64], span: Span) {
        let mut last = 0.0_f64;
        for quantile in quantiles {
            let is_known = quantile.to_bits() == last.to_bits();
            if !is_known && !(0.0..=1.0).contains(quantile) {
                self.annotations.invalid_quantile(span, *quantile);
            }
            last = *quantile;
        }
    }

    fn one_quantile(&mut self, q: f64, found: Found<'_>, metric: &str, span: Span, time: i64) -> f64 {
        match found {
            Found::Classic(buckets) => {
                let (quantile, repair) = classic::quantile(q, buckets);
                if let Some(repair) = repair {
                    self.annotations.monotonicity_forced(span, metric, time, repair);
                }
                quantile
            }
            Found::Native(histogram) => {
                let (quantile, nan) = histogram.quantile_with_nan(q);
                match nan {
                    Some(NanFound::Result) => self.annotations.quantile_is_nan(span, metric),
                    Some(NanFound::Skew) => self.annotations.quantile_is_skewed(span, metric),
                    None => {}
                }
                quantile
            }
        }
    }

    /// Sorts a vector into classic and native histograms.
    fn histograms(&mut self, arg: &Expr, grid: &Grid) -> Result<Histograms, EvalError> {
        let columns = self.vector(arg, grid)?;
        let span = span_of(arg);
        let mut classic: Vec<(Labels, Vec<(f64, usize)>)> = Vec::new();
        let mut places: HashMap<Labels, usize, FixedState> = HashMap::default();
        for (place, column) in columns.iter().enumerate() {
            self.look()?;
            if !(0..grid.len).any(|step| matches!(column.at(step), Some(Cell::Float(_)))) {
                continue;
            }
            let bound = column.labels.value(BUCKET_BOUND);
            let Ok(upper) = bound.parse::<f64>() else {
                self.annotations.bad_bucket_label(span, column.labels.metric_name(), bound);
                continue;
            };
            let labels = column.labels.filter(|name| name != BUCKET_BOUND);
            let group = *places.entry(labels).or_insert_with_key(|labels| {
                classic.push((labels.clone(), Vec::new()));
                classic.len() - 1
            });
            classic[group].1.push((upper, place));
        }
        let with_histograms = columns.iter().enumerate().filter(|(_, column)| column.histograms.is_some());
        let native = with_histograms.map(|(place, column)| (place, places.get(&column.labels).copied())).collect();
        Ok(Histograms { columns, classic, native, span })
    }

    /// Calculates a number of each histogram at each time. Where a classic and a native one have the same labels,
    /// neither counts.
    fn of_each(
        &mut self,
        histograms: &Histograms,
        grid: &Grid,
        mut calculate: impl FnMut(&mut Self, usize, &str, Found<'_>) -> f64,
    ) -> Result<Vec<Column>, EvalError> {
        let mut results = self.columns(grid);
        let mut conflicts: Vec<Vec<bool>> = vec![Vec::new(); histograms.classic.len()];
        let has_bucket = |group: usize, step: usize| {
            let buckets = &histograms.classic[group].1;
            buckets.iter().any(|(_, place)| matches!(histograms.columns[*place].at(step), Some(Cell::Float(_))))
        };
        for (place, group) in &histograms.native {
            let column = &histograms.columns[*place];
            let result = results.place(&column.labels, true)?;
            let metric = column.labels.metric_name();
            for step in 0..grid.len {
                let Some(Cell::Histogram(histogram)) = column.at(step) else { continue };
                if let Some(group) = group.filter(|group| has_bucket(*group, step)) {
                    self.annotations.mixed_classic_native(histograms.span, metric);
                    conflicts[group].resize(grid.len, false);
                    conflicts[group][step] = true;
                    continue;
                }
                let value = calculate(self, step, metric, Found::Native(histogram));
                results.put(result, step, Sample::Float(value))?;
            }
        }
        let mut buckets = Vec::new();
        for ((labels, places), conflicts) in histograms.classic.iter().zip(conflicts) {
            self.look()?;
            let result = results.place(labels, true)?;
            for step in 0..grid.len {
                if conflicts.get(step) == Some(&true) {
                    continue;
                }
                buckets.clear();
                for (upper, place) in places {
                    if let Some(Cell::Float(count)) = histograms.columns[*place].at(step) {
                        buckets.push(CumulativeBucket { upper: *upper, count });
                    }
                }
                if buckets.is_empty() {
                    continue;
                }
                let value = calculate(self, step, labels.metric_name(), Found::Classic(&mut buckets));
                results.put(result, step, Sample::Float(value))?;
            }
        }
        Ok(results.into_columns())
    }
}

/// A number as a label has it: with a point, so that it is seen to be no integer.
fn label_float(value: f64) -> String {
    let text = short_float(value);
    let is_integer = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_integer { format!("{text}.0") } else { text }
}
