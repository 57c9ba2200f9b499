use super::*;
use crate::trace::tests::{client, server, trace};

fn service(name: &str) -> Condition {
    Condition::span(vec![Atom::Service(TextOperator::Equal, name.to_owned())])
}

#[test]
fn what_says_nothing_is_left_out() {
    assert_eq!(Condition::all([Condition::Anything, service("a"), service("a")]), service("a"));
    assert_eq!(Condition::all([Condition::Anything]), Condition::Anything);
    assert_eq!(Condition::either([Condition::Anything, service("a")]), Condition::Anything);
    assert_eq!(Condition::either([service("a"), service("a")]), service("a"));
    let nested = Condition::all([service("a"), Condition::all([service("b"), service("c")])]);
    assert_eq!(nested, Condition::All(vec![service("a"), service("b"), service("c")]));
    let large = (0..1_000).map(|at| service(&at.to_string()));
    assert_eq!(Condition::either(large), Condition::Anything);
}

#[test]
fn one_span_meets_all_of_its_atoms() {
    let samples = [server(1, "a", "r").class(Class::Fault), server(2, "b", "s").below(1)];
    let trace = trace(&samples);
    let both = |name: &str, class| {
        Condition::span(vec![Atom::Service(TextOperator::Equal, name.to_owned()), Atom::Class(vec![class])])
    };
    assert!(both("a", Class::Fault).holds(&trace));
    assert!(!both("b", Class::Fault).holds(&trace));
    assert!(Condition::all([service("b"), Condition::span(vec![Atom::Class(vec![Class::Fault])])]).holds(&trace));
}

#[test]
fn a_remote_is_found_by_the_attributes_that_name_it() {
    #[track_caller]
    fn check(key: &str, value: &str, name: &str) {
        let samples = [client(1, "a", "GET").text(key, value)];
        assert!(Condition::remote_named(name).holds(&trace(&samples)), "{key}={value} as {name}");
        assert!(!Condition::remote_named("other").holds(&trace(&samples)), "{key}={value} as other");
    }
    check("peer.service", "stock", "stock");
    check("messaging.destination.name", "https://sqs.eu/123/jobs", "jobs");
    check("messaging.destination", "arn:aws:sns:eu:123:topic", "topic");
    check("messaging.system", "kafka", "kafka");
    check("db.name", "shop", "shop");
    check("db.collection.name", "carts", "carts");
    check("db.system", "redis", "redis");
    check("rpc.service", "S3", "S3");
    check("faas.invoked_name", "fn", "fn");
    check("server.address", "api.example.com", "api.example.com");
    check("url.full", "https://me@api.example.com:8443/x", "api.example.com");
    let samples = [client(1, "a", "x").text("db.namespace", "shop").text("server.address", "db1")];
    assert!(Condition::remote_named("shop@db1").holds(&trace(&samples)));
    assert!(!Condition::remote_named("shop@db2").holds(&trace(&samples)));
    assert!(Condition::remote_named("x").holds(&trace(&samples)));
}

#[test]
fn values_meet_comparisons_by_type() {
    let text = |text: &'static str| AttributeValue::Text(text.into());
    let number = |operator, value| Value::Number(operator, value);
    let (equal, not_equal) = (Comparison::Equal, Comparison::NotEqual);
    let as_text = |operator, value: &str| Value::Text(operator, value.to_owned());
    for (found, wanted, expected) in [
        (AttributeValue::Number(5.0), number(equal, 5.0), true),
        (AttributeValue::Number(5.0), number(Comparison::Greater, 4.0), true),
        (AttributeValue::Number(5.0), as_text(TextOperator::Equal, "5"), true),
        (AttributeValue::Number(5.0), as_text(TextOperator::NotEqual, "5"), false),
        (AttributeValue::Number(503.0), as_text(TextOperator::BeginsWith, "5"), true),
        (text("5"), number(equal, 5.0), true),
        (text("5"), number(not_equal, 5.0), false),
        (text("x"), number(not_equal, 5.0), true),
        (text("5"), number(Comparison::Greater, 4.0), false),
        (text("true"), Value::Bool(equal, true), true),
        (AttributeValue::Bool(true), Value::Bool(not_equal, true), false),
        (AttributeValue::Bool(true), as_text(TextOperator::Equal, "true"), true),
        (AttributeValue::Bool(true), number(equal, 1.0), false),
        (text("abc"), as_text(TextOperator::EndsWith, "bc"), true),
        (text("Abc"), as_text(TextOperator::Equal, "abc"), false),
    ] {
        assert_eq!(meets(&found, &wanted), expected, "{found:?} {wanted:?}");
    }
}
