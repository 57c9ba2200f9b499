//! Conditions on attributes: how they are made of what is written in a form, and how they are said. The operators with
//! their name in a form, their sign on the screen, and the operator of the API.

use api::{AttributeFilter, FilterOperator};
use serde_json::Value;

use crate::{search_box, text};

/// In the order in which they are offered.
pub(crate) const OPERATORS: [(&str, &str, FilterOperator); 9] = [
    ("eq", "=", FilterOperator::Eq),
    ("ne", "≠", FilterOperator::Ne),
    ("gt", ">", FilterOperator::Gt),
    ("ge", "≥", FilterOperator::Ge),
    ("lt", "<", FilterOperator::Lt),
    ("le", "≤", FilterOperator::Le),
    ("contains", "contains", FilterOperator::Contains),
    ("exists", "exists", FilterOperator::Exists),
    ("missing", "is missing", FilterOperator::Missing),
];

/// Whether the operator of this name compares with a value.
pub(crate) fn needs_value(operator: &str) -> bool {
    !matches!(operator, "exists" | "missing")
}

/// The condition of a form, or what is wrong with it. `200` is a number and `true` a boolean; quotes make a text of them.
pub(crate) fn build(key: &str, operator: &str, value: &str) -> Result<AttributeFilter, String> {
    use FilterOperator::{Contains, Exists, Ge, Gt, Le, Lt, Missing};
    let (key, value) = (key.trim(), value.trim());
    if key.is_empty() {
        return Err("Name the attribute.".to_owned());
    }
    let known = OPERATORS.iter().find(|(name, ..)| *name == operator);
    let (_, sign, operator) = *known.ok_or("Choose a comparison.")?;
    let value = match operator {
        Exists | Missing => Value::Null,
        _ if value.is_empty() => return Err("Give a value; \"\" is the empty text.".to_owned()),
        Contains => Value::String(value.to_owned()),
        _ => typed(value),
    };
    if matches!(operator, Gt | Ge | Lt | Le) && !value.is_number() {
        return Err(format!("{sign} compares numbers, and {value} is none."));
    }
    Ok(AttributeFilter { key: key.to_owned(), operator, value })
}

fn typed(text: &str) -> Value {
    if let Ok(quoted @ Value::String(_)) = serde_json::from_str(text) {
        return quoted;
    }
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => Value::String(quoted.to_owned()),
        None => search_box::typed(text),
    }
}

/// A condition in words: `http.route = /cart`.
pub(crate) fn words(filter: &AttributeFilter) -> String {
    let known = OPERATORS.iter().find(|(.., operator)| *operator == filter.operator);
    let (name, sign, _) = known.unwrap_or(&OPERATORS[0]);
    if needs_value(name) {
        format!("{} {sign} {}", filter.key, text::of_value(&filter.value))
    } else {
        format!("{} {sign}", filter.key)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_typed_by_its_comparison() {
        let value = |operator: &str, text: &str| build("k", operator, text).map(|filter| filter.value);
        assert_eq!(value("eq", "200"), Ok(json!(200)));
        assert_eq!(value("eq", " true "), Ok(json!(true)));
        assert_eq!(value("ne", "\"200\""), Ok(json!("200")));
        assert_eq!(value("eq", "\"\""), Ok(json!("")));
        assert_eq!(value("eq", r#""C:\x""#), Ok(json!(r"C:\x")));
        assert_eq!(value("eq", "{a"), Ok(json!("{a")));
        assert_eq!(value("gt", "5"), Ok(json!(5)));
        assert_eq!(value("contains", "42"), Ok(json!("42")));
        assert_eq!(value("exists", "ignored"), Ok(Value::Null));
        assert_eq!(value("missing", ""), Ok(Value::Null));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let mistake = |key: &str, operator: &str, value: &str| build(key, operator, value).unwrap_err();
        assert_eq!(mistake(" ", "eq", "1"), "Name the attribute.");
        assert_eq!(mistake("a", "like", "1"), "Choose a comparison.");
        assert!(mistake("a", "eq", " ").starts_with("Give a value"));
        assert_eq!(mistake("a", "gt", "big"), "> compares numbers, and \"big\" is none.");
        assert_eq!(mistake("a", "le", "\"5\""), "≤ compares numbers, and \"5\" is none.");
    }

    #[test]
    fn every_operator_is_built_and_said() {
        for (name, sign, operator) in OPERATORS {
            let filter = build("k", name, "1").unwrap();
            assert_eq!(filter.operator, operator);
            let value = if needs_value(name) { " 1" } else { "" };
            assert_eq!(words(&filter), format!("k {sign}{value}"));
        }
    }
}
