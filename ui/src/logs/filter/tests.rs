use std::collections::HashMap;

use super::*;

fn read(pairs: &[(&str, &str)]) -> Filter {
    let pairs: HashMap<&str, &str> = pairs.iter().copied().collect();
    Filter::read(|key| pairs.get(key).map(|v| (*v).to_owned()))
}

#[test]
fn the_url_becomes_a_search() {
    let filter = read(&[
        ("q", "timeout user:7 service:pay"),
        ("severity", "warn"),
        ("service", "cart,stock"),
        ("trace_id", "ab"),
    ]);
    let search = filter.search(TimeRange::default(), None);
    assert_eq!(search.text, "timeout");
    assert_eq!(search.severity_min, Some(Severity::Warn));
    assert_eq!(search.services, ["cart", "stock", "pay"]);
    assert_eq!(search.attributes.len(), 1);
    assert_eq!(search.trace_id.as_deref(), Some("ab"));
    assert_eq!(search.limit, Some(PAGE));
}

#[test]
fn the_higher_severity_holds() {
    let search = read(&[("q", "severity:error"), ("severity", "info")]).search(TimeRange::default(), None);
    assert_eq!(search.severity_min, Some(Severity::Error));
    assert_eq!(read(&[]).search(TimeRange::default(), None).severity_min, None);
}

#[test]
fn a_box_that_cannot_be_read_is_told() {
    let filter = read(&[("q", "\"open")]);
    assert!(filter.mistake.is_some());
    assert_eq!(filter.query, BoxQuery::default());
    assert_eq!(read(&[("severity", "loud")]), Filter::default());
}
