//! Functions of texts. Positions and lengths are in characters (Unicode code points). What is missing gives nothing,
//! except where presence is the question.

mod encoding;
mod hexadecimal;

use super::{Context, Function, Kind, function, number_at, text_at, with_optional, with_rest};
use crate::value::Value;

/// Bytes that a function may make a text of; a replacement could make it any length.
const RESULT_BYTES_MAX: usize = 16 * 1_024 * 1_024;

pub(super) const FUNCTIONS: &[Function] = &[
    function("isempty", &[Kind::Any], Kind::Bool, |arguments, _| {
        Value::Bool(text_at(arguments, 0).is_none_or(|text| text.is_empty()) && !has_parts(arguments))
    }),
    function("isblank", &[Kind::Any], Kind::Bool, |arguments, _| {
        Value::Bool(text_at(arguments, 0).is_none_or(|text| text.trim().is_empty()) && !has_parts(arguments))
    }),
    with_rest(function("concat", &[Kind::Any], Kind::Text, concat), Kind::Any),
    with_optional(
        function("trim", &[Kind::Text], Kind::Text, |arguments, _| trim(arguments, true, true)),
        &[Kind::Text],
    ),
    with_optional(
        function("ltrim", &[Kind::Text], Kind::Text, |arguments, _| trim(arguments, true, false)),
        &[Kind::Text],
    ),
    with_optional(
        function("rtrim", &[Kind::Text], Kind::Text, |arguments, _| trim(arguments, false, true)),
        &[Kind::Text],
    ),
    function("strlen", &[Kind::Text], Kind::Number, |arguments, _| {
        text_at(arguments, 0).map(|text| text.chars().count() as f64).into()
    }),
    function("toupper", &[Kind::Text], Kind::Text, |arguments, _| map(arguments, str::to_uppercase)),
    function("tolower", &[Kind::Text], Kind::Text, |arguments, _| map(arguments, str::to_lowercase)),
    with_optional(function("substr", &[Kind::Text, Kind::Number], Kind::Text, substr), &[Kind::Number]),
    function("replace", &[Kind::Text, Kind::Text, Kind::Text], Kind::Text, replace),
    function("regexReplace", &[Kind::Text, Kind::Text, Kind::Text], Kind::Text, regex_replace),
    with_optional(function("strcontains", &[Kind::Text, Kind::Text], Kind::Bool, contains), &[Kind::Bool]),
    function("startsWith", &[Kind::Text, Kind::Text], Kind::Bool, |arguments, _| {
        test(arguments, |text, part| text.starts_with(part))
    }),
    function("endsWith", &[Kind::Text, Kind::Text], Kind::Bool, |arguments, _| {
        test(arguments, |text, part| text.ends_with(part))
    }),
    function("split", &[Kind::Text, Kind::Text], Kind::List, split),
    function("urlencode", &[Kind::Text], Kind::Text, |arguments, _| map(arguments, encoding::url_encode)),
    function("urldecode", &[Kind::Text], Kind::Text, |arguments, _| map_some(arguments, encoding::url_decode)),
    function("base64encode", &[Kind::Text], Kind::Text, |arguments, _| map(arguments, encoding::base64_encode)),
    function("base64decode", &[Kind::Text], Kind::Text, |arguments, _| map_some(arguments, encoding::base64_decode)),
    function("hexToAscii", &[Kind::Text], Kind::Text, |arguments, _| map_some(arguments, hexadecimal::to_ascii)),
    function("hexToDec", &[Kind::Text], Kind::Number, |arguments, _| {
        text_at(arguments, 0).and_then(|text| hexadecimal::to_decimal(&text)).unwrap_or_default()
    }),
    function("decToHex", &[Kind::Number], Kind::Text, |arguments, _| {
        number_at(arguments, 0).and_then(hexadecimal::from_decimal).into()
    }),
];

fn has_parts(arguments: &[Value]) -> bool {
    matches!(arguments.first(), Some(Value::List(_) | Value::Map(_)))
}

fn map(arguments: &[Value], apply: impl Fn(&str) -> String) -> Value {
    text_at(arguments, 0).map(|text| apply(&text)).into()
}

fn map_some(arguments: &[Value], apply: impl Fn(&str) -> Option<String>) -> Value {
    text_at(arguments, 0).and_then(|text| apply(&text)).into()
}

fn test(arguments: &[Value], test: impl Fn(&str, &str) -> bool) -> Value {
    match (text_at(arguments, 0), text_at(arguments, 1)) {
        (Some(text), Some(part)) => Value::Bool(test(&text, &part)),
        _ => Value::Null,
    }
}

/// `concat(a, b, …)`; missing ones are left out.
fn concat(arguments: &[Value], _: &Context) -> Value {
    let texts: Vec<_> = arguments.iter().filter_map(Value::as_text).collect();
    if texts.is_empty() { Value::Null } else { Value::from(texts.concat()) }
}

/// `trim(text[, characters])`: without white space, or any of the characters, at its ends.
fn trim(arguments: &[Value], left: bool, right: bool) -> Value {
    let Some(text) = text_at(arguments, 0) else { return Value::Null };
    let characters = match arguments.get(1) {
        None => None,
        Some(_) => match text_at(arguments, 1) {
            Some(characters) => Some(characters),
            None => return Value::Null,
        },
    };
    let goes = |character: char| match &characters {
        Some(characters) => characters.contains(character),
        None => character.is_whitespace(),
    };
    let mut rest: &str = &text;
    if left {
        rest = rest.trim_start_matches(goes);
    }
    if right {
        rest = rest.trim_end_matches(goes);
    }
    Value::text(rest)
}

/// `substr(text, first[, length])`; the first character is at 0.
fn substr(arguments: &[Value], _: &Context) -> Value {
    let (Some(text), Some(first)) = (text_at(arguments, 0), number_at(arguments, 1)) else { return Value::Null };
    let length = match arguments.get(2) {
        None => f64::INFINITY,
        Some(length) => match length.as_number() {
            Some(length) => length,
            None => return Value::Null,
        },
    };
    // Casts saturate: a negative number is 0, infinity is the largest.
    Value::from(text.chars().skip(first as usize).take(length as usize).collect::<String>())
}

/// `replace(text, part, replacement)`: every part.
fn replace(arguments: &[Value], _: &Context) -> Value {
    let (Some(text), Some(part), Some(replacement)) =
        (text_at(arguments, 0), text_at(arguments, 1), text_at(arguments, 2))
    else {
        return Value::Null;
    };
    if part.is_empty() {
        return Value::Text(text);
    }
    let parts = text.matches(&*part).count();
    if text.len().saturating_add(parts.saturating_mul(replacement.len())) > RESULT_BYTES_MAX {
        return Value::Null;
    }
    Value::from(text.replace(&*part, &replacement))
}

/// `regexReplace(text, regex, replacement)`: every match; `$1` and `${name}` are the groups. Nothing where the regular
/// expression is none.
fn regex_replace(arguments: &[Value], context: &Context) -> Value {
    let (Some(text), Some(regex), Some(replacement)) =
        (text_at(arguments, 0), text_at(arguments, 1), text_at(arguments, 2))
    else {
        return Value::Null;
    };
    let Some(regex) = context.regexes.get(&regex) else { return Value::Null };
    let replaced = regex.replace_all(&text, &*replacement);
    if replaced.len() > RESULT_BYTES_MAX { Value::Null } else { Value::text(&replaced) }
}

/// `strcontains(text, part[, ignore case])`
fn contains(arguments: &[Value], _: &Context) -> Value {
    let ignore_case = arguments.get(2).is_some_and(Value::is_true);
    test(
        arguments,
        |text, part| {
            if ignore_case { text.to_lowercase().contains(&part.to_lowercase()) } else { text.contains(part) }
        },
    )
}

/// `split(text, separator)`; without a separator every character is a part.
fn split(arguments: &[Value], _: &Context) -> Value {
    let (Some(text), Some(separator)) = (text_at(arguments, 0), text_at(arguments, 1)) else { return Value::Null };
    if separator.is_empty() {
        return text.chars().map(|character| Value::from(character.to_string())).collect();
    }
    text.split(&*separator).map(Value::text).collect()
}

#[cfg(test)]
mod tests;
