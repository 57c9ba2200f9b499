//! Commands that join, look up, or work on the rows of a result.

use super::cursor::Cursor;
use super::{clause, pipeline};
use crate::error::SyntaxError;
use crate::lexer::Token;
use crate::span::Span;
use crate::syntax::{
    Accum, Addtotals, Appendcols, Autoregress, CidrLookup, Command, Expr, ExprKind, Filldown, Fillmissing, Join,
    JoinKind, Lookup, Name, Outlier, OutlierAction, Sessionize,
};

/// The command of this lower-case name, which is one of them; the cursor is behind the name.
pub(super) fn command(cursor: &mut Cursor<'_>, name: &str, span: Span) -> Result<Command, SyntaxError> {
    match name {
        "join" => join(cursor, span),
        "lookup" => lookup(cursor, span),
        "cidrlookup" => cidr_lookup(cursor, span),
        "appendcols" => appendcols(cursor, span),
        "autoregress" => autoregress(cursor, span),
        "addtotals" => addtotals(cursor, span),
        "filldown" => filldown(cursor, span),
        "fillmissing" => fillmissing(cursor, span),
        "outlier" => outlier(cursor, span),
        "sessionize" => sessionize(cursor, span),
        _ => {
            let field = cursor.field("a field")?;
            Ok(Command::Accum(Accum { field, alias: clause::alias(cursor)?, span }))
        }
    }
}

fn join(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let (mut kind, mut left, mut right) = (JoinKind::Inner, None, None);
    while let Some(option) = clause::option(cursor, &["type", "left", "right"])? {
        match option {
            0 if cursor.take_word("inner")? => kind = JoinKind::Inner,
            0 if cursor.take_word("left")? => kind = JoinKind::Left,
            0 => return Err(cursor.expected("`inner` or `left`")),
            1 => left = Some(cursor.name("a name for the rows so far")?),
            _ => right = Some(cursor.name("a name for the rows of the sub-query")?),
        }
    }
    let (Some(left), Some(right)) = (left, right) else {
        let message = format!("expected `left=` and `right=` with names for both sides, found {}", cursor.found());
        return Err(SyntaxError::at(cursor.span(), message));
    };
    if !cursor.take_word("where")? {
        cursor.expect_word("on").map_err(|_| cursor.expected("`where` and equal fields such as `l.id = r.id`"))?;
    }
    let mut on = Vec::new();
    loop {
        let first = cursor.field("a field of a side such as `l.id`")?;
        cursor.expect_sign("=")?;
        on.push((first, cursor.field("a field of the other side such as `r.id`")?));
        if !cursor.take_word("and")? {
            break;
        }
    }
    let query = Box::new(pipeline::subquery(cursor)?);
    Ok(Command::Join(Join { kind, left, right, on, query, span }))
}

fn lookup(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let table = cursor.name("the name of a table")?;
    let mut keys = Vec::new();
    loop {
        let column = cursor.name("a column of the table")?;
        let field = if cursor.take_word("as")? { Some(cursor.field("a field")?) } else { None };
        keys.push((column, field));
        if !cursor.take_sign(",")? {
            break;
        }
    }
    Ok(Command::Lookup(Lookup { table, keys, output: clause::output(cursor)?, span }))
}

fn cidr_lookup(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let table = cursor.name("the name of a table")?;
    let field = cursor.field("the field of an address")?;
    let cidr_column = clause::alias(cursor)?;
    Ok(Command::CidrLookup(CidrLookup { table, field, cidr_column, output: clause::output(cursor)?, span }))
}

fn appendcols(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let (mut replace, mut max) = (false, None);
    while let Some(option) = clause::option(cursor, &["override", "max"])? {
        match option {
            0 => replace = cursor.boolean()?,
            _ => max = Some(cursor.whole("a whole number of rows")?),
        }
    }
    let query = Box::new(pipeline::subquery(cursor)?);
    Ok(Command::Appendcols(Appendcols { replace, max, query, span }))
}

fn autoregress(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let field = cursor.field("a field")?;
    let alias = clause::alias(cursor)?;
    let (mut first, mut last) = (1, 1);
    if clause::option(cursor, &["p"])?.is_some() {
        first = cursor.whole("a row count such as `1` or `1-4`")?;
        last = if cursor.take_sign("-")? { cursor.whole("the last row count")? } else { first };
    }
    Ok(Command::Autoregress(Autoregress { field, alias, first, last, span }))
}

fn addtotals(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let (mut field_name, mut row, mut col) = (None, true, false);
    while let Some(option) = clause::option(cursor, &["fieldname", "row", "col"])? {
        match option {
            0 => field_name = Some(cursor.name("a name for the sum")?),
            1 => row = cursor.boolean()?,
            _ => col = cursor.boolean()?,
        }
    }
    Ok(Command::Addtotals(Addtotals { field_name, row, col, fields: clause::fields_to_end(cursor)?, span }))
}

fn filldown(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let mut fields = Vec::new();
    while !cursor.at_end_of_command() {
        fields.push(name_with_stars(cursor)?);
        cursor.take_sign(",")?;
    }
    Ok(Command::Filldown(Filldown { fields, span }))
}

/// `cpu*`: names and stars that touch each other.
fn name_with_stars(cursor: &mut Cursor<'_>) -> Result<Name, SyntaxError> {
    let begin = cursor.span();
    let mut text = String::new();
    loop {
        match cursor.token() {
            Token::Path(field, _) => text.push_str(&field.flat_name()),
            Token::Sign("*") => text.push('*'),
            _ => return Err(cursor.expected("a field, perhaps with `*`")),
        }
        cursor.advance()?;
        if !cursor.touches() || !matches!(cursor.token(), Token::Path(..) | Token::Sign("*")) {
            return Ok(Name { text, span: cursor.since(begin) });
        }
    }
}

fn fillmissing(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let mut values = Vec::new();
    if cursor.take_word("with")? {
        loop {
            let begin = cursor.span();
            let negative = cursor.take_sign("-")?;
            let kind = match cursor.token() {
                Token::Number(number) => ExprKind::Number(if negative { -number } else { *number }),
                Token::Text(text) if !negative => ExprKind::Text(text.clone()),
                _ => return Err(cursor.expected("a number or a text in quotes")),
            };
            cursor.advance()?;
            let value = Expr { kind, span: cursor.since(begin) };
            cursor.expect_word("for")?;
            values.push((value, cursor.field("a field")?));
            if !cursor.take_sign(",")? {
                break;
            }
        }
    }
    Ok(Command::Fillmissing(Fillmissing { values, span }))
}

/// How many interquartile ranges a bound lies beyond its quartile, where a query does not say.
const OUTLIER_PARAM: f64 = 2.5;

fn outlier(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let mut command = Outlier {
        action: OutlierAction::Transform,
        param: OUTLIER_PARAM,
        use_lower: false,
        mark: false,
        fields: Vec::new(),
        span,
    };
    while let Some(option) = clause::option(cursor, &["action", "param", "uselower", "mark"])? {
        match option {
            0 if cursor.take_word("remove")? => command.action = OutlierAction::Remove,
            0 if cursor.take_word("transform")? => command.action = OutlierAction::Transform,
            0 => return Err(cursor.expected("`remove` or `transform`")),
            1 => {
                let Token::Number(param) = *cursor.token() else { return Err(cursor.expected("a number")) };
                cursor.advance()?;
                command.param = param;
            }
            2 => command.use_lower = cursor.boolean()?,
            _ => command.mark = cursor.boolean()?,
        }
    }
    command.fields = clause::fields_to_end(cursor)?;
    if command.fields.is_empty() {
        return Err(cursor.expected("a field of numbers"));
    }
    Ok(Command::Outlier(command))
}

fn sessionize(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let fields = clause::fields(cursor)?;
    let mut max_span = None;
    if cursor.take_word("maxspan")? {
        cursor.take_sign("=")?;
        max_span = Some(cursor.period("a period such as `30m`")?);
    }
    Ok(Command::Sessionize(Sessionize { fields, max_span, alias: clause::alias(cursor)?, span }))
}
