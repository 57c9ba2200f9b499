use super::Value;

#[test]
fn a_text_that_reads_as_a_number_is_one() {
    let check = |text: &str, expected: Option<f64>| assert_eq!(Value::text(text).as_number(), expected, "{text}");
    check("12", Some(12.0));
    check(" -1.5e3 ", Some(-1_500.0));
    check(".5", Some(0.5));
    check("inf", None);
    check("NaN", None);
    check("e5", None);
    check("12ms", None);
    check("1e999", None);
    check("", None);
}

#[test]
fn values_show_as_results_do() {
    let check = |value: Value, expected: &str| assert_eq!(value.to_string(), expected);
    check(Value::Number(3.0), "3");
    check(Value::Number(-0.0), "0");
    check(Value::Number(0.1), "0.1");
    check(Value::Bool(true), "true");
    check(Value::Null, "");
    check(Value::Time(1_704_067_200_123), "2024-01-01 00:00:00.123");
    check(Value::from_iter([Value::text("a\"b"), Value::Number(1.0), Value::Null]), r#"["a\"b",1,null]"#);
}

#[test]
fn truth() {
    for value in [Value::Bool(true), Value::Number(2.0), Value::text("true"), Value::text("1")] {
        assert!(value.is_true(), "{value:?}");
    }
    for value in [Value::Bool(false), Value::Number(0.0), Value::text("yes"), Value::text(""), Value::Null] {
        assert!(!value.is_true(), "{value:?}");
    }
}
