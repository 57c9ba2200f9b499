//! Exceptions of a span, read from its events as the semantic conventions have them, with the stack trace by lines.

use api::trace::{Attributes, Span};

use crate::text;

/// An exception.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exception {
    /// `exception.type`.
    pub(crate) kind: String,
    /// `exception.message`.
    pub(crate) message: String,
    /// Lines of `exception.stacktrace`.
    pub(crate) lines: Vec<StackLine>,
    /// When, epoch nanoseconds.
    pub(crate) time_unix_nano: i64,
}

/// What a line of a stack trace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// A message or a header: `Caused by: …`.
    Message,
    /// A place in the application's code.
    Frame,
    /// A place in a library or the runtime: shown dimmed.
    Library,
}

/// A line of a stack trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StackLine {
    /// As sent.
    pub(crate) text: String,
    /// What it is.
    pub(crate) kind: LineKind,
}

/// Exceptions of a span, in order of time.
pub(crate) fn exceptions(span: &Span) -> Vec<Exception> {
    let is_exception = |name: &str, a: &Attributes| name == "exception" || a.contains_key("exception.type");
    let of = |a: &Attributes, key: &str| a.get(key).map(text::of_value).unwrap_or_default();
    span.events
        .iter()
        .filter(|event| is_exception(&event.name, &event.attributes))
        .map(|event| Exception {
            kind: of(&event.attributes, "exception.type"),
            message: of(&event.attributes, "exception.message"),
            lines: stack_lines(&of(&event.attributes, "exception.stacktrace")),
            time_unix_nano: event.time_unix_nano.0,
        })
        .collect()
}

/// Lines of a stack trace of Java, JavaScript, Python, .NET, Go or Rust.
pub(crate) fn stack_lines(trace: &str) -> Vec<StackLine> {
    trace.trim_end().lines().map(|line| StackLine { text: line.to_owned(), kind: kind_of(line) }).collect()
}

const LIBRARY_MARKS: [&str; 15] = [
    "node_modules",
    "node:internal",
    "(internal/",
    "site-packages",
    "dist-packages",
    "/lib/python",
    "/rustc/",
    "/.cargo/registry/",
    "at java.",
    "at javax.",
    "at jdk.",
    "at sun.",
    "at org.springframework.",
    "at System.",
    "/usr/local/go/src/",
];

fn kind_of(line: &str) -> LineKind {
    let trimmed = line.trim_start();
    let numbered =
        trimmed.split_once(": ").is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let is_frame = trimmed.starts_with("at ")
        || trimmed.starts_with("File \"")
        || trimmed.starts_with("goroutine ")
        || (line.starts_with('\t') && trimmed.contains(".go:"))
        || numbered
        || (line.starts_with("    ") && !trimmed.is_empty());
    match is_frame {
        false => LineKind::Message,
        true if LIBRARY_MARKS.iter().any(|mark| trimmed.contains(mark)) => LineKind::Library,
        true => LineKind::Frame,
    }
}

#[cfg(test)]
mod tests;
