use std::collections::BTreeSet;

use http::Method;

use super::*;
use crate::testing::Server;

#[tokio::test]
async fn what_is_described_is_what_is_routed() {
    let described: BTreeSet<(String, String)> =
        ROUTES.iter().map(|route| (route.path.to_owned(), route.method.to_owned())).collect();
    assert_eq!(described.len(), ROUTES.len(), "no route twice");
    let asked: BTreeSet<&str> = ROUTES.iter().map(|route| route.path).collect();
    let server = Server::open().await;
    for path in asked {
        let address = path.replace(['{', '}'], "");
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let (status, answer) = server.call(method.clone(), &address, &[], None).await;
            let is_routed = status != 405
                && !answer["error"]["message"].as_str().is_some_and(|said| said.starts_with("there is nothing at"));
            assert_eq!(
                is_routed,
                described.contains(&(path.to_owned(), method.to_string())),
                "{method} {path}: {status} {answer}"
            );
        }
    }
}

#[test]
fn every_path_of_the_contract_is_described() {
    let source = include_str!("../../../api/src/paths.rs");
    let constants = source.lines().filter_map(|line| line.split('"').nth(1).filter(|_| line.starts_with("pub const")));
    for path in constants {
        assert!(ROUTES.iter().any(|route| route.path == path), "{path} is not described");
    }
}

#[test]
fn every_reference_leads_to_a_schema() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100, "{}", found.len());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

/// Whether a value is one of the schema: types, required and unknown fields, enumerations.
fn check(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("tested above");
        return check(document, target, value, at);
    }
    if let Some(any) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let failures: Vec<String> = any.iter().filter_map(|schema| check(document, schema, value, at).err()).collect();
        return if failures.len() < any.len() { Ok(()) } else { Err(failures.join(" and ")) };
    }
    if schema["allOf"].is_array() || schema["properties"].is_object() {
        let (mut known, mut required) = (serde_json::Map::new(), Vec::new());
        gather(document, schema, &mut known, &mut required);
        let fields = value.as_object().ok_or_else(|| format!("{at}: {value} is no object"))?;
        for name in required {
            if !fields.contains_key(&name) {
                return Err(format!("{at}.{name} is missing"));
            }
        }
        return fields.iter().try_for_each(|(name, value)| {
            let schema = known.get(name).ok_or_else(|| format!("{at}.{name} is not described"))?;
            check(document, schema, value, &format!("{at}.{name}"))
        });
    }
    if let Some(names) = schema["enum"].as_array() {
        return if names.contains(value) { Ok(()) } else { Err(format!("{at}: {value} is none of {names:?}")) };
    }
    if schema["const"].is_string() {
        return if schema["const"] == *value {
            Ok(())
        } else {
            Err(format!("{at}: {value} is not {}", schema["const"]))
        };
    }
    let fits = match schema["type"].as_str() {
        None => true,
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("null") => value.is_null(),
        Some("object") => value.is_object(),
        Some("array") => {
            let items = value.as_array().ok_or_else(|| format!("{at}: {value} is no array"))?;
            return items.iter().try_for_each(|item| check(document, &schema["items"], item, &format!("{at}[]")));
        }
        Some(other) => return Err(format!("{at}: type {other}")),
    };
    if fits { Ok(()) } else { Err(format!("{at}: {value} is not {}", schema["type"])) }
}

/// Fields of a schema and of those it is made of.
fn gather(document: &Value, schema: &Value, known: &mut serde_json::Map<String, Value>, required: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        gather(document, document.pointer(reference.trim_start_matches('#')).expect("tested above"), known, required);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        gather(document, part, known, required);
    }
    known.extend(
        schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.clone(), schema.clone())),
    );
    required.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
}

fn assert_described<T: serde::Serialize>(name: &str, example: &T) {
    let document = document();
    let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
    let value = serde_json::to_value(example).unwrap();
    check(&document, &schema, &value, name).unwrap_or_else(|error| panic!("{error}\n{value:#}"));
}

#[test]
fn what_serde_writes_is_what_is_described() {
    use api::alarm::*;
    use api::*;
    let service = service::ServiceQuery {
        service: Some("checkout".into()),
        operation: None,
        environment: None,
        measure: service::ServiceMeasure::LatencyP99,
    };
    let rule = AlarmRule {
        name: "n".into(),
        description: "d".into(),
        actions_enabled: true,
        source: AlarmSource::Service(service),
        period_seconds: 60,
        evaluation_periods: 3,
        datapoints_to_alarm: Some(2),
        comparison_operator: ComparisonOperator::GreaterThanThreshold,
        threshold: 1.0,
        treat_missing_data: TreatMissingData::NotBreaching,
        alarm_actions: vec!["w".into()],
        ok_actions: vec![],
        insufficient_data_actions: vec![],
    };
    let status = AlarmStatus {
        state: AlarmState::InsufficientData,
        reason: "r".into(),
        transitioned_at_unix_nano: Nanos(1),
        evaluated_at_unix_nano: Some(Nanos(2)),
        datapoints: vec![Datapoint { time_unix_nano: Nanos(1), value: None, breaching: false }],
        evaluation_error: None,
    };
    let alarm = Alarm {
        id: "a".into(),
        version: 1,
        rule,
        status,
        created_at_unix_nano: Nanos(1),
        updated_at_unix_nano: Nanos(1),
    };
    assert_described("Alarm", &alarm);
    assert_described("AlarmList", &AlarmList { alarms: vec![alarm] });
    assert_described(
        "LogSearch",
        &log::LogSearch { severity_min: Some(log::Severity::Warn), limit: Some(3), ..Default::default() },
    );
    assert_described(
        "TraceSearch",
        &trace::TraceSearch {
            classes: vec![trace::Class::Fault],
            attributes: vec![AttributeFilter { key: "k".into(), operator: FilterOperator::Ge, value: json!(3) }],
            ..Default::default()
        },
    );
    let truncated = Some(Truncation { reason: TruncationReason::MissingData, limit: None, message: "m".into() });
    assert_described(
        "SeriesAnswer",
        &metric::SeriesAnswer {
            start_unix_nano: Nanos(1),
            period_seconds: 60,
            unit: "ms".into(),
            series: vec![metric::Series {
                labels: [("a".to_owned(), "b".to_owned())].into(),
                values: vec![None, Some(1.5)],
            }],
            exemplars: vec![metric::Exemplar {
                time_unix_nano: Nanos(1),
                value: 1.0,
                trace_id: "t".into(),
                span_id: "s".into(),
            }],
            statistics: Statistics::default(),
            truncated,
        },
    );
    assert_described(
        "MetricRequest",
        &metric::MetricRequest {
            range: TimeRange::default(),
            period_seconds: None,
            limit: Some(1),
            query: metric::MetricQuery {
                metric: "m".into(),
                statistic: metric::Statistic::Percentile(99.0),
                service: None,
                attributes: vec![],
                group_by: vec![],
            },
        },
    );
    assert_described(
        "SqlAnswer",
        &sql::SqlAnswer {
            columns: vec![sql::SqlColumn { name: "n".into(), data_type: "Utf8".into() }],
            rows: vec![vec![json!("x"), json!(null)]],
            statistics: Statistics::default(),
            truncated: None,
        },
    );
    assert_described("ApiError", &ApiError::new(ErrorKind::NotFound, "m"));
    let info = dashboard::DashboardInfo {
        id: "d".into(),
        title: "t".into(),
        builtin: false,
        widgets: 0,
        updated_at_unix_nano: None,
    };
    assert_described("DashboardAnswer", &dashboard::DashboardAnswer { info, version: 1, document: json!({}) });
    let histogram = log::LogHistogram {
        step_ns: 1,
        bars: vec![log::LogBar { time_unix_nano: Nanos(0), counts: [0; 7] }],
        total: 0,
    };
    assert_described("LogHistogram", &histogram);
}

#[test]
fn the_checker_finds_drift() {
    let document = document();
    let schema = json!({ "$ref": "#/components/schemas/LoginRequest" });
    assert!(check(&document, &schema, &json!({"user": "a", "password": "b"}), "x").is_ok());
    for wrong in [
        json!({"user": "a"}),
        json!({"user": "a", "password": "b", "more": 1}),
        json!({"user": 3, "password": "b"}),
        json!([]),
    ] {
        assert!(check(&document, &schema, &wrong, "x").is_err(), "{wrong}");
    }
}
