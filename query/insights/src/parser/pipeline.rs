//! `SOURCE … | command | command`

use super::cursor::Cursor;
use super::{command, source};
use crate::error::SyntaxError;
use crate::lexer::Token;
use crate::syntax::{Query, Source, SourceKind};

/// A query, up to its end or the bracket that closes it.
pub(super) fn query(cursor: &mut Cursor<'_>) -> Result<Query, SyntaxError> {
    cursor.enter()?;
    let mut source: Option<Source> = None;
    let mut commands = Vec::new();
    // A pipe may begin a query: what is pasted from the middle of one does.
    cursor.take_sign("|")?;
    loop {
        if cursor.is_word("source") && !matches!(cursor.second(), Some(Token::Sign("="))) {
            let next = source::source(cursor)?;
            if !commands.is_empty() {
                return Err(SyntaxError::at(next.span, "`SOURCE` must be the first command"));
            }
            source = Some(match source {
                None => next,
                Some(before) => joined(before, next)?,
            });
        } else if commands.is_empty() && source.is_some() && cursor.at_end_of_command() {
            break;
        } else {
            cursor.commands += 1;
            if cursor.commands > cursor.limits.commands_max {
                let most = cursor.limits.commands_max;
                return Err(SyntaxError::at(cursor.span(), format!("a query may have {most} commands (commands_max)")));
            }
            commands.push(command::command(cursor)?);
        }
        if !cursor.take_sign("|")? {
            break;
        }
    }
    if !cursor.at_end_of_command() {
        return Err(cursor.expected("a pipe `|` or the end of the query"));
    }
    cursor.leave();
    Ok(Query { source, commands })
}

/// `( query )`
pub(super) fn subquery(cursor: &mut Cursor<'_>) -> Result<Query, SyntaxError> {
    cursor.expect_sign("(")?;
    let inner = query(cursor)?;
    cursor.expect_sign(")")?;
    Ok(inner)
}

/// Several `SOURCE` commands of names, as dashboards write them, are one of all the names.
fn joined(before: Source, next: Source) -> Result<Source, SyntaxError> {
    let span = next.span;
    let twice = (before.start.is_some() && next.start.is_some()) || (before.end.is_some() && next.end.is_some());
    match (before.kind, next.kind) {
        (SourceKind::Named(mut names), SourceKind::Named(more)) if !twice => {
            names.extend(more);
            let (start, end) = (before.start.or(next.start), before.end.or(next.end));
            Ok(Source { kind: SourceKind::Named(names), start, end, span: before.span })
        }
        _ => Err(SyntaxError::at(
            span,
            "only `SOURCE` with names of log groups may stand several times, with one `start=` and one `end=`",
        )),
    }
}
