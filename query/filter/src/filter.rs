//! A filter expression and the groups that it names: ready to be asked about traces.
//!
//! Simple keywords are about the trace as its summary has it: `fault`, `error`, `ok` and `http.*` are the root's,
//! `throttle` is any span's, `user`, `availabilityzone`, `instance.id`, `resource.arn` and annotations are any span's,
//! `responsetime` is the root's time, `duration` from the first begin to the last end. Inside the braces of a service they
//! are about one segment of such a node, inside those of an edge about one call as the caller sees it. A comparison holds
//! if one of the values meets it, so `user != "alice"` wants another user; `!(user = "alice")` wants no such user.

mod evaluate;
mod necessary;
mod patterns;
mod subject;

use std::collections::{BTreeMap, HashMap};

use crate::condition::Condition;
use crate::expression::{Expression, GroupReference, Test};
use crate::nearest::nearest;
use crate::trace::Trace;
use evaluate::Evaluation;

/// How deep groups may name groups.
pub const GROUP_DEPTH_MAX: usize = 8;

/// The expressions of groups by name.
pub type Groups = BTreeMap<String, Expression>;

/// An expression whose groups are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    expression: Expression,
    /// Each group once, those first that others name.
    groups: Vec<Expression>,
    /// Where each of them is.
    by_name: HashMap<String, usize>,
}

/// A group that an expression cannot use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct GroupError {
    /// What is wrong and what to change.
    pub message: String,
    /// The group.
    pub group: String,
    /// Where the expression itself names it, or the group that leads to it, in bytes.
    pub position: usize,
    /// The nearest group that exists.
    pub suggestion: Option<String>,
}

impl Filter {
    /// Looks the groups of an expression up. An error names a group that is missing, or that leads to itself.
    pub fn new(expression: Expression, groups: &Groups) -> Result<Self, GroupError> {
        let mut resolver = Resolver { groups, resolved: Vec::new(), by_name: HashMap::new(), path: Vec::new() };
        for reference in references(&expression) {
            resolver.resolve(reference, reference.position)?;
        }
        Ok(Self { expression, groups: resolver.resolved, by_name: resolver.by_name })
    }

    /// The expression as it was read.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Whether the trace is one that the expression selects.
    pub fn matches(&self, trace: &Trace<'_>) -> bool {
        Evaluation::new(self, trace).matches()
    }

    /// What every trace meets that the expression selects, and others may too: conditions on single spans, for an index
    /// to be asked first.
    pub fn necessary(&self) -> Condition {
        necessary::of(self)
    }

    fn group(&self, reference: &GroupReference) -> Option<usize> {
        self.by_name.get(&reference.name).copied()
    }
}

impl Expression {
    /// Whether the trace is one that the expression selects. For more traces than one make a [`Filter`].
    pub fn matches(&self, trace: &Trace<'_>, groups: &Groups) -> Result<bool, GroupError> {
        Ok(Filter::new(self.clone(), groups)?.matches(trace))
    }
}

struct Resolver<'g> {
    groups: &'g Groups,
    resolved: Vec<Expression>,
    by_name: HashMap<String, usize>,
    /// The groups that are being resolved.
    path: Vec<String>,
}

impl Resolver<'_> {
    fn resolve(&mut self, reference: &GroupReference, position: usize) -> Result<(), GroupError> {
        let name = &reference.name;
        if self.by_name.contains_key(name) {
            return Ok(());
        }
        let error = |message: String| GroupError { message, group: name.clone(), position, suggestion: None };
        if self.path.contains(name) {
            let way = self.path.join(" → ");
            return Err(error(format!("the group {name:?} leads to itself: {way} → {name}; change one of them")));
        }
        if self.path.len() >= GROUP_DEPTH_MAX {
            let way = self.path.join(" → ");
            return Err(error(format!("groups name groups deeper than the {GROUP_DEPTH_MAX} that may be: {way}")));
        }
        let Some(expression) = self.groups.get(name) else {
            let suggestion = nearest(name, self.groups.keys().map(String::as_str)).map(str::to_owned);
            let hint = suggestion.as_ref().map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
            return Err(GroupError { suggestion, ..error(format!("there is no group {name:?}{hint}")) });
        };
        self.path.push(name.clone());
        for inner in references(expression) {
            self.resolve(inner, position)?;
        }
        self.path.pop();
        self.by_name.insert(name.clone(), self.resolved.len());
        self.resolved.push(expression.clone());
        Ok(())
    }
}

/// The groups that an expression names; they stand outside of braces only.
fn references(expression: &Expression) -> Vec<&GroupReference> {
    let mut found = Vec::new();
    let mut waiting = vec![expression];
    while let Some(next) = waiting.pop() {
        match next {
            Expression::And(all) | Expression::Or(all) => waiting.extend(all.iter().rev()),
            Expression::Not(one) => waiting.push(one),
            Expression::Test(Test::Group(reference)) => found.push(reference),
            Expression::Test(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests;
