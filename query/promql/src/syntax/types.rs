//! Types of expressions, and what fits where.

use super::ast::{Binary, Call, Expr, Selector};
use super::function::Kind;
use super::{QueryError, ValueType};

/// The type of an expression that [`check`] accepted.
pub(crate) fn type_of(expr: &Expr) -> ValueType {
    match expr.unwrapped() {
        Expr::Number { .. } => ValueType::Scalar,
        Expr::Text { .. } => ValueType::String,
        Expr::Selector(_) | Expr::Aggregation(_) => ValueType::Vector,
        Expr::Range(_) | Expr::Subquery(_) => ValueType::Matrix,
        Expr::Call(call) => call.function.returns,
        Expr::Binary(binary) => {
            let both = (type_of(&binary.lhs), type_of(&binary.rhs));
            if both == (ValueType::Scalar, ValueType::Scalar) { ValueType::Scalar } else { ValueType::Vector }
        }
        Expr::Negative { expr, .. } | Expr::Paren { expr, .. } => type_of(expr),
    }
}

/// Checks the types of an expression and what it consists of.
pub(crate) fn check(expr: &Expr) -> Result<ValueType, QueryError> {
    match expr {
        Expr::Number { .. } | Expr::Text { .. } => {}
        Expr::Selector(selector) => check_selector(selector)?,
        Expr::Range(range) => check_selector(&range.selector)?,
        Expr::Subquery(subquery) => {
            expect(&subquery.expr, ValueType::Vector, "subquery")?;
        }
        Expr::Call(call) => check_call(call)?,
        Expr::Aggregation(aggregation) => {
            expect(&aggregation.expr, ValueType::Vector, "aggregation expression")?;
            if let (Some(param), Some(wanted)) = (&aggregation.param, aggregation.op.parameter()) {
                expect(param, wanted, "aggregation parameter")?;
            }
        }
        Expr::Binary(binary) => check_binary(binary)?,
        Expr::Negative { expr, .. } => {
            check(expr)?;
            check_signed(expr)?;
        }
        Expr::Paren { expr, .. } => {
            check(expr)?;
        }
    }
    Ok(type_of(expr))
}

/// Checks that an expression may have a sign.
pub(super) fn check_signed(expr: &Expr) -> Result<(), QueryError> {
    let found = type_of(expr);
    if matches!(found, ValueType::Scalar | ValueType::Vector) {
        return Ok(());
    }
    let message = format!(
        "unary expression only allowed on expressions of type scalar or instant vector, got {:?}",
        found.to_string()
    );
    Err(QueryError::at(expr.span(), message))
}

fn expect(expr: &Expr, wanted: ValueType, place: &str) -> Result<(), QueryError> {
    let found = check(expr)?;
    if found == wanted {
        return Ok(());
    }
    let hint = match (wanted, found) {
        (ValueType::Vector, ValueType::Scalar) => ": write vector(…) around it",
        (ValueType::Scalar, ValueType::Vector) => ": write scalar(…) around it",
        (ValueType::Matrix, ValueType::Vector) => ": write a range behind it, like [5m] or [5m:]",
        (ValueType::Vector, ValueType::Matrix) => ": leave the range out, or call a function of a range like rate",
        _ => "",
    };
    Err(QueryError::at(expr.span(), format!("expected type {wanted} in {place}, got {found}{hint}")))
}

fn check_selector(selector: &Selector) -> Result<(), QueryError> {
    if selector.matchers.iter().all(|matcher| matcher.matches("")) {
        let message = "vector selector must contain at least one non-empty matcher: name a metric, or write .+ for .*";
        return Err(QueryError::at(selector.span, message));
    }
    Ok(())
}

fn check_call(call: &Call) -> Result<(), QueryError> {
    let function = call.function;
    let found = call.args.len();
    if found < function.args_min || found > function.args_max {
        let (words, wanted) = match (function.args_min, function.args_max) {
            (min, max) if min == max => ("", min),
            (min, _) if found < min => ("at least ", min),
            (_, max) => ("at most ", max),
        };
        let message = format!("expected {words}{wanted} argument(s) in call to {:?}, got {found}", function.name);
        return Err(QueryError::at(call.span, message));
    }
    for (i, arg) in call.args.iter().enumerate() {
        if matches!(function.kind, Kind::Info) && i == 1 {
            check_label_selector(arg)?;
            continue;
        }
        let Some(wanted) = function.arg_type(i) else { continue };
        expect(arg, wanted, &format!("call to function {:?}", function.name))?;
        if wanted == ValueType::String && !matches!(arg.unwrapped(), Expr::Text { .. }) {
            return Err(QueryError::at(arg.span(), "expected a text in quotes"));
        }
    }
    Ok(())
}

/// The second argument of `info`: braces with matchers, and nothing else.
fn check_label_selector(arg: &Expr) -> Result<(), QueryError> {
    match arg {
        Expr::Selector(selector)
            if !selector.has_name
                && selector.at.is_none()
                && selector.offset.is_none()
                && selector.extension.is_none() =>
        {
            Ok(())
        }
        _ => Err(QueryError::at(arg.span(), "expected label selectors only in braces as the second argument of info")),
    }
}

fn check_binary(binary: &Binary) -> Result<(), QueryError> {
    let (lhs, rhs) = (check(&binary.lhs)?, check(&binary.rhs)?);
    let span = binary.lhs.span().to(binary.rhs.span());
    for (side, expr) in [(lhs, &binary.lhs), (rhs, &binary.rhs)] {
        if !matches!(side, ValueType::Scalar | ValueType::Vector) {
            let message = format!("binary expression must contain only scalar and instant vector types, got {side}");
            return Err(QueryError::at(expr.span(), message));
        }
    }
    let (op, matching) = (binary.op, &binary.matching);
    let error = |message: String| Err(QueryError::at(span, message));
    let is_scalar = |side| side == ValueType::Scalar;
    if is_scalar(lhs) || is_scalar(rhs) {
        if op.is_set() {
            return error(format!("set operator {:?} not allowed in binary scalar expression", op.text()));
        }
        let is_matched = matching.is_on || !matching.labels.is_empty() || !matching.include.is_empty();
        if is_matched {
            return error("vector matching only allowed between instant vectors".into());
        }
        if matching.fill_left.is_some() || matching.fill_right.is_some() {
            return error("filling in missing series only allowed between instant vectors".into());
        }
    }
    if is_scalar(lhs) && is_scalar(rhs) && op.is_comparison() && !binary.is_bool {
        return error("comparisons between scalars must use BOOL modifier".into());
    }
    Ok(())
}
