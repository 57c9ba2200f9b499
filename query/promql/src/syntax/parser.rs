//! From tokens to an expression.
//!
//! A recursive descent with precedence climbing. Each step down counts against [`EXPRESSION_DEPTH_MAX`], and so does the
//! height of the expression, so that whoever walks it later may recurse.

mod call;
mod length;
mod modifier;
mod selector;

use super::ast::{Binary, Expr, Span};
use super::lexer::{Kind, Token, tokens};
use super::operator::BinaryOp;
use super::types::check;
use super::{QueryError, ValueType};
use crate::limits::{EXPRESSION_DEPTH_MAX, QUERY_BYTES_MAX};

/// A query that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) expr: Expr,
    pub(crate) value_type: ValueType,
    /// How many selections it has.
    pub(crate) selections: usize,
}

/// Reads a query.
pub(crate) fn parse(text: &str) -> Result<Parsed, QueryError> {
    if text.len() > QUERY_BYTES_MAX {
        let message = format!("the query has {} bytes, more than {QUERY_BYTES_MAX} (QUERY_BYTES_MAX)", text.len());
        return Err(QueryError::at(Span::new(0, 0), message));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens, at: 0, depth: 0, selections: 0 };
    if parser.peek().kind == Kind::End {
        return Err(QueryError::at(Span::new(0, 0), "no expression found in input"));
    }
    let (expr, _) = parser.expr(0)?;
    if parser.peek().kind != Kind::End {
        return Err(parser.unexpected("an operator or the end of the query"));
    }
    let value_type = check(&expr)?;
    Ok(Parsed { expr, value_type, selections: parser.selections })
}

/// An expression and its height.
type Tall = (Expr, usize);

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    selections: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        // The last token is the end, and nothing goes beyond it.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn peek_behind(&self) -> &Token {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)]
    }

    fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn source(&self, span: Span) -> &str {
        &self.text[span.start..span.end]
    }

    fn word(&self) -> Option<&str> {
        let token = self.peek();
        (token.kind == Kind::Word).then(|| self.source(token.span))
    }

    fn is_word(&self, word: &str) -> bool {
        self.word().is_some_and(|found| found.eq_ignore_ascii_case(word))
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek().kind, Kind::Symbol(found) if found == symbol)
    }

    fn opens_behind(&self) -> bool {
        self.peek_behind().kind == Kind::Symbol("(")
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let is_symbol = self.is_symbol(symbol);
        self.at += usize::from(is_symbol);
        is_symbol
    }

    fn expect_symbol(&mut self, symbol: &str, whole: &str) -> Result<Span, QueryError> {
        if self.is_symbol(symbol) {
            return Ok(self.advance().span);
        }
        Err(self.unexpected(&format!("{symbol:?} {whole}")))
    }

    /// The error that the next token is not what was expected.
    fn unexpected(&self, expected: &str) -> QueryError {
        let token = self.peek();
        let found = match &token.kind {
            Kind::End => "unexpected end of input".to_owned(),
            Kind::BadText => format!("the text {} is not valid UTF-8", self.source(token.span)),
            _ => format!("unexpected {:?}", self.source(token.span)),
        };
        QueryError::at(token.span, format!("{found}, expected {expected}"))
    }

    fn too_deep(&self, span: Span) -> QueryError {
        let message = format!(
            "the expression is nested more than {EXPRESSION_DEPTH_MAX} deep (EXPRESSION_DEPTH_MAX): write a chain of \
             operators as one regular expression or several queries"
        );
        QueryError::at(span, message)
    }

    fn check_height(&self, expr: Expr, height: usize) -> Result<Tall, QueryError> {
        if height > EXPRESSION_DEPTH_MAX { Err(self.too_deep(expr.span())) } else { Ok((expr, height)) }
    }

    /// Reads operators that bind at least as close as `precedence`.
    fn expr(&mut self, precedence: u8) -> Result<Tall, QueryError> {
        self.depth += 1;
        if self.depth > EXPRESSION_DEPTH_MAX {
            return Err(self.too_deep(self.peek().span));
        }
        let (mut lhs, mut height) = self.unary()?;
        while let Some(op) = self.operator().filter(|op| op.precedence() >= precedence) {
            self.at += 1;
            let modifiers = self.modifiers(op)?;
            let is_right_associative = op == BinaryOp::Pow;
            let (rhs, rhs_height) = self.expr(op.precedence() + u8::from(!is_right_associative))?;
            let (lhs_box, rhs) = (Box::new(lhs), Box::new(rhs));
            let binary = Binary { op, lhs: lhs_box, rhs, is_bool: modifiers.is_bool, matching: modifiers.matching };
            (lhs, height) = self.check_height(Expr::Binary(binary), height.max(rhs_height) + 1)?;
        }
        self.depth -= 1;
        Ok((lhs, height))
    }

    fn operator(&self) -> Option<BinaryOp> {
        match &self.peek().kind {
            Kind::Symbol(symbol) => BinaryOp::of(symbol),
            Kind::Word => BinaryOp::of(self.source(self.peek().span)),
            _ => None,
        }
    }

    fn unary(&mut self) -> Result<Tall, QueryError> {
        let is_negative = self.is_symbol("-");
        if !is_negative && !self.is_symbol("+") {
            return self.postfix();
        }
        let sign = self.advance().span;
        let (expr, height) = self.expr(BinaryOp::Pow.precedence())?;
        let span = sign.to(expr.span());
        super::types::check_signed(&expr)?;
        if !is_negative {
            return Ok((expr, height));
        }
        if let Expr::Number { value, is_duration, .. } = expr {
            return Ok((Expr::Number { value: -value, is_duration, span }, height));
        }
        self.check_height(Expr::Negative { expr: Box::new(expr), span }, height + 1)
    }

    fn primary(&mut self) -> Result<Tall, QueryError> {
        let token = self.peek().clone();
        match token.kind {
            Kind::Number(value) => {
                self.at += 1;
                Ok((Expr::Number { value, is_duration: false, span: token.span }, 1))
            }
            Kind::Duration(value) => {
                self.at += 1;
                Ok((Expr::Number { value, is_duration: true, span: token.span }, 1))
            }
            Kind::Text(value) => {
                self.at += 1;
                Ok((Expr::Text { value: value.into(), span: token.span }, 1))
            }
            Kind::Symbol("(") => {
                self.at += 1;
                let (expr, height) = self.expr(0)?;
                let end = self.expect_symbol(")", "that closes the bracket, or an operator")?;
                self.check_height(Expr::Paren { expr: Box::new(expr), span: token.span.to(end) }, height + 1)
            }
            Kind::Symbol("{") => self.selector(None),
            Kind::Word => self.name(),
            Kind::BadText | Kind::Symbol(_) | Kind::End => {
                Err(self.unexpected("a metric, a function, a number or a bracket"))
            }
        }
    }

    /// What begins with a word: a literal, an aggregation, a call or a selector.
    fn name(&mut self) -> Result<Tall, QueryError> {
        let token = self.peek().clone();
        let word = self.source(token.span).to_owned();
        if let (false, Some(value)) = (self.opens_behind(), super::parse_number(&word)) {
            self.at += 1;
            return Ok((Expr::Number { value, is_duration: false, span: token.span }, 1));
        }
        if let Some(aggregation) = self.aggregation(&word)? {
            return Ok(aggregation);
        }
        if self.opens_behind() {
            return self.call(&word);
        }
        const RESERVED: [&str; 6] = ["bool", "on", "ignoring", "group_left", "group_right", "atan2"];
        if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(&word)) {
            let hint = format!("a metric; one of that name is written {{__name__={word:?}}}");
            return Err(self.unexpected(&hint));
        }
        self.at += 1;
        self.selector(Some((word.into(), token.span)))
    }
}
