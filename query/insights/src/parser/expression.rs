//! Expressions. From loose to tight: `or`, `and`, `not`, comparison with `like`, `=~` and `in`, `+ -`, `* / %`, `^`
//! (from the right), sign.

use super::cursor::Cursor;
use super::pipeline;
use crate::error::SyntaxError;
use crate::lexer::{Quoted, Token};
use crate::span::Span;
use crate::syntax::{BinaryOperator, Call, Expr, ExprKind, Field, In, InSet, Like, LikePattern, UnaryOperator};

const OPERAND: &str = "a field, a value or a function";

/// The words that are not fields unless they stand in back-ticks.
pub(crate) const RESERVED: [&str; 9] = ["and", "as", "by", "false", "in", "like", "not", "or", "true"];

/// A condition: like an expression, but a bare text or regular expression in it is looked for in `@message`.
pub(super) fn condition(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    Ok(in_message(expression(cursor)?))
}

pub(super) fn expression(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    cursor.enter()?;
    let begin = cursor.span();
    let mut left = conjunction(cursor)?;
    while cursor.take_word("or")? || take_instead(cursor, "||", "or")? {
        let right = conjunction(cursor)?;
        left = binary(cursor, begin, BinaryOperator::Or, in_message(left), in_message(right))?;
    }
    cursor.leave();
    Ok(left)
}

fn conjunction(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    let mut left = negation(cursor)?;
    while cursor.take_word("and")? || take_instead(cursor, "&&", "and")? {
        let right = negation(cursor)?;
        left = binary(cursor, begin, BinaryOperator::And, in_message(left), in_message(right))?;
    }
    Ok(left)
}

fn negation(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    if !cursor.take_word("not")? {
        return comparison(cursor);
    }
    cursor.enter()?;
    let inner = in_message(negation(cursor)?);
    cursor.leave();
    Ok(Expr { kind: ExprKind::Unary(UnaryOperator::Not, Box::new(inner)), span: cursor.since(begin) })
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    if cursor.is_sign("/") {
        return bare_regex(cursor);
    }
    let left = sum(cursor)?;
    let compared = comparison_behind(cursor, begin, left)?;
    if !matches!(compared, Behind::Nothing(_)) && begins_comparison(cursor) {
        return Err(SyntaxError::at(cursor.span(), "a comparison cannot be compared again; join two with `and`"));
    }
    match compared {
        Behind::Nothing(expr) | Behind::Compared(expr) => Ok(expr),
    }
}

enum Behind {
    Nothing(Expr),
    Compared(Expr),
}

fn comparison_behind(cursor: &mut Cursor<'_>, begin: Span, left: Expr) -> Result<Behind, SyntaxError> {
    if let Some(operator) = comparison_operator(cursor)? {
        cursor.advance()?;
        let right = sum(cursor)?;
        return Ok(Behind::Compared(binary(cursor, begin, operator, left, right)?));
    }
    let negated = cursor.is_word("not")
        && matches!(cursor.second(), Some(Token::Path(field, Quoted::No))
            if ["in", "like"].iter().any(|word| field.name.eq_ignore_ascii_case(word)));
    if negated {
        cursor.advance()?;
    }
    let target = Box::new(left);
    let kind = if cursor.take_word("like")? || (!negated && cursor.take_sign("=~")?) {
        let pattern = if cursor.is_sign("/") {
            LikePattern::Regex(cursor.regex()?)
        } else {
            LikePattern::Text(cursor.text("a text in quotes or a regular expression between slashes")?.0)
        };
        ExprKind::Like(Like { target, pattern, negated })
    } else if cursor.take_word("in")? {
        ExprKind::In(In { target, set: set_of(cursor)?, negated })
    } else {
        return Ok(Behind::Nothing(*target));
    };
    Ok(Behind::Compared(Expr { kind, span: cursor.since(begin) }))
}

fn begins_comparison(cursor: &Cursor<'_>) -> bool {
    ["=", "!=", "<", "<=", ">", ">=", "=~"].iter().any(|sign| cursor.is_sign(sign))
        || cursor.is_word("like")
        || cursor.is_word("in")
}

fn comparison_operator(cursor: &Cursor<'_>) -> Result<Option<BinaryOperator>, SyntaxError> {
    let Token::Sign(sign) = cursor.token() else { return Ok(None) };
    Ok(Some(match *sign {
        "=" => BinaryOperator::Eq,
        "!=" => BinaryOperator::Ne,
        "<" => BinaryOperator::Lt,
        "<=" => BinaryOperator::Le,
        ">" => BinaryOperator::Gt,
        ">=" => BinaryOperator::Ge,
        "==" => return Err(instead(cursor, "==", "=")),
        "<>" => return Err(instead(cursor, "<>", "!=")),
        _ => return Ok(None),
    }))
}

fn instead(cursor: &Cursor<'_>, wrong: &str, right: &str) -> SyntaxError {
    let mut error = SyntaxError::at(cursor.span(), format!("`{wrong}` is no operator here"));
    error.nearest = Some(right.to_owned());
    error
}

/// Never true: the sign is a mistake that says what to write.
fn take_instead(cursor: &Cursor<'_>, wrong: &str, right: &str) -> Result<bool, SyntaxError> {
    if cursor.is_sign(wrong) { Err(instead(cursor, wrong, right)) } else { Ok(false) }
}

/// `["a", 1]` or `( query )`
pub(super) fn set_of(cursor: &mut Cursor<'_>) -> Result<InSet, SyntaxError> {
    if cursor.is_sign("(") {
        if !matches!(cursor.second(), Some(Token::Path(..) | Token::Sign("|"))) {
            return Err(SyntaxError::at(cursor.span(), "a list of values stands in square brackets: `in [1, 2]`"));
        }
        return Ok(InSet::Subquery(Box::new(pipeline::subquery(cursor)?)));
    }
    if !cursor.take_sign("[")? {
        return Err(cursor.expected("a list such as `[\"a\", \"b\"]` or a sub-query in brackets"));
    }
    let mut values = vec![expression(cursor)?];
    while cursor.take_sign(",")? {
        values.push(expression(cursor)?);
    }
    cursor.expect_sign("]")?;
    Ok(InSet::Values(values))
}

fn sum(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    let mut left = product(cursor)?;
    loop {
        let operator = if cursor.take_sign("+")? {
            BinaryOperator::Add
        } else if cursor.take_sign("-")? {
            BinaryOperator::Subtract
        } else {
            return Ok(left);
        };
        let right = product(cursor)?;
        left = binary(cursor, begin, operator, left, right)?;
    }
}

fn product(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    let mut left = power(cursor)?;
    loop {
        let operator = if cursor.take_sign("*")? {
            BinaryOperator::Multiply
        } else if cursor.take_sign("/")? {
            BinaryOperator::Divide
        } else if cursor.take_sign("%")? {
            BinaryOperator::Remainder
        } else {
            return Ok(left);
        };
        let right = power(cursor)?;
        left = binary(cursor, begin, operator, left, right)?;
    }
}

fn power(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    let base = signed(cursor)?;
    if !cursor.take_sign("^")? {
        return Ok(base);
    }
    cursor.enter()?;
    let exponent = power(cursor)?;
    cursor.leave();
    binary(cursor, begin, BinaryOperator::Power, base, exponent)
}

fn signed(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    if !cursor.take_sign("-")? {
        return operand(cursor);
    }
    cursor.enter()?;
    let inner = signed(cursor)?;
    cursor.leave();
    Ok(Expr { kind: ExprKind::Unary(UnaryOperator::Negate, Box::new(inner)), span: cursor.since(begin) })
}

fn operand(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    if cursor.take_sign("(")? {
        let inner = expression(cursor)?;
        cursor.expect_sign(")")?;
        return Ok(Expr { kind: inner.kind, span: cursor.since(begin) });
    }
    let is_reserved = cursor.word().is_some_and(|word| RESERVED.iter().any(|name| name.eq_ignore_ascii_case(word)));
    let is_call = cursor.word().is_some() && matches!(cursor.second(), Some(Token::Sign("(")));
    let kind = match cursor.token() {
        Token::Number(number) => ExprKind::Number(*number),
        Token::Text(text) => ExprKind::Text(text.clone()),
        Token::Period(period) => ExprKind::Period(*period),
        Token::Path(..) if cursor.is_word("true") => ExprKind::Bool(true),
        Token::Path(..) if cursor.is_word("false") => ExprKind::Bool(false),
        Token::Path(..) if is_reserved => return Err(cursor.expected(OPERAND)),
        Token::Path(field, _) if is_call => {
            let field = field.clone();
            return call(cursor, field);
        }
        Token::Path(field, _) => ExprKind::Field(field.clone()),
        _ => return Err(cursor.expected(OPERAND)),
    };
    cursor.advance()?;
    Ok(Expr { kind, span: begin })
}

fn call(cursor: &mut Cursor<'_>, name: Field) -> Result<Expr, SyntaxError> {
    cursor.advance()?;
    cursor.expect_sign("(")?;
    let mut arguments = Vec::new();
    if !cursor.is_sign(")") {
        loop {
            let begin = cursor.span();
            arguments.push(if cursor.take_sign("*")? {
                Expr { kind: ExprKind::Star, span: begin }
            } else {
                expression(cursor)?
            });
            if !cursor.take_sign(",")? {
                break;
            }
        }
    }
    if !cursor.is_sign(")") {
        return Err(cursor.expected(&format!("`,` or the `)` of {}(", name.name)));
    }
    cursor.advance()?;
    let kind = ExprKind::Call(Call { name: name.name, arguments, name_span: name.span });
    Ok(Expr { kind, span: cursor.since(name.span) })
}

/// `/re/` where a condition may stand: a match in `@message`.
fn bare_regex(cursor: &mut Cursor<'_>) -> Result<Expr, SyntaxError> {
    let begin = cursor.span();
    let pattern = LikePattern::Regex(cursor.regex()?);
    Ok(message_like(pattern, cursor.since(begin)))
}

/// A bare text as a condition: it must be in `@message`.
fn in_message(expr: Expr) -> Expr {
    match expr.kind {
        ExprKind::Text(text) => message_like(LikePattern::Text(text), expr.span),
        _ => expr,
    }
}

fn message_like(pattern: LikePattern, span: Span) -> Expr {
    let target = Box::new(Expr::field("@message", span));
    Expr { kind: ExprKind::Like(Like { target, pattern, negated: false }), span }
}

/// Counts operators, because a chain of them is as deep a tree as it is long.
fn binary(
    cursor: &mut Cursor<'_>,
    begin: Span,
    operator: BinaryOperator,
    left: Expr,
    right: Expr,
) -> Result<Expr, SyntaxError> {
    let span = cursor.since(begin);
    cursor.operators += 1;
    if cursor.operators > cursor.limits.operators_max {
        let most = cursor.limits.operators_max;
        let message = format!("a query may have {most} operators (operators_max); use `in` for many values");
        return Err(SyntaxError::at(span, message));
    }
    Ok(Expr { kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)), span })
}
