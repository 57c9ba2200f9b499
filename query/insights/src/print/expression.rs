//! Expressions, with brackets only where the tree needs them.

use std::fmt::{self, Display, Formatter};

use super::{Text, list};
use crate::syntax::{BinaryOperator, Column, Expr, ExprKind, InSet, LikePattern, SortKey, UnaryOperator};

/// How tight an expression binds; a looser one within a tighter one stands in brackets.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Tightness {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Power,
    Sign,
    Operand,
}

impl Display for Expr {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Field(field) => write!(formatter, "{field}"),
            ExprKind::Number(number) => write!(formatter, "{number}"),
            ExprKind::Text(text) => write!(formatter, "{}", Text(text)),
            ExprKind::Bool(value) => write!(formatter, "{value}"),
            ExprKind::Period(period) => write!(formatter, "{period}"),
            ExprKind::Star => formatter.write_str("*"),
            ExprKind::Unary(UnaryOperator::Not, inner) => write!(formatter, "not {}", Within(inner, Tightness::Not)),
            ExprKind::Unary(UnaryOperator::Negate, inner) => {
                write!(formatter, "-{}", Within(inner, Tightness::Sign))
            }
            ExprKind::Binary(operator, left, right) => {
                let (left_tightness, right_tightness) = sides(*operator);
                let (left, right) = (Within(left, left_tightness), Within(right, right_tightness));
                write!(formatter, "{left} {} {right}", operator.symbol())
            }
            ExprKind::Like(like) => {
                let not = if like.negated { " not" } else { "" };
                write!(formatter, "{}{not} like ", Within(&like.target, Tightness::Sum))?;
                match &like.pattern {
                    LikePattern::Text(text) => write!(formatter, "{}", Text(text)),
                    LikePattern::Regex(regex) => write!(formatter, "{regex}"),
                }
            }
            ExprKind::In(test) => {
                let not = if test.negated { " not" } else { "" };
                write!(formatter, "{}{not} in ", Within(&test.target, Tightness::Sum))?;
                match &test.set {
                    InSet::Values(values) => {
                        formatter.write_str("[")?;
                        list(formatter, values, |value| value)?;
                        formatter.write_str("]")
                    }
                    InSet::Subquery(query) => write!(formatter, "({query})"),
                }
            }
            ExprKind::Call(call) => {
                write!(formatter, "{}(", call.name)?;
                list(formatter, &call.arguments, |argument| argument)?;
                formatter.write_str(")")
            }
        }
    }
}

impl Display for Column {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.expr)?;
        match &self.alias {
            Some(alias) => write!(formatter, " as {alias}"),
            None => Ok(()),
        }
    }
}

impl Display for SortKey {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.expr, if self.descending { "desc" } else { "asc" })
    }
}

/// An expression where only those at least so tight stand without brackets.
struct Within<'a>(&'a Expr, Tightness);

impl Display for Within<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if tightness(self.0) < self.1 { write!(formatter, "({})", self.0) } else { write!(formatter, "{}", self.0) }
    }
}

fn tightness(expr: &Expr) -> Tightness {
    match &expr.kind {
        ExprKind::Unary(UnaryOperator::Not, _) => Tightness::Not,
        ExprKind::Unary(UnaryOperator::Negate, _) => Tightness::Sign,
        ExprKind::Like(_) | ExprKind::In(_) => Tightness::Comparison,
        ExprKind::Binary(operator, ..) => match operator {
            BinaryOperator::Or => Tightness::Or,
            BinaryOperator::And => Tightness::And,
            BinaryOperator::Add | BinaryOperator::Subtract => Tightness::Sum,
            BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => Tightness::Product,
            BinaryOperator::Power => Tightness::Power,
            _ => Tightness::Comparison,
        },
        _ => Tightness::Operand,
    }
}

/// How tight the operands must be: the right one tighter, because chains are read from the left; a power's the other way.
fn sides(operator: BinaryOperator) -> (Tightness, Tightness) {
    match operator {
        BinaryOperator::Or => (Tightness::Or, Tightness::And),
        BinaryOperator::And => (Tightness::And, Tightness::Not),
        BinaryOperator::Add | BinaryOperator::Subtract => (Tightness::Sum, Tightness::Product),
        BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => {
            (Tightness::Product, Tightness::Power)
        }
        BinaryOperator::Power => (Tightness::Sign, Tightness::Power),
        _ => (Tightness::Sum, Tightness::Sum),
    }
}
