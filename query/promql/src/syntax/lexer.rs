//! Tokens of a query.

use super::QueryError;
use super::ast::Span;
use super::text::{parse_duration, parse_number, unquote};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A word of letters, digits and `_`, perhaps with colons.
    Word,
    Number(f64),
    /// A number with units, in seconds.
    Duration(f64),
    Text(String),
    /// A quoted text whose escapes make something that is not UTF-8.
    BadText,
    Symbol(&'static str),
    End,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// Longer ones before those they begin with.
const SYMBOLS: [&str; 26] = [
    "</", ">/", "==", "=~", "!=", "!~", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "%", "^", "(", ")", "{", "}",
    "[", "]", ",", ":", "@",
];

/// Takes a query apart; the last token is [`Kind::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut lexer = Lexer { text, at: 0, brackets: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank();
        let start = lexer.at;
        let kind = lexer.next()?;
        let is_end = kind == Kind::End;
        tokens.push(Token { kind, span: Span::new(start, lexer.at) });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Open square brackets: within them a colon divides a range from a step.
    brackets: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn next(&mut self) -> Result<Kind, QueryError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Kind::End) };
        let second_is_digit = rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        let is_colon_of_step = first == ':' && self.brackets > 0;
        match first {
            '"' | '\'' | '`' => self.quoted(first),
            '0'..='9' => self.number(),
            '.' if second_is_digit => self.number(),
            'a'..='z' | 'A'..='Z' | '_' | ':' if !is_colon_of_step => {
                let colons = self.brackets == 0;
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || (colons && c == ':');
                self.at += rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                Ok(Kind::Word)
            }
            _ => self.symbol(first),
        }
    }

    fn symbol(&mut self, first: char) -> Result<Kind, QueryError> {
        let Some(symbol) = SYMBOLS.into_iter().find(|symbol| self.rest().starts_with(symbol)) else {
            let span = Span::new(self.at, self.at + first.len_utf8());
            return Err(QueryError::at(span, format!("unexpected character: {first:?}")));
        };
        match symbol {
            "[" => self.brackets += 1,
            "]" => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        self.at += symbol.len();
        Ok(Kind::Symbol(symbol))
    }

    fn quoted(&mut self, quote: char) -> Result<Kind, QueryError> {
        let start = self.at;
        let mut is_escaped = false;
        let mut end = None;
        for (i, c) in self.rest().char_indices().skip(1) {
            if c == '\n' && quote != '`' {
                break;
            }
            if is_escaped {
                is_escaped = false;
            } else if c == '\\' && quote != '`' {
                is_escaped = true;
            } else if c == quote {
                end = Some(start + i + 1);
                break;
            }
        }
        let Some(end) = end else {
            let span = Span::new(start, start + 1);
            return Err(QueryError::at(span, format!("unterminated text: the quote {quote} has no partner")));
        };
        self.at = end;
        match unquote(&self.text[start..end]) {
            Ok(text) => Ok(Kind::Text(text)),
            Err(message) if message.contains("UTF-8") => Ok(Kind::BadText),
            Err(message) => Err(QueryError::at(Span::new(start, end), message)),
        }
    }

    fn number(&mut self) -> Result<Kind, QueryError> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let is_hex = bytes[0] == b'0' && matches!(bytes.get(1), Some(b'x' | b'X'));
        let mut end = 0;
        while let Some(byte) = bytes.get(end) {
            let follows_exponent = matches!(byte, b'+' | b'-')
                && !is_hex
                && matches!(bytes[end.saturating_sub(1)], b'e' | b'E')
                && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
            let is_dot = *byte == b'.' && !is_hex;
            if !(byte.is_ascii_alphanumeric() || *byte == b'_' || is_dot || follows_exponent) {
                break;
            }
            end += 1;
        }
        let literal = &rest[..end];
        let span = Span::new(self.at, self.at + end);
        self.at += end;
        #[expect(clippy::cast_precision_loss, reason = "Prometheus calculates durations as floats too")]
        if let Some(milliseconds) = parse_duration(literal) {
            return Ok(Kind::Duration(milliseconds as f64 / 1000.0));
        }
        parse_number(literal).map(Kind::Number).ok_or_else(|| {
            let expected = "a number like 1.5, 0x1f or 1_000, or a duration like 1h30m (units from long to short)";
            QueryError::at(span, format!("bad number or duration syntax: {literal:?}, expected {expected}"))
        })
    }
}
