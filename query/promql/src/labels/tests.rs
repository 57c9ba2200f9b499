use super::*;

#[test]
fn labels_are_sorted_and_without_empty_values() {
    let labels = Labels::new([("job", "api"), ("__name__", "up"), ("zone", ""), ("job", "web")]);
    assert_eq!(labels.to_string(), r#"{__name__="up", job="web"}"#);
    assert_eq!(labels.metric_name(), "up");
    assert_eq!(labels.get("zone"), None);
}

#[test]
fn names_that_need_it_are_quoted() {
    assert_eq!(Labels::new([("service.name", "a\"b")]).to_string(), r#"{"service.name"="a\"b"}"#);
}

#[test]
fn metadata_goes_with_the_name() {
    let labels = Labels::new([("__name__", "up"), ("__type__", "gauge"), ("__unit__", "s"), ("a", "b")]);
    assert_eq!(labels.without_metadata(), Labels::new([("a", "b")]));
}

#[test]
fn a_label_is_taken_over_or_removed() {
    let mut edited = Labels::new([("a", "1"), ("b", "2")]).edit();
    let other = Labels::new([("a", "9")]);
    edited.take_from(&other, &"a".into());
    edited.take_from(&other, &"b".into());
    assert_eq!(edited.into_labels(), Labels::new([("a", "9")]));
}
