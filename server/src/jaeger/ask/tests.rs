use serde_json::json;

use super::*;

const NOW: i64 = 1_790_000_000_000_000_000;

fn search_of(query: &str) -> TraceSearch {
    match traces(&pairs(Some(query)), NOW) {
        Ok(Asked::Search(search)) => *search,
        other => panic!("{query}: {other:?}"),
    }
}

fn refusal_of(query: &str) -> String {
    traces(&pairs(Some(query)), NOW).unwrap_err()
}

#[test]
fn what_is_left_out_is_as_jaeger_has_it() {
    let search = search_of("service=cart");
    assert_eq!((search.service.as_deref(), search.operation, search.limit), (Some("cart"), None, Some(100)));
    assert_eq!(search.range, TimeRange { from: (NOW - LOOKBACK_NANOS).to_string(), to: NOW.to_string() });
    assert_eq!((search.duration_min_ns, search.duration_max_ns, search.attributes.len()), (None, None, 0));
    // A parameter without a value is none.
    assert_eq!(search_of("service=cart&operation=&limit=&minDuration=&maxDuration=").limit, Some(100));
}

#[test]
fn all_parameters() {
    let search = search_of(
        "service=shop%2Fcart&operation=GET+%2Fa&start=1789999990000000&end=1789999999000000&minDuration=1.5ms&maxDuration=2s\
         &limit=7&tag=http.route:/a:b&tags=%7B%22http.status_code%22%3A%22500%22%2C%22error%22%3A%22true%22%7D",
    );
    assert_eq!((search.service.as_deref(), search.operation.as_deref()), (Some("shop/cart"), Some("GET /a")));
    let range = TimeRange { from: "1789999990000000000".into(), to: "1789999999000000000".into() };
    assert_eq!((search.range, search.limit), (range, Some(7)));
    assert_eq!((search.duration_min_ns, search.duration_max_ns), (Some(1_500_000), Some(2_000_000_000)));
    let is = |key: &str, value: &str| AttributeFilter {
        key: key.to_owned(),
        operator: FilterOperator::Eq,
        value: json!(value),
    };
    let expected = [is("http.route", "/a:b"), is("otel.status_code", "error"), is("http.status_code", "500")];
    assert_eq!(search.attributes, expected);
}

#[test]
fn fields_of_opentelemetry_are_asked_by_their_tags() {
    let search = search_of("service=a&tag=span.kind:server&tag=error:false&tag=otel.status_code:OK");
    assert_eq!(search.kinds, ["server"]);
    let asked: Vec<_> = search.attributes.iter().map(|filter| (filter.operator, filter.value.clone())).collect();
    assert_eq!(asked, [(FilterOperator::Ne, json!("error")), (FilterOperator::Eq, json!("ok"))]);
}

#[test]
fn ids_go_before_everything() {
    let asked = traces(&pairs(Some("traceID=AF&traceID=0af7651916cd43dd8448eb211c80319c")), NOW);
    let ids = vec![format!("{}af", "0".repeat(30)), "0af7651916cd43dd8448eb211c80319c".to_owned()];
    assert_eq!(asked, Ok(Asked::Ids(ids)));
}

#[test]
fn mistakes_are_named() {
    assert_eq!(refusal_of(""), "parameter 'service' is required");
    assert!(refusal_of("service=a&start=yesterday").starts_with("unable to parse param 'start'"));
    assert!(refusal_of("service=a&start=-5").starts_with("unable to parse param 'start'"));
    assert!(refusal_of("service=a&start=9223372036854775807").starts_with("unable to parse param 'start'"));
    assert!(refusal_of("service=a&start=20&end=10").contains("'start' must lie before 'end'"));
    assert!(refusal_of("service=a&limit=ten").starts_with("unable to parse param 'limit'"));
    assert!(refusal_of("service=a&minDuration=5").starts_with("unable to parse param 'minDuration'"));
    assert!(refusal_of("service=a&minDuration=2s&maxDuration=1s").contains("greater than"));
    assert!(refusal_of("service=a&tag=novalue").starts_with("malformed 'tag' parameter"));
    assert!(refusal_of("service=a&tags=%7Bx").starts_with("malformed 'tags' parameter"));
    assert!(refusal_of("traceID=xyz").starts_with("unable to parse param 'traceID'"));
    assert!(refusal_of(&format!("traceID={}", "a".repeat(33))).starts_with("unable to parse param 'traceID'"));
}

#[test]
fn limits_are_those_of_a_page() {
    assert_eq!(search_of("service=a&limit=5000").limit, Some(1_000));
    assert_eq!(search_of("service=a&limit=0").limit, Some(1));
}

#[test]
fn durations_as_go_writes_them() {
    for (text, nanos) in [
        ("0", Some(0)),
        ("15ns", Some(15)),
        ("1us", Some(1_000)),
        ("1µs", Some(1_000)),
        ("1.25ms", Some(1_250_000)),
        ("1h2m3.5s", Some(3_723_500_000_000)),
        ("", None),
        ("5", None),
        ("s", None),
        ("1.2.3s", None),
        ("1 s", None),
        ("-1s", None),
        ("99999999999999h", None),
    ] {
        assert_eq!(go_duration(text), nanos, "{text}");
    }
}

#[test]
fn the_range_of_dependencies() {
    let range = |query: &str| dependencies(&pairs(Some(query)), NOW);
    let asked = TimeRange { from: "1789999000000000000".into(), to: "1789999999000000000".into() };
    assert_eq!(range("endTs=1789999999000&lookback=999000"), Ok(asked));
    let day = TimeRange { from: (NOW - 86_400 * 1_000_000_000).to_string(), to: NOW.to_string() };
    assert_eq!(range(""), Ok(day));
    assert!(range("endTs=now").unwrap_err().contains("'endTs'"));
    assert!(range("lookback=-1").unwrap_err().contains("'lookback'"));
}
