//! Calls and aggregations.

use super::super::ast::{Aggregation, Call, Expr, Grouping, Span};
use super::super::function::{Function, Kind as FunctionKind};
use super::super::nearest::nearest;
use super::super::operator::Aggregator;
use super::super::{QueryError, ValueType};
use super::{Kind, Parser, Tall};

impl Parser<'_> {
    pub(super) fn call(&mut self, word: &str) -> Result<Tall, QueryError> {
        let start = self.advance().span;
        let Some(function) = Function::of(word) else {
            let names = Function::names().chain(Aggregator::ALL.map(Aggregator::name));
            let hint = nearest(word, names).map_or(String::new(), |name| format!(", did you mean {name:?}?"));
            return Err(QueryError::at(start, format!("unknown function with name {word:?}{hint}")));
        };
        let is_info = matches!(function.kind, FunctionKind::Info);
        let (args, height, end) = self.args()?;
        let info_index = is_info.then(|| {
            self.selections += 1;
            self.selections - 1
        });
        self.check_height(Expr::Call(Call { function, args, info_index, span: start.to(end) }), height + 1)
    }

    /// Reads arguments in brackets: them, the height of the highest, and where the bracket closes.
    fn args(&mut self) -> Result<(Vec<Expr>, usize, Span), QueryError> {
        self.expect_symbol("(", "before arguments")?;
        let (mut args, mut highest) = (Vec::new(), 0);
        if !self.is_symbol(")") {
            loop {
                let (arg, height) = self.expr(0)?;
                args.push(arg);
                highest = highest.max(height);
                if !self.take_symbol(",") {
                    break;
                }
                if self.is_symbol(")") {
                    return Err(self.unexpected("an argument: trailing commas not allowed in function call args"));
                }
            }
        }
        let end = self.expect_symbol(")", "that closes the arguments, or \",\"")?;
        Ok((args, highest, end))
    }

    /// Reads an aggregation, if the word begins one.
    pub(super) fn aggregation(&mut self, word: &str) -> Result<Option<Tall>, QueryError> {
        let Some(op) = Aggregator::of(word) else { return Ok(None) };
        let behind = self.peek_behind();
        let is_grouping = behind.kind == Kind::Word && is_grouping_word(self.source(behind.span));
        if !self.opens_behind() && !is_grouping {
            return Ok(None);
        }
        let start = self.advance().span;
        let mut grouping = self.grouping()?;
        if let (Aggregator::CountValues, Kind::BadText) = (op, &self.peek_behind().kind) {
            let span = self.peek_behind().span;
            return Err(QueryError::at(span, format!("invalid label name {}", self.source(span))));
        }
        let (mut args, height, mut end) = self.args()?;
        if grouping.is_none() {
            grouping = self.grouping()?;
            end = self.tokens[self.at - 1].span;
        }
        let wanted = if op.parameter().is_some() { 2 } else { 1 };
        if args.len() != wanted {
            let what = match op.parameter() {
                Some(ValueType::String) => "a label name and a vector",
                Some(_) => "a number and a vector",
                None => "a vector",
            };
            let found = args.len();
            let message = format!(
                "wrong number of arguments for aggregate expression provided, expected {wanted} ({what}), got {found}"
            );
            return Err(QueryError::at(start.to(end), message));
        }
        let Some(expr) = args.pop() else { return Ok(None) };
        let param = args.pop().map(Box::new);
        let grouping = grouping.unwrap_or_default();
        let aggregation = Aggregation { op, expr: Box::new(expr), param, grouping, span: start.to(end) };
        self.check_height(Expr::Aggregation(aggregation), height + 1).map(Some)
    }

    fn grouping(&mut self) -> Result<Option<Grouping>, QueryError> {
        let is_without = self.is_word("without");
        if !is_without && !self.is_word("by") {
            return Ok(None);
        }
        self.at += 1;
        Ok(Some(Grouping { is_without, labels: self.label_list()? }))
    }
}

fn is_grouping_word(word: &str) -> bool {
    word.eq_ignore_ascii_case("by") || word.eq_ignore_ascii_case("without")
}
