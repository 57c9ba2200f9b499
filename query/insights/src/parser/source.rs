//! `SOURCE …`

use super::cursor::Cursor;
use crate::error::SyntaxError;
use crate::lexer::Token;
use crate::syntax::{LogGroups, Source, SourceKind, TimeBound};

pub(super) fn source(cursor: &mut Cursor<'_>) -> Result<Source, SyntaxError> {
    let span = cursor.span();
    cursor.expect_word("SOURCE")?;
    let kind = kind(cursor)?;
    let (mut start, mut end) = (None, None);
    loop {
        let span = cursor.span();
        let (bound, name) = if cursor.take_word("start")? {
            (&mut start, "start")
        } else if cursor.take_word("end")? {
            (&mut end, "end")
        } else {
            break;
        };
        cursor.expect_sign("=")?;
        if bound.is_some() {
            return Err(SyntaxError::at(span, format!("`{name}` is given twice")));
        }
        *bound = Some(time_bound(cursor)?);
    }
    Ok(Source { kind, start, end, span })
}

fn kind(cursor: &mut Cursor<'_>) -> Result<SourceKind, SyntaxError> {
    let is_call = matches!(cursor.second(), Some(Token::Sign("(")));
    if is_call && cursor.is_word("logGroups") {
        return Ok(SourceKind::LogGroups(log_groups(cursor)?));
    }
    if is_call && cursor.is_word("dataSource") {
        cursor.advance()?;
        cursor.expect_sign("(")?;
        let names = texts(cursor)?;
        cursor.expect_sign(")")?;
        let log_groups = if cursor.is_word("logGroups") { Some(log_groups(cursor)?) } else { None };
        return Ok(SourceKind::DataSource { names, log_groups });
    }
    if is_call && let Some(word) = cursor.word() {
        let error =
            SyntaxError::at(cursor.span(), format!("`SOURCE` knows logGroups(…) and dataSource(…), not `{word}`"));
        return Err(error.near(word, ["logGroups", "dataSource"]));
    }
    if !matches!(cursor.second(), Some(Token::Sign(","))) {
        if cursor.take_word("spans")? {
            return Ok(SourceKind::Spans);
        }
        if cursor.take_word("logs")? {
            return Ok(SourceKind::Logs);
        }
    }
    let mut names = Vec::new();
    loop {
        names.push(match cursor.token() {
            Token::Text(_) => cursor.text("a log group")?.0,
            Token::Path(..) => cursor.name("a log group")?.text,
            _ => {
                return Err(cursor.expected(
                    "the name of a log group in quotes, `logGroups(…)`, `dataSource(…)`, `spans` or `logs`",
                ));
            }
        });
        if !cursor.take_sign(",")? {
            return Ok(SourceKind::Named(names));
        }
    }
}

fn log_groups(cursor: &mut Cursor<'_>) -> Result<LogGroups, SyntaxError> {
    const OPTIONS: [&str; 4] = ["namePrefix", "accountIdentifiers", "class", "logGroupTags"];
    cursor.expect_word("logGroups")?;
    cursor.expect_sign("(")?;
    let mut groups = LogGroups::default();
    while !cursor.is_sign(")") {
        let name = cursor.name("`namePrefix`, `accountIdentifiers`, `class` or `logGroupTags`")?;
        let Some(option) = OPTIONS.iter().position(|option| option.eq_ignore_ascii_case(&name.text)) else {
            let error = SyntaxError::at(name.span, format!("logGroups has no `{}`", name.text));
            return Err(error.near(&name.text, OPTIONS));
        };
        if !cursor.take_sign(":")? {
            cursor.expect_sign("=").map_err(|_| cursor.expected("`:`"))?;
        }
        let values = texts(cursor)?;
        match option {
            0 => groups.name_prefix = values,
            1 => groups.account_identifiers = values,
            2 => groups.class = values,
            _ => groups.log_group_tags = values,
        }
        if !cursor.take_sign(",")? {
            break;
        }
    }
    cursor.expect_sign(")")?;
    Ok(groups)
}

/// `['a', 'b']`
fn texts(cursor: &mut Cursor<'_>) -> Result<Vec<String>, SyntaxError> {
    cursor.expect_sign("[")?;
    let mut texts = vec![cursor.text("a text in quotes")?.0];
    while cursor.take_sign(",")? {
        texts.push(cursor.text("a text in quotes")?.0);
    }
    cursor.expect_sign("]")?;
    Ok(texts)
}

fn time_bound(cursor: &mut Cursor<'_>) -> Result<TimeBound, SyntaxError> {
    const EXPECTED: &str = "`now`, a time before now such as `-1d`, seconds since 1970, or a date in quotes";
    match cursor.token() {
        Token::Text(_) => Ok(TimeBound::Date(cursor.text(EXPECTED)?.0)),
        Token::Sign("-") => {
            cursor.advance()?;
            Ok(TimeBound::Before(cursor.period("a period such as `1d`")?))
        }
        Token::Number(number) => {
            let number = *number;
            cursor.advance()?;
            Ok(TimeBound::Epoch(number))
        }
        _ if cursor.is_word("now") => {
            cursor.advance()?;
            // `now()` and `now` are the same.
            if cursor.take_sign("(")? {
                cursor.expect_sign(")")?;
            }
            Ok(TimeBound::Now)
        }
        _ => Err(cursor.expected(EXPECTED)),
    }
}
