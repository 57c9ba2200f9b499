use super::{member, parse, path, to_json};
use crate::syntax::Step;
use crate::value::Value;

#[test]
fn json_comes_back_as_it_was() {
    for text in [r#"{"a":[1,2.5,"x",null,true],"b":{"c":"d"}}"#, "[]", "\"x\"", "-3", r#"{"":0}"#] {
        assert_eq!(to_json(&parse(text).unwrap()).to_string(), text);
    }
    assert_eq!(parse("{a:1}"), None);
    assert_eq!(parse(&"[".repeat(1_000)), None);
}

#[test]
fn large_whole_numbers_stay_exact() {
    assert_eq!(parse("1234567890123456789"), Some(Value::text("1234567890123456789")));
    assert_eq!(parse("9007199254740992"), Some(Value::Number(9_007_199_254_740_992.0)));
}

#[test]
fn members_are_found_by_their_path() {
    let value = parse(r#"{"a":{"b":[10,{"c":"x"}],"d.e":1}}"#).unwrap();
    let check = |text: &str, expected: Value| assert_eq!(member(&value, &path(text).unwrap()), expected, "{text}");
    check("a.b[0]", Value::Number(10.0));
    check("a.b.1.c", Value::text("x"));
    check("$.a['d.e']", Value::Number(1.0));
    check("a.b[7]", Value::Null);
    check("a.x.y", Value::Null);
    check("a[0]", Value::Null);
}

#[test]
fn paths() {
    assert_eq!(path("a[1].b"), Some(vec![Step::Key("a".into()), Step::Index(1), Step::Key("b".into())]));
    for text in ["", "a..b", "a[", "a[x]", "$", "a."] {
        assert_eq!(path(text), None, "{text}");
    }
}
