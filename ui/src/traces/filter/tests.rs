use std::collections::HashMap;

use api::FilterOperator;
use serde_json::json;

use super::*;

fn read(pairs: &[(&str, &str)]) -> (Filter, Vec<String>) {
    let pairs: HashMap<&str, &str> = pairs.iter().copied().collect();
    Filter::read(|key| pairs.get(key).map(|v| (*v).to_owned()))
}

#[test]
fn what_is_written_is_read_again() {
    let condition = |key: &str, operator, value| AttributeFilter { key: key.to_owned(), operator, value };
    let filter = Filter {
        service: Some("cart".to_owned()),
        operation: Some("POST /cart".to_owned()),
        classes: vec![Class::Fault, Class::Throttle],
        duration_min: Some(250_000_000),
        duration_max: Some(1_500_000_000),
        conditions: vec![
            condition("user.id", FilterOperator::Eq, json!("Ann Lee")),
            condition("http.response.status_code", FilterOperator::Ge, json!(500)),
        ],
        text: "time out".to_owned(),
        callee: Some("remote:pay.example".to_owned()),
        expression: "service(\"cart\") { fault }".to_owned(),
    };
    let pairs: HashMap<&str, String> = filter.pairs().into_iter().filter_map(|(k, v)| Some((k, v?))).collect();
    assert_eq!(Filter::read(|key| pairs.get(key).cloned()), (filter.clone(), Vec::new()));
    assert!(!filter.is_empty());
    assert!(Filter::default().pairs().iter().all(|(_, value)| value.is_none()));
}

#[test]
fn mistakes_are_told_and_the_rest_holds() {
    let (filter, mistakes) =
        read(&[("duration_min", "soon"), ("class", "fault,bad"), ("where", "\"open"), ("service", "cart")]);
    assert_eq!(mistakes.len(), 3, "{mistakes:?}");
    assert_eq!((filter.service.as_deref(), filter.classes), (Some("cart"), vec![Class::Fault]));
}

#[test]
fn the_search_carries_everything() {
    let (filter, _) = read(&[("duration_max", "2s"), ("where", "a:1"), ("callee", "stock"), ("class", "ok")]);
    let search = filter.search(TimeRange::default(), Some("production".to_owned()));
    assert_eq!(search.duration_max_ns, Some(2_000_000_000));
    assert_eq!(search.attributes.len(), 2);
    assert_eq!(search.attributes[1].value, json!("production"));
    assert_eq!((search.callee.as_deref(), search.cursor), (Some("stock"), None));
    assert_eq!((search.limit, search.classes.len()), (Some(PAGE), 1));
}
