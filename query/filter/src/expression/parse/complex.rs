//! The complex keywords: services, edges, groups and root causes.

use super::super::keyword::Scope;
use super::super::{CauseElement, CauseKind, CausePattern, Expression, GroupReference, Selector, Test};
use super::{Parser, Word};
use crate::error::SyntaxError;
use crate::nearest::nearest;

const ID_FIELDS: [&str; 3] = ["name", "type", "account.id"];

impl Parser<'_> {
    pub(super) fn complex(&mut self, word: &Word<'_>) -> Result<Test, SyntaxError> {
        if self.scope != Scope::Trace {
            let message = format!(
                "{} cannot stand in {}; put it beside them, joined by AND or OR",
                word.lower,
                self.scope.name()
            );
            return Err(self.error_at(word, message).expecting(self.keywords()));
        }
        match word.lower.as_str() {
            "service" => {
                let node = self.service_node()?;
                let filter = self.braces(Scope::Service)?.flatten();
                Ok(Test::Service { node, filter })
            }
            "edge" => {
                let ends = self.edge_ends()?;
                let filter = self.braces(Scope::Edge)?.flatten();
                Ok(Test::Edge { ends, filter })
            }
            "group.name" | "group.arn" => self.group(word),
            "rootcause.json" => self.root_cause_json(word),
            _ => self.root_cause(word),
        }
    }

    /// `( [node] )`, if it is next.
    fn service_node(&mut self) -> Result<Selector, SyntaxError> {
        self.scanner.skip_whitespace();
        let start = self.scanner.position();
        if !self.scanner.eat("(") {
            return Ok(Selector::default());
        }
        self.scanner.skip_whitespace();
        let node = if self.scanner.peek() == Some(')') { Selector::default() } else { self.selector("service")? };
        self.closing(")", start)?;
        Ok(node)
    }

    /// `( from, to )`, if it is next.
    fn edge_ends(&mut self) -> Result<Option<(Selector, Selector)>, SyntaxError> {
        self.scanner.skip_whitespace();
        let start = self.scanner.position();
        if !self.scanner.eat("(") {
            return Ok(None);
        }
        self.scanner.skip_whitespace();
        if self.scanner.eat(")") {
            return Ok(None);
        }
        let from = self.selector("edge")?;
        self.scanner.skip_whitespace();
        if !self.scanner.eat(",") {
            let message = "an edge has two ends; write edge(\"from\", \"to\")";
            return Err(SyntaxError::new(self.scanner.position(), 0, message).expecting([","]));
        }
        let to = self.selector("edge")?;
        self.closing(")", start)?;
        Ok(Some((from, to)))
    }

    /// A name or `id(…)`.
    fn selector(&mut self, keyword: &str) -> Result<Selector, SyntaxError> {
        let word = self.next_word();
        let mut ahead = self.scanner.clone();
        ahead.skip(word.text.len());
        ahead.skip_whitespace();
        if word.lower == "id" && ahead.eat("(") {
            let start = ahead.position() - 1;
            self.scanner = ahead;
            return self.id(start);
        }
        let name = self.name_value(keyword)?;
        Ok(Selector { name: Some(name), ..Selector::default() })
    }

    /// What follows `id(`, whose bracket is at `start`.
    fn id(&mut self, start: usize) -> Result<Selector, SyntaxError> {
        let mut selector = Selector::default();
        self.scanner.skip_whitespace();
        if self.scanner.eat(")") {
            return Ok(selector);
        }
        loop {
            let field = self.next_word();
            self.scanner.skip(field.text.len());
            let place = match field.lower.as_str() {
                "name" => &mut selector.name,
                "type" => &mut selector.node_type,
                "account.id" => &mut selector.account_id,
                _ => {
                    let message = format!("id(…) has no {:?}; it takes name, type and account.id", field.text);
                    let suggestion = nearest(field.text, ID_FIELDS);
                    return Err(self.error_at(&field, message).expecting(ID_FIELDS).suggesting(suggestion));
                }
            };
            if place.is_some() {
                return Err(self.error_at(&field, format!("{} is given twice", field.lower)));
            }
            self.scanner.skip_whitespace();
            if !self.scanner.eat(":") {
                let message = format!("expected a colon, as in id({}: \"…\")", field.lower);
                return Err(SyntaxError::new(self.scanner.position(), 0, message).expecting([":"]));
            }
            *place = Some(self.name_value(&field.lower)?);
            self.scanner.skip_whitespace();
            if !self.scanner.eat(",") {
                self.closing(")", start)?;
                return Ok(selector);
            }
        }
    }

    /// A name in quotation marks or without; a number is a name too.
    fn name_value(&mut self, keyword: &str) -> Result<String, SyntaxError> {
        self.scanner.skip_whitespace();
        let position = self.scanner.position();
        if self.scanner.peek() == Some('"') {
            return self.scanner.quoted();
        }
        let word = self.bare_word();
        if word.is_empty() {
            let message = format!("expected a name in quotation marks for {keyword}");
            return Err(SyntaxError::new(position, 0, message).expecting(["\"", "id("]));
        }
        Ok(word.to_owned())
    }

    /// `{ [expression] }`, if it is next.
    fn braces(&mut self, scope: Scope) -> Result<Option<Option<Box<Expression>>>, SyntaxError> {
        self.scanner.skip_whitespace();
        let start = self.scanner.position();
        if !self.scanner.eat("{") {
            return Ok(None);
        }
        self.scanner.skip_whitespace();
        if self.scanner.eat("}") {
            return Ok(Some(None));
        }
        let outer = std::mem::replace(&mut self.scope, scope);
        let inside = self.or()?;
        self.scope = outer;
        self.closing("}", start)?;
        Ok(Some(Some(Box::new(inside))))
    }

    fn group(&mut self, word: &Word<'_>) -> Result<Test, SyntaxError> {
        let Some(operator) = self.operator()?.filter(|operator| operator.is_equality()) else {
            let message = format!("{} needs the group after an =, as in {} = \"…\"", word.lower, word.lower);
            return Err(SyntaxError::new(self.scanner.position(), 0, message).expecting(["="]));
        };
        if operator.equality("a group", &word.lower)? != super::Comparison::Equal {
            let message = format!("{0} takes = only; write !({0} = …) for the traces outside of the group", word.lower);
            return Err(self.error_at(word, message).expecting(["="]));
        }
        self.scanner.skip_whitespace();
        let position = self.scanner.position();
        let value = self.literal(&word.lower)?.text(&word.lower)?;
        if word.lower == "group.name" {
            return Ok(Test::Group(GroupReference { name: value, arn: None, position }));
        }
        let name = value.split_once(":group/").and_then(|(_, after)| after.split('/').next());
        let Some(name) = name.filter(|name| !name.is_empty()).map(str::to_owned) else {
            let message = "the ARN of a group has the form arn:aws:xray:region:account:group/name/id";
            return Err(SyntaxError::new(position, self.scanner.position() - position, message));
        };
        Ok(Test::Group(GroupReference { name, arn: Some(value), position }))
    }

    fn root_cause(&mut self, word: &Word<'_>) -> Result<Test, SyntaxError> {
        let parts: Vec<&str> = word.lower.split('.').skip(1).collect();
        let kinds = CauseKind::ALL.map(CauseKind::as_str);
        let elements = CauseElement::ALL.map(CauseElement::as_str);
        let of = CauseKind::ALL.into_iter().find(|kind| parts.first() == Some(&kind.as_str()));
        let Some(of) = of else {
            let message = "after rootcause. comes fault, error, responsetime or json".to_owned();
            let suggestion = parts.first().and_then(|part| nearest(part, kinds));
            return Err(self.error_at(word, message).expecting(kinds).suggesting(suggestion));
        };
        let element = CauseElement::ALL.into_iter().find(|element| parts.get(1) == Some(&element.as_str()));
        let Some(element) = element.filter(|_| parts.len() == 2) else {
            let message = format!("after rootcause.{}. comes service, entity or exception", of.as_str());
            let suggestion = parts.get(1).and_then(|part| nearest(part, elements));
            return Err(self.error_at(word, message).expecting(elements).suggesting(suggestion));
        };
        match self.braces(Scope::Cause(of, element))? {
            Some(filter) => Ok(Test::RootCause { of, element, filter }),
            None => {
                let message = format!("{} needs braces, as in {} {{ name = \"…\" }}", word.lower, word.lower);
                Err(SyntaxError::new(self.scanner.position(), 0, message).expecting(["{"]))
            }
        }
    }

    fn root_cause_json(&mut self, word: &Word<'_>) -> Result<Test, SyntaxError> {
        let operator = self.operator()?;
        self.scanner.skip_whitespace();
        let is_equal = operator.is_some_and(|operator| {
            operator.equality("JSON", "rootcause.json").is_ok_and(|comparison| comparison == super::Comparison::Equal)
        });
        if !is_equal || !self.scanner.eat("#") {
            let message = "write rootcause.json = #[{ \"Services\": [ … ] }]".to_owned();
            return Err(self.error_at(word, message).expecting(["= #["]));
        }
        self.scanner.skip_whitespace();
        let (patterns, length) = CausePattern::read_list(self.scanner.rest(), self.scanner.position())?;
        self.scanner.skip(length);
        Ok(Test::RootCauseJson(patterns))
    }
}
