use super::{Flattened, flatten};

/// The fields of a message as `name=value`.
#[track_caller]
fn check(message: &str, expected: &[&str]) {
    let Flattened { fields, left_out } = flatten(message, 4).unwrap_or_default();
    let shown: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(shown, expected, "{message}");
    assert_eq!(left_out, 0);
}

#[test]
fn objects_become_fields() {
    check(r#"{"a":{"b":[{"c":1},"x"]},"d":true}"#, &["a.b.0.c=1", "a.b.1=x", "d=true"]);
    check(r#"{"@timestamp":"t","a":{"@b":1}}"#, &["@@timestamp=t", "a.@b=1"]);
    check(r#"{"a":null,"b":[],"c":{}}"#, &["b=[]", "c={}"]);
    check(r#"2024 INFO {"a":1} and {"b":2}"#, &["a=1"]);
    check(r#"set {x} to {"a":1}"#, &["a=1"]);
    check("no json", &[]);
    check("[1,2]", &[]);
    check("{}", &[]);
    check(r#"{"a":"#, &[]);
}

#[test]
fn what_lies_beyond_the_limit_is_counted() {
    let flattened = flatten(r#"{"a":[1,2,3,4,5],"b":6}"#, 4).unwrap();
    assert_eq!((flattened.fields.len(), flattened.left_out), (4, 2));
    let deep = format!("{}1{}", r#"{"a":"#.repeat(1_000), "}".repeat(1_000));
    assert!(flatten(&deep, 4).is_none_or(|flattened| flattened.fields.len() <= 4));
}
