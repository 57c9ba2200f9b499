//! Fields of a body that its schema does not know. They would be ignored by serde, and a question with a misspelt
//! condition would be answered as if it had none.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::SCHEMAS;

fn schemas() -> &'static Value {
    static PARSED: OnceLock<Value> = OnceLock::new();
    PARSED.get_or_init(|| serde_json::from_str(SCHEMAS).expect("the build script wrote JSON"))
}

/// What is wrong with a body of this type: the first field that it does not have, and those it has. `None` for a type
/// without a schema.
pub(crate) fn unknown_field(type_name: &str, body: &Value) -> Option<String> {
    let name = type_name.rsplit("::").next().unwrap_or(type_name);
    look(schemas().get(name)?, body, "")
}

fn look(schema: &Value, value: &Value, at: &str) -> Option<String> {
    match value {
        Value::Array(items) => {
            let of = resolved(schema).get("items")?;
            items.iter().enumerate().find_map(|(index, item)| look(of, item, &format!("{at}[{index}]")))
        }
        Value::Object(fields) => {
            let mut known = Map::new();
            let closed = gather(schema, &mut known);
            fields.iter().find_map(|(key, value)| {
                let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                match known.get(key) {
                    Some(schema) => look(schema, value, &path),
                    None if closed && !known.is_empty() => {
                        let names: Vec<&str> = known.keys().map(String::as_str).collect();
                        Some(format!("there is no field `{path}` here, only {}", names.join(", ")))
                    }
                    None => None,
                }
            })
        }
        _ => None,
    }
}

fn resolved(schema: &Value) -> &Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
    name.and_then(|name| schemas().get(name)).unwrap_or(schema)
}

/// Gathers the fields of a schema, of what it is made of and of its variants; false if it takes any other field too.
fn gather(schema: &Value, known: &mut Map<String, Value>) -> bool {
    let schema = resolved(schema);
    let mut closed = schema.get("additionalProperties").is_none();
    for part in ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten() {
        closed &= gather(part, known);
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        known.extend(properties.iter().map(|(name, schema)| (name.clone(), schema.clone())));
    }
    closed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_misspelt_field_is_named_with_those_that_exist() {
        let said = unknown_field("api::log::LogSearch", &json!({"from": "now-1h", "severity": "warn"})).unwrap();
        assert!(said.starts_with("there is no field `severity` here, only "), "{said}");
        assert!(said.contains("severity_min") && said.contains("from"), "{said}");
    }

    #[test]
    fn fields_are_looked_at_all_the_way_down() {
        let attributes = json!({"attributes": [{"key": "a", "op": "=", "val": 1}]});
        let said = unknown_field("TraceSearch", &attributes).unwrap();
        assert!(said.contains("`attributes[0].val`"), "{said}");
        let source = json!({"source": {"type": "service", "measure": "fault_rate", "servce": "x"}});
        assert!(unknown_field("AlarmRule", &source).unwrap().contains("`source.servce`"));
    }

    #[test]
    fn what_is_known_passes() {
        let source = json!({"type": "metric", "metric": "m", "statistic": "Sum", "attributes": []});
        let rule = json!({"name": "n", "source": source, "threshold": 1.0});
        assert_eq!(unknown_field("AlarmRule", &rule), None);
        assert_eq!(unknown_field("ServiceRequest", &json!({"from": "now-1h", "measure": "rate"})), None);
        assert_eq!(unknown_field("serde_json::Value", &json!({"anything": 1})), None);
    }
}
