//! Whether a body is what its schema says: every mistake at once, each with the field it is about, in words for people.
//!
//! serde would tell the first mistake only, in the words of Rust's types, and would pass over a field that it does not
//! know, so that a question with a misspelt condition was answered as if it had none.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schemas;

/// So many mistakes are told.
const MISTAKES_MAX: usize = 20;
/// A wrong value is shown up to this length.
const SHOWN_CHARS_MAX: usize = 40;

/// The schema of what may be anything.
static ANYTHING: Value = Value::Null;

/// What is wrong with a body of this type; none for a type without a schema.
pub(crate) fn mistakes(type_name: &str, body: &Value) -> Vec<String> {
    let name = type_name.rsplit("::").next().unwrap_or(type_name);
    let mut mistakes = Vec::new();
    if let Some(schema) = schemas().get(name) {
        check(schema, body, "", &mut mistakes);
    }
    mistakes.truncate(MISTAKES_MAX);
    mistakes
}

fn check(schema: &'static Value, value: &Value, at: &str, mistakes: &mut Vec<String>) {
    let schema = resolved(schema);
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        // The only choice there is: something or null.
        let something = choices.iter().find(|choice| choice.get("type") != Some(&Value::from("null")));
        if let Some(something) = something.filter(|_| !value.is_null()) {
            check(something, value, at, mistakes);
        }
        return;
    }
    let mut object = Object::default();
    if object.gather(schema, value) {
        return object.check(value, at, mistakes);
    }
    let wrong = |should: &str| Some(format!("{}must be {should}, not {}", prefix(at), shown(value)));
    let text = |name: &str| schema.get(name).and_then(Value::as_str);
    let mistake = match text("type") {
        Some("string") if value.is_string() => {
            let allowed = schema.get("enum").and_then(Value::as_array);
            let allowed = allowed.filter(|allowed| !allowed.contains(value));
            allowed.and_then(|allowed| wrong(&format!("one of {}", listed(allowed.iter().filter_map(Value::as_str)))))
        }
        // A time may be a number too.
        Some("string") if text("pattern") == Some("^-?[0-9]+$") && value.is_i64() => None,
        Some("string") => wrong("text"),
        Some("boolean") if !value.is_boolean() => wrong("true or false"),
        Some("number") if !value.is_number() => wrong("a number"),
        Some("integer") => whole(schema, value).and_then(|should| wrong(&should)),
        Some("array") => match value.as_array() {
            None => wrong("a list"),
            Some(items) => {
                let of = schema.get("items").unwrap_or(&ANYTHING);
                items.iter().enumerate().for_each(|(n, item)| check(of, item, &format!("{at}[{n}]"), mistakes));
                None
            }
        },
        Some("object") if !value.is_object() => wrong("an object"),
        _ => None,
    };
    mistakes.extend(mistake);
}

/// What a whole number should be, if it is not.
fn whole(schema: &Value, value: &Value) -> Option<String> {
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    let (min, max) = (bound("minimum"), bound("maximum"));
    let number = value.as_i64().or_else(|| value.as_u64().map(|_| i64::MAX));
    let is_right =
        number.is_some_and(|number| min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max));
    if is_right {
        return None;
    }
    Some(match (min, max) {
        (Some(min), Some(max)) => format!("a whole number from {min} to {max}"),
        (Some(min), None) => format!("a whole number from {min}"),
        _ => "a whole number".to_owned(),
    })
}

/// The fields of an object, of what it is made of and of the variant that its tag names.
#[derive(Default)]
struct Object {
    known: BTreeMap<&'static str, &'static Value>,
    required: Vec<&'static str>,
    /// The values that a tag may have, where it has none of them.
    tags: Vec<(&'static str, Vec<&'static str>)>,
    takes_others: bool,
}

impl Object {
    /// False where the schema is not one of an object with fields.
    fn gather(&mut self, schema: &'static Value, value: &Value) -> bool {
        let schema = resolved(schema);
        self.takes_others |= schema.get("additionalProperties").is_some();
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.gather(part, value);
        }
        if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
            self.variant(variants, value);
        }
        if let Some(required) = schema.get("required").and_then(Value::as_array) {
            self.required.extend(required.iter().filter_map(Value::as_str));
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            self.known.extend(properties.iter().map(|(name, schema)| (name.as_str(), schema)));
        }
        !self.known.is_empty()
    }

    fn variant(&mut self, variants: &'static [Value], value: &Value) {
        let tag = variants.iter().find_map(tag_of).map(|(field, _)| field);
        let Some(tag) = tag else { return };
        let of = |variant: &'static Value| tag_of(variant).map(|(_, name)| name).unwrap_or_default();
        let chosen = variants.iter().find(|variant| value.get(tag).and_then(Value::as_str) == Some(of(variant)));
        match chosen {
            Some(variant) => {
                self.gather(variant, value);
            }
            None => {
                self.known.insert(tag, &ANYTHING);
                self.tags.push((tag, variants.iter().map(of).collect()));
                // What else it may have depends on the tag.
                self.takes_others = true;
            }
        }
    }

    fn check(&self, value: &Value, at: &str, mistakes: &mut Vec<String>) {
        let Some(fields) = value.as_object() else {
            mistakes.push(format!("{}must be an object, not {}", prefix(at), shown(value)));
            return;
        };
        for (tag, names) in &self.tags {
            let names = listed(names.iter().copied());
            mistakes.push(match fields.get(*tag) {
                None => format!("{}is missing: one of {names}", prefix(&below(at, tag))),
                Some(wrong) => format!("{}must be one of {names}, not {}", prefix(&below(at, tag)), shown(wrong)),
            });
        }
        let missing = self.required.iter().filter(|name| !fields.contains_key(**name) && !self.is_tag(name));
        mistakes.extend(missing.map(|name| format!("{}is missing", prefix(&below(at, name)))));
        for (name, value) in fields {
            match self.known.get(name.as_str()) {
                Some(schema) => check(schema, value, &below(at, name), mistakes),
                None if self.takes_others => {}
                None => {
                    let names = listed(self.known.keys().copied());
                    mistakes.push(format!("there is no field `{}` here, only {names}", below(at, name)));
                }
            }
        }
    }

    fn is_tag(&self, name: &str) -> bool {
        self.tags.iter().any(|(tag, _)| *tag == name)
    }
}

/// The field that tells variants apart, and what it is in this one.
fn tag_of(variant: &'static Value) -> Option<(&'static str, &'static str)> {
    let parts = variant.get("allOf").and_then(Value::as_array)?;
    parts.iter().filter_map(|part| part.get("properties")?.as_object()).flatten().find_map(|(field, schema)| {
        let name = schema.get("const").and_then(Value::as_str)?;
        Some((field.as_str(), name))
    })
}

fn resolved(schema: &'static Value) -> &'static Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
    name.and_then(|name| schemas().get(name)).unwrap_or(schema)
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn prefix(at: &str) -> String {
    if at.is_empty() { "the body ".to_owned() } else { format!("{at}: ") }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => {
            let text = other.to_string();
            let short: String = text.chars().take(SHOWN_CHARS_MAX).collect();
            if short.len() < text.len() { format!("{short}…") } else { short }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(name: &str, body: &Value, expected: &[&str]) {
        let found = mistakes(name, body);
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found} does not begin with {expected}");
        }
    }

    #[test]
    fn all_mistakes_are_told_in_words() {
        let search = json!({
            "severity": "warn", "severity_min": "loud", "limit": "5", "services": "a", "text": 3,
            "attributes": [{"key": "a", "op": "=", "val": 1}, {"op": "eq"}, 7], "histogram_bars": -1,
        });
        check(
            "api::log::LogSearch",
            &search,
            &[
                "attributes[0].op: must be one of eq, ne, gt, ge, lt, le, contains, exists, missing, not \"=\"",
                "there is no field `attributes[0].val` here, only key, op, value",
                "attributes[1].key: is missing",
                "attributes[2]: must be an object, not 7",
                "histogram_bars: must be a whole number from 0 to 4294967295, not -1",
                "limit: must be a whole number from 0 to 4294967295, not \"5\"",
                "services: must be a list, not \"a\"",
                "there is no field `severity` here, only ",
                "severity_min: must be one of trace, debug, info, warn, error, fatal, not \"loud\"",
                "text: must be text, not 3",
            ],
        );
    }

    #[test]
    fn a_tag_says_what_else_there_may_be() {
        let rule = |source: Value| {
            json!({
                "name": "n", "source": source, "period_seconds": 60, "evaluation_periods": 1, "threshold": 1,
                "comparison_operator": "GreaterThanThreshold",
            })
        };
        check("AlarmRule", &rule(json!({"type": "metric", "metric": "m", "statistic": "Sum"})), &[]);
        let misspelt = rule(json!({"type": "service", "measure": "fault_rate", "servce": "x"}));
        check("AlarmRule", &misspelt, &["there is no field `source.servce` here, only "]);
        check(
            "AlarmRule",
            &rule(json!({"type": "trace"})),
            &["source.type: must be one of metric, logs, service, not"],
        );
        check("AlarmRule", &rule(json!({})), &["source.type: is missing: one of metric, logs, service"]);
        check(
            "AlarmRule",
            &json!({"threshold": "high"}),
            &[
                "name: is missing",
                "source: is missing",
                "period_seconds: is missing",
                "evaluation_periods: is missing",
                "comparison_operator: is missing",
                "threshold: must be a number, not \"high\"",
            ],
        );
    }

    #[test]
    fn what_is_right_passes() {
        check("ServiceRequest", &json!({"from": "now-1h", "measure": "rate", "service": null}), &[]);
        check("TraceSearch", &json!({"duration_min_ns": 5, "attributes": [{"key": "a", "op": "exists"}]}), &[]);
        check("SqlRequest", &json!({"query": "SELECT 1", "limit": 5}), &[]);
        check("serde_json::Value", &json!({"anything": 1}), &[]);
        check("SqlRequest", &json!([]), &["the body must be an object, not a list"]);
    }
}
