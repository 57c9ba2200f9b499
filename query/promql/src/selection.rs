//! Which samples the selectors of a query need, and lengths of time in milliseconds.

use crate::error::EvalError;
use crate::labels::METRIC_NAME;
use crate::matcher::{MatchOp, Matcher};
use crate::request::{Request, Selection};
use crate::syntax::{At, Call, Expr, Extension, Length, LengthExpr, LengthOp, Parsed, Selector, Subquery};

/// The info metric that `info` looks for if it is told nothing else.
pub(crate) const INFO_METRIC: &str = "target_info";

/// Times a subexpression is evaluated at: from the first to the last.
#[derive(Debug, Clone, Copy)]
struct Times {
    from: i64,
    to: i64,
}

impl Times {
    /// The times that a selector or subquery looks at.
    fn seen(self, request: &Request, at: Option<At>, offset: i64) -> Self {
        let (from, to) = match at.map(|at| at_time(at, request)) {
            Some(time) => (time, time),
            None => (self.from, self.to),
        };
        Self { from: from.saturating_sub(offset), to: to.saturating_sub(offset) }
    }
}

pub(crate) fn selections(parsed: &Parsed, request: &Request) -> Result<Vec<Selection>, EvalError> {
    let nothing = Selection { matchers: Vec::new(), from_ms: 0, to_ms: -1 };
    let mut found = vec![nothing; parsed.selections];
    walk(&parsed.expr, request, Times { from: request.start_ms, to: request.end_ms }, &mut found)?;
    Ok(found)
}

fn walk(expr: &Expr, request: &Request, times: Times, found: &mut [Selection]) -> Result<(), EvalError> {
    match expr {
        Expr::Selector(selector) => select(selector, 0, request, times, found),
        Expr::Range(range) => {
            let length = positive_ms(&range.range, request, "range")?;
            select(&range.selector, length, request, times, found)
        }
        Expr::Subquery(subquery) => {
            let inner = subquery_times(subquery, request, times)?;
            walk(&subquery.expr, request, inner, found)
        }
        Expr::Call(call) => {
            if let Some(index) = call.info_index {
                return select_info(call, index, request, times, found);
            }
            call.args.iter().try_for_each(|arg| walk(arg, request, times, found))
        }
        _ => expr.children().into_iter().try_for_each(|child| walk(child, request, times, found)),
    }
}

fn subquery_times(subquery: &Subquery, request: &Request, times: Times) -> Result<Times, EvalError> {
    let range = positive_ms(&subquery.range, request, "range")?;
    let offset = offset_ms(subquery.offset.as_ref(), request)?;
    let seen = times.seen(request, subquery.at, offset);
    Ok(Times { from: seen.from.saturating_sub(range), to: seen.to })
}

fn select(
    selector: &Selector,
    range: i64,
    request: &Request,
    times: Times,
    found: &mut [Selection],
) -> Result<(), EvalError> {
    let offset = offset_ms(selector.offset.as_ref(), request)?;
    let seen = times.seen(request, selector.at, offset);
    let lookback = request.lookback_ms;
    // The lower end of both a range and the lookback is not part of it.
    let (before, after) = match (range, selector.extension) {
        (0, None) => (lookback, 0),
        (0, Some(_)) => (lookback, lookback),
        (range, None) => (range, 0),
        (range, Some(Extension::Anchored)) => (range.saturating_add(lookback), 0),
        (range, Some(Extension::Smoothed)) => (range.saturating_add(lookback), lookback),
    };
    found[selector.index] = Selection {
        matchers: selector.matchers.clone(),
        from_ms: seen.from.saturating_sub(before).saturating_add(1),
        to_ms: seen.to.saturating_add(after),
    };
    Ok(())
}

/// `info` needs its argument's series and the info series at the time that the argument is evaluated at.
fn select_info(
    call: &Call,
    index: usize,
    request: &Request,
    times: Times,
    found: &mut [Selection],
) -> Result<(), EvalError> {
    let Some(arg) = call.args.first() else { return Ok(()) };
    walk(arg, request, times, found)?;
    let (at, offset) = info_time(arg, request)?;
    let (from, to) = at.map_or((times.from, times.to), |time| (time, time));
    found[index] = Selection {
        matchers: info_matchers(call),
        from_ms: from.saturating_sub(offset).saturating_sub(request.lookback_ms).saturating_add(1),
        to_ms: to.saturating_sub(offset),
    };
    Ok(())
}

/// The matchers of `info`'s second argument.
pub(crate) fn info_selector(call: &Call) -> &[Matcher] {
    match call.args.get(1) {
        Some(Expr::Selector(selector)) => &selector.matchers,
        _ => &[],
    }
}

/// The matchers of info metrics' names: those of the argument, of any info metric if it only says which not, of
/// `target_info` if it says nothing.
pub(crate) fn info_name_matchers(call: &Call) -> Vec<Matcher> {
    let named = info_selector(call).iter().filter(|matcher| &*matcher.name == METRIC_NAME);
    let mut matchers: Vec<Matcher> = named.cloned().collect();
    if matchers.is_empty() {
        matchers.push(Matcher::equal(METRIC_NAME, INFO_METRIC));
    } else if !matchers.iter().any(|matcher| matcher.op.is_positive()) {
        matchers.extend(Matcher::new(METRIC_NAME, MatchOp::Matches, ".+_info").ok());
    }
    matchers
}

fn info_matchers(call: &Call) -> Vec<Matcher> {
    let mut matchers = info_name_matchers(call);
    matchers.extend(info_selector(call).iter().filter(|matcher| &*matcher.name != METRIC_NAME).cloned());
    matchers
}

/// The time that the first selector of `info`'s argument is set to, if it is, and its offset.
pub(crate) fn info_time(expr: &Expr, request: &Request) -> Result<(Option<i64>, i64), EvalError> {
    Ok(first_selector_time(expr, request)?.unwrap_or_default())
}

fn first_selector_time(expr: &Expr, request: &Request) -> Result<Option<(Option<i64>, i64)>, EvalError> {
    let own = |selector: &Selector| {
        let offset = offset_ms(selector.offset.as_ref(), request)?;
        Ok(Some((selector.at.map(|at| at_time(at, request)), offset)))
    };
    match expr {
        Expr::Selector(selector) => own(selector),
        Expr::Range(range) => own(&range.selector),
        Expr::Subquery(subquery) => {
            let Some((at, offset)) = first_selector_time(&subquery.expr, request)? else { return Ok(None) };
            if at.is_some() {
                return Ok(Some((at, offset)));
            }
            let outer = offset_ms(subquery.offset.as_ref(), request)?;
            Ok(Some((subquery.at.map(|at| at_time(at, request)), offset.saturating_add(outer))))
        }
        _ => {
            for child in expr.children() {
                if let Some(found) = first_selector_time(child, request)? {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        }
    }
}

/// The time that `@` sets.
pub(crate) fn at_time(at: At, request: &Request) -> i64 {
    match at {
        At::Start => request.start_ms,
        At::End => request.end_ms,
        At::Time(time) => time,
    }
}

/// A length in milliseconds that may be negative; 0 if there is none.
pub(crate) fn offset_ms(length: Option<&Length>, request: &Request) -> Result<i64, EvalError> {
    length.map_or(Ok(0), |length| milliseconds(length, request))
}

/// A length in milliseconds that has to be positive.
pub(crate) fn positive_ms(length: &Length, request: &Request, what: &str) -> Result<i64, EvalError> {
    let milliseconds = milliseconds(length, request)?;
    if milliseconds <= 0 {
        return Err(EvalError::invalid(format!("duration must be greater than 0: the {what} {length} is not")));
    }
    Ok(milliseconds)
}

fn milliseconds(length: &Length, request: &Request) -> Result<i64, EvalError> {
    const BOUND: f64 = 9.2e15;
    let milliseconds = seconds(&length.expr, request)? * 1000.0;
    if milliseconds.is_nan() || milliseconds.abs() > BOUND {
        return Err(EvalError::invalid(format!("duration is out of range: {length}")));
    }
    // What is calculated is cut to a millisecond, what is written is exact but for the float's last digit.
    let nearest = milliseconds.round();
    let milliseconds = if (milliseconds - nearest).abs() < 1e-6 { nearest } else { milliseconds.trunc() };
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    Ok(milliseconds as i64)
}

fn seconds(expr: &LengthExpr, request: &Request) -> Result<f64, EvalError> {
    #[expect(clippy::cast_precision_loss, reason = "durations are calculated as floats")]
    let of_ms = |milliseconds: i64| milliseconds as f64 / 1000.0;
    Ok(match expr {
        LengthExpr::Number { seconds, .. } => *seconds,
        LengthExpr::Step => of_ms(request.step_ms),
        LengthExpr::Range => of_ms(request.end_ms.saturating_sub(request.start_ms)),
        LengthExpr::Smaller(a, b) => seconds(a, request)?.min(seconds(b, request)?),
        LengthExpr::Larger(a, b) => seconds(a, request)?.max(seconds(b, request)?),
        LengthExpr::Negative(expr) => -seconds(expr, request)?,
        LengthExpr::Paren(expr) => seconds(expr, request)?,
        LengthExpr::Binary { op, lhs, rhs } => {
            let (lhs, rhs) = (seconds(lhs, request)?, seconds(rhs, request)?);
            match op {
                LengthOp::Add => lhs + rhs,
                LengthOp::Sub => lhs - rhs,
                LengthOp::Mul => lhs * rhs,
                LengthOp::Div if rhs == 0.0 => return Err(EvalError::invalid("division by zero in a duration")),
                LengthOp::Div => lhs / rhs,
                LengthOp::Mod if rhs == 0.0 => return Err(EvalError::invalid("modulo by zero in a duration")),
                LengthOp::Mod => lhs % rhs,
                LengthOp::Pow => lhs.powf(rhs),
            }
        }
    })
}
