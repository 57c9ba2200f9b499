use super::{holds, is_in, like_regex, like_text};
use crate::syntax::BinaryOperator::*;
use crate::value::Value;

#[test]
fn numbers_compare_as_numbers_and_the_rest_as_texts() {
    let check = |left: Value, operator, right: Value, expected: bool| {
        assert_eq!(holds(operator, &left, &right), expected, "{left:?} {operator:?} {right:?}");
    };
    check(Value::text("9"), Lt, Value::text("10"), true);
    check(Value::text("9"), Lt, Value::text("1x"), false);
    check(Value::text("200"), Eq, Value::Number(200.0), true);
    check(Value::text("200.0"), Eq, Value::text("200"), true);
    check(Value::text("a"), Eq, Value::text("A"), false);
    check(Value::text("a"), Ne, Value::text("A"), true);
    check(Value::Bool(true), Eq, Value::Number(1.0), true);
    check(Value::Bool(true), Eq, Value::text("true"), true);
    check(Value::Time(5), Ge, Value::Number(5.0), true);
    check(Value::Time(1_704_067_200_000), Gt, Value::text("2023-12-31"), true);
    check(Value::Number(1.0), Le, Value::Number(0.0), false);
}

#[test]
fn a_test_of_what_is_missing_or_has_parts_is_false() {
    let list = Value::from_iter([Value::Number(1.0)]);
    for value in [Value::Null, list] {
        for operator in [Eq, Ne, Lt, Le, Gt, Ge] {
            assert!(!holds(operator, &value, &value), "{operator:?} {value:?}");
            assert!(!holds(operator, &Value::Number(1.0), &value), "{operator:?} {value:?}");
        }
        assert!(!like_text(&value, "x", false) && !like_text(&value, "x", true));
        assert!(!is_in(&value, &[], true));
    }
}

#[test]
fn like_is_a_part_or_a_match_in_its_case() {
    let value = Value::text("GET /api 500");
    assert!(like_text(&value, "/api", false));
    assert!(!like_text(&value, "/API", false));
    assert!(like_text(&value, "/API", true));
    assert!(like_regex(&value, &regex::Regex::new(r"\d{3}$").unwrap(), false));
    assert!(like_regex(&value, &regex::Regex::new("(?i)get").unwrap(), false));
    assert!(like_text(&Value::Number(500.0), "50", false));
}

#[test]
fn a_set_holds_what_equals_a_member() {
    let set = [Value::text("a"), Value::Number(1.0)];
    assert!(is_in(&Value::text("1"), &set, false));
    assert!(!is_in(&Value::text("b"), &set, false));
    assert!(is_in(&Value::text("b"), &set, true));
    assert!(is_in(&Value::text("b"), &[], true));
}
