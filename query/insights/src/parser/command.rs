//! One command: its name decides how it is read.

use super::cursor::Cursor;
use super::{clause, expression, extract, shape};
use crate::error::SyntaxError;
use crate::span::Span;
use crate::syntax::{
    Anomaly, Baseline, COMMAND_NAMES, Command, CountFrequent, Dedup, Diff, Display, Estimate, Expand, Fields, Filter,
    FilterIndex, InSet, Limit, LogCompare, Pattern, RelevantFields, Sort, SortKey, Stats, Unmask, Unnest,
};

pub(super) fn command(cursor: &mut Cursor<'_>) -> Result<Command, SyntaxError> {
    let span = cursor.span();
    let Some(word) = cursor.word().map(str::to_owned) else {
        return Err(cursor.expected("a command such as `fields`, `filter` or `stats`"));
    };
    let name = word.to_ascii_lowercase();
    if !COMMAND_NAMES.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
        let error = SyntaxError::at(span, format!("there is no command `{word}`"));
        return Err(error.near(&word, COMMAND_NAMES));
    }
    cursor.advance()?;
    Ok(match name.as_str() {
        "fields" => Command::Fields(Fields { columns: clause::columns(cursor)?, span }),
        "display" => Command::Display(Display { columns: clause::columns(cursor)?, span }),
        "filter" | "where" => Command::Filter(Filter { condition: expression::condition(cursor)?, span }),
        "filterindex" => filter_index(cursor, span)?,
        "parse" => extract::parse(cursor, span)?,
        "json" => extract::json(cursor, span)?,
        "stats" => stats(cursor, span)?,
        "sort" => sort(cursor, span)?,
        "limit" => {
            let any = cursor.take_word("any")?;
            Command::Limit(Limit { rows: cursor.whole("a whole number of rows")?, any, span })
        }
        "dedup" => Command::Dedup(Dedup { fields: clause::fields(cursor)?, span }),
        "pattern" => Command::Pattern(Pattern { field: cursor.field("a field")?, span }),
        "diff" => diff(cursor, span)?,
        "anomaly" => Command::Anomaly(Anomaly { span }),
        "unmask" => Command::Unmask(Unmask { fields: clause::fields_to_end(cursor)?, span }),
        "unnest" => {
            let list = cursor.field("the field of a list")?;
            cursor.expect_word("into")?;
            Command::Unnest(Unnest { list, into: cursor.name("a name for the element")?, span })
        }
        "expand" => Command::Expand(Expand { field: cursor.field("a field")?, span }),
        "countfrequent" => Command::CountFrequent(CountFrequent { fields: clause::fields(cursor)?, span }),
        "relevantfields" => relevant_fields(cursor, span)?,
        "logcompare" => {
            cursor.expect_word("timeshift")?;
            // `timeshift=7d` and `timeshift 7d` are the same; the sign of a time before now may stand there.
            cursor.take_sign("=")?;
            cursor.take_sign("-")?;
            Command::LogCompare(LogCompare { timeshift: cursor.period("a period such as `7d`")?, span })
        }
        "estimate" => Command::Estimate(Estimate { span }),
        "source" => return Err(SyntaxError::at(span, "`SOURCE` must be the first command")),
        _ => return shape::command(cursor, &name, span),
    })
}

fn filter_index(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    const EXPECTED: &str = "`=` and a value, or `in` and a list";
    let field = cursor.field("an indexed field")?;
    if cursor.is_sign("=") {
        cursor.advance()?;
        let value = expression::expression(cursor)?;
        return Ok(Command::FilterIndex(FilterIndex { field, values: vec![value], span }));
    }
    if !cursor.is_word("in") {
        return Err(cursor.expected(EXPECTED));
    }
    cursor.advance()?;
    match expression::set_of(cursor)? {
        InSet::Values(values) => Ok(Command::FilterIndex(FilterIndex { field, values, span })),
        InSet::Subquery(_) => Err(SyntaxError::at(span, "`filterIndex` takes a list of values, not a sub-query")),
    }
}

fn stats(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let aggregates = clause::columns(cursor)?;
    let by = if cursor.take_word("by")? { clause::columns(cursor)? } else { Vec::new() };
    let offset = if cursor.take_word("offset")? { Some(cursor.period("a period such as `1h`")?) } else { None };
    Ok(Command::Stats(Stats { aggregates, by, offset, span }))
}

fn sort(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    // `sort by a` is what other languages write.
    cursor.take_word("by")?;
    let mut keys = Vec::new();
    loop {
        let expr = expression::expression(cursor)?;
        let descending = cursor.take_word("desc")?;
        if !descending {
            cursor.take_word("asc")?;
        }
        keys.push(SortKey { expr, descending });
        if !cursor.take_sign(",")? {
            return Ok(Command::Sort(Sort { keys, span }));
        }
    }
}

fn diff(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    const WORDS: [(&str, Baseline); 3] = [
        ("previousDay", Baseline::PreviousDay),
        ("previousWeek", Baseline::PreviousWeek),
        ("previousMonth", Baseline::PreviousMonth),
    ];
    for (word, baseline) in WORDS {
        if cursor.take_word(word)? {
            return Ok(Command::Diff(Diff { baseline, span }));
        }
    }
    if let (Some(word), false) = (cursor.word(), cursor.at_end_of_command()) {
        let error = cursor.expected("`previousDay`, `previousWeek`, `previousMonth` or nothing");
        return Err(error.near(word, WORDS.map(|(word, _)| word)));
    }
    Ok(Command::Diff(Diff { baseline: Baseline::Before, span }))
}

fn relevant_fields(cursor: &mut Cursor<'_>, span: Span) -> Result<Command, SyntaxError> {
    let fields = if cursor.is_word("where") { Vec::new() } else { clause::fields(cursor)? };
    cursor.expect_word("where")?;
    let condition = expression::condition(cursor)?;
    Ok(Command::RelevantFields(RelevantFields { fields, condition, span }))
}
