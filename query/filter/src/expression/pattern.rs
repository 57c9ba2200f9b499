//! Root causes as JSON: what stands in `rootcause.json = #[ … ]`.
//!
//! The fields are those of a root cause in a trace summary of X-Ray. What is given has to be exactly so, lists with all
//! their elements; what is left out may be anything.

use serde_json::{Map, Value};

use crate::error::SyntaxError;
use crate::nearest::nearest;

/// A root cause, as far as it is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CausePattern {
    /// Whether the client saw it.
    pub client_impacting: Option<bool>,
    /// From the first service to the one that is the cause.
    pub services: Option<Vec<ServicePattern>>,
}

/// A service of a root cause, as far as it is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServicePattern {
    /// Its name.
    pub name: Option<String>,
    /// All its names.
    pub names: Option<Vec<String>>,
    /// Its type.
    pub node_type: Option<String>,
    /// Its account.
    pub account_id: Option<String>,
    /// Whether it sends no spans itself.
    pub inferred: Option<bool>,
    /// From its segment to the span below that is the cause.
    pub entity_path: Option<Vec<EntityPattern>>,
}

/// An entity of a root cause, as far as it is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EntityPattern {
    /// Its name.
    pub name: Option<String>,
    /// Whether it is a call of something else.
    pub remote: Option<bool>,
    /// Its time as a part of the root's.
    pub coverage: Option<f64>,
    /// What was thrown.
    pub exceptions: Option<Vec<ExceptionPattern>>,
}

/// An exception of a root cause, as far as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExceptionPattern {
    /// Its type.
    pub name: Option<String>,
    /// Its message.
    pub message: Option<String>,
}

/// What is wrong with a field.
struct Mistake {
    message: String,
    suggestion: Option<String>,
}

impl CausePattern {
    /// Reads the list that `text` begins with, which stands at `position`; answers its length too.
    pub(crate) fn read_list(text: &str, position: usize) -> Result<(Vec<Self>, usize), SyntaxError> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let value = match values.next() {
            Some(Ok(value)) => value,
            Some(Err(error)) => {
                let at = position + offset(text, error.line(), error.column());
                return Err(SyntaxError::new(at, 0, format!("the JSON cannot be read: {error}")));
            }
            None => return Err(SyntaxError::new(position, 0, "expected a list of root causes").expecting(["["])),
        };
        let length = values.byte_offset();
        let wrong = |mistake: Mistake| {
            SyntaxError::new(position, length, mistake.message).suggesting(mistake.suggestion.as_deref())
        };
        Ok((list("rootcause.json", value, Self::read).map_err(wrong)?, length))
    }

    fn read(value: Value) -> Result<Self, Mistake> {
        let mut pattern = Self::default();
        each(value, &["ClientImpacting", "Services"], |name, value| {
            match name {
                "ClientImpacting" => pattern.client_impacting = Some(flag(name, value)?),
                _ => pattern.services = Some(list(name, value, ServicePattern::read)?),
            }
            Ok(())
        })?;
        Ok(pattern)
    }

    /// The inverse of reading.
    pub(crate) fn to_json(&self) -> Value {
        let services = self.services.as_ref().map(|all| all.iter().map(ServicePattern::to_json).collect());
        object([("ClientImpacting", self.client_impacting.map(Value::Bool)), ("Services", services)])
    }
}

impl ServicePattern {
    fn read(value: Value) -> Result<Self, Mistake> {
        let mut pattern = Self::default();
        let names = ["Name", "Names", "Type", "AccountId", "Inferred", "EntityPath"];
        each(value, &names, |name, value| {
            match name {
                "Name" => pattern.name = Some(text(name, value)?),
                "Names" => pattern.names = Some(list(name, value, |value| text("Names", value))?),
                "Type" => pattern.node_type = Some(text(name, value)?),
                "AccountId" => pattern.account_id = Some(text(name, value)?),
                "Inferred" => pattern.inferred = Some(flag(name, value)?),
                _ => pattern.entity_path = Some(list(name, value, EntityPattern::read)?),
            }
            Ok(())
        })?;
        Ok(pattern)
    }

    fn to_json(&self) -> Value {
        let names = self.names.as_ref().map(|all| all.iter().cloned().map(Value::String).collect());
        let path = self.entity_path.as_ref().map(|all| all.iter().map(EntityPattern::to_json).collect());
        object([
            ("Name", self.name.clone().map(Value::String)),
            ("Names", names),
            ("Type", self.node_type.clone().map(Value::String)),
            ("AccountId", self.account_id.clone().map(Value::String)),
            ("Inferred", self.inferred.map(Value::Bool)),
            ("EntityPath", path),
        ])
    }
}

impl EntityPattern {
    fn read(value: Value) -> Result<Self, Mistake> {
        let mut pattern = Self::default();
        each(value, &["Name", "Remote", "Coverage", "Exceptions"], |name, value| {
            match name {
                "Name" => pattern.name = Some(text(name, value)?),
                "Remote" => pattern.remote = Some(flag(name, value)?),
                "Coverage" => {
                    let number = value.as_f64();
                    pattern.coverage = Some(number.ok_or_else(|| mistyped(name, "a number", &value))?);
                }
                _ => pattern.exceptions = Some(list(name, value, ExceptionPattern::read)?),
            }
            Ok(())
        })?;
        Ok(pattern)
    }

    fn to_json(&self) -> Value {
        let exceptions = self.exceptions.as_ref().map(|all| all.iter().map(ExceptionPattern::to_json).collect());
        object([
            ("Name", self.name.clone().map(Value::String)),
            ("Remote", self.remote.map(Value::Bool)),
            ("Coverage", self.coverage.map(Value::from)),
            ("Exceptions", exceptions),
        ])
    }
}

impl ExceptionPattern {
    fn read(value: Value) -> Result<Self, Mistake> {
        let mut pattern = Self::default();
        each(value, &["Name", "Message"], |name, value| {
            match name {
                "Name" => pattern.name = Some(text(name, value)?),
                _ => pattern.message = Some(text(name, value)?),
            }
            Ok(())
        })?;
        Ok(pattern)
    }

    fn to_json(&self) -> Value {
        object([("Name", self.name.clone().map(Value::String)), ("Message", self.message.clone().map(Value::String))])
    }
}

/// Hands on each field of an object; a field that is not among the names is a mistake, one that is null is left out.
fn each(
    value: Value,
    names: &[&'static str],
    mut take: impl FnMut(&'static str, Value) -> Result<(), Mistake>,
) -> Result<(), Mistake> {
    let Value::Object(fields) = value else { return Err(mistyped("a root cause", "an object", &value)) };
    for (field, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
        let Some(name) = names.iter().find(|name| **name == field) else {
            let message = format!("the JSON has an unknown field {field:?}; here stand {}", names.join(", "));
            let suggestion = nearest(&field, names.iter().copied()).map(str::to_owned);
            return Err(Mistake { message, suggestion });
        };
        take(name, value)?;
    }
    Ok(())
}

fn list<T>(name: &str, value: Value, read: impl Fn(Value) -> Result<T, Mistake>) -> Result<Vec<T>, Mistake> {
    match value {
        Value::Array(values) => values.into_iter().map(read).collect(),
        other => Err(mistyped(name, "a list", &other)),
    }
}

fn text(name: &str, value: Value) -> Result<String, Mistake> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(mistyped(name, "text", &other)),
    }
}

fn flag(name: &str, value: Value) -> Result<bool, Mistake> {
    value.as_bool().ok_or_else(|| mistyped(name, "true or false", &value))
}

fn mistyped(name: &str, wanted: &str, value: &Value) -> Mistake {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Mistake { message: format!("{name} must be {wanted} in the JSON, not {kind}"), suggestion: None }
}

fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect::<Map<_, _>>())
}

/// The byte of a line and column, both from 1 on; at most the text's end, and the begin of a character.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
