//! Functions of a range: for each series a window slides over its samples, one result a time.

mod changes;
mod extended;
mod instant_rate;
mod over_time;
mod prefix;
mod rate;
mod regression;
mod smooth;
mod window;

use std::borrow::Cow;

use self::window::{Cursor, Prepared, Window};
use super::column::Column;
use super::selector::Seen;
use super::{Evaluated, Evaluator};
use crate::annotation::Annotations;
use crate::error::EvalError;
use crate::histogram::ResetHint;
use crate::labels::Labels;
use crate::matcher::MatchOp;
use crate::request::Grid;
use crate::selection::positive_ms;
use crate::series::{Sample, Series};
use crate::syntax::{Call, Expr, Extension, Length, RangeFunction, RangeSelector, Selector, Span, Subquery};

/// What the windows of a call slide over.
struct Input<'a> {
    series: Vec<(Cow<'a, Series>, bool)>,
    seen: Seen,
    range: i64,
    extension: Option<Extension>,
}

/// What a function of a window has to know beside it.
struct Context<'a> {
    annotations: &'a mut Annotations,
    /// The name of the series' metric.
    metric: &'a str,
    /// What annotations are about.
    span: Span,
    extension: Option<Extension>,
    uses_start_times: bool,
    /// The other arguments at this time.
    scalars: &'a [f64],
}

impl<'a> Evaluator<'a> {
    pub(super) fn range_call(
        &mut self,
        call: &Call,
        function: RangeFunction,
        grid: &Grid,
    ) -> Result<Evaluated, EvalError> {
        let is_range = |arg: &Expr| matches!(arg, Expr::Range(_) | Expr::Subquery(_));
        let args: Vec<&Expr> = call.args.iter().map(Expr::unwrapped).collect();
        let Some(range_arg) = args.iter().copied().find(|arg| is_range(arg)) else {
            return Err(EvalError::invalid(format!("{} wants a range vector", call.function.name)));
        };
        let input = self.range_input(range_arg, grid)?;
        check_extension(call, function, input.extension)?;
        let mut scalars = Vec::new();
        for arg in args.iter().filter(|arg| !is_range(arg)) {
            scalars.push(self.scalar(arg, grid)?);
        }
        let span = span_of(args[0]);
        if function == RangeFunction::AbsentOverTime {
            return self.absent_over_time(range_arg, &input, grid).map(|column| Evaluated::Vector(vec![column]));
        }
        let keeps_name = matches!(function, RangeFunction::LastOverTime | RangeFunction::FirstOverTime);
        let is_rate = matches!(function, RangeFunction::Rate | RangeFunction::Increase);
        let mut columns = Vec::with_capacity(input.series.len());
        let mut last_name = String::new();
        for (series, drop_name) in &input.series {
            self.look()?;
            let column = self.new_column(series.labels.clone(), *drop_name || !keeps_name, grid.len)?;
            let prepared = Prepared::new(series, is_rate);
            let column = self.slide(&prepared, &input, function, span, &scalars, grid, column)?;
            if column.is_empty() {
                self.held -= grid.len;
                continue;
            }
            let name = column.labels.metric_name();
            if is_rate && name != last_name && has_floats(&column) {
                last_name.clear();
                last_name.push_str(name);
                if !name.is_empty() && !is_counter_name(name) {
                    self.annotations.possibly_no_counter(span, name);
                }
            }
            columns.push(column);
        }
        Ok(Evaluated::Vector(columns))
    }

    /// Slides a window over a series.
    #[expect(clippy::too_many_arguments, reason = "what a call has in common stands in them")]
    fn slide(
        &mut self,
        prepared: &Prepared<'_>,
        input: &Input<'_>,
        function: RangeFunction,
        span: Span,
        scalars: &[Vec<f64>],
        grid: &Grid,
        mut column: Column,
    ) -> Result<Column, EvalError> {
        let plain_rate = match function {
            RangeFunction::Rate => Some((true, true)),
            RangeFunction::Increase => Some((true, false)),
            RangeFunction::Delta => Some((false, false)),
            _ => None,
        };
        if let (Some(kind), true, None) = (plain_rate, prepared.is_plain(), input.extension) {
            rate::rates_of_floats(prepared, input, grid, kind, &mut column.floats);
            return Ok(column);
        }
        let is_sum = matches!(function, RangeFunction::SumOverTime | RangeFunction::AvgOverTime);
        let is_slidable = is_sum && !prepared.has_histograms() && grid.len > 1;
        let running = is_slidable.then(|| prefix::RunningSums::new(prepared, input)).flatten();
        if let Some(running) = running {
            let is_mean = function == RangeFunction::AvgOverTime;
            prefix::sums_of_floats(&running, prepared, input, grid, is_mean, &mut column.floats);
            return Ok(column);
        }
        let lookback = self.request.lookback_ms;
        let (before, after) = match input.extension {
            None => (0, 0),
            Some(Extension::Anchored) => (lookback, 0),
            Some(Extension::Smoothed) => (lookback, lookback),
        };
        let metric = prepared.labels.metric_name();
        let mut at_step = vec![0.0; scalars.len()];
        let mut cursor = Cursor::default();
        for (step, time) in grid.times().enumerate() {
            let end = input.seen.time(time);
            let start = end.saturating_sub(input.range);
            let Some(window) = cursor.window(prepared, start, end, before, after, time) else { continue };
            for (value, values) in at_step.iter_mut().zip(scalars) {
                *value = values[step];
            }
            let mut context = Context {
                annotations: &mut self.annotations,
                metric,
                span,
                extension: input.extension,
                uses_start_times: self.request.uses_start_times,
                scalars: &at_step,
            };
            match apply(function, &window, &mut context)? {
                Some(Sample::Float(float)) => column.floats[step] = float,
                Some(Sample::Histogram(histogram)) => column.set_histogram(step, histogram),
                None => {}
            }
        }
        Ok(column)
    }

    fn range_input(&mut self, arg: &Expr, grid: &Grid) -> Result<Input<'a>, EvalError> {
        let lists = self.series;
        match arg {
            Expr::Range(range) => {
                let selector = &range.selector;
                let seen = self.seen(selector.at, selector.offset.as_ref())?;
                let range = self.positive(&range.range)?;
                let series = lists[selector.index].iter().map(|series| (Cow::Borrowed(series), false)).collect();
                Ok(Input { series, seen, range, extension: selector.extension })
            }
            Expr::Subquery(subquery) => {
                let seen = self.seen(subquery.at, subquery.offset.as_ref())?;
                let range = self.positive(&subquery.range)?;
                let (inner, columns) = self.subquery(subquery, grid)?;
                let series = columns.into_iter().map(|column| {
                    let drop_name = column.drop_name;
                    (Cow::Owned(without_hints(column.into_series(&inner))), drop_name)
                });
                Ok(Input { series: series.collect(), seen, range, extension: None })
            }
            _ => Err(EvalError::invalid(format!("{arg} is no range vector"))),
        }
    }

    fn positive(&self, length: &Length) -> Result<i64, EvalError> {
        positive_ms(length, self.request, "range")
    }

    /// Evaluates the inner expression of a subquery at all times that the grid's ranges cover.
    pub(super) fn subquery(&mut self, subquery: &Subquery, grid: &Grid) -> Result<(Grid, Vec<Column>), EvalError> {
        let range = self.positive(&subquery.range)?;
        let step = match &subquery.step {
            Some(step) => positive_ms(step, self.request, "step")?,
            None => self.request.subquery_step_ms.max(1),
        };
        let seen = self.seen(subquery.at, subquery.offset.as_ref())?;
        let (first, last) = (seen.time(grid.start).saturating_sub(range), seen.time(grid.end()));
        // Multiples of the step, the first one behind the range's open lower end.
        let start = first.div_euclid(step).saturating_add(1).saturating_mul(step);
        let len = if last < start { 0 } else { (last - start) / step + 1 };
        let inner = Grid { start, step, len: usize::try_from(len).unwrap_or(usize::MAX) };
        if inner.len > self.limits.samples_max {
            return Err(EvalError::too_many_samples(self.limits.samples_max));
        }
        if inner.len == 0 {
            return Ok((inner, Vec::new()));
        }
        let columns = self.vector(&subquery.expr, &inner)?;
        Ok((inner, columns))
    }

    /// An instant query for a range: samples as they are, but for the markers.
    pub(super) fn raw_range(&mut self, range: &RangeSelector, grid: &Grid) -> Result<Vec<Series>, EvalError> {
        let lists = self.series;
        let seen = self.seen(range.selector.at, range.selector.offset.as_ref())?;
        let end = seen.time(grid.start);
        let start = end.saturating_sub(self.positive(&range.range)?);
        let lookback = self.request.lookback_ms;
        let (before, after) = match range.selector.extension {
            None => (0, 0),
            Some(Extension::Anchored) => (lookback, 0),
            Some(Extension::Smoothed) => (lookback, lookback),
        };
        let mut found = Vec::new();
        for series in &lists[range.selector.index] {
            self.look()?;
            let prepared = Prepared::new(series, false);
            let Some(window) = Cursor::default().window(&prepared, start, end, before, after, grid.start) else {
                continue;
            };
            self.hold(window.floats.len() + window.histograms.len())?;
            let series = match range.selector.extension {
                None => window.to_series(series.labels.clone()),
                Some(extension) => extended::extended_series(&window, extension, series.labels.clone())?,
            };
            found.push(series);
        }
        Ok(found)
    }

    /// 1 at each time at which no series has a sample.
    fn absent_over_time(&mut self, arg: &Expr, input: &Input<'_>, grid: &Grid) -> Result<Column, EvalError> {
        let mut is_present = vec![false; grid.len];
        for (series, _) in &input.series {
            self.look()?;
            let prepared = Prepared::new(series, false);
            let mut cursor = Cursor::default();
            for (step, time) in grid.times().enumerate() {
                let end = input.seen.time(time);
                let start = end.saturating_sub(input.range);
                is_present[step] |= cursor.window(&prepared, start, end, 0, 0, time).is_some();
            }
        }
        let mut column = self.new_column(labels_of_absent(arg), true, grid.len)?;
        for step in (0..grid.len).filter(|step| !is_present[*step]) {
            column.floats[step] = 1.0;
        }
        Ok(column)
    }
}

fn apply(function: RangeFunction, window: &Window<'_>, context: &mut Context<'_>) -> Result<Option<Sample>, EvalError> {
    use RangeFunction as F;
    Ok(match function {
        F::Rate => rate::rate(window, context, true, true),
        F::Increase => rate::rate(window, context, true, false),
        F::Delta => rate::rate(window, context, false, false),
        F::Irate => instant_rate::instant_rate(window, context, true),
        F::Idelta => instant_rate::instant_rate(window, context, false),
        F::Changes => changes::changes(window, context),
        F::Resets => changes::resets(window, context),
        F::Deriv => regression::deriv(window, context),
        F::PredictLinear => regression::predict_linear(window, context),
        F::DoubleExponentialSmoothing => regression::double_exponential_smoothing(window, context)?,
        F::AbsentOverTime => None,
        _ => over_time::over_time(function, window, context),
    })
}

/// `anchored` and `smoothed` change which samples a window has, which only some functions can deal with.
fn check_extension(call: &Call, function: RangeFunction, extension: Option<Extension>) -> Result<(), EvalError> {
    use RangeFunction as F;
    let (word, functions, names): (_, &[F], _) = match extension {
        None => return Ok(()),
        Some(Extension::Anchored) => {
            let functions = &[F::Changes, F::Delta, F::Increase, F::Rate, F::Resets];
            ("anchored", functions, "changes, delta, increase, rate, resets")
        }
        Some(Extension::Smoothed) => ("smoothed", &[F::Delta, F::Increase, F::Rate], "delta, increase, rate"),
    };
    if functions.contains(&function) {
        return Ok(());
    }
    let name = call.function.name;
    Err(EvalError::invalid(format!("{word} modifier can only be used with: {names} - not with {name}")))
}

fn has_floats(column: &Column) -> bool {
    column.histograms.is_none() || column.floats.iter().any(|float| !crate::series::is_stale(*float))
}

fn is_counter_name(name: &str) -> bool {
    ["_total", "_sum", "_count", "_bucket"].iter().any(|suffix| name.ends_with(suffix))
}

/// Results of a subquery leave samples out or have them twice, so what their hints say of neighbours is void.
fn without_hints(mut series: Series) -> Series {
    for histogram in &mut series.histograms.values {
        if matches!(histogram.reset_hint, ResetHint::Reset | ResetHint::NotReset) {
            std::sync::Arc::make_mut(histogram).reset_hint = ResetHint::Unknown;
        }
    }
    series
}

/// What annotations about an argument point at.
pub(super) fn span_of(arg: &Expr) -> Span {
    arg.unwrapped().span()
}

/// The labels that a selector asks for exactly, for what is absent.
pub(super) fn labels_of_absent(arg: &Expr) -> Labels {
    let selector: &Selector = match arg.unwrapped() {
        Expr::Selector(selector) => selector,
        Expr::Range(range) => &range.selector,
        _ => return Labels::default(),
    };
    let mut edited = Labels::default().edit();
    let mut seen: Vec<&str> = Vec::new();
    for matcher in selector.matchers.iter().filter(|matcher| &*matcher.name != crate::labels::METRIC_NAME) {
        if matcher.op == MatchOp::Equal && !seen.contains(&&*matcher.name) {
            edited.set(matcher.name.clone(), matcher.value.clone());
            seen.push(&matcher.name);
        } else {
            edited.remove(&matcher.name);
        }
    }
    edited.into_labels()
}
