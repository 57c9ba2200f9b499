use serde_json::json;

use super::*;
use crate::trace::model::tests::{answer, span};

fn model() -> Model {
    let mut spans = vec![span("a", "", 0, 100), span("b", "a", 0, 1), span("c", "a", 0, 1)];
    spans[1].attributes.insert("http.response.status_code".to_owned(), json!(503));
    spans[1].resource_attributes.insert("host.name".to_owned(), json!("Zürich-1"));
    spans[2].name = "PUT /Cart".to_owned();
    Model::new(answer(spans))
}

#[test]
fn names_attributes_and_ids_are_searched_in_any_case() {
    let model = model();
    assert_eq!(find(&model, "/cart"), [2]);
    assert_eq!(find(&model, "status_code=503"), [1]);
    assert_eq!(find(&model, "ZÜRICH"), [1]);
    assert_eq!(find(&model, "SHOP"), [0, 1, 2]);
    assert!(find(&model, "  ").is_empty());
    assert!(find(&model, "a very long text that is longer than any name").is_empty());
}

#[test]
fn next_and_previous_go_round() {
    let found = [2, 5, 9];
    assert_eq!(next(&found, None, true), Some(2));
    assert_eq!(next(&found, None, false), Some(9));
    assert_eq!(next(&found, Some(5), true), Some(9));
    assert_eq!(next(&found, Some(9), true), Some(2));
    assert_eq!(next(&found, Some(2), false), Some(9));
    assert_eq!(next(&[], Some(2), false), None);
}
