use serde_json::json;

use super::*;

fn filter(key: &str, operator: FilterOperator, value: Value) -> AttributeFilter {
    AttributeFilter { key: key.to_owned(), operator, value }
}

#[test]
fn words_and_phrases_go_to_the_text() {
    let query = parse("payment -retry \"card declined\"").unwrap();
    assert_eq!(query.text, "payment -retry \"card declined\"");
    assert_eq!(query.marks, ["payment", "card declined"]);
    assert!(query.attributes.is_empty());
    assert_eq!(parse("   ").unwrap(), BoxQuery::default());
}

#[test]
fn pairs_become_conditions() {
    use FilterOperator::{Contains, Eq, Exists, Ge, Gt, Missing, Ne};
    let read = |text: &str| parse(text).unwrap().attributes.remove(0);
    assert_eq!(read("http.route:/cart"), filter("http.route", Eq, json!("/cart")));
    assert_eq!(read("status:503"), filter("status", Eq, json!(503)));
    assert_eq!(read("status:\"503\""), filter("status", Eq, json!("503")));
    assert_eq!(read("cold:true"), filter("cold", Eq, json!(true)));
    assert_eq!(read("user:\"Ann Lee\""), filter("user", Eq, json!("Ann Lee")));
    assert_eq!(read("-user:bob"), filter("user", Ne, json!("bob")));
    assert_eq!(read("size:>5"), filter("size", Gt, json!(5)));
    assert_eq!(read("size:>=5.5"), filter("size", Ge, json!(5.5)));
    assert_eq!(read("url:~cart"), filter("url", Contains, json!("cart")));
    assert_eq!(read("url:~\"a b\""), filter("url", Contains, json!("a b")));
    assert_eq!(read("user:*"), filter("user", Exists, Value::Null));
    assert_eq!(read("-user:*"), filter("user", Missing, Value::Null));
}

#[test]
fn service_and_severity_are_conditions_of_their_own() {
    let query = parse("service:cart service:stock severity:Warn timeout").unwrap();
    assert_eq!(query.services, ["cart", "stock"]);
    assert_eq!(query.severity_min, Some(Severity::Warn));
    assert_eq!(query.text, "timeout");
    let excluded = parse("-service:cart").unwrap().attributes.remove(0);
    assert_eq!(excluded, filter("service.name", FilterOperator::Ne, json!("cart")));
    assert!(parse("severity:loud").unwrap_err().contains("use trace, debug"));
}

#[test]
fn text_that_merely_has_a_colon_stays_text() {
    assert_eq!(parse("https://x.example/a").unwrap().text, "https://x.example/a");
    assert_eq!(parse("12:30:01").unwrap().text, "12:30:01");
    assert_eq!(parse("error:").unwrap().text, "error:");
    assert_eq!(parse("\"a: b\"").unwrap().text, "\"a: b\"");
    assert_eq!(parse("-").unwrap().text, "-");
}

#[test]
fn mistakes_are_told() {
    assert!(parse("\"open").unwrap_err().contains("not closed"));
    assert!(parse("size:>big").unwrap_err().contains("needs a number"));
    assert!(parse("-size:>5").unwrap_err().contains("turn the comparison round"));
}

#[test]
fn a_condition_is_written_as_it_is_read() {
    use FilterOperator::{Contains, Eq, Exists, Gt, Missing, Ne};
    for one in [
        filter("a", Eq, json!("x")),
        filter("a", Eq, json!("two words")),
        filter("a", Eq, json!("say \"hi\" \\ there")),
        filter("a", Eq, json!("42")),
        filter("a", Eq, json!(42)),
        filter("a", Ne, json!(true)),
        filter("a", Eq, json!(">5")),
        filter("a", Eq, json!("*")),
        filter("a", Eq, json!("")),
        filter("a", Gt, json!(1.5)),
        filter("a", Contains, json!("b c")),
        filter("a", Exists, Value::Null),
        filter("a", Missing, Value::Null),
    ] {
        assert_eq!(parse(&word_of(&one)).unwrap().attributes, std::slice::from_ref(&one), "{}", word_of(&one));
    }
}

#[test]
fn filter_by_and_exclude_replace_each_other() {
    let once = with_condition("timeout", "user", &json!("Ann Lee"), false);
    assert_eq!(once, "timeout user:\"Ann Lee\"");
    assert_eq!(with_condition(&once, "user", &json!("Ann Lee"), false), once);
    assert_eq!(with_condition(&once, "user", &json!("Ann Lee"), true), "timeout -user:\"Ann Lee\"");
    assert_eq!(with_condition("", "n", &json!(5), true), "-n:5");
}
