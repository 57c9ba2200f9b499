//! The value of an expression in a row, read from the syntax tree. For rows of results and for tests; a caller with many
//! records compiles the tree instead.
//!
//! `or` and `and` look at their right side only where it matters. Aggregates and `*` have no value in a row.

use crate::function::{self, Context, Implicit};
use crate::syntax::{BinaryOperator, Call, Expr, ExprKind, Field, InSet, LikePattern, Query, UnaryOperator};
use crate::value::{Value, arithmetic, compare};

/// What an expression may ask of its row.
pub trait Environment {
    /// The value of a field; null where it is missing.
    fn field(&self, field: &Field) -> Value;

    /// The values of a sub-query's only column.
    fn values_of(&self, query: &Query) -> Vec<Value>;
}

/// The value of an expression. It goes as deep as the tree, which the parser limits.
pub fn evaluate(expr: &Expr, row: &impl Environment, context: &Context) -> Value {
    match &expr.kind {
        ExprKind::Field(field) => row.field(field),
        ExprKind::Number(number) => Value::Number(*number),
        ExprKind::Text(text) => Value::text(text),
        ExprKind::Bool(value) => Value::Bool(*value),
        ExprKind::Period(period) => Value::from(*period),
        ExprKind::Star => Value::Null,
        ExprKind::Unary(UnaryOperator::Not, inner) => Value::Bool(!holds(inner, row, context)),
        ExprKind::Unary(UnaryOperator::Negate, inner) => arithmetic::negate(&evaluate(inner, row, context)),
        ExprKind::Binary(BinaryOperator::Or, left, right) => {
            Value::Bool(holds(left, row, context) || holds(right, row, context))
        }
        ExprKind::Binary(BinaryOperator::And, left, right) => {
            Value::Bool(holds(left, row, context) && holds(right, row, context))
        }
        ExprKind::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, row, context), evaluate(right, row, context));
            if operator.is_comparison() {
                Value::Bool(compare::holds(*operator, &left, &right))
            } else {
                arithmetic::calculate(*operator, &left, &right)
            }
        }
        ExprKind::Like(like) => {
            let target = evaluate(&like.target, row, context);
            Value::Bool(match &like.pattern {
                LikePattern::Text(part) => compare::like_text(&target, part, like.negated),
                LikePattern::Regex(regex) => context
                    .regexes
                    .get(&regex.text)
                    .is_some_and(|regex| compare::like_regex(&target, &regex, like.negated)),
            })
        }
        ExprKind::In(test) => {
            let target = evaluate(&test.target, row, context);
            let set = match &test.set {
                InSet::Values(values) => values.iter().map(|value| evaluate(value, row, context)).collect(),
                InSet::Subquery(query) => row.values_of(query),
            };
            Value::Bool(compare::is_in(&target, &set, test.negated))
        }
        ExprKind::Call(call) => value_of_call(call, expr, row, context),
    }
}

/// Whether a condition holds in a row.
pub fn holds(expr: &Expr, row: &impl Environment, context: &Context) -> bool {
    evaluate(expr, row, context).is_true()
}

fn value_of_call(call: &Call, expr: &Expr, row: &impl Environment, context: &Context) -> Value {
    // Behind `stats`, a call that prints as a column's name is that column.
    let column = || row.field(&Field::new(&expr.to_string(), expr.span));
    let Some(function) = function::named(&call.name) else { return column() };
    let mut arguments: Vec<Value> = call.arguments.iter().map(|argument| evaluate(argument, row, context)).collect();
    let implicit = match function.implicit {
        Implicit::Timestamp => Some("@timestamp"),
        Implicit::Message if arguments.is_empty() => Some("@message"),
        _ => None,
    };
    if let Some(name) = implicit {
        let value = row.field(&Field::new(name, expr.span));
        if value.is_null() {
            return column();
        }
        arguments.insert(0, value);
    }
    (function.call)(&arguments, context)
}

#[cfg(test)]
mod tests;
