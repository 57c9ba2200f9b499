//! Lengths of time: a number, a duration, or an expression of them.

use super::super::QueryError;
use super::super::ast::{Length, LengthExpr, LengthOp, Span};
use super::{Kind, Parser};
use crate::limits::EXPRESSION_DEPTH_MAX;

impl Parser<'_> {
    /// Reads a length between square brackets.
    pub(super) fn length(&mut self) -> Result<Length, QueryError> {
        let start = self.peek().span;
        let (expr, _) = self.length_expr(0)?;
        Ok(Length { expr, span: self.since(start) })
    }

    /// Reads a length behind `offset`: operators need brackets there.
    pub(super) fn offset_length(&mut self) -> Result<Length, QueryError> {
        let start = self.peek().span;
        let is_negative = self.is_symbol("-");
        if is_negative || self.is_symbol("+") {
            self.at += 1;
        }
        let (expr, _) = self.length_primary()?;
        let expr = if is_negative { negative(expr) } else { expr };
        Ok(Length { expr, span: self.since(start) })
    }

    fn since(&self, start: Span) -> Span {
        start.to(self.tokens[self.at.saturating_sub(1)].span)
    }

    fn length_operator(&self) -> Option<(LengthOp, u8)> {
        let Kind::Symbol(symbol) = self.peek().kind else { return None };
        match symbol {
            "+" => Some((LengthOp::Add, 1)),
            "-" => Some((LengthOp::Sub, 1)),
            "*" => Some((LengthOp::Mul, 2)),
            "/" => Some((LengthOp::Div, 2)),
            "%" => Some((LengthOp::Mod, 2)),
            "^" => Some((LengthOp::Pow, 3)),
            _ => None,
        }
    }

    fn length_expr(&mut self, precedence: u8) -> Result<(LengthExpr, usize), QueryError> {
        self.depth += 1;
        if self.depth > EXPRESSION_DEPTH_MAX {
            return Err(self.too_deep(self.peek().span));
        }
        let (mut lhs, mut height) = self.length_unary()?;
        while let Some((op, own)) = self.length_operator().filter(|(_, own)| *own >= precedence) {
            self.at += 1;
            let (rhs, rhs_height) = self.length_expr(own + u8::from(op != LengthOp::Pow))?;
            height = height.max(rhs_height) + 1;
            lhs = LengthExpr::Binary { op, lhs: Box::new(lhs), rhs: Box::new(rhs) };
            if height > EXPRESSION_DEPTH_MAX {
                return Err(self.too_deep(self.peek().span));
            }
        }
        self.depth -= 1;
        Ok((lhs, height))
    }

    fn length_unary(&mut self) -> Result<(LengthExpr, usize), QueryError> {
        const POW: u8 = 3;
        if self.take_symbol("-") {
            let (expr, height) = self.length_expr(POW)?;
            return Ok((negative(expr), height + 1));
        }
        if self.take_symbol("+") {
            return self.length_expr(POW);
        }
        self.length_primary()
    }

    fn length_primary(&mut self) -> Result<(LengthExpr, usize), QueryError> {
        let token = self.peek().clone();
        match token.kind {
            Kind::Number(seconds) => {
                self.at += 1;
                Ok((LengthExpr::Number { seconds, is_duration: false }, 1))
            }
            Kind::Duration(seconds) => {
                self.at += 1;
                Ok((LengthExpr::Number { seconds, is_duration: true }, 1))
            }
            Kind::Symbol("(") => {
                self.at += 1;
                let (expr, height) = self.length_expr(0)?;
                self.expect_symbol(")", "that closes the bracket of a duration")?;
                Ok((LengthExpr::Paren(Box::new(expr)), height + 1))
            }
            Kind::Word if self.opens_behind() => self.length_call(),
            _ => Err(self.unexpected("a duration like 5m, a number of seconds, step() or range()")),
        }
    }

    fn length_call(&mut self) -> Result<(LengthExpr, usize), QueryError> {
        let is = |word: &str| self.is_word(word);
        let (is_step, is_range) = (is("step"), is("range"));
        let (is_min, is_max) = (is("min_of"), is("max_of"));
        if !(is_step || is_range || is_min || is_max) {
            return Err(self.unexpected("one of step(), range(), min_of(a, b) and max_of(a, b) in a duration"));
        }
        self.at += 2;
        if is_step || is_range {
            self.expect_symbol(")", "behind step( or range(")?;
            return Ok((if is_step { LengthExpr::Step } else { LengthExpr::Range }, 1));
        }
        let (a, a_height) = self.length_expr(0)?;
        self.expect_symbol(",", "between two durations")?;
        let (b, b_height) = self.length_expr(0)?;
        self.expect_symbol(")", "behind two durations")?;
        let (a, b) = (Box::new(a), Box::new(b));
        let expr = if is_min { LengthExpr::Smaller(a, b) } else { LengthExpr::Larger(a, b) };
        Ok((expr, a_height.max(b_height) + 1))
    }
}

fn negative(expr: LengthExpr) -> LengthExpr {
    match expr {
        LengthExpr::Number { seconds, is_duration } => LengthExpr::Number { seconds: -seconds, is_duration },
        other => LengthExpr::Negative(Box::new(other)),
    }
}
