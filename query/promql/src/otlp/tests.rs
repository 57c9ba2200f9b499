use super::*;
use crate::{MatchOp, Matcher};

fn check(name: &str, unit: &str, kind: MetricKind, expected: &str) {
    assert_eq!(metric_name(name, unit, kind), expected, "{name} in {unit:?}, a {kind:?}");
}

#[test]
fn metrics_get_units_and_suffixes() {
    use MetricKind::*;
    check("http.server.request.duration", "s", Histogram, "http_server_request_duration_seconds");
    check("http.requests", "{request}", Counter, "http_requests_total");
    check("process.memory.usage", "By", UpDownCounter, "process_memory_usage_bytes");
    check("system.cpu.utilization", "1", Gauge, "system_cpu_utilization_ratio");
    check("system.cpu.utilization", "1", Histogram, "system_cpu_utilization");
    check("network.io", "By/s", Gauge, "network_io_bytes_per_second");
    check("speed", "m/{thing}", Gauge, "speed_meters");
    check("latency", "foo/bar", Gauge, "latency_foo_per_bar");
    check("disk usage %", "%", Gauge, "disk_usage_percent");
    check("already_seconds", "s", Gauge, "already_seconds");
    check("total.requests", "", Counter, "requests_total");
    check("a..b__c", "", Gauge, "a_b_c");
    check("2xx.responses", "", Counter, "_2xx_responses_total");
    check("job:rate", "", Gauge, "job:rate");
    check("durée", "ms", Gauge, "dur_e_milliseconds");
}

#[test]
fn attributes_become_labels() {
    for (key, expected) in [
        ("http.route", "http_route"),
        ("http__x", "http__x"),
        ("2xx", "key_2xx"),
        ("_private", "key_private"),
        ("__meta", "__meta"),
        ("größe", "gr__e"),
    ] {
        assert_eq!(label_name(key), expected, "{key}");
        assert!(is_label_of(expected, key) && is_label_of(key, key));
    }
}

#[test]
fn attributes_of_one_name_are_joined() {
    let labels = labels_of([("a_b", "2"), ("a.b", "1"), ("c", "3")]);
    assert_eq!(labels.to_string(), r#"{a_b="1;2", c="3"}"#);
}

#[test]
fn a_resource_has_job_and_instance() {
    let labels =
        resource_labels([("service.namespace", "shop"), ("service.name", "api"), ("service.instance.id", "i-1")]);
    assert_eq!(labels.to_string(), r#"{instance="i-1", job="shop/api"}"#);
    assert_eq!(resource_labels([("service.name", "api")]).to_string(), r#"{job="api"}"#);
    assert!(resource_labels([("service.namespace", "shop")]).is_empty());
}

fn names(matcher: Matcher) -> Vec<String> {
    let stored = [
        ("http.server.request.duration", "s", MetricKind::Histogram),
        ("http.requests", "{request}", MetricKind::Counter),
        ("latency", "ms", MetricKind::ExponentialHistogram),
    ];
    meanings(&[matcher], stored)
        .into_iter()
        .map(|found| format!("{} {:?} {}", found.metric, found.part, found.name))
        .collect()
}

#[test]
fn names_lead_back_to_metrics() {
    let equal = |name: &str| names(Matcher::equal("__name__", name));
    assert_eq!(
        equal("http_server_request_duration_seconds_bucket"),
        ["0 Bucket http_server_request_duration_seconds_bucket"]
    );
    assert_eq!(equal("http.server.request.duration_count"), ["0 Count http.server.request.duration_count"]);
    assert_eq!(equal("http_requests_total"), ["1 Value http_requests_total"]);
    assert_eq!(equal("http.requests"), ["1 Value http.requests"]);
    assert_eq!(equal("latency_milliseconds"), ["2 Value latency_milliseconds"]);
    assert!(equal("http_requests").is_empty());
    let regex = Matcher::new("__name__", MatchOp::Matches, "http.*(total|sum)").unwrap();
    assert_eq!(names(regex), ["0 Sum http_server_request_duration_seconds_sum", "1 Value http_requests_total"]);
}
