//! Where the parser stands in the text, and what it may look at: the next token.

use crate::error::SyntaxError;
use crate::lexer::{Quoted, Token, regex_at, token_at};
use crate::limits::Limits;
use crate::period::Period;
use crate::span::Span;
use crate::syntax::{COMMAND_NAMES, Field, Name, Regex};

pub(super) struct Cursor<'a> {
    text: &'a str,
    pub(super) limits: &'a Limits,
    token: Token,
    span: Span,
    /// Where the token before ended.
    end_before: usize,
    depth: usize,
    pub(super) commands: usize,
    pub(super) operators: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, limits: &'a Limits) -> Result<Self, SyntaxError> {
        let (token, span) = token_at(text, 0)?;
        Ok(Self { text, limits, token, span, end_before: 0, depth: 0, commands: 0, operators: 0 })
    }

    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    /// Where the next token stands.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// From the begin of `from` to the end of the token before.
    pub(super) fn since(&self, from: Span) -> Span {
        Span::new(from.position, self.end_before.saturating_sub(from.position))
    }

    pub(super) fn advance(&mut self) -> Result<Token, SyntaxError> {
        self.go_on_at(self.span.end())
    }

    fn go_on_at(&mut self, position: usize) -> Result<Token, SyntaxError> {
        let (token, span) = token_at(self.text, position)?;
        self.end_before = position;
        self.span = span;
        Ok(std::mem::replace(&mut self.token, token))
    }

    /// The token behind the next one, where that is well formed.
    pub(super) fn second(&self) -> Option<Token> {
        token_at(self.text, self.span.end()).ok().map(|(token, _)| token)
    }

    /// Whether the next token begins right behind the one before.
    pub(super) fn touches(&self) -> bool {
        self.span.position == self.end_before
    }

    /// Goes one level deeper; `leave` must follow.
    pub(super) fn enter(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > self.limits.nesting_max {
            let most = self.limits.nesting_max;
            return Err(SyntaxError::at(
                self.span,
                format!("at most {most} levels may lie in one another (nesting_max)"),
            ));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.token, Token::Sign(found) if found == sign)
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> Result<bool, SyntaxError> {
        let taken = self.is_sign(sign);
        if taken {
            self.advance()?;
        }
        Ok(taken)
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Result<(), SyntaxError> {
        if self.take_sign(sign)? { Ok(()) } else { Err(self.expected(&format!("`{sign}`"))) }
    }

    /// The next token as a word that may be a keyword.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.token {
            Token::Path(field, Quoted::No) => Some(&field.name),
            _ => None,
        }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.word().is_some_and(|found| found.eq_ignore_ascii_case(word))
    }

    pub(super) fn take_word(&mut self, word: &str) -> Result<bool, SyntaxError> {
        let taken = self.is_word(word);
        if taken {
            self.advance()?;
        }
        Ok(taken)
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Result<(), SyntaxError> {
        if self.take_word(word)? {
            return Ok(());
        }
        let mut error = self.expected(&format!("`{word}`"));
        if let Some(found) = self.word() {
            error = error.near(found, [word]);
        }
        Err(error)
    }

    /// A field, with its path.
    pub(super) fn field(&mut self, what: &str) -> Result<Field, SyntaxError> {
        if !matches!(self.token, Token::Path(..)) {
            return Err(self.expected(what));
        }
        match self.advance()? {
            Token::Path(field, _) => Ok(field),
            _ => Err(self.expected(what)),
        }
    }

    /// A name that is given; a dotted one is one name with dots.
    pub(super) fn name(&mut self, what: &str) -> Result<Name, SyntaxError> {
        let field = self.field(what)?;
        Ok(Name { text: field.flat_name(), span: field.span })
    }

    pub(super) fn text(&mut self, what: &str) -> Result<(String, Span), SyntaxError> {
        let span = self.span;
        if !matches!(self.token, Token::Text(_)) {
            return Err(self.expected(what));
        }
        match self.advance()? {
            Token::Text(text) => Ok((text, span)),
            _ => Err(self.expected(what)),
        }
    }

    /// A whole number from 0.
    pub(super) fn whole(&mut self, what: &str) -> Result<u64, SyntaxError> {
        match self.token {
            Token::Number(number) if number.fract() == 0.0 && number <= 9e15 => {
                self.advance()?;
                Ok(number as u64)
            }
            _ => Err(self.expected(what)),
        }
    }

    pub(super) fn period(&mut self, what: &str) -> Result<Period, SyntaxError> {
        match self.token {
            Token::Period(period) => {
                self.advance()?;
                Ok(period)
            }
            _ => Err(self.expected(what)),
        }
    }

    pub(super) fn boolean(&mut self) -> Result<bool, SyntaxError> {
        if self.take_word("true")? {
            Ok(true)
        } else if self.take_word("false")? {
            Ok(false)
        } else {
            Err(self.expected("`true` or `false`"))
        }
    }

    /// The regular expression that begins with the next token, a slash.
    pub(super) fn regex(&mut self) -> Result<Regex, SyntaxError> {
        let regex = regex_at(self.text, self.span.position)?;
        self.go_on_at(regex.span.end())?;
        Ok(regex)
    }

    /// Whether the command ends here.
    pub(super) fn at_end_of_command(&self) -> bool {
        self.token == Token::End || self.is_sign("|") || self.is_sign(")")
    }

    pub(super) fn expect_end(&self) -> Result<(), SyntaxError> {
        if self.token == Token::End { Ok(()) } else { Err(self.expected("a pipe `|` or the end of the query")) }
    }

    /// A mistake at the next token: what should stand there, and what does. A command there lacks its pipe.
    pub(super) fn expected(&self, what: &str) -> SyntaxError {
        let begins_command = self.word().is_some_and(|word| {
            !what.starts_with("a command") && COMMAND_NAMES.iter().any(|name| name.eq_ignore_ascii_case(word))
        });
        if let (true, Some(word)) = (begins_command && self.end_before > 0, self.word()) {
            let or = if what.starts_with("a pipe") { String::new() } else { format!(", or {what}") };
            return SyntaxError::at(self.span, format!("expected a pipe `|` before `{word}`{or}"));
        }
        SyntaxError::at(self.span, format!("expected {what}, found {}", self.found()))
    }

    pub(super) fn found(&self) -> String {
        match &self.token {
            Token::End => "the end of the query".to_owned(),
            _ => format!("`{}`", &self.text[self.span.position..self.span.end()]),
        }
    }
}
