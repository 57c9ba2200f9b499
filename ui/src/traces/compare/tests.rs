use serde_json::json;

use super::*;

fn filter() -> Filter {
    Filter {
        service: Some("cart".to_owned()),
        classes: vec![Class::Fault],
        callee: Some("stock".to_owned()),
        expression: "fault".to_owned(),
        ..Filter::default()
    }
}

#[test]
fn the_rest_is_of_the_same_service_and_time() {
    let range = TimeRange { from: "1".to_owned(), to: "2".to_owned() };
    let asked = question(&filter(), &range, &Some("production".to_owned()));
    assert_eq!((asked.selection.classes, asked.selection.callee), (vec![Class::Fault], None));
    assert_eq!((asked.selection.filter, asked.baseline.classes), (String::new(), Vec::new()));
    assert_eq!((asked.baseline.service.as_deref(), &asked.baseline.range), (Some("cart"), &range));
    assert_eq!(asked.baseline.attributes, asked.selection.attributes, "the environment");
}

#[test]
fn a_value_becomes_a_condition() {
    let added = |key: &str, value: &str| {
        let mut filter = filter();
        add(&mut filter, key, value);
        filter
    };
    assert_eq!(added("class", "error").classes, [Class::Error]);
    assert_eq!(added("name", "GET /").operation.as_deref(), Some("GET /"));
    let condition = added("app.plan", "gold").conditions.remove(0);
    assert_eq!((condition.key.as_str(), condition.value), ("app.plan", json!("gold")));
}

#[test]
fn ranges_are_no_conditions() {
    assert!(is_range("1024 to 2048") && is_range("-4 to -2") && is_range("0.5 to 1"));
    assert!(!is_range("way to go") && !is_range("5") && !is_range(""));
}
