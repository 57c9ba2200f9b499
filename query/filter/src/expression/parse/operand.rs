//! Operators and the values after them, and whether they fit what stands before.

use super::super::{Comparison, TextOperator};
use super::Parser;
use crate::error::SyntaxError;
use crate::nearest::nearest;

/// An operator and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operator {
    read: Read,
    position: usize,
    length: usize,
}

#[derive(Debug, Clone, Copy)]
enum Read {
    Comparison(Comparison),
    Text(TextOperator),
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) enum Literal {
    Text { value: String, bare: bool, position: usize, length: usize },
    Number { value: f64, position: usize, length: usize },
    Bool { value: bool, position: usize, length: usize },
}

impl Parser<'_> {
    /// The operator, if one is next.
    pub(super) fn operator(&mut self) -> Result<Option<Operator>, SyntaxError> {
        self.scanner.skip_whitespace();
        let position = self.scanner.position();
        let rest = self.scanner.rest();
        for (wrong, right) in [("==", "="), ("=~", "CONTAINS"), ("<>", "!=")] {
            if rest.starts_with(wrong) {
                let message = format!("{wrong} is not an operator; write {right}");
                return Err(SyntaxError::new(position, wrong.len(), message).expecting([right]));
            }
        }
        if let Some(found) = Comparison::ALL.into_iter().find(|one| self.scanner.eat(one.as_str())) {
            return Ok(Some(Operator { read: Read::Comparison(found), position, length: found.as_str().len() }));
        }
        let word = self.next_word();
        let found = TextOperator::ALL.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(word.text));
        Ok(found.map(|found| {
            self.scanner.skip(word.text.len());
            Operator { read: Read::Text(found), position, length: word.text.len() }
        }))
    }

    /// The value after an operator of `keyword`.
    pub(super) fn literal(&mut self, keyword: &str) -> Result<Literal, SyntaxError> {
        self.scanner.skip_whitespace();
        let position = self.scanner.position();
        match self.scanner.peek() {
            Some('"') => {
                let value = self.scanner.quoted()?;
                let length = self.scanner.position() - position;
                return Ok(Literal::Text { value, bare: false, position, length });
            }
            Some('\'') => {
                let message = "texts stand in double quotation marks, as in \"alice\"";
                return Err(SyntaxError::new(position, 1, message).expecting(["\""]));
            }
            _ => {}
        }
        let word = self.bare_word();
        let length = word.len();
        if word.is_empty() {
            let message = format!("expected a value for {keyword}");
            return Err(SyntaxError::new(position, 0, message));
        }
        if word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
            && let Ok(value) = word.parse::<f64>()
        {
            if !value.is_finite() {
                return Err(SyntaxError::new(position, length, format!("{word} is larger than a number can be")));
            }
            return Ok(Literal::Number { value, position, length });
        }
        let bools = [("true", true), ("false", false)];
        if let Some((_, value)) = bools.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)) {
            return Ok(Literal::Bool { value, position, length });
        }
        if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or") {
            return Err(SyntaxError::new(position, length, format!("expected a value for {keyword} before {word}")));
        }
        Ok(Literal::Text { value: word.to_owned(), bare: true, position, length })
    }

    /// A value without quotation marks; may be empty.
    pub(super) fn bare_word(&mut self) -> &str {
        self.scanner.take_while(|c| !c.is_whitespace() && !"(){}[],\"'=<>!#".contains(c))
    }
}

impl Operator {
    pub(super) fn is_equality(self) -> bool {
        matches!(self.read, Read::Comparison(Comparison::Equal | Comparison::NotEqual))
    }

    pub(super) fn is_of_text(self) -> bool {
        matches!(self.read, Read::Text(_))
    }

    /// As a comparison of numbers.
    pub(super) fn comparison(self, kind: &str, keyword: &str) -> Result<Comparison, SyntaxError> {
        match self.read {
            Read::Comparison(comparison) => Ok(comparison),
            Read::Text(found) => Err(self.misfit(found.as_str(), kind, keyword, &Comparison::ALL.map(|c| c.as_str()))),
        }
    }

    /// As `=` or `!=`.
    pub(super) fn equality(self, kind: &str, keyword: &str) -> Result<Comparison, SyntaxError> {
        match self.read {
            Read::Comparison(comparison) if self.is_equality() => Ok(comparison),
            Read::Comparison(found) => Err(self.misfit(found.as_str(), kind, keyword, &["=", "!="])),
            Read::Text(found) => Err(self.misfit(found.as_str(), kind, keyword, &["=", "!="])),
        }
    }

    /// As a comparison of texts.
    pub(super) fn of_text(self, keyword: &str) -> Result<TextOperator, SyntaxError> {
        match self.read {
            Read::Text(operator) => Ok(operator),
            Read::Comparison(Comparison::Equal) => Ok(TextOperator::Equal),
            Read::Comparison(Comparison::NotEqual) => Ok(TextOperator::NotEqual),
            Read::Comparison(found) => {
                Err(self.misfit(found.as_str(), "text", keyword, &TextOperator::ALL.map(|one| one.as_str())))
            }
        }
    }

    fn misfit(self, found: &str, kind: &str, keyword: &str, right: &[&str]) -> SyntaxError {
        let message = format!("{found} does not fit {keyword}, which is {kind}; it takes {}", right.join(", "));
        SyntaxError::new(self.position, self.length, message).expecting(right.iter().copied())
    }
}

impl Literal {
    pub(super) fn number(self, keyword: &str) -> Result<f64, SyntaxError> {
        match self {
            Self::Number { value, .. } => Ok(value),
            Self::Text { value, position, length, .. } => {
                let unit = value.starts_with(|c: char| c.is_ascii_digit());
                let times = matches!(keyword, "responsetime" | "duration") && unit;
                let hint = if times { "; it is in seconds, without a unit" } else { "" };
                Err(SyntaxError::new(
                    position,
                    length,
                    format!("{keyword} is compared with a number, not {value:?}{hint}"),
                ))
            }
            Self::Bool { value, position, length } => {
                Err(SyntaxError::new(position, length, format!("{keyword} is compared with a number, not {value}")))
            }
        }
    }

    pub(super) fn text(self, keyword: &str) -> Result<String, SyntaxError> {
        let (shown, position, length) = match self {
            Self::Text { value, .. } => return Ok(value),
            Self::Number { value, position, length } => (value.to_string(), position, length),
            Self::Bool { value, position, length } => (value.to_string(), position, length),
        };
        let message = format!("{keyword} is compared with text here; put it in quotation marks: \"{shown}\"");
        Err(SyntaxError::new(position, length, message).expecting(["\""]))
    }

    /// AWS calls the value a string, so one in quotation marks is taken too.
    pub(super) fn bool(self, keyword: &str) -> Result<bool, SyntaxError> {
        let (shown, position, length) = match self {
            Self::Bool { value, .. } => return Ok(value),
            Self::Text { ref value, .. } if value.eq_ignore_ascii_case("true") => return Ok(true),
            Self::Text { ref value, .. } if value.eq_ignore_ascii_case("false") => return Ok(false),
            Self::Text { value, position, length, bare } => {
                (if bare { value } else { format!("{value:?}") }, position, length)
            }
            Self::Number { value, position, length } => (value.to_string(), position, length),
        };
        let message = format!("{keyword} is compared with true or false, not {shown}");
        let suggestion = nearest(&shown, ["true", "false"]);
        Err(SyntaxError::new(position, length, message).expecting(["true", "false"]).suggesting(suggestion))
    }
}
