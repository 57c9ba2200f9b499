//! Runs one evaluation of a script.

use super::check::{Outcome, check_annotations, check_value};
use super::script::Eval;
use super::storage::Storage;
use crate::answer::{Answer, Value, VectorSample};
use crate::eval::evaluate;
use crate::limits::Limits;
use crate::query::Query;
use crate::request::Request;
use crate::series::Sample;
use crate::syntax::{At, Expr};

pub(super) fn run(eval: &Eval, storage: &Storage) -> Outcome {
    let query = match Query::parse(&eval.query) {
        Ok(query) => query,
        Err(error) => return failed(eval, &error.message, "reading"),
    };
    if eval.is_range {
        let request = Request::range(eval.start_ms, eval.end_ms, eval.step_ms);
        return match answer(&query, &request, storage) {
            Ok(answer) => succeeded(eval, &query, &answer),
            Err(message) => failed(eval, &message, "evaluating"),
        };
    }
    let at = eval.range_vector.map_or(eval.start_ms, |(_, to, _)| to);
    run_instant(eval, &query, storage, at)?;
    let Some(pinned) = pinned(&query, at) else { return Ok(()) };
    let others = if at == 0 { vec![-1000, 0, 1000] } else { vec![-10 * at, 0, at / 5, at, 10 * at] };
    for other in others {
        run_instant(eval, &pinned, storage, other)
            .map_err(|message| format!("with every selector @ {at} ms, evaluated at {other} ms: {message}"))?;
    }
    Ok(())
}

fn run_instant(eval: &Eval, query: &Query, storage: &Storage, at: i64) -> Outcome {
    let answer_of_instant = match answer(query, &Request::instant(at), storage) {
        Ok(answer) => answer,
        Err(message) => return failed(eval, &message, "evaluating"),
    };
    succeeded(eval, query, &answer_of_instant)?;
    let has_context = calls_any(query.expr(), &["start", "end", "range", "step"]) || uses_step(&eval.query);
    if eval.string.is_some() || eval.range_vector.is_some() || has_context {
        return Ok(());
    }
    const MINUTE: i64 = 60_000;
    let request = Request::range(at - MINUTE, at + MINUTE, MINUTE);
    let of_range = answer(query, &request, storage).map_err(|message| format!("in range mode: {message}"))?;
    if eval.is_ordered {
        return Ok(());
    }
    let middle = middle_of(of_range.value, at, &answer_of_instant.value);
    check_value(eval, &middle).map_err(|message| format!("in range mode: {message}"))
}

/// What a range query has at one of its times.
fn middle_of(value: Value, at: i64, of_instant: &Value) -> Value {
    let Value::Matrix(series) = value else { return value };
    let mut samples = Vec::new();
    for series in series {
        let float = series.floats.timestamps.iter().position(|time| *time == at);
        let histogram = series.histograms.timestamps.iter().position(|time| *time == at);
        let value = match (float, histogram) {
            (Some(place), _) => Sample::Float(series.floats.values[place]),
            (None, Some(place)) => Sample::Histogram(series.histograms.values[place].clone()),
            (None, None) => continue,
        };
        samples.push(VectorSample { labels: series.labels, time_ms: at, value });
    }
    match (of_instant, samples.first().map(|sample| &sample.value)) {
        (Value::Scalar { .. }, Some(Sample::Float(float))) => Value::Scalar { time_ms: at, value: *float },
        _ => Value::Vector(samples),
    }
}

fn answer(query: &Query, request: &Request, storage: &Storage) -> Result<Answer, String> {
    let selections = query.selections(request).map_err(|error| error.message)?;
    let series: Vec<_> = selections.iter().map(|selection| storage.select(selection)).collect();
    evaluate(query, request, &series, &Limits::default(), &|| false).map_err(|error| error.message)
}

fn succeeded(eval: &Eval, query: &Query, answer: &Answer) -> Outcome {
    if eval.fail.is_some() {
        return Err("expected an error, but there was none".into());
    }
    check_annotations(eval, query.text(), answer)?;
    check_value(eval, &answer.value)
}

fn failed(eval: &Eval, message: &str, what: &str) -> Outcome {
    match &eval.fail {
        Some(expected) if expected.fits(message) => Ok(()),
        Some(expected) => Err(format!("expected the error {expected:?}, got {message:?}")),
        None => Err(format!("error {what} the query: {message}")),
    }
}

/// The query with every selector set to a time; none if a function's result changes with the time anyway.
fn pinned(query: &Query, at: i64) -> Option<Query> {
    if depends_on_time(query.expr()) {
        return None;
    }
    Some(query.with_expr(|expr| pin(expr, at)))
}

fn depends_on_time(expr: &Expr) -> bool {
    let own = match expr {
        Expr::Call(call) => {
            call.function.depends_on_time() || ["start", "end", "range", "step"].contains(&call.function.name)
        }
        _ => false,
    };
    own || expr.children().into_iter().any(depends_on_time)
}

fn pin(expr: &mut Expr, at: i64) {
    match expr {
        Expr::Selector(selector) => {
            selector.at.get_or_insert(At::Time(at));
        }
        Expr::Range(range) => {
            range.selector.at.get_or_insert(At::Time(at));
        }
        // Selectors within a subquery that has a time stay as they are.
        Expr::Subquery(subquery) => {
            subquery.at.get_or_insert(At::Time(at));
        }
        Expr::Call(call) => call.args.iter_mut().for_each(|arg| pin(arg, at)),
        Expr::Aggregation(aggregation) => {
            pin(&mut aggregation.expr, at);
            if let Some(param) = &mut aggregation.param {
                pin(param, at);
            }
        }
        Expr::Binary(binary) => {
            pin(&mut binary.lhs, at);
            pin(&mut binary.rhs, at);
        }
        Expr::Negative { expr, .. } | Expr::Paren { expr, .. } => pin(expr, at),
        Expr::Number { .. } | Expr::Text { .. } => {}
    }
}

fn calls_any(expr: &Expr, names: &[&str]) -> bool {
    let own = matches!(expr, Expr::Call(call) if names.contains(&call.function.name));
    own || expr.children().into_iter().any(|child| calls_any(child, names))
}

/// Whether a duration is calculated from the query's times.
fn uses_step(query: &str) -> bool {
    let query = query.to_ascii_lowercase();
    ["start()", "end()", "range()", "step()"].iter().any(|call| query.contains(call))
}
