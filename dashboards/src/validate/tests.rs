use serde_json::{Value, json};

use super::*;
use crate::read::read;

fn board() -> Value {
    json!({
        "schema_version": 1,
        "title": "Checkout",
        "range": {"from": "now-3h", "to": "now"},
        "variables": [{"name": "service", "attribute": "service.name"}],
        "widgets": [
            {"id": "faults", "title": "Faults of $service", "x": 0, "y": 0, "width": 12, "height": 6, "type": "timeseries",
             "lines": [{"query": {"type": "service", "service": "$service", "measure": "fault_rate"}}],
             "thresholds": [{"value": 5.0, "tone": "fault"}]},
            {"id": "errors", "x": 12, "y": 0, "width": 12, "height": 6, "type": "logs", "search": {"severity_min": "error"}},
        ],
    })
}

/// The mistakes of the valid board after a change, as text.
fn mistakes_of(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = board();
    change(&mut document);
    read(&document).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn a_valid_board_has_no_mistakes_and_round_trips() {
    assert_eq!(mistakes_of(|_| ()), Vec::<String>::new());
    let dashboard = read(&board()).unwrap();
    let written = serde_json::to_value(&dashboard).unwrap();
    assert_eq!(read(&written).unwrap(), dashboard);
}

#[test]
fn each_mistake_has_its_path() {
    type Break = fn(&mut Value);
    let cases: Vec<(&str, Break)> = vec![
        ("schema_version", |board| board["schema_version"] = json!(2)),
        ("title", |board| board["title"] = json!("")),
        ("title", |board| board["title"] = json!("$nobody")),
        ("range", |board| board["range"]["from"] = json!("yesterday")),
        ("refresh_seconds", |board| board["refresh_seconds"] = json!(1)),
        ("variables[0].name", |board| board["variables"][0]["name"] = json!("Service")),
        ("variables[0].attribute", |board| board["variables"][0]["attribute"] = json!("")),
        ("widgets[1].id", |board| board["widgets"][1]["id"] = json!("faults")),
        ("widgets[0].id", |board| board["widgets"][0]["id"] = json!("")),
        ("widgets[0].x", |board| board["widgets"][0]["x"] = json!(13)),
        ("widgets[0].width", |board| board["widgets"][0]["width"] = json!(25)),
        ("widgets[0].height", |board| board["widgets"][0]["height"] = json!(0)),
        ("widgets[1]", |board| board["widgets"][1]["x"] = json!(11)),
        ("widgets[0].lines", |board| board["widgets"][0]["lines"] = json!([])),
        ("widgets[0].lines[0].limit", |board| board["widgets"][0]["lines"][0]["limit"] = json!(501)),
        ("widgets[0].lines[0].query.service", |board| {
            board["widgets"][0]["lines"][0]["query"]["service"] = json!("$nobody")
        }),
        ("widgets[0].title", |board| board["widgets"][0]["title"] = json!("${nobody}")),
        ("widgets[1].search.limit", |board| board["widgets"][1]["search"]["limit"] = json!(0)),
    ];
    for (path, change) in cases {
        let mistakes = mistakes_of(change);
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(&format!("{path}: "))), "{path}: {mistakes:?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mistakes = mistakes_of(|board| {
        board["title"] = json!("");
        board["widgets"][0]["width"] = json!(0);
        board["widgets"][1]["search"]["cursor"] = json!("x");
    });
    assert_eq!(mistakes.len(), 3, "{mistakes:?}");
}

#[test]
fn what_cannot_be_read_does_not_hide_the_rest() {
    let mistakes = mistakes_of(|board| {
        board["variables"][0] = json!({"name": "service"});
        board["widgets"][0]["type"] = json!("pie");
        board["widgets"][1]["search"]["severity_min"] = json!("loud");
    });
    assert_eq!(mistakes.len(), 3, "{mistakes:?}");
    assert!(mistakes[0].starts_with("variables[0]: ") && mistakes[0].contains("attribute"), "{mistakes:?}");
    assert!(mistakes[1].starts_with("widgets[0]: ") && mistakes[1].contains("timeseries"), "{mistakes:?}");
    assert!(mistakes[2].starts_with("widgets[1]: ") && mistakes[2].contains("fatal"), "{mistakes:?}");
}

#[test]
fn what_can_be_read_is_checked_beside_what_cannot() {
    let mistakes = mistakes_of(|board| {
        board["variables"][0] = json!({"name": "service"});
        board["widgets"][0]["x"] = json!(-1);
        board["widgets"][1]["width"] = json!(0);
        board["widgets"][1]["search"]["from"] = json!("now-5m");
    });
    assert_eq!(mistakes.len(), 4, "{mistakes:?}");
    assert!(mistakes[1].starts_with("widgets[0]: ") && mistakes[1].contains("a whole number from 0"), "{mistakes:?}");
    assert!(mistakes[2].starts_with("widgets[1].width: "), "{mistakes:?}");
    assert!(mistakes[3].starts_with("widgets[1].search: a board has its own range"), "{mistakes:?}");
}

#[test]
fn misspelt_fields_are_mistakes_and_written_defaults_are_not() {
    let mistakes = mistakes_of(|board| {
        board["colour"] = json!("red");
        board["widgets"][0]["stakced"] = json!(true);
        board["widgets"][0]["lines"][0]["query"]["servcie"] = json!("checkout");
    });
    for path in ["colour: ", "widgets[0].stakced: ", "widgets[0].lines[0].query.servcie: "] {
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(path)), "{path}: {mistakes:?}");
    }
    let defaults = mistakes_of(|board| {
        board["description"] = json!("");
        board["widgets"][0]["stacked"] = json!(false);
        board["widgets"][0]["unit"] = Value::Null;
        board["widgets"][1]["search"]["services"] = json!([]);
    });
    assert_eq!(defaults, Vec::<String>::new());
}

#[test]
fn what_is_no_board_is_said_to_be_none() {
    for document in [json!(null), json!([]), json!("x")] {
        assert_eq!(read(&document).unwrap_err()[0].to_string(), "a dashboard is a JSON object");
    }
    assert!(read(&json!({})).unwrap_err()[0].message.contains("schema_version"));
}

#[test]
fn the_documented_board_is_valid() {
    let text = include_str!("../../../docs/dashboards.md");
    let document = text.split("```json").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let dashboard = read(&serde_json::from_str(document).unwrap()).unwrap();
    let kinds: HashSet<&str> = dashboard.widgets.iter().map(|widget| widget.kind.name()).collect();
    assert_eq!(kinds.len(), 8, "it shows every kind of widget: {kinds:?}");
}
