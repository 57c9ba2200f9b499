//! Words, texts, numbers, periods and signs of a query. One token at a time, because whether a slash divides or begins a
//! regular expression only the parser knows.

use crate::error::SyntaxError;
use crate::nearest::nearest;
use crate::period::{self, Period, Unit};
use crate::span::Span;
use crate::syntax::{Field, Regex, Step};

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A name, with its path: `filter`, `@message`, `a.b[0]`.
    Path(Field, Quoted),
    Text(String),
    Number(f64),
    Period(Period),
    Sign(&'static str),
    End,
}

/// Whether a name stood in back-ticks, and so is no keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoted {
    Yes,
    No,
}

/// Longer signs first.
const SIGNS: [&str; 22] = [
    "!=", "<=", ">=", "=~", "<>", "==", "&&", "||", "|", ",", "(", ")", "[", "]", "=", "<", ">", "+", "-", "*", "/",
    "%",
];
const MORE_SIGNS: [&str; 4] = ["^", ":", "!", ";"];

/// The token at or behind `position`, and where it stands.
pub(crate) fn token_at(text: &str, position: usize) -> Result<(Token, Span), SyntaxError> {
    let begin = skip_blank(text, position);
    let rest = &text[begin..];
    let Some(first) = rest.chars().next() else { return Ok((Token::End, Span::new(begin, 0))) };
    if begins_name(first) || first == '`' {
        return path_at(text, begin);
    }
    let begins_number =
        first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|next: char| next.is_ascii_digit()));
    if begins_number {
        return number_at(text, begin);
    }
    if first == '"' || first == '\'' {
        return text_at(text, begin, first);
    }
    match SIGNS.iter().chain(&MORE_SIGNS).find(|sign| rest.starts_with(**sign)) {
        Some(sign) => Ok((Token::Sign(sign), Span::new(begin, sign.len()))),
        None => Err(SyntaxError::at(
            Span::new(begin, first.len_utf8()),
            format!(
                "the character {first:?} means nothing here; put names with special characters in back-ticks, texts in quotes"
            ),
        )),
    }
}

/// The regular expression that begins with the slash at `begin`.
pub(crate) fn regex_at(text: &str, begin: usize) -> Result<Regex, SyntaxError> {
    let mut regex = String::new();
    let mut escaped = false;
    for (offset, character) in text[begin + 1..].char_indices() {
        match character {
            '\n' => break,
            '/' if !escaped => {
                let span = Span::new(begin, offset + 2);
                if regex.is_empty() {
                    return Err(SyntaxError::at(span, "an empty regular expression; write one between the slashes"));
                }
                return Ok(Regex { text: regex, span });
            }
            '/' => {
                regex.pop();
                regex.push('/');
                escaped = false;
            }
            other => {
                regex.push(other);
                escaped = other == '\\' && !escaped;
            }
        }
    }
    Err(SyntaxError::at(Span::new(begin, 1), "the regular expression that begins here has no end; close it with /"))
}

fn skip_blank(text: &str, mut position: usize) -> usize {
    loop {
        let rest = &text[position..];
        let blank = rest.len() - rest.trim_start().len();
        position += blank;
        if !text[position..].starts_with('#') {
            return position;
        }
        position += text[position..].find('\n').unwrap_or(text.len() - position);
    }
}

fn begins_name(character: char) -> bool {
    character.is_alphabetic() || character == '_' || character == '@' || character == '$'
}

fn continues_name(character: char) -> bool {
    begins_name(character) || character.is_alphanumeric()
}

/// Whether a name needs no back-ticks where a name may begin.
pub(crate) fn is_plain_name(name: &str) -> bool {
    name.starts_with(begins_name) && name.chars().all(continues_name)
}

/// Whether a name needs no back-ticks behind a dot.
pub(crate) fn is_plain_key(name: &str) -> bool {
    !name.is_empty() && name.chars().all(continues_name)
}

fn path_at(text: &str, begin: usize) -> Result<(Token, Span), SyntaxError> {
    let (name, mut position, mut quoted) = name_at(text, begin)?;
    let mut path = Vec::new();
    loop {
        let rest = &text[position..];
        if let Some(after) = rest.strip_prefix('.')
            && after.starts_with(|next| continues_name(next) || next == '`')
        {
            let (key, end, _) = name_at(text, position + 1)?;
            path.push(Step::Key(key));
            position = end;
        } else if let Some((index, end)) = index_at(text, position)
            && (quoted == Quoted::Yes || !path.is_empty() || !name.eq_ignore_ascii_case("in"))
        {
            path.push(Step::Index(index));
            position = end;
        } else {
            break;
        }
    }
    if !path.is_empty() {
        quoted = Quoted::Yes;
    }
    let span = Span::new(begin, position - begin);
    Ok((Token::Path(Field { name, path, span }, quoted), span))
}

/// The name at `begin`, and where it ends.
fn name_at(text: &str, begin: usize) -> Result<(String, usize, Quoted), SyntaxError> {
    let rest = &text[begin..];
    let Some(inside) = rest.strip_prefix('`') else {
        let length = rest.find(|next| !continues_name(next)).unwrap_or(rest.len());
        return Ok((rest[..length].to_owned(), begin + length, Quoted::No));
    };
    let mut name = String::new();
    let mut characters = inside.char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        if character != '`' {
            name.push(character);
        } else if characters.next_if(|(_, next)| *next == '`').is_some() {
            name.push('`');
        } else if name.is_empty() {
            return Err(SyntaxError::at(Span::new(begin, 2), "an empty name in back-ticks"));
        } else {
            return Ok((name, begin + 1 + offset + 1, Quoted::Yes));
        }
    }
    Err(SyntaxError::at(Span::new(begin, 1), "the back-tick has no partner; close the name with `"))
}

/// `[3]`, and where it ends.
fn index_at(text: &str, begin: usize) -> Option<(usize, usize)> {
    let inside = text[begin..].strip_prefix('[')?;
    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
    let index = inside[..digits].parse().ok()?;
    inside[digits..].starts_with(']').then_some((index, begin + digits + 2))
}

fn number_at(text: &str, begin: usize) -> Result<(Token, Span), SyntaxError> {
    let rest = &text[begin..];
    let bytes = rest.as_bytes();
    let digits_from = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = digits_from(0);
    let mut whole = true;
    if bytes.get(length) == Some(&b'.') && digits_from(length + 1) > 0 {
        length += 1 + digits_from(length + 1);
        whole = false;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let digits = digits_from((length + 1 + sign).min(bytes.len()));
        if digits > 0 {
            length += 1 + sign + digits;
            whole = false;
        }
    }
    let unit_length = rest[length..].find(|next| !continues_name(next)).unwrap_or(rest.len() - length);
    let span = Span::new(begin, length + unit_length);
    if unit_length == 0 {
        let number: f64 = rest[..length].parse().unwrap_or(f64::INFINITY);
        if !number.is_finite() {
            return Err(SyntaxError::at(span, "the number is too large"));
        }
        return Ok((Token::Number(number), span));
    }
    let (count, unit) = (&rest[..length], &rest[length..length + unit_length]);
    let Some(named) = Unit::named(unit) else {
        let mut error = SyntaxError::at(
            span,
            format!(
                "{unit:?} is no unit of time (ms, s, m, h, d, w, mo, q, y); put a name that begins with a digit in back-ticks"
            ),
        );
        error.nearest = nearest(unit, Unit::names()).map(|name| format!("{count}{name}"));
        return Err(error);
    };
    match count.parse::<u32>().ok().filter(|count| whole && (1..=period::COUNT_MAX).contains(count)) {
        Some(count) => Ok((Token::Period(Period { count, unit: named }), span)),
        None => Err(SyntaxError::at(
            span,
            format!("a period has a whole count of 1 to {} before its unit, not {count}", period::COUNT_MAX),
        )),
    }
}

fn text_at(text: &str, begin: usize, quote: char) -> Result<(Token, Span), SyntaxError> {
    let mut value = String::new();
    let mut characters = text[begin + 1..].char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        if character == quote {
            return Ok((Token::Text(value), Span::new(begin, offset + 2)));
        }
        let escaped = if character == '\\' { characters.peek().map(|(_, next)| *next) } else { None };
        match escaped {
            Some('n') => value.push('\n'),
            Some('t') => value.push('\t'),
            Some(next @ ('\\' | '"' | '\'')) => value.push(next),
            _ => {
                value.push(character);
                continue;
            }
        }
        characters.next();
    }
    Err(SyntaxError::at(Span::new(begin, 1), format!("the quotation mark has no partner; close the text with {quote}")))
}

#[cfg(test)]
mod tests;
