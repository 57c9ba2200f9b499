//! A text and how far it has been read: what the parsers of both languages stand on.

use crate::error::SyntaxError;

/// A reading position in a text.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    /// Bytes that have been read.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes on by this many bytes, which are whole characters.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.position += bytes;
    }

    pub(crate) fn skip_whitespace(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Reads `wanted`, if it is next.
    pub(crate) fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.skip(wanted.len());
        }
        found
    }

    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !wanted(c)).unwrap_or(rest.len());
        self.skip(end);
        &rest[..end]
    }

    /// Reads a text in double quotes, which is next. `\"` is a quotation mark and `\\` a backslash; a backslash before
    /// anything else is itself.
    pub(crate) fn quoted(&mut self) -> Result<String, SyntaxError> {
        let start = self.position;
        let unclosed = || {
            let message = "the quotation mark has no partner; close the text with \"";
            SyntaxError::new(start, 1, message).expecting(["\""])
        };
        if !self.eat("\"") {
            return Err(SyntaxError::new(start, 0, "expected a text in quotation marks").expecting(["\""]));
        }
        let mut value = String::new();
        loop {
            value.push_str(self.take_while(|c| c != '"' && c != '\\'));
            if self.eat("\"") {
                return Ok(value);
            }
            if self.is_at_end() {
                return Err(unclosed());
            }
            self.skip(1);
            match self.peek() {
                Some(c @ ('"' | '\\')) => {
                    value.push(c);
                    self.skip(1);
                }
                _ => value.push('\\'),
            }
        }
    }
}

/// The text in double quotes, as [`Scanner::quoted`] reads it.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
