//! The functions of expressions: what each is called, takes and gives, and its meaning over plain values.
//!
//! One family per file. A function never fails: what it cannot do something with gives [`Value::Null`]. It is pure; the
//! time of the query and compiled regular expressions come with the [`Context`]. Aggregates are in `aggregate`.

mod general;
mod hash;
pub mod ip;
mod json;
mod numeric;
mod string;
pub mod time;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

pub(crate) use general::CASE_PAIRS_MAX;

use crate::nearest::nearest;
use crate::value::Value;

/// What is the same for all rows of a query.
#[derive(Debug, Default)]
pub struct Context {
    /// The begin of the time that is read, in milliseconds since 1970.
    pub query_start_ms: i64,
    /// Its end.
    pub query_end_ms: i64,
    /// The time at which the query began.
    pub now_ms: i64,
    /// Regular expressions compiled so far.
    pub regexes: Regexes,
}

/// Compiled regular expressions by their text, so that a pattern is not compiled for every row.
#[derive(Debug, Default)]
pub struct Regexes {
    compiled: Mutex<HashMap<String, Option<regex::Regex>>>,
}

/// A kind of values, for checks before a query runs. Fields fit every kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Any,
    /// A number, or a text that reads as one.
    Number,
    /// A text.
    Text,
    /// True or false.
    Bool,
    /// A time.
    Time,
    /// A period, `5m`; functions get its text.
    Period,
    /// A list.
    List,
    /// A map.
    Map,
}

/// An argument that a query leaves out and the caller gives, before the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Implicit {
    /// None.
    Nothing,
    /// The record's `@timestamp`, always: `bin(5m)` is called with the time and the period.
    Timestamp,
    /// The record's `@message`, if the query gives no argument.
    Message,
}

/// What a function takes.
#[derive(Debug, Clone, Copy)]
pub struct Parameters {
    /// These must be given.
    pub required: &'static [Kind],
    /// These may be given.
    pub optional: &'static [Kind],
    /// Any number more of these.
    pub rest: Option<Kind>,
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its name as AWS writes it; found in any case.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What it takes, as a query writes it.
    pub parameters: Parameters,
    /// What the caller adds to the arguments.
    pub implicit: Implicit,
    /// What it gives, or nothing.
    pub result: Kind,
    /// Its meaning. Missing optional arguments are left out; too few arguments give nothing.
    pub call: fn(&[Value], &Context) -> Value,
}

/// The function of this name, in any case.
pub fn named(name: &str) -> Option<&'static Function> {
    all().find(|function| function.names().any(|known| known.eq_ignore_ascii_case(name)))
}

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    [
        numeric::FUNCTIONS,
        time::FUNCTIONS,
        general::FUNCTIONS,
        json::FUNCTIONS,
        ip::FUNCTIONS,
        string::FUNCTIONS,
        hash::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

/// The nearest name of a function or an aggregate.
pub(crate) fn nearest_name(name: &str) -> Option<&'static str> {
    nearest(name, all().flat_map(Function::names).chain(crate::aggregate::names()))
}

impl Function {
    /// Its name and its other names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

impl Parameters {
    /// These, all of which must be given.
    pub const fn exactly(required: &'static [Kind]) -> Self {
        Self { required, optional: &[], rest: None }
    }

    /// The kind of the argument at a position; `None` where there is none.
    pub fn kind_at(&self, position: usize) -> Option<Kind> {
        let (required, optional) = (self.required.len(), self.optional.len());
        if position < required {
            self.required.get(position).copied()
        } else if position < required + optional {
            self.optional.get(position - required).copied()
        } else {
            self.rest
        }
    }

    /// How many arguments it takes, in words; `None` where `count` is right.
    pub fn mismatch(&self, count: usize) -> Option<String> {
        let least = self.required.len();
        let most = self.rest.is_none().then_some(least + self.optional.len());
        if count >= least && most.is_none_or(|most| count <= most) {
            return None;
        }
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        Some(match most {
            None => format!("at least {least} argument{}", plural(least)),
            Some(0) => "no arguments".to_owned(),
            Some(most) if most == least => format!("{least} argument{}", plural(least)),
            Some(most) => format!("{least} to {most} arguments"),
        })
    }
}

impl Regexes {
    /// How many are kept. A query that makes its patterns from fields could need any number.
    pub const KEPT_MAX: usize = 256;

    /// The regular expression of this text; `None` where it is none.
    pub fn get(&self, text: &str) -> Option<regex::Regex> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = compiled.get(text) {
            return regex.clone();
        }
        let regex = regex::Regex::new(text).ok();
        if compiled.len() < Self::KEPT_MAX {
            compiled.insert(text.to_owned(), regex.clone());
        }
        regex
    }
}

/// A function that takes exactly these, without anything from the caller.
const fn function(
    name: &'static str,
    required: &'static [Kind],
    result: Kind,
    call: fn(&[Value], &Context) -> Value,
) -> Function {
    let parameters = Parameters::exactly(required);
    Function { name, aliases: &[], parameters, implicit: Implicit::Nothing, result, call }
}

/// The same with optional arguments.
const fn with_optional(mut function: Function, optional: &'static [Kind]) -> Function {
    function.parameters.optional = optional;
    function
}

/// The same with any number of more arguments.
const fn with_rest(mut function: Function, rest: Kind) -> Function {
    function.parameters.rest = Some(rest);
    function
}

/// The same with other names.
const fn also_called(mut function: Function, aliases: &'static [&'static str]) -> Function {
    function.aliases = aliases;
    function
}

/// The same with an argument from the caller.
const fn with_implicit(mut function: Function, implicit: Implicit) -> Function {
    function.implicit = implicit;
    function
}

/// The argument at a position as a number.
fn number_at(arguments: &[Value], position: usize) -> Option<f64> {
    arguments.get(position).and_then(Value::as_number)
}

/// The argument at a position as text; a list or a map is none.
fn text_at(arguments: &[Value], position: usize) -> Option<std::sync::Arc<str>> {
    match arguments.get(position)? {
        Value::List(_) | Value::Map(_) => None,
        other => other.as_text(),
    }
}

#[cfg(test)]
mod tests;
