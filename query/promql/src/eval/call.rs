//! Functions of instant vectors and scalars.

use super::column::{Cell, Column};
use super::range::labels_of_absent;
use super::{Evaluated, Evaluator};
use crate::calendar::Field;
use crate::error::EvalError;
use crate::histogram::FloatHistogram;
use crate::labels::Labels;
use crate::request::Grid;
use crate::series::{is_stale, stale};
use crate::syntax::{Call, Expr, Kind};

impl Evaluator<'_> {
    pub(super) fn call(&mut self, call: &Call, grid: &Grid) -> Result<Evaluated, EvalError> {
        let vector = Evaluated::Vector;
        match call.function.kind {
            Kind::OverRange(function) => self.range_call(call, function, grid),
            Kind::Map(map) => self.map(&call.args[0], grid, map).map(vector),
            Kind::Calendar(field) => self.calendar(call, field, grid).map(vector),
            Kind::OfHistogram(of) => self.of_histogram(&call.args[0], of, grid).map(vector),
            Kind::Absent => self.absent(&call.args[0], grid).map(vector),
            Kind::Clamp | Kind::ClampMin | Kind::ClampMax => self.clamp(call, grid).map(vector),
            Kind::Round => self.round(call, grid).map(vector),
            Kind::HistogramFraction => self.histogram_fraction(call, grid).map(vector),
            Kind::HistogramQuantile => self.histogram_quantile(call, grid).map(vector),
            Kind::HistogramQuantiles => self.histogram_quantiles(call, grid).map(vector),
            Kind::Info => self.info(call, grid).map(vector),
            Kind::LabelJoin => self.label_join(call, grid).map(vector),
            Kind::LabelReplace => self.label_replace(call, grid).map(vector),
            Kind::Sort { descending } => self.sort(call, descending, grid).map(vector),
            Kind::SortByLabel { descending } => self.sort_by_label(call, descending, grid).map(vector),
            Kind::Timestamp => self.timestamps(&call.args[0], false, grid).map(vector),
            Kind::StartTimestamp => self.timestamps(&call.args[0], true, grid).map(vector),
            Kind::Vector => {
                let values = self.scalar(&call.args[0], grid)?;
                let mut column = self.new_column(Labels::default(), false, grid.len)?;
                column.floats = values;
                Ok(Evaluated::Vector(vec![column]))
            }
            _ => self.scalar_call(call, grid).map(Evaluated::Scalar),
        }
    }

    fn scalar_call(&mut self, call: &Call, grid: &Grid) -> Result<Vec<f64>, EvalError> {
        let (start, end) = (self.request.start_ms, self.request.end_ms);
        let constant = match call.function.kind {
            Kind::Pi => std::f64::consts::PI,
            Kind::Start => seconds(start),
            Kind::End => seconds(end),
            Kind::Range => seconds(end.saturating_sub(start)),
            Kind::Step if start == end => 0.0,
            Kind::Step => seconds(self.request.step_ms),
            Kind::Time => {
                self.hold(grid.len)?;
                return Ok(grid.times().map(seconds).collect());
            }
            Kind::MaxOf | Kind::MinOf => {
                let is_max = matches!(call.function.kind, Kind::MaxOf);
                let mut values = self.scalar(&call.args[0], grid)?;
                let others = self.scalar(&call.args[1], grid)?;
                let choose = if is_max { larger } else { smaller };
                values.iter_mut().zip(others).for_each(|(value, other)| *value = choose(*value, other));
                return Ok(values);
            }
            Kind::Scalar => {
                let columns = self.vector(&call.args[0], grid)?;
                self.hold(grid.len)?;
                return Ok((0..grid.len).map(|step| only_float(&columns, step)).collect());
            }
            _ => return Err(EvalError::invalid(format!("{} is not known here", call.function.name))),
        };
        self.hold(grid.len)?;
        Ok(vec![constant; grid.len])
    }

    /// A function of each float. Histograms are left out.
    fn map(&mut self, arg: &Expr, grid: &Grid, map: impl Fn(f64) -> f64) -> Result<Vec<Column>, EvalError> {
        let columns = self.vector(arg, grid)?;
        Ok(only_floats(columns)
            .map(|mut column| {
                column.map_floats(&map);
                column.drop_name = true;
                column
            })
            .collect())
    }

    fn calendar(&mut self, call: &Call, field: Field, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let Some(arg) = call.args.first() else {
            let mut column = self.new_column(Labels::default(), false, grid.len)?;
            column.floats = grid.times().map(|time| field.of(seconds(time))).collect();
            return Ok(vec![column]);
        };
        self.map(arg, grid, |time| field.of(time))
    }

    fn of_histogram(
        &mut self,
        arg: &Expr,
        of: fn(&FloatHistogram) -> f64,
        grid: &Grid,
    ) -> Result<Vec<Column>, EvalError> {
        let columns = self.vector(arg, grid)?;
        let with_histograms = columns.into_iter().filter_map(|mut column| {
            let histograms = column.histograms.take()?;
            column.floats = histograms.iter().map(|one| one.as_deref().map_or_else(stale, of)).collect();
            column.drop_name = true;
            Some(column)
        });
        Ok(with_histograms.collect())
    }

    fn absent(&mut self, arg: &Expr, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let columns = self.vector(arg, grid)?;
        let mut column = self.new_column(labels_of_absent(arg), false, grid.len)?;
        for step in 0..grid.len {
            if !columns.iter().any(|column| column.has(step)) {
                column.floats[step] = 1.0;
            }
        }
        Ok(if column.is_empty() { Vec::new() } else { vec![column] })
    }

    fn clamp(&mut self, call: &Call, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let columns = self.vector(&call.args[0], grid)?;
        let first = self.scalar(&call.args[1], grid)?;
        let nothing = |bound| vec![bound; grid.len];
        let (low, high) = match call.function.kind {
            Kind::ClampMin => (first, nothing(f64::INFINITY)),
            Kind::ClampMax => (nothing(f64::NEG_INFINITY), first),
            _ => (first, self.scalar(&call.args[2], grid)?),
        };
        let clamped = only_floats(columns).map(|mut column| {
            for (float, (low, high)) in column.floats.iter_mut().zip(low.iter().zip(&high)) {
                if high < low {
                    *float = stale();
                } else if !is_stale(*float) {
                    *float = larger(*low, smaller(*high, *float));
                }
            }
            column.drop_name = true;
            column
        });
        Ok(clamped.filter(|column| !column.is_empty()).collect())
    }

    fn round(&mut self, call: &Call, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let columns = self.vector(&call.args[0], grid)?;
        let nearest = match call.args.get(1) {
            Some(arg) => self.scalar(arg, grid)?,
            None => vec![1.0; grid.len],
        };
        let rounded = only_floats(columns).map(|mut column| {
            for (float, nearest) in column.floats.iter_mut().zip(&nearest).filter(|(float, _)| !is_stale(**float)) {
                // The inverse loses less where the multiple is a fraction.
                let inverse = 1.0 / nearest;
                *float = (*float * inverse + 0.5).floor() / inverse;
            }
            column.drop_name = true;
            column
        });
        Ok(rounded.collect())
    }

    /// The time of each sample, or when what it counts began. That of a selector is the sample's own, that of anything
    /// else the time of the evaluation; no begin is known of the latter.
    fn timestamps(&mut self, arg: &Expr, of_starts: bool, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let Expr::Selector(selector) = arg.unwrapped() else {
            let mut columns = self.vector(arg, grid)?;
            if of_starts {
                return Ok(Vec::new());
            }
            for column in &mut columns {
                for (step, time) in grid.times().enumerate() {
                    if column.has(step) {
                        column.floats[step] = seconds(time);
                    }
                }
                column.histograms = None;
                column.drop_name = true;
            }
            return Ok(columns);
        };
        if of_starts && !self.request.uses_start_times {
            return Ok(Vec::new());
        }
        let lists = self.series;
        let seen = self.seen(selector.at, selector.offset.as_ref())?;
        let mut columns = Vec::new();
        for series in &lists[selector.index] {
            self.look()?;
            let mut column = self.new_column(series.labels.clone(), true, grid.len)?;
            self.newest(series, seen, grid, |step, newest| {
                column.floats[step] = seconds(if of_starts { newest.start } else { newest.time });
            });
            if !column.is_empty() {
                columns.push(column);
            }
        }
        Ok(columns)
    }
}

/// Columns without their histograms, if anything is left.
fn only_floats(columns: Vec<Column>) -> impl Iterator<Item = Column> {
    columns.into_iter().filter_map(|mut column| match column.histograms.take() {
        Some(_) if column.is_empty() => None,
        _ => Some(column),
    })
}

fn only_float(columns: &[Column], step: usize) -> f64 {
    let mut floats = columns.iter().filter_map(|column| match column.at(step) {
        Some(Cell::Float(float)) => Some(float),
        _ => None,
    });
    match (floats.next(), floats.next()) {
        (Some(float), None) => float,
        _ => f64::NAN,
    }
}

#[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 ms")]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// The larger of two, NaN if one is.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// The smaller of two, NaN if one is.
fn smaller(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}
