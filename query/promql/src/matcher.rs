//! Label matchers: `=`, `!=`, `=~`, `!~`. A regular expression matches the whole value, as in Prometheus.

use std::fmt;
use std::sync::Arc;

use regex::Regex;

use crate::labels::Labels;
use crate::syntax::{is_legacy_label_name, quoted};

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
}

impl MatchOp {
    /// The operator's text.
    pub fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }

    /// Whether it says what a label is, and not what it is not.
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Equal | Self::Matches)
    }
}

/// A matcher of one label. A label that a series does not have has the empty value.
#[derive(Debug, Clone)]
pub struct Matcher {
    /// The label's name.
    pub name: Arc<str>,
    /// How it compares.
    pub op: MatchOp,
    /// The value, or the regular expression.
    pub value: Arc<str>,
    regex: Option<Regex>,
}

impl Matcher {
    /// A matcher; the error says what is wrong with the regular expression.
    pub fn new(name: impl Into<Arc<str>>, op: MatchOp, value: impl Into<Arc<str>>) -> Result<Self, String> {
        let value = value.into();
        let regex = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Matches | MatchOp::NotMatches => Some(whole(&value)?),
        };
        Ok(Self { name: name.into(), op, value, regex })
    }

    /// A matcher of an equal value.
    pub fn equal(name: impl Into<Arc<str>>, value: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), op: MatchOp::Equal, value: value.into(), regex: None }
    }

    /// Whether a label's value fits.
    pub fn matches(&self, value: &str) -> bool {
        let is_match = match &self.regex {
            Some(regex) => regex.is_match(value),
            None => *self.value == *value,
        };
        is_match == self.op.is_positive()
    }

    /// Whether a series fits.
    pub fn matches_labels(&self, labels: &Labels) -> bool {
        self.matches(labels.value(&self.name))
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.op, &self.value) == (&other.name, other.op, &other.value)
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if is_legacy_label_name(&self.name) { self.name.to_string() } else { quoted(&self.name) };
        write!(f, "{name}{}{}", self.op.text(), quoted(&self.value))
    }
}

/// A regular expression that has to match the whole text; `.` matches a line break too.
pub(crate) fn whole(pattern: &str) -> Result<Regex, String> {
    // Compiled alone first: brackets that do not fit together must not be mended by those around it.
    Regex::new(pattern).and_then(|_| Regex::new(&format!("^(?s:{pattern})$"))).map_err(|error| {
        let text = error.to_string();
        text.lines().last().unwrap_or("not a regular expression").trim_start_matches("error: ").to_owned()
    })
}

#[cfg(test)]
mod tests;
