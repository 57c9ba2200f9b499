use super::*;

fn check(value: Value<'_>, json: &str, plain: &str) {
    assert_eq!(json_text(&value), json);
    assert_eq!(plain_text(&value), plain);
    assert_eq!(plain_of_json(json), plain);
    serde_json::from_str::<serde_json::Value>(json).expect("valid JSON");
}

#[test]
fn text_forms() {
    check(Value::Empty, "null", "null");
    check(Value::String("a\"\\\n\u{1}é".into()), "\"a\\\"\\\\\\n\\u0001é\"", "a\"\\\n\u{1}é");
    check(Value::String("5".into()), "\"5\"", "5");
    check(Value::Int(5), "5", "5");
    check(Value::Int(i64::MIN), "-9223372036854775808", "-9223372036854775808");
    check(Value::Bool(true), "true", "true");
    check(Value::Double(1.0), "1.0", "1.0");
    check(Value::Double(1e300), "1e300", "1e300");
    check(Value::Double(f64::NAN), "\"NaN\"", "NaN");
    check(Value::Double(f64::NEG_INFINITY), "\"-Infinity\"", "-Infinity");
    check(Value::Bytes(b"hello".as_slice().into()), "\"aGVsbG8=\"", "aGVsbG8=");
    check(Value::Bytes(vec![].into()), "\"\"", "");
    check(Value::Bytes(vec![255].into()), "\"/w==\"", "/w==");
    let nested = Value::Map(vec![
        ("k".into(), Value::Array(vec![Value::Int(1), Value::Empty])),
        ("q\"".into(), Value::Map(vec![])),
    ]);
    check(nested, r#"{"k":[1,null],"q\"":{}}"#, r#"{"k":[1,null],"q\"":{}}"#);
}

#[test]
fn bodies() {
    assert_eq!(body_text(&Value::Empty), None);
    assert_eq!(body_text(&Value::String("5".into())), Some(("5".into(), "string")));
    assert_eq!(body_text(&Value::Int(5)), Some(("5".into(), "json")));
}
