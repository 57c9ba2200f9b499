//! What follows an operator: `bool`, `on`, `ignoring`, `group_left`, `group_right`, `fill`.

use std::sync::Arc;

use super::super::ast::{Cardinality, Matching};
use super::super::operator::BinaryOp;
use super::super::{QueryError, is_legacy_label_name};
use super::{Kind, Parser};

#[derive(Debug, Default)]
pub(super) struct Modifiers {
    pub(super) is_bool: bool,
    pub(super) matching: Matching,
}

impl Parser<'_> {
    pub(super) fn modifiers(&mut self, op: BinaryOp) -> Result<Modifiers, QueryError> {
        let mut modifiers = Modifiers::default();
        if self.is_word("bool") {
            if !op.is_comparison() {
                return Err(QueryError::at(self.peek().span, "bool modifier can only be used on comparison operators"));
            }
            self.at += 1;
            modifiers.is_bool = true;
        }
        let matching = &mut modifiers.matching;
        let has_labels = (self.is_word("on") || self.is_word("ignoring")) && self.opens_behind();
        if has_labels {
            matching.is_on = self.is_word("on");
            self.at += 1;
            matching.labels = self.label_list()?;
        }
        self.group_modifier(op, has_labels, matching)?;
        for _ in 0..2 {
            self.fill(op, matching)?;
        }
        Ok(modifiers)
    }

    fn group_modifier(&mut self, op: BinaryOp, has_labels: bool, matching: &mut Matching) -> Result<(), QueryError> {
        let is_left = self.is_word("group_left");
        if !is_left && !self.is_word("group_right") {
            return Ok(());
        }
        let span = self.advance().span;
        if !has_labels {
            return Err(QueryError::at(span, "unexpected group modifier: on(…) or ignoring(…) has to stand before it"));
        }
        if op.is_set() {
            return Err(QueryError::at(span, format!("no grouping allowed for {:?} operation", op.text())));
        }
        matching.cardinality = if is_left { Cardinality::ManyToOne } else { Cardinality::OneToMany };
        if self.is_symbol("(") {
            matching.include = self.label_list()?;
        }
        let both = matching.include.iter().find(|label| matching.is_on && matching.labels.contains(label));
        if let Some(label) = both {
            let message = format!("label {label:?} must not occur in ON and GROUP clause at once");
            return Err(QueryError::at(span, message));
        }
        Ok(())
    }

    fn fill(&mut self, op: BinaryOp, matching: &mut Matching) -> Result<(), QueryError> {
        let Some(word) = self.word().map(str::to_ascii_lowercase).filter(|_| self.opens_behind()) else {
            return Ok(());
        };
        let (left, right) = match word.as_str() {
            "fill" => (true, true),
            "fill_left" => (true, false),
            "fill_right" => (false, true),
            _ => return Ok(()),
        };
        let span = self.advance().span;
        if op.is_set() {
            return Err(QueryError::at(span, "filling in missing series not allowed for set operators"));
        }
        self.at += 1;
        let is_negative = self.is_symbol("-");
        if is_negative || self.is_symbol("+") {
            self.at += 1;
        }
        let token = self.peek().clone();
        let value = match token.kind {
            Kind::Number(value) | Kind::Duration(value) => Some(value),
            Kind::Word => super::super::parse_number(self.source(token.span)),
            _ => None,
        };
        let Some(value) = value else { return Err(self.unexpected("a number to fill in")) };
        self.at += 1;
        self.expect_symbol(")", "behind the number to fill in")?;
        let value = if is_negative { -value } else { value };
        for (is_set, slot) in [(left, &mut matching.fill_left), (right, &mut matching.fill_right)] {
            if is_set && slot.replace(value).is_some() {
                return Err(QueryError::at(span, "a side may be filled in once"));
            }
        }
        Ok(())
    }

    /// Reads label names in brackets.
    pub(super) fn label_list(&mut self) -> Result<Vec<Arc<str>>, QueryError> {
        self.expect_symbol("(", "before label names")?;
        let mut labels = Vec::new();
        while !self.is_symbol(")") {
            let token = self.peek().clone();
            let label = match token.kind {
                Kind::Word => self.source(token.span).to_owned(),
                Kind::Text(label) => label,
                _ => return Err(self.unexpected("a label name or \")\" in grouping opts")),
            };
            let is_plain = matches!(self.peek().kind, Kind::Word);
            if label.is_empty() || is_plain && !is_legacy_label_name(&label) {
                return Err(
                    self.unexpected("a label name in grouping opts; others than letters, digits and _ need quotes")
                );
            }
            self.at += 1;
            labels.push(label.into());
            if !self.take_symbol(",") && !self.is_symbol(")") {
                return Err(self.unexpected("\",\" or \")\" in grouping opts"));
            }
        }
        self.at += 1;
        Ok(labels)
    }
}
