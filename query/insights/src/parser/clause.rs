//! Parts that several commands have: columns, fields, names, options.

use super::cursor::Cursor;
use super::expression;
use crate::error::SyntaxError;
use crate::lexer::Token;
use crate::syntax::{Column, Field, Name, Output};

/// `a, b + 1 as c`
pub(super) fn columns(cursor: &mut Cursor<'_>) -> Result<Vec<Column>, SyntaxError> {
    let mut columns = Vec::new();
    loop {
        let expr = expression::expression(cursor)?;
        columns.push(Column { expr, alias: alias(cursor)? });
        if !cursor.take_sign(",")? {
            return Ok(columns);
        }
    }
}

/// `as name`, if it is there.
pub(super) fn alias(cursor: &mut Cursor<'_>) -> Result<Option<Name>, SyntaxError> {
    if cursor.take_word("as")? { Ok(Some(cursor.name("a name")?)) } else { Ok(None) }
}

/// `a, b`
pub(super) fn names(cursor: &mut Cursor<'_>) -> Result<Vec<Name>, SyntaxError> {
    let mut names = vec![cursor.name("a name")?];
    while cursor.take_sign(",")? {
        names.push(cursor.name("a name")?);
    }
    Ok(names)
}

/// `a, b`
pub(super) fn fields(cursor: &mut Cursor<'_>) -> Result<Vec<Field>, SyntaxError> {
    let mut fields = vec![cursor.field("a field")?];
    while cursor.take_sign(",")? {
        fields.push(cursor.field("a field")?);
    }
    Ok(fields)
}

/// `a b`, `a, b` or nothing, up to the end of the command.
pub(super) fn fields_to_end(cursor: &mut Cursor<'_>) -> Result<Vec<Field>, SyntaxError> {
    let mut fields = Vec::new();
    while matches!(cursor.token(), Token::Path(..)) {
        fields.push(cursor.field("a field")?);
        if cursor.take_sign(",")? && cursor.at_end_of_command() {
            return Err(cursor.expected("a field"));
        }
    }
    Ok(fields)
}

/// The position in `options` of the option (`name=`) that stands here; the cursor is behind its sign then.
pub(super) fn option(cursor: &mut Cursor<'_>, options: &[&str]) -> Result<Option<usize>, SyntaxError> {
    let (Some(word), Some(Token::Sign("="))) = (cursor.word(), cursor.second()) else { return Ok(None) };
    let Some(found) = options.iter().position(|name| name.eq_ignore_ascii_case(word)) else {
        let message = format!("there is no option `{word}` here; there are {}", options.join(", "));
        return Err(SyntaxError::at(cursor.span(), message).near(word, options.iter().copied()));
    };
    cursor.advance()?;
    cursor.advance()?;
    Ok(Some(found))
}

/// `OUTPUT a as b, c` or `OUTPUTNEW …`
pub(super) fn output(cursor: &mut Cursor<'_>) -> Result<Output, SyntaxError> {
    let only_empty = cursor.take_word("OUTPUTNEW")?;
    if !only_empty && !cursor.take_word("OUTPUT")? {
        return Err(cursor.expected("`OUTPUT` or `OUTPUTNEW` and columns of the table"));
    }
    let mut columns = Vec::new();
    loop {
        let column = cursor.name("a column of the table")?;
        columns.push((column, alias(cursor)?));
        if !cursor.take_sign(",")? {
            return Ok(Output { columns, only_empty });
        }
    }
}
