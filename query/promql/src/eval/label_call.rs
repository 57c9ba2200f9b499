//! Functions of labels: `label_replace`, `label_join`, and those that sort.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Evaluator;
use super::column::{Column, merged};
use crate::error::EvalError;
use crate::labels::METRIC_NAME;
use crate::matcher;
use crate::request::Grid;
use crate::series::is_stale;
use crate::syntax::{Call, Expr};

impl Evaluator<'_> {
    pub(super) fn label_replace(&mut self, call: &Call, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let texts: Vec<Arc<str>> = texts(&call.args[1..]);
        let [target, replacement, source, pattern] = texts.as_slice() else { return Ok(Vec::new()) };
        let Ok(regex) = matcher::whole(pattern) else {
            return Err(EvalError::invalid(format!("invalid regular expression in label_replace(): {pattern}")));
        };
        check_label(target, "destination", "label_replace")?;
        let mut columns = self.vector(&call.args[0], grid)?;
        for column in &mut columns {
            let Some(captures) = regex.captures(column.labels.value(source)) else { continue };
            let mut value = String::new();
            captures.expand(replacement, &mut value);
            set_label(column, target, value);
        }
        merged(columns, grid.len)
    }

    pub(super) fn label_join(&mut self, call: &Call, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let texts = texts(&call.args[1..]);
        let [target, separator, sources @ ..] = texts.as_slice() else { return Ok(Vec::new()) };
        for source in sources {
            check_label(source, "source", "label_join")?;
        }
        check_label(target, "destination", "label_join")?;
        let mut columns = self.vector(&call.args[0], grid)?;
        for column in &mut columns {
            let values: Vec<&str> = sources.iter().map(|source| column.labels.value(source)).collect();
            let value = values.join(separator);
            set_label(column, target, value);
        }
        merged(columns, grid.len)
    }

    /// Sorts by value; NaN is last. Histograms are left out.
    pub(super) fn sort(&mut self, call: &Call, descending: bool, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        self.check_sortable(call, grid);
        let mut columns = self.vector(&call.args[0], grid)?;
        for column in &mut columns {
            column.histograms = None;
        }
        columns.retain(|column| !column.is_empty());
        if grid.len == 1 {
            columns.sort_by(|a, b| {
                let (a, b) = (a.floats[0], b.floats[0]);
                let order = if descending { b.partial_cmp(&a) } else { a.partial_cmp(&b) };
                order.unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
            });
            debug_assert!(columns.iter().all(|column| !is_stale(column.floats[0])), "empty ones are gone");
        }
        Ok(columns)
    }

    pub(super) fn sort_by_label(
        &mut self,
        call: &Call,
        descending: bool,
        grid: &Grid,
    ) -> Result<Vec<Column>, EvalError> {
        self.check_sortable(call, grid);
        let names = texts(&call.args[1..]);
        let mut columns = self.vector(&call.args[0], grid)?;
        if grid.len == 1 {
            columns.sort_by(|a, b| {
                let by_name = names.iter().map(|name| natural(a.labels.value(name), b.labels.value(name)));
                let order = by_name.fold(Ordering::Equal, Ordering::then).then_with(|| a.labels.cmp(&b.labels));
                if descending { order.reverse() } else { order }
            });
        }
        Ok(columns)
    }

    fn check_sortable(&mut self, call: &Call, grid: &Grid) {
        if grid.len > 1 {
            self.annotations.sort_in_range_query(call.span);
        }
    }
}

/// The arguments that are texts, as the type check has made sure.
pub(super) fn texts(args: &[Expr]) -> Vec<Arc<str>> {
    let text = |arg: &Expr| match arg.unwrapped() {
        Expr::Text { value, .. } => Arc::clone(value),
        _ => Arc::from(""),
    };
    args.iter().map(text).collect()
}

fn check_label(name: &str, what: &str, function: &str) -> Result<(), EvalError> {
    if name.is_empty() {
        return Err(EvalError::invalid(format!("invalid {what} label name in {function}(): {name}")));
    }
    Ok(())
}

fn set_label(column: &mut Column, name: &Arc<str>, value: String) {
    let mut edited = column.labels.edit();
    edited.set(Arc::clone(name), value.into());
    column.labels = edited.into_labels();
    if &**name == METRIC_NAME {
        column.drop_name = false;
    }
}

/// The natural order: numbers within texts are compared as numbers.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (chunks(a), chunks(b));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u128>(), b.parse::<u128>()) {
                (Ok(number), Ok(other)) => number.cmp(&other).then_with(|| a.cmp(b)),
                _ => a.cmp(b),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Runs of digits and runs of other characters.
fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_digit = rest.chars().next()?.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
        let (chunk, behind) = rest.split_at(end);
        rest = behind;
        Some(chunk)
    })
}
