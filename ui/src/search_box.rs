//! The grammar of the search boxes: words, `"phrases"`, `-words`, and attribute conditions.
//!
//! `key:value` and `key:"a value"` equal, `-key:value` differ, `key:>5` (`>=`, `<`, `<=`) compare numbers, `key:~part`
//! contains, `key:*` exists, `-key:*` is missing. A bare number or `true`/`false` is typed, in quotes it is text.
//! `service:` and `severity:` are conditions of their own. Nothing is guessed silently: what cannot be read is an error.

use api::log::Severity;
use api::{AttributeFilter, FilterOperator};
use serde_json::Value;

/// What the search box asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct BoxQuery {
    /// Words and phrases of the body, as the API takes them.
    pub(crate) text: String,
    /// Conditions on attributes.
    pub(crate) attributes: Vec<AttributeFilter>,
    /// `service:` values.
    pub(crate) services: Vec<String>,
    /// `severity:`, the smallest one.
    pub(crate) severity_min: Option<Severity>,
    /// Words and phrases to mark in the lines, in lower case.
    pub(crate) marks: Vec<String>,
}

/// A word of the box, unquoted.
#[derive(Debug, Clone, PartialEq)]
struct Token {
    negative: bool,
    key: Option<String>,
    value: String,
    quoted: bool,
}

/// Reads the box, or says what is wrong with it.
pub(crate) fn parse(input: &str) -> Result<BoxQuery, String> {
    let mut query = BoxQuery::default();
    for token in tokens(input)? {
        match &token.key {
            None => add_word(&mut query, &token),
            Some(key) if key == "service" && !token.negative => query.services.push(token.value),
            Some(key) if key == "severity" && !token.negative => query.severity_min = Some(severity(&token.value)?),
            Some(key) if key == "service" => query.attributes.push(condition("service.name", &token)?),
            Some(key) => query.attributes.push(condition(key, &token)?),
        }
    }
    Ok(query)
}

/// The environment that is chosen at the top, as a condition.
pub(crate) fn in_environment(environment: Option<String>) -> Option<AttributeFilter> {
    let value = Value::String(environment?);
    Some(AttributeFilter { key: "deployment.environment.name".to_owned(), operator: FilterOperator::Eq, value })
}

/// A condition as a word of the box; the inverse of [`parse`].
pub(crate) fn word_of(filter: &AttributeFilter) -> String {
    use FilterOperator::{Contains, Eq, Exists, Ge, Gt, Le, Lt, Missing, Ne};
    let (sign, mark) = match filter.operator {
        Eq => ("", ""),
        Ne => ("-", ""),
        Gt => ("", ">"),
        Ge => ("", ">="),
        Lt => ("", "<"),
        Le => ("", "<="),
        Contains => ("", "~"),
        Exists => return format!("{}:*", filter.key),
        Missing => return format!("-{}:*", filter.key),
    };
    let value = match &filter.value {
        Value::String(text) => quoted_if_needed(text),
        other => other.to_string(),
    };
    format!("{sign}{}:{mark}{value}", filter.key)
}

/// The box with one more condition; a condition that is there already, or its opposite, is replaced.
pub(crate) fn with_condition(input: &str, key: &str, value: &Value, exclude: bool) -> String {
    let operator = |negative| if negative { FilterOperator::Ne } else { FilterOperator::Eq };
    let word = |negative| {
        word_of(&AttributeFilter { key: key.to_owned(), operator: operator(negative), value: value.clone() })
    };
    let opposite = word(!exclude);
    let wanted = word(exclude);
    let mut words: Vec<&str> = raw_words(input).into_iter().filter(|w| *w != opposite && *w != wanted).collect();
    words.push(&wanted);
    words.join(" ")
}

fn add_word(query: &mut BoxQuery, token: &Token) {
    let word = if token.quoted { format!("\"{}\"", token.value) } else { token.value.clone() };
    if !query.text.is_empty() {
        query.text.push(' ');
    }
    if token.negative {
        query.text.push('-');
    } else {
        query.marks.push(token.value.to_lowercase());
    }
    query.text.push_str(&word);
}

fn condition(key: &str, token: &Token) -> Result<AttributeFilter, String> {
    use FilterOperator::{Contains, Eq, Exists, Ge, Gt, Le, Lt, Missing, Ne};
    let of = |operator, value| Ok(AttributeFilter { key: key.to_owned(), operator, value });
    if !token.quoted && token.value == "*" {
        return of(if token.negative { Missing } else { Exists }, Value::Null);
    }
    let marks = [(">=", Ge), ("<=", Le), (">", Gt), ("<", Lt), ("~", Contains)];
    let marked = marks.iter().find_map(|(mark, op)| Some((mark, *op, token.value.strip_prefix(mark)?)));
    match marked.filter(|_| !token.quoted) {
        Some((mark, ..)) if token.negative => {
            Err(format!("-{key}:{mark} is not a condition; turn the comparison round"))
        }
        Some((_, Contains, part)) => of(Contains, Value::String(unquoted(part))),
        Some((mark, operator, number)) => match typed(number) {
            value @ Value::Number(_) => of(operator, value),
            _ => Err(format!("{key}:{mark} needs a number, not {number:?}")),
        },
        None => {
            let value = if token.quoted { Value::String(token.value.clone()) } else { typed(&token.value) };
            of(if token.negative { Ne } else { Eq }, value)
        }
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    let known = Severity::ALL.into_iter().find(|s| s.as_str().eq_ignore_ascii_case(text));
    known.ok_or_else(|| format!("{text:?} is not a severity; use trace, debug, info, warn, error or fatal"))
}

/// A bare value: number and boolean are typed, the rest is text.
pub(crate) fn typed(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

/// Text that would be read as something else, or in parts, is put in quotes.
pub(crate) fn quoted_if_needed(text: &str) -> String {
    let bare = !text.is_empty()
        && matches!(typed(text), Value::String(_))
        && !text.starts_with(['>', '<', '~', '*', '-'])
        && !text.contains(|c: char| c.is_whitespace() || c == '"' || c == '\\');
    if bare { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}

fn unquoted(text: &str) -> String {
    text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text).replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Words as they are written, quotes kept together.
fn raw_words(input: &str) -> Vec<&str> {
    let (mut words, mut start, mut quoted, mut escaped) = (Vec::new(), None, false, false);
    for (at, c) in input.char_indices() {
        if c.is_whitespace() && !quoted {
            if let Some(from) = start.take() {
                words.push(&input[from..at]);
            }
            continue;
        }
        start = start.or(Some(at));
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    words.extend(start.map(|from| &input[from..]));
    words
}

fn tokens(input: &str) -> Result<Vec<Token>, String> {
    raw_words(input).into_iter().map(token).collect()
}

fn token(word: &str) -> Result<Token, String> {
    let (negative, rest) = match word.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, word),
    };
    let quotes = rest.chars().filter(|c| *c == '"').count() - rest.matches("\\\"").count();
    if !quotes.is_multiple_of(2) {
        return Err(format!("the quote in {word} is not closed"));
    }
    let is_key = |key: &str| {
        !key.is_empty() && key.starts_with(|c: char| c.is_alphabetic() || c == '_') && !key.contains(['"', '/', '('])
    };
    let split =
        rest.split_once(':').filter(|(key, value)| is_key(key) && !value.starts_with("//") && !value.is_empty());
    let (key, value) = split.map_or((None, rest), |(key, value)| (Some(key.to_owned()), value));
    let quoted = value.len() >= 2 && value.starts_with('"') && value.ends_with('"');
    let value = if quoted { unquoted(value) } else { value.to_owned() };
    Ok(Token { negative, key, value, quoted })
}

#[cfg(test)]
mod tests;
