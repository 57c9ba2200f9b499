//! How bad a pattern is, by the words in it.

use std::fmt::{self, Display, Formatter};

/// The severity of a pattern. The worst word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// No word says.
    None,
    /// `TRACE`
    Trace,
    /// `DEBUG`
    Debug,
    /// `INFO`
    Info,
    /// `WARN`, `WARNING`
    Warn,
    /// `ERROR`
    Error,
    /// `FATAL`, `CRITICAL`
    Fatal,
}

impl Display for Severity {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "NONE",
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        })
    }
}

pub(super) fn of_words<'a>(words: impl Iterator<Item = &'a str>) -> Severity {
    words.filter_map(of_word).max().unwrap_or(Severity::None)
}

/// The severity that a word says, in any case.
pub(super) fn of_word(word: &str) -> Option<Severity> {
    const WORDS: [(&str, Severity); 8] = [
        ("FATAL", Severity::Fatal),
        ("CRITICAL", Severity::Fatal),
        ("ERROR", Severity::Error),
        ("WARN", Severity::Warn),
        ("WARNING", Severity::Warn),
        ("INFO", Severity::Info),
        ("DEBUG", Severity::Debug),
        ("TRACE", Severity::Trace),
    ];
    WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, severity)| *severity)
}
