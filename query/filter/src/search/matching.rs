//! Whether a record is one that is searched for.

use super::keys::{Key, KeyType, row_of};
use super::value::{Value, of_key, sized};
use super::{Field, FieldKey, FieldTest, Search, Text};
use crate::trace::AttributeValue;

const NANOS_PER_MILLI: f64 = 1e6;

/// What of a record a search asks for.
pub trait Record {
    /// Whether its text has this; the tokenizer says what a word is.
    fn has(&self, text: &Text) -> bool;

    /// The value of a key; of a duration nanoseconds, of a size bytes.
    fn value(&self, key: &FieldKey) -> Option<AttributeValue<'_>>;

    /// Whether a text has a match of a regular expression in it.
    fn is_match(&self, pattern: &str, text: &str) -> bool;
}

impl Search {
    /// Whether the record is one that is searched for.
    pub fn matches(&self, record: &impl Record, keys: &[Key]) -> bool {
        match self {
            Self::Everything => true,
            Self::Or(all) => all.iter().any(|one| one.matches(record, keys)),
            Self::And(all) => all.iter().all(|one| one.matches(record, keys)),
            Self::Not(one) => !one.matches(record, keys),
            Self::Text(text) => record.has(text),
            Self::Field(field) => field.matches(record, keys),
        }
    }
}

impl Field {
    fn matches(&self, record: &impl Record, keys: &[Key]) -> bool {
        let Some(found) = record.value(&self.key) else { return self.negated && self.test == FieldTest::Exists };
        let plain = || crate::trace::field::plain(found.clone());
        let holds = match &self.test {
            FieldTest::Exists => true,
            FieldTest::Equals(wanted) => {
                let sizes = (self.size_of(&found, wanted, keys), self.size(wanted, keys));
                match sizes {
                    (Some(found), Some(wanted)) => found == wanted,
                    _ => plain() == text(wanted),
                }
            }
            FieldTest::Compares(order, wanted) => {
                let sizes = (self.size_of(&found, wanted, keys), self.size(wanted, keys));
                matches!(sizes, (Some(found), Some(wanted)) if order.holds(found, wanted))
            }
            FieldTest::Contains(part) => plain().contains(part),
            FieldTest::Prefix(begin) => plain().starts_with(begin),
            FieldTest::Regex(pattern) => record.is_match(pattern, &plain()),
        };
        holds != self.negated
    }

    /// How large the wanted value is; the place of a level in its list.
    fn size(&self, wanted: &Value, keys: &[Key]) -> Option<f64> {
        match wanted {
            Value::Int(value) => Some(*value as f64),
            Value::Double(value) => Some(*value),
            Value::Duration(nanos) => Some(*nanos as f64),
            Value::Size(bytes) => Some(*bytes as f64),
            Value::Text(word) => self.level(word, keys),
            Value::Bool(_) => None,
        }
    }

    /// How large the value is that was found, in the unit of the wanted one. A number without a unit in an attribute is
    /// milliseconds where a duration is wanted, as it is where a person writes one.
    fn size_of(&self, found: &AttributeValue<'_>, wanted: &Value, keys: &[Key]) -> Option<f64> {
        let is_attribute = matches!(self.key, FieldKey::Attribute(_));
        match (found, wanted) {
            (AttributeValue::Number(number), Value::Duration(_)) if is_attribute => Some(number * NANOS_PER_MILLI),
            (AttributeValue::Number(number), _) => Some(*number),
            (AttributeValue::Text(word), Value::Text(_)) => self.level(word, keys),
            (AttributeValue::Text(text), Value::Duration(_) | Value::Size(_)) => match (sized(text)?, wanted) {
                (Value::Duration(nanos), Value::Duration(_)) => Some(nanos as f64),
                (Value::Size(bytes), Value::Size(_)) => Some(bytes as f64),
                _ => None,
            },
            _ => None,
        }
    }

    fn level(&self, word: &str, keys: &[Key]) -> Option<f64> {
        let row = row_of(keys, &self.key)?;
        let KeyType::Levels(levels) = row.key_type else { return None };
        let Ok(Value::Text(known)) = of_key(row, word, false) else { return None };
        levels.iter().position(|level| *level == known).map(|at| at as f64)
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Int(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Duration(_) | Value::Size(_) => super::value::with_unit(value).unwrap_or_default(),
    }
}
