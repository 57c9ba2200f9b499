//! From a syntax tree to its canonical text: one way to write each tree, with the fewest brackets.

mod command;
mod expression;

use std::fmt::{self, Display, Formatter};

use crate::lexer::{is_plain_key, is_plain_name};
use crate::syntax::{COMMAND_NAMES, Field, LogGroups, Name, Query, Regex, Source, SourceKind, Step, TimeBound};

/// Words with a meaning somewhere; as names they stand in back-ticks.
const WORDS: [&str; 33] = [
    "and",
    "any",
    "as",
    "asc",
    "by",
    "csv",
    "desc",
    "end",
    "false",
    "field",
    "for",
    "in",
    "inner",
    "into",
    "left",
    "like",
    "logfmt",
    "logs",
    "maxspan",
    "multi",
    "not",
    "now",
    "offset",
    "on",
    "or",
    "output",
    "outputnew",
    "right",
    "spans",
    "start",
    "timeshift",
    "true",
    "with",
];

impl Display for Query {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(formatter, "{source}")?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            if index > 0 || self.source.is_some() {
                formatter.write_str(" | ")?;
            }
            write!(formatter, "{command}")?;
        }
        Ok(())
    }
}

impl Display for Source {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("SOURCE ")?;
        match &self.kind {
            SourceKind::Named(names) => list(formatter, names, |name| Text(name))?,
            SourceKind::LogGroups(groups) => write!(formatter, "{groups}")?,
            SourceKind::DataSource { names, log_groups } => {
                formatter.write_str("dataSource([")?;
                list(formatter, names, |name| Text(name))?;
                formatter.write_str("])")?;
                if let Some(groups) = log_groups {
                    write!(formatter, " {groups}")?;
                }
            }
            SourceKind::Spans => formatter.write_str("spans")?,
            SourceKind::Logs => formatter.write_str("logs")?,
        }
        for (name, bound) in [("start", &self.start), ("end", &self.end)] {
            if let Some(bound) = bound {
                write!(formatter, " {name}={bound}")?;
            }
        }
        Ok(())
    }
}

impl Display for LogGroups {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let options = [
            ("namePrefix", &self.name_prefix),
            ("accountIdentifiers", &self.account_identifiers),
            ("class", &self.class),
            ("logGroupTags", &self.log_group_tags),
        ];
        formatter.write_str("logGroups(")?;
        for (index, (name, values)) in options.iter().filter(|(_, values)| !values.is_empty()).enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(formatter, "{comma}{name}: [")?;
            list(formatter, values, |value| Text(value))?;
            formatter.write_str("]")?;
        }
        formatter.write_str(")")
    }
}

impl Display for TimeBound {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => formatter.write_str("now"),
            Self::Before(period) => write!(formatter, "-{period}"),
            Self::Epoch(number) => write!(formatter, "{number}"),
            Self::Date(text) => write!(formatter, "{}", Text(text)),
        }
    }
}

impl Display for Field {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", Ticked(&self.name))?;
        for step in &self.path {
            match step {
                Step::Key(key) if is_plain_key(key) => write!(formatter, ".{key}")?,
                Step::Key(key) => write!(formatter, ".{}", Ticks(key))?,
                Step::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl Display for Name {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", Ticked(&self.text))
    }
}

impl Display for Regex {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("/")?;
        let mut characters = self.text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => {
                    formatter.write_str("\\")?;
                    if let Some(escaped) = characters.next() {
                        write!(formatter, "{escaped}")?;
                    }
                }
                '/' => formatter.write_str("\\/")?,
                other => write!(formatter, "{other}")?,
            }
        }
        formatter.write_str("/")
    }
}

/// A text in quotes.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '\\' => formatter.write_str("\\\\")?,
                '"' => formatter.write_str("\\\"")?,
                '\n' => formatter.write_str("\\n")?,
                '\t' => formatter.write_str("\\t")?,
                other => write!(formatter, "{other}")?,
            }
        }
        formatter.write_str("\"")
    }
}

/// A name, in back-ticks where it needs them.
struct Ticked<'a>(&'a str);

impl Display for Ticked<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let is_word = WORDS.iter().chain(&COMMAND_NAMES).any(|word| word.eq_ignore_ascii_case(self.0));
        if is_plain_name(self.0) && !is_word { formatter.write_str(self.0) } else { Ticks(self.0).fmt(formatter) }
    }
}

struct Ticks<'a>(&'a str);

impl Display for Ticks<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`", self.0.replace('`', "``"))
    }
}

/// Values with commas between them.
fn list<'a, T, D: Display>(
    formatter: &mut Formatter<'_>,
    values: &'a [T],
    display: impl Fn(&'a T) -> D,
) -> fmt::Result {
    for (index, value) in values.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(formatter, "{comma}{}", display(value))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::trees;
