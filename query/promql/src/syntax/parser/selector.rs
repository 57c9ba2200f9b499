//! Selectors, and what follows them: `[5m]`, `[1h:5m]`, `offset`, `@`, `anchored`, `smoothed`.

use std::sync::Arc;

use super::super::ast::{At, Expr, Extension, RangeSelector, Selector, Span, Subquery};
use super::super::{QueryError, is_legacy_label_name};
use super::{Kind, Parser, Tall};
use crate::labels::METRIC_NAME;
use crate::matcher::{MatchOp, Matcher};

impl Parser<'_> {
    /// Reads a selector behind its name, or from its brace if it has no name.
    pub(super) fn selector(&mut self, name: Option<(Arc<str>, Span)>) -> Result<Tall, QueryError> {
        let start = name.as_ref().map_or(self.peek().span, |(_, span)| *span);
        let mut has_name = name.is_some();
        let mut matchers = Vec::new();
        if let Some((name, _)) = name {
            matchers.push(Matcher::equal(METRIC_NAME, name));
        }
        let mut end = start;
        if self.take_symbol("{") {
            while !self.is_symbol("}") {
                let (matcher, span, is_name) = self.matcher()?;
                if is_name {
                    if has_name {
                        let names = format!("{:?} or {:?}", &*matchers[0].value, &*matcher.value);
                        return Err(QueryError::at(span, format!("metric name must not be set twice: {names}")));
                    }
                    has_name = true;
                    matchers.insert(0, matcher);
                } else {
                    matchers.push(matcher);
                }
                if !self.take_symbol(",") && !self.is_symbol("}") {
                    return Err(self.unexpected("\",\" or \"}\" in label matching"));
                }
            }
            end = self.advance().span;
        }
        let span = start.to(end);
        let index = self.selections;
        self.selections += 1;
        let selector = Selector { matchers, has_name, at: None, offset: None, extension: None, index, span };
        Ok((Expr::Selector(selector), 1))
    }

    /// Reads a matcher; the last value says whether it is a quoted metric name.
    fn matcher(&mut self) -> Result<(Matcher, Span, bool), QueryError> {
        let token = self.peek().clone();
        let (name, is_quoted) = match token.kind {
            Kind::Word => (self.source(token.span).to_owned(), false),
            Kind::Text(name) => (name, true),
            _ => return Err(self.unexpected("a label name or \"}\" in label matching")),
        };
        if !is_quoted && !is_legacy_label_name(&name) {
            return Err(QueryError::at(token.span, format!("a label name like {name:?} has to be quoted")));
        }
        self.at += 1;
        let op = match self.peek().kind {
            Kind::Symbol("=") => MatchOp::Equal,
            Kind::Symbol("!=") => MatchOp::NotEqual,
            Kind::Symbol("=~") => MatchOp::Matches,
            Kind::Symbol("!~") => MatchOp::NotMatches,
            Kind::Symbol("," | "}") if is_quoted => {
                if name.is_empty() {
                    return Err(QueryError::at(token.span, "a quoted metric name must not be empty"));
                }
                return Ok((Matcher::equal(METRIC_NAME, name), token.span, true));
            }
            _ => return Err(self.unexpected("one of \"=\", \"!=\", \"=~\", \"!~\" in label matching")),
        };
        self.at += 1;
        let value = self.peek().clone();
        let Kind::Text(text) = value.kind else {
            return Err(self.unexpected("a text in quotes in label matching"));
        };
        self.at += 1;
        let matcher = Matcher::new(name, op, text)
            .map_err(|message| QueryError::at(value.span, format!("the regular expression is wrong: {message}")))?;
        Ok((matcher, token.span.to(value.span), false))
    }

    /// Reads a primary expression and what follows it.
    pub(super) fn postfix(&mut self) -> Result<Tall, QueryError> {
        let (mut expr, mut height) = self.primary()?;
        loop {
            if self.is_symbol("[") {
                expr = self.range(expr)?;
                (expr, height) = self.check_height(expr, height + 1)?;
            } else if self.is_symbol("@") {
                self.at_modifier(&mut expr)?;
            } else if self.is_word("offset") {
                self.offset(&mut expr)?;
            } else if self.is_word("anchored") || self.is_word("smoothed") {
                self.extension(&mut expr)?;
            } else {
                return Ok((expr, height));
            }
        }
    }

    fn range(&mut self, expr: Expr) -> Result<Expr, QueryError> {
        let open = self.advance().span;
        let range = self.length()?;
        if self.take_symbol(":") {
            let step = if self.is_symbol("]") { None } else { Some(self.length()?) };
            let end = self.expect_symbol("]", "that closes the subquery")?;
            let span = expr.span().to(end);
            return Ok(Expr::Subquery(Subquery { expr: Box::new(expr), range, step, at: None, offset: None, span }));
        }
        let end = self.expect_symbol("]", "that closes the range, or \":\" of a subquery")?;
        let Expr::Selector(selector) = expr else {
            let message = "ranges only allowed for vector selectors: write a subquery, [5m:]";
            return Err(QueryError::at(open.to(end), message));
        };
        for (is_set, name) in [(selector.offset.is_some(), "offset"), (selector.at.is_some(), "@")] {
            if is_set {
                let message = format!("no {name} modifiers allowed before range: write it behind");
                return Err(QueryError::at(open.to(end), message));
            }
        }
        let span = selector.span.to(end);
        Ok(Expr::Range(RangeSelector { selector, range, span }))
    }

    fn offset(&mut self, expr: &mut Expr) -> Result<(), QueryError> {
        let word = self.advance().span;
        let length = self.offset_length()?;
        let end = length.span;
        let (slot, span) = match expr {
            Expr::Selector(selector) => (&mut selector.offset, &mut selector.span),
            Expr::Range(range) => (&mut range.selector.offset, &mut range.span),
            Expr::Subquery(subquery) => (&mut subquery.offset, &mut subquery.span),
            _ => return Err(misplaced(word, "offset")),
        };
        if slot.is_some() {
            return Err(QueryError::at(word, "offset may not be set multiple times"));
        }
        *slot = Some(length);
        *span = span.to(end);
        Ok(())
    }

    fn at_modifier(&mut self, expr: &mut Expr) -> Result<(), QueryError> {
        let sign = self.advance().span;
        let (at, end) = self.at_time()?;
        let (slot, span) = match expr {
            Expr::Selector(selector) => (&mut selector.at, &mut selector.span),
            Expr::Range(range) => (&mut range.selector.at, &mut range.span),
            Expr::Subquery(subquery) => (&mut subquery.at, &mut subquery.span),
            _ => return Err(misplaced(sign, "@")),
        };
        if slot.is_some() {
            return Err(QueryError::at(sign, "@ <timestamp> may not be set multiple times"));
        }
        *slot = Some(at);
        *span = span.to(end);
        Ok(())
    }

    fn at_time(&mut self) -> Result<(At, Span), QueryError> {
        for (word, at) in [("start", At::Start), ("end", At::End)] {
            if self.is_word(word) && self.opens_behind() {
                self.at += 2;
                let end = self.expect_symbol(")", "behind start( or end(")?;
                return Ok((at, end));
            }
        }
        let is_negative = self.is_symbol("-");
        if is_negative || self.is_symbol("+") {
            self.at += 1;
        }
        let token = self.peek().clone();
        let number = match token.kind {
            Kind::Number(number) | Kind::Duration(number) => Some(number),
            Kind::Word => super::super::parse_number(self.source(token.span)),
            _ => None,
        };
        let Some(number) = number else {
            return Err(self.unexpected("a time in seconds, start() or end() behind @"));
        };
        self.at += 1;
        let milliseconds = (if is_negative { -number } else { number } * 1000.0).round();
        const BOUND: f64 = 9.2e15;
        if !milliseconds.is_finite() || milliseconds.abs() > BOUND {
            return Err(QueryError::at(token.span, "timestamp out of bounds for @ modifier"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "checked above")]
        Ok((At::Time(milliseconds as i64), token.span))
    }

    fn extension(&mut self, expr: &mut Expr) -> Result<(), QueryError> {
        let is_anchored = self.is_word("anchored");
        let word = self.advance().span;
        let (slot, span) = match expr {
            Expr::Selector(selector) if !is_anchored => (&mut selector.extension, &mut selector.span),
            Expr::Selector(_) => {
                return Err(QueryError::at(word, "anchored modifier can only be used with range vectors"));
            }
            Expr::Range(range) => (&mut range.selector.extension, &mut range.span),
            Expr::Subquery(_) => {
                return Err(QueryError::at(word, "anchored and smoothed cannot be used with a subquery"));
            }
            _ => return Err(QueryError::at(word, "anchored and smoothed have to follow a selector")),
        };
        if slot.is_some() {
            return Err(QueryError::at(word, "anchored and smoothed may be set once, and not both"));
        }
        *slot = Some(if is_anchored { Extension::Anchored } else { Extension::Smoothed });
        *span = span.to(word);
        Ok(())
    }
}

fn misplaced(span: Span, what: &str) -> QueryError {
    let message = format!(
        "{what} modifier must be preceded by an instant vector selector or range vector selector or a subquery"
    );
    QueryError::at(span, message)
}
