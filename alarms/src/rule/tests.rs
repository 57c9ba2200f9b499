use api::log::LogSearch;
use api::metric::{MetricQuery, Statistic};
use api::service::{ServiceMeasure, ServiceQuery};
use api::{ApiError, ErrorKind};

use super::*;
use crate::testing::rule;

fn mistakes_of(change: impl FnOnce(&mut AlarmRule)) -> Vec<String> {
    let mut rule = rule("checkout faults");
    change(&mut rule);
    mistakes(&rule, &Config::default(), &HashSet::from(["hook".to_owned()]))
}

#[test]
fn valid_rules_have_no_mistakes() {
    assert_eq!(mistakes_of(|_| ()), Vec::<String>::new());
    assert_eq!(mistakes_of(|rule| rule.alarm_actions = vec!["hook".to_owned()]), Vec::<String>::new());
    for (period, n) in [(10, 8_000), (20, 1), (30, 2_880), (60, 1_440), (3_600, 168), (604_800, 1)] {
        let mistakes = mistakes_of(|rule| {
            (rule.period_seconds, rule.evaluation_periods, rule.datapoints_to_alarm) = (period, n, None);
        });
        assert_eq!(mistakes, Vec::<String>::new(), "{n} periods of {period} s");
    }
}

fn logs(change: fn(&mut LogSearch)) -> AlarmSource {
    let mut search = LogSearch::default();
    change(&mut search);
    AlarmSource::Logs(search)
}

#[test]
fn each_mistake_names_its_field() {
    let metric = |group_by: Vec<String>| {
        AlarmSource::Metric(MetricQuery {
            metric: "faas.errors".to_owned(),
            statistic: Statistic::Sum,
            service: None,
            attributes: Vec::new(),
            group_by,
        })
    };
    let all_services = AlarmSource::Service(ServiceQuery {
        service: None,
        operation: None,
        environment: None,
        measure: ServiceMeasure::FaultRate,
    });
    type Break = Box<dyn FnOnce(&mut AlarmRule)>;
    let cases: Vec<(&str, Break)> = vec![
        ("name", Box::new(|rule| rule.name.clear())),
        ("name", Box::new(|rule| rule.name = "x".repeat(256))),
        ("name", Box::new(|rule| rule.name = " x".to_owned())),
        ("description", Box::new(|rule| rule.description = "x".repeat(1_025))),
        ("period_seconds", Box::new(|rule| rule.period_seconds = 0)),
        ("period_seconds", Box::new(|rule| rule.period_seconds = 45)),
        ("evaluation_periods", Box::new(|rule| rule.evaluation_periods = 0)),
        ("evaluation_periods", Box::new(|rule| rule.evaluation_periods = 1_441)),
        ("evaluation_periods", Box::new(|rule| (rule.period_seconds, rule.evaluation_periods) = (3_600, 169))),
        ("datapoints_to_alarm", Box::new(|rule| rule.datapoints_to_alarm = Some(0))),
        ("datapoints_to_alarm", Box::new(|rule| rule.datapoints_to_alarm = Some(4))),
        ("threshold", Box::new(|rule| rule.threshold = f64::NAN)),
        ("source.group_by", Box::new(move |rule| rule.source = metric(vec!["faas.name".to_owned()]))),
        ("source.service", Box::new(move |rule| rule.source = all_services)),
        ("source.limit", Box::new(|rule| rule.source = logs(|search| search.limit = Some(5)))),
        ("source.cursor", Box::new(|rule| rule.source = logs(|search| search.cursor = Some("1".to_owned())))),
        (
            "source.from and source.to",
            Box::new(|rule| rule.source = logs(|search| search.range.to = "now-5m".to_owned())),
        ),
        ("source.histogram_bars", Box::new(|rule| rule.source = logs(|search| search.histogram_bars = Some(5)))),
        ("source.oldest_first", Box::new(|rule| rule.source = logs(|search| search.oldest_first = true))),
        ("ok_actions", Box::new(|rule| rule.ok_actions = vec!["nobody".to_owned()])),
        ("alarm_actions", Box::new(|rule| rule.alarm_actions = vec!["hook".to_owned(); 2])),
    ];
    for (field, change) in cases {
        let mistakes = mistakes_of(change);
        let shown = mistakes.join("; ");
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(&format!("{field}:"))), "{field}: {shown}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mistakes = mistakes_of(|rule| {
        rule.name.clear();
        rule.period_seconds = 7;
        rule.threshold = f64::INFINITY;
    });
    let error = ApiError::refuse("the alarm rule", &mistakes).unwrap_err();
    assert_eq!(error.error.kind, ErrorKind::Invalid);
    for part in ["3 mistakes", "name:", "period_seconds:", "threshold:"] {
        assert!(error.error.message.contains(part), "{part} in {error}");
    }
}

#[test]
fn webhook_addresses() {
    let spec = |url: &str| WebhookSpec { name: "hook".to_owned(), url: url.to_owned(), secret: None };
    for url in ["https://example.com/hook?a=b", "http://127.0.0.1:9000", "http://[::1]:9000/x"] {
        assert_eq!(webhook_mistakes(&spec(url)), Vec::<String>::new(), "{url}");
    }
    for url in [
        "",
        "example.com",
        "ftp://example.com",
        "https://",
        "https:///x",
        "http://a b/",
        "https://user:pw@example.com/",
    ] {
        assert_eq!(webhook_mistakes(&spec(url)).len(), 1, "{url}");
    }
}

/// What stands between `-d '` and `'` in the documentation.
fn documented_bodies() -> Vec<serde_json::Value> {
    let text = include_str!("../../../docs/alarms.md");
    text.split("-d '").skip(1).map(|rest| serde_json::from_str(rest.split('\'').next().unwrap()).unwrap()).collect()
}

#[test]
fn the_documented_requests_are_valid() {
    let (webhooks, rules): (Vec<_>, Vec<_>) =
        documented_bodies().into_iter().partition(|body| body.get("url").is_some());
    assert_eq!((webhooks.len(), rules.len()), (1, 3));
    for body in webhooks {
        assert_eq!(webhook_mistakes(&serde_json::from_value(body).unwrap()), Vec::<String>::new());
    }
    for body in rules {
        let rule: AlarmRule = serde_json::from_value(body).unwrap();
        let webhooks = rule.alarm_actions.iter().cloned().collect();
        assert_eq!(mistakes(&rule, &Config::default(), &webhooks), Vec::<String>::new());
    }
}

#[test]
fn the_documented_notification_is_one() {
    let text = include_str!("../../../docs/alarms.md");
    let body = text.split("```json").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let notification: api::alarm::Notification = serde_json::from_str(body).unwrap();
    let given: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(serde_json::to_value(notification).unwrap(), given);
}
