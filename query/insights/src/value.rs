//! Values of fields, and how they convert to each other.
//!
//! A text that reads as a number is a number wherever one is asked for (arithmetic, comparison, numeric functions), as in
//! Logs Insights, where every value is text. Truth is 1 or 0 as a number. What is missing is [`Value::Null`].

pub mod arithmetic;
pub mod compare;
pub mod json;
pub mod order;

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use crate::period::Period;

/// The value of a field or an expression. Clones are cheap.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Missing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
    /// Milliseconds since 1970.
    Time(i64),
    /// A list.
    List(Arc<[Value]>),
    /// A map.
    Map(Arc<BTreeMap<Arc<str>, Value>>),
}

impl Value {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    /// A number; [`Value::Null`] where it is not finite, as is the result of a division by zero.
    pub fn number(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Null }
    }

    /// Whether it is missing.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// As a number: a number, a time in milliseconds, truth as 1 or 0, a text that reads as a number.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Time(milliseconds) => Some(*milliseconds as f64),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Text(text) => number_in(text),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// As text, as a result shows it; `None` where it is missing. Lists and maps are JSON.
    pub fn as_text(&self) -> Option<Arc<str>> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(Arc::clone(text)),
            other => Some(Arc::from(other.to_string())),
        }
    }

    /// Whether a condition of this value holds: true, or a number other than 0. All else is false.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Bool(value) => *value,
            Self::Text(text) if text.eq_ignore_ascii_case("true") => true,
            other => other.as_number().is_some_and(|number| number != 0.0),
        }
    }
}

impl Display for Value {
    /// As a result shows it: whole numbers without a point, times as `YYYY-MM-DD HH:MM:SS.mmm` in UTC, nothing for what
    /// is missing, JSON for lists and maps.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(value) => write!(formatter, "{value}"),
            // Negative zero is zero to a reader.
            Self::Number(number) => write!(formatter, "{}", number + 0.0),
            Self::Text(text) => formatter.write_str(text),
            Self::Time(milliseconds) => formatter.write_str(&crate::function::time::render(*milliseconds)),
            Self::List(_) | Self::Map(_) => write!(formatter, "{}", json::to_json(self)),
        }
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::number(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Arc::from(text))
    }
}

impl From<Period> for Value {
    /// Functions take periods as their text, `5m`.
    fn from(period: Period) -> Self {
        Self::from(period.to_string())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self::List(values.into_iter().collect())
    }
}

/// The number that a text is: an optional sign, digits with at most one point, an optional exponent.
pub(crate) fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    let first = text.bytes().next()?;
    let may_be = first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.');
    if !may_be || !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests;
