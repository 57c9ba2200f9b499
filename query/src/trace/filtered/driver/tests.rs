use filter::filter::{Filter, Groups};

use super::*;

fn driver(expression: &str) -> Option<Driver> {
    let filter = Filter::new(filter::parse(expression).unwrap(), &Groups::new()).unwrap();
    Driver::of(&filter.necessary(), &PromotedSet::fixed()).unwrap()
}

fn condition(expression: &str) -> String {
    driver(expression).map(|driver| driver.condition.to_string()).unwrap_or_default()
}

#[test]
fn what_nothing_can_be_asked_of_asks_nothing() {
    for expression in ["partial", "duration > 5", "fault OR partial", "!service(\"a\")"] {
        assert_eq!(condition(expression), "", "{expression}");
    }
}

#[test]
fn a_service_and_an_annotation_ask_the_index() {
    let found = driver("service(\"cart\")").unwrap();
    let asked = format!("{:?}", found.index);
    assert!(asked.contains("Service(\"cart\")"), "{asked}");
    let found = driver("annotation.plan = \"gold\"").unwrap();
    assert_eq!(
        found.index,
        Some(IndexQuery::Any(vec![IndexQuery::Any(vec![IndexQuery::Attribute {
            key: "plan".to_owned(),
            value: "gold".to_owned()
        }])]))
    );
}

#[test]
fn of_several_the_one_that_an_index_answers_is_asked() {
    let found = condition("duration > 1 AND annotation[app.plan] = \"gold\" AND fault");
    assert!(found.contains("app.plan"), "{found}");
}

#[test]
fn one_of_several_asks_all_of_them() {
    let found = driver("annotation.a = 1 OR annotation.b = 2").unwrap();
    let text = found.condition.to_string();
    assert!(text.contains("\"a\"") && text.contains("\"b\""), "{text}");
    assert!(matches!(found.index, Some(IndexQuery::Any(parts)) if parts.len() == 2));
}

#[test]
fn numbers_are_written_as_attributes_are() {
    assert_eq!(json_number(5.0).to_string(), "5");
    assert_eq!(json_number(-0.5).to_string(), "-0.5");
    assert_eq!(asked(Some(&Value::Number(Comparison::NotEqual, 1.0))).0, FilterOperator::Exists);
}
