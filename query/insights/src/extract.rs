//! `parse` at run time: fields out of a text, by a pattern that was compiled once.

mod csv;
mod glob;
mod logfmt;

use std::sync::Arc;

use crate::error::SyntaxError;
use crate::limits::Limits;
use crate::span::Span;
use crate::syntax::{Name, ParseMode, Step};
use crate::value::{Value, json};
use glob::Glob;

/// Matches of one text that `multi` makes rows of.
pub const MATCHES_MAX: usize = 1_000;

/// How `parse` reads a text, compiled.
#[derive(Debug, Clone)]
pub struct ParsePattern {
    names: Vec<Arc<str>>,
    is_multi: bool,
    reading: Reading,
}

#[derive(Debug, Clone)]
enum Reading {
    Glob(Glob),
    /// For each name its group.
    Regex(regex::Regex, Vec<usize>),
    Logfmt,
    Csv,
    Json(Vec<Vec<Step>>),
}

/// What a text holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matches {
    /// For each match a value for each name. One match at most unless the pattern is `multi`; none where the text does not
    /// fit: the row stays, without the fields.
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more than [`MATCHES_MAX`].
    pub is_cut: bool,
}

impl ParsePattern {
    /// Compiles what `parse` says. Errors say where in the query's text the pattern is wrong.
    pub fn compile(mode: &ParseMode, limits: &Limits) -> Result<Self, SyntaxError> {
        let texts =
            |names: &[Name]| -> Vec<Arc<str>> { names.iter().map(|name| Arc::from(name.text.as_str())).collect() };
        let (names, is_multi, reading) = match mode {
            ParseMode::Glob { pattern, pattern_span, names, multi } => {
                let glob = Glob::new(pattern);
                same_count(glob.stars(), names.len(), "stars", *pattern_span)?;
                (texts(names), *multi, Reading::Glob(glob))
            }
            ParseMode::Regex { regex, names, multi } => {
                let compiled = regex::RegexBuilder::new(&regex.text)
                    .size_limit(limits.regex_bytes_max)
                    .build()
                    .map_err(|error| SyntaxError::at(regex.span, format!("not a regular expression: {error}")))?;
                let (groups, names) = groups(&compiled, &texts(names), regex.span)?;
                (names, *multi, Reading::Regex(compiled, groups))
            }
            ParseMode::Logfmt { name } => (vec![Arc::from(name.text.as_str())], false, Reading::Logfmt),
            ParseMode::Csv { names } => (texts(names), false, Reading::Csv),
            ParseMode::Json { paths, names } => {
                let at = names.first().map_or(Span::default(), |name| name.span);
                same_count(paths.len(), names.len(), "paths", at)?;
                let read = |path: &String| {
                    json::path(path).ok_or_else(|| SyntaxError::at(at, format!("{path:?} is no path such as `a.b[0]`")))
                };
                (texts(names), false, Reading::Json(paths.iter().map(read).collect::<Result<_, _>>()?))
            }
        };
        Ok(Self { names, is_multi, reading })
    }

    /// The fields it makes, in the order of the values.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// Whether every match is a row.
    pub fn is_multi(&self) -> bool {
        self.is_multi
    }

    /// The fields that a text holds.
    pub fn apply(&self, text: &str) -> Matches {
        let most = if self.is_multi { MATCHES_MAX } else { 1 };
        match &self.reading {
            Reading::Glob(glob) => collect(glob.matches(text), most, self.is_multi),
            Reading::Regex(regex, groups) => {
                let row = |captures: regex::Captures<'_>| -> Vec<Value> {
                    groups.iter().map(|group| captures.get(*group).map(|found| found.as_str()).into()).collect()
                };
                collect(regex.captures_iter(text).map(row), most, self.is_multi)
            }
            Reading::Logfmt => one(logfmt::parse(text).map(|map| vec![map])),
            Reading::Csv => {
                let mut values = csv::split(text);
                // More values than names are left out, missing ones are null.
                values.resize(self.names.len(), Value::Null);
                one(Some(values))
            }
            Reading::Json(paths) => {
                one(json::parse(text).map(|value| paths.iter().map(|path| json::member(&value, path)).collect()))
            }
        }
    }
}

fn collect(mut rows: impl Iterator<Item = Vec<Value>>, most: usize, is_multi: bool) -> Matches {
    let found = rows.by_ref().take(most).collect();
    Matches { rows: found, is_cut: is_multi && rows.next().is_some() }
}

fn one(row: Option<Vec<Value>>) -> Matches {
    Matches { rows: row.into_iter().collect(), is_cut: false }
}

fn same_count(count: usize, names: usize, what: &str, span: Span) -> Result<(), SyntaxError> {
    if count == names {
        return Ok(());
    }
    Err(SyntaxError::at(span, format!("there are {count} {what} and {names} names; give as many names")))
}

/// The groups that make fields, and the fields: groups with a name by it, the others by the given names in order.
fn groups(regex: &regex::Regex, given: &[Arc<str>], span: Span) -> Result<(Vec<usize>, Vec<Arc<str>>), SyntaxError> {
    let mut given_left = given.iter();
    let mut found = Vec::new();
    for (group, name) in regex.capture_names().enumerate().skip(1) {
        if let Some(name) = name.map(Arc::from).or_else(|| given_left.next().cloned()) {
            found.push((group, name));
        }
    }
    if given_left.next().is_some() || found.is_empty() {
        return Err(SyntaxError::at(span, "the regular expression needs a group `(?<name>…)` for every field"));
    }
    Ok(found.into_iter().unzip())
}

#[cfg(test)]
mod tests;
