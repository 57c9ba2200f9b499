//! `parse`: what takes fields out of a text.

use super::clause;
use super::cursor::Cursor;
use crate::error::SyntaxError;
use crate::lexer::Token;
use crate::span::Span;
use crate::syntax::{Command, Field, Name, Parse, ParseMode};

pub(super) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    if let Some(mode) = mode_word(cursor)? {
        return by_word(cursor, span, None, mode);
    }
    let field = match cursor.token() {
        Token::Path(..) => Some(cursor.field("a field")?),
        _ => None,
    };
    if let Some(mode) = mode_word(cursor)? {
        return by_word(cursor, span, field, mode);
    }
    let mode = match cursor.token() {
        Token::Sign("/") => regex(cursor)?,
        Token::Text(_) => glob(cursor)?,
        _ => {
            return Err(
                cursor.expected("a pattern in quotes, a regular expression between slashes, `logfmt`, `csv` or `json`")
            );
        }
    };
    Ok(Command::Parse(Parse { field, mode, span }))
}

/// `json field=f "a.b", "c" as x, y`, behind its name.
pub(super) fn json(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let field = match clause::option(cursor, &["field"])? {
        Some(_) => Some(cursor.field("a field")?),
        None => None,
    };
    json_paths(cursor, span, field)
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Logfmt,
    Csv,
    Json,
}

/// The word of a mode that stands here and is no field; the cursor is behind it then.
fn mode_word(cursor: &mut Cursor<'_>) -> Result<Option<Mode>, SyntaxError> {
    let modes = [("logfmt", Mode::Logfmt), ("csv", Mode::Csv), ("json", Mode::Json)];
    let Some((word, mode)) = modes.into_iter().find(|(word, _)| cursor.is_word(word)) else { return Ok(None) };
    let follows = match cursor.second() {
        Some(Token::Path(field, _)) if mode == Mode::Json => field.name.eq_ignore_ascii_case("field"),
        Some(Token::Path(field, _)) => field.name.eq_ignore_ascii_case("as"),
        Some(Token::Text(_)) => mode == Mode::Json,
        // The names are missing; said where they should stand.
        Some(Token::Sign("|") | Token::End) => true,
        _ => false,
    };
    if follows {
        cursor.take_word(word)?;
    }
    Ok(follows.then_some(mode))
}

fn by_word(cursor: &mut Cursor<'_>, span: Span, field: Option<Field>, mode: Mode) -> Result<Command, SyntaxError> {
    let mode = match mode {
        Mode::Logfmt => {
            cursor.expect_word("as")?;
            ParseMode::Logfmt { name: cursor.name("a name for the map")? }
        }
        Mode::Csv => {
            cursor.expect_word("as")?;
            ParseMode::Csv { names: clause::names(cursor)? }
        }
        Mode::Json if field.is_none() => return json(cursor, span),
        Mode::Json => return json_paths(cursor, span, field),
    };
    Ok(Command::Parse(Parse { field, mode, span }))
}

fn json_paths(cursor: &mut Cursor<'_>, span: Span, field: Option<Field>) -> Result<Command, SyntaxError> {
    let mut paths = vec![cursor.text("a path in quotes such as `\"a.b\"`")?.0];
    while cursor.take_sign(",")? {
        paths.push(cursor.text("a path in quotes such as `\"a.b\"`")?.0);
    }
    cursor.expect_word("as")?;
    let names = clause::names(cursor)?;
    as_many(cursor, "paths", paths.len(), &names)?;
    Ok(Command::Parse(Parse { field, mode: ParseMode::Json { paths, names }, span }))
}

fn glob(cursor: &mut Cursor<'_>) -> Result<ParseMode, SyntaxError> {
    let (pattern, pattern_span) = cursor.text("a pattern in quotes")?;
    let stars = pattern.matches('*').count();
    if stars == 0 {
        return Err(SyntaxError::at(pattern_span, "the pattern has no `*`; put one where each value stands"));
    }
    let mut multi = cursor.take_word("multi")?;
    cursor.expect_word("as")?;
    let names = clause::names(cursor)?;
    as_many(cursor, "stars", stars, &names)?;
    multi |= cursor.take_word("multi")?;
    Ok(ParseMode::Glob { pattern, pattern_span, names, multi })
}

fn regex(cursor: &mut Cursor<'_>) -> Result<ParseMode, SyntaxError> {
    let regex = cursor.regex()?;
    let mut multi = cursor.take_word("multi")?;
    let names = if cursor.take_word("as")? { clause::names(cursor)? } else { Vec::new() };
    multi |= cursor.take_word("multi")?;
    Ok(ParseMode::Regex { regex, names, multi })
}

fn as_many(cursor: &Cursor<'_>, what: &str, count: usize, names: &[Name]) -> Result<(), SyntaxError> {
    if count == names.len() {
        return Ok(());
    }
    let span = names.first().map_or(cursor.span(), |name| cursor.since(name.span));
    Err(SyntaxError::at(span, format!("there are {count} {what} and {} names; give as many names", names.len())))
}
