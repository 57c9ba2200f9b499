//! Where a query reads.

use crate::function::time;
use crate::period::Period;
use crate::span::Span;

/// `SOURCE …`
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// What is read.
    pub kind: SourceKind,
    /// `start=`; `None` where the caller says so.
    pub start: Option<TimeBound>,
    /// `end=`
    pub end: Option<TimeBound>,
    /// Where it stands.
    pub span: Span,
}

/// What may be read.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceKind {
    /// `SOURCE '/aws/lambda/a', b`: these log groups. In several `SOURCE` commands they add up.
    Named(Vec<String>),
    /// `SOURCE logGroups(…)`: the log groups that fit.
    LogGroups(LogGroups),
    /// `SOURCE dataSource(['x']) logGroups(…)`
    DataSource {
        /// Names of data sources.
        names: Vec<String>,
        /// Of these log groups only.
        log_groups: Option<LogGroups>,
    },
    /// `SOURCE spans`, of ours: spans instead of log records.
    Spans,
    /// `SOURCE logs`, of ours: all log records.
    Logs,
}

/// A choice of log groups. An empty list chooses nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogGroups {
    /// `namePrefix: ['a']`
    pub name_prefix: Vec<String>,
    /// `accountIdentifiers: ['111122223333']`
    pub account_identifiers: Vec<String>,
    /// `class: ['STANDARD']`
    pub class: Vec<String>,
    /// `logGroupTags: ['team=web']`
    pub log_group_tags: Vec<String>,
}

/// An end of the time that is read.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeBound {
    /// `now`
    Now,
    /// `-1d`: so long before now.
    Before(Period),
    /// `1700000000`: seconds, or milliseconds from 10^11 on, since 1970.
    Epoch(f64),
    /// `"2024-01-01T00:00:00Z"`
    Date(String),
}

impl TimeBound {
    /// The moment in milliseconds since 1970; `None` where the date is none.
    pub fn at(&self, now_ms: i64) -> Option<i64> {
        /// From here on an epoch is in milliseconds; as seconds it would be beyond the year 5000.
        const MILLISECONDS_FROM: f64 = 1e11;
        match self {
            Self::Now => Some(now_ms),
            Self::Before(period) => time::before(now_ms, *period),
            Self::Epoch(epoch) if *epoch >= MILLISECONDS_FROM => Some(*epoch as i64),
            Self::Epoch(epoch) => Some((epoch * 1_000.0) as i64),
            Self::Date(text) => time::read(text),
        }
    }
}

#[cfg(test)]
mod tests;
