use serde_json::json;

use super::*;

fn board(widget: Value) -> Dashboard {
    let mut widget = widget;
    for (key, value) in
        [("id", json!("w")), ("x", json!(0)), ("y", json!(0)), ("width", json!(6)), ("height", json!(6))]
    {
        widget[key] = value;
    }
    serde_json::from_value(json!({
        "schema_version": 1,
        "title": "Board of $service",
        "variables": [
            {"name": "service", "attribute": "service.name"},
            {"name": "env", "attribute": "deployment.environment.name", "default": "production"},
        ],
        "widgets": [widget],
    }))
    .unwrap()
}

fn chosen(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn filled(widget: Value, pairs: &[(&str, &str)]) -> Value {
    let filled = substitute(&board(widget), &chosen(pairs));
    let mut widget = serde_json::to_value(&filled.widgets[0]).unwrap();
    for key in ["id", "x", "y", "width", "height"] {
        widget.as_object_mut().unwrap().remove(key);
    }
    widget
}

#[test]
fn texts_read_the_choice_or_all() {
    let cases = [
        ("$service", "checkout", "all"),
        ("${service}s", "checkouts", "alls"),
        ("$$service costs $5", "$service costs $5", "$service costs $5"),
        ("a $service b $service", "a checkout b checkout", "a all b all"),
        ("$nobody", "$nobody", "$nobody"),
        ("$", "$", "$"),
    ];
    for (written, one, all) in cases {
        assert_eq!(text(written, &chosen(&[("service", "checkout")])), one);
        assert_eq!(text(written, &chosen(&[("service", "")])), all);
    }
}

#[test]
fn a_condition_on_all_is_left_out() {
    let widget = json!({"type": "value", "title": "Faults of $service", "line": {"query": {
        "type": "service", "service": "$service", "environment": "$env", "operation": "GET /$service", "measure": "fault_rate",
    }}});
    let all = filled(widget.clone(), &[]);
    assert_eq!(all["title"], "Faults of all");
    let query = &all["line"]["query"];
    assert_eq!(
        (query.get("service"), &query["environment"], &query["operation"]),
        (None, &json!("production"), &json!("GET /"))
    );
    let one = filled(widget, &[("service", "checkout"), ("env", "")]);
    let query = &one["line"]["query"];
    assert_eq!(
        (&query["service"], query.get("environment"), &query["operation"]),
        (&json!("checkout"), None, &json!("GET /checkout"))
    );
}

#[test]
fn lists_and_filters_lose_only_what_is_all() {
    let widget = json!({"type": "logs", "search": {
        "text": "payment",
        "services": ["$service", "always"],
        "attributes": [{"key": "faas.name", "op": "eq", "value": "$service"}, {"key": "http.response.status_code", "op": "ge", "value": 500}],
    }});
    let all = filled(widget.clone(), &[]);
    assert_eq!(all["search"]["services"], json!(["always"]));
    assert_eq!(all["search"]["attributes"].as_array().unwrap().len(), 1);
    let one = filled(widget, &[("service", "checkout")]);
    assert_eq!(one["search"]["services"], json!(["checkout", "always"]));
    assert_eq!(one["search"]["attributes"][0]["value"], "checkout");
}

#[test]
fn metric_queries_are_filled() {
    let widget = json!({"type": "timeseries", "lines": [{"label": "$service", "query": {
        "type": "metric", "metric": "faas.errors", "statistic": "Sum", "service": "$service", "group_by": ["service.name"],
    }}]});
    let one = filled(widget.clone(), &[("service", "checkout")]);
    assert_eq!(
        (&one["lines"][0]["label"], &one["lines"][0]["query"]["service"]),
        (&json!("checkout"), &json!("checkout"))
    );
    assert_eq!(filled(widget, &[])["lines"][0]["query"].get("service"), None);
}

#[test]
fn choices_for_unknown_variables_are_ignored() {
    let board = board(json!({"type": "text", "markdown": "$service"}));
    let values = values(&board, &chosen(&[("service", "a"), ("nobody", "b")]));
    assert_eq!(values, chosen(&[("service", "a"), ("env", "production")]));
    assert_eq!(substitute(&board, &chosen(&[("service", "a")])).title, "Board of a");
}
