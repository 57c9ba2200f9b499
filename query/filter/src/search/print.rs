//! Searches as text. What is written is read as the same search again, with the same table.

use super::keys::{Key, KeyType, row, row_of};
use super::parse::alternative_key;
use super::value::{Value, typed, with_unit};
use super::{Field, FieldKey, FieldTest, Order, Search, Shape, Text};
use crate::scanner::quote;

impl Search {
    /// Itself as a person would write it.
    pub fn print(&self, keys: &[Key]) -> String {
        match self {
            Self::Everything => String::new(),
            _ => self.inner(keys),
        }
    }

    fn inner(&self, keys: &[Key]) -> String {
        match self {
            Self::Everything => "*".to_owned(),
            Self::Or(all) => {
                let or = |one: &Self| if matches!(one, Self::Or(_)) { one.in_brackets(keys) } else { one.inner(keys) };
                all.iter().map(or).collect::<Vec<_>>().join(" OR ")
            }
            Self::And(all) => {
                let of_all = |one: &Self| match one {
                    Self::Or(_) | Self::And(_) => one.in_brackets(keys),
                    _ => one.inner(keys),
                };
                // Beside each other they would be alternatives.
                let mut seen: Vec<&FieldKey> = all.iter().filter_map(|one| alternative_key(one, keys)).collect();
                seen.sort_unstable();
                let twice = seen.windows(2).any(|pair| pair[0] == pair[1]);
                all.iter().map(of_all).collect::<Vec<_>>().join(if twice { " AND " } else { " " })
            }
            Self::Not(one) => match &**one {
                Self::And(_) | Self::Or(_) => format!("-{}", one.in_brackets(keys)),
                Self::Text(text) => format!("-{text}"),
                _ => format!("NOT {}", one.inner(keys)),
            },
            Self::Text(text) => text.to_string(),
            Self::Field(field) => field.print(keys),
        }
    }

    fn in_brackets(&self, keys: &[Key]) -> String {
        format!("({})", self.inner(keys))
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let quoted = self.text.starts_with('"') || self.text.contains(char::is_whitespace);
        match self.shape {
            Shape::Phrase => f.write_str(&quote(&self.text)),
            Shape::Word => f.write_str(&self.text),
            Shape::Prefix if quoted => write!(f, "{}*", quote(&self.text)),
            Shape::Prefix => write!(f, "{}*", self.text),
        }
    }
}

impl Field {
    /// Itself as a word of the box.
    pub fn print(&self, keys: &[Key]) -> String {
        let minus = if self.negated { "-" } else { "" };
        let key = key_text(&self.key, keys);
        let row = row_of(keys, &self.key);
        let is_level = row.is_some_and(|row| matches!(row.key_type, KeyType::Levels(_)));
        let test = match &self.test {
            FieldTest::Exists => ":*".to_owned(),
            FieldTest::Equals(value) if is_level => format!("={}", value_text(value)),
            FieldTest::Equals(value) => format!(":{}", value_text(value)),
            FieldTest::Compares(Order::GreaterOrEqual, value) if is_level => format!(":{}", value_text(value)),
            FieldTest::Compares(order, value) => format!("{}{}", order.as_str(), value_text(value)),
            FieldTest::Contains(part) => format!(":~{}", bare_or_quoted(part)),
            FieldTest::Prefix(begin) => format!(":{}*", bare_or_quoted(begin)),
            FieldTest::Regex(pattern) => format!(":/{}/", pattern.replace('/', "\\/")),
        };
        format!("{minus}{key}{test}")
    }
}

fn key_text(key: &FieldKey, keys: &[Key]) -> String {
    match key {
        FieldKey::Reserved(name) => name.clone(),
        FieldKey::Attribute(name) if is_bare_key(name) && row(keys, name).is_none() => name.clone(),
        FieldKey::Attribute(name) => quote(name),
    }
}

/// Whether the name may stand before an operator without quotation marks.
fn is_bare_key(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && !name.ends_with('-')
        && !name.contains(|c: char| c.is_whitespace() || ":=<>!\"/()\\".contains(c))
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Text(text) => bare_or_quoted(text),
        Value::Int(value) => value.to_string(),
        Value::Double(value) => format!("{value:?}"),
        Value::Bool(value) => value.to_string(),
        Value::Duration(_) | Value::Size(_) => with_unit(value).unwrap_or_default(),
    }
}

/// Text that would be read as something else, or in parts, is put in quotation marks.
fn bare_or_quoted(text: &str) -> String {
    let is_bare = !text.is_empty()
        && matches!(typed(text), Value::Text(_))
        && !text.starts_with(['>', '<', '~', '-', '/', '='])
        && !text.ends_with('*')
        && !["AND", "OR", "NOT"].contains(&text)
        && !text.contains(|c: char| c.is_whitespace() || "\"\\()".contains(c));
    // A path is not a pattern as long as it does not end as one.
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.ends_with(['/', '*']);
    let is_bare_path = is_path && !text.contains(|c: char| c.is_whitespace() || "\"\\()".contains(c));
    if is_bare || is_bare_path { text.to_owned() } else { quote(text) }
}
