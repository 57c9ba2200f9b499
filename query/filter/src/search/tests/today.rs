//! What people can type into the first, simpler box means the same here.

use super::*;

#[test]
fn words_and_phrases() {
    assert_eq!(
        read("payment -retry \"card declined\""),
        Search::And(vec![word("payment"), not(word("retry")), phrase("card declined")])
    );
}

#[test]
fn pairs() {
    assert_eq!(read("http.route:/cart"), attribute("http.route", equals(text("/cart"))));
    assert_eq!(read("status:503"), attribute("status", equals(Value::Int(503))));
    assert_eq!(read("status:\"503\""), attribute("status", equals(text("503"))));
    assert_eq!(read("cold:true"), attribute("cold", equals(Value::Bool(true))));
    assert_eq!(read("user:\"Ann Lee\""), attribute("user", equals(text("Ann Lee"))));
    assert_eq!(read("-user:bob"), negated(attribute("user", equals(text("bob")))));
    assert_eq!(read("bytes:>5"), attribute("bytes", FieldTest::Compares(Order::Greater, Value::Int(5))));
    assert_eq!(read("bytes:>=5.5"), attribute("bytes", FieldTest::Compares(Order::GreaterOrEqual, Value::Double(5.5))));
    assert_eq!(read("url:~cart"), attribute("url", FieldTest::Contains("cart".to_owned())));
    assert_eq!(read("url:~\"a b\""), attribute("url", FieldTest::Contains("a b".to_owned())));
    assert_eq!(read("user:*"), attribute("user", FieldTest::Exists));
    assert_eq!(read("-user:*"), negated(attribute("user", FieldTest::Exists)));
    assert_eq!(read("a!b:5"), attribute("a!b", equals(Value::Int(5))));
    assert_eq!(read("std::fmt"), attribute("std", equals(text(":fmt"))));
    assert_eq!(read("time:12:30"), attribute("time", equals(text("12:30"))));
    assert_eq!(read("C:\\dir"), attribute("C", equals(text("\\dir"))));
    assert_eq!(read("a:b\"c d\"e"), attribute("a", equals(text("b\"c d\"e"))));
}

#[test]
fn text_that_merely_has_a_colon() {
    for same in ["https://x.example/a", "12:30:01", "error:", "-", "/a:b", "'a", "a.b", "x=", "=x", ">5", "!x", "a-"] {
        assert_eq!(read(same), word(same));
        check(same, same);
    }
    assert_eq!(read("\"a: b\""), phrase("a: b"));
    assert_eq!(read("-12:30"), not(word("12:30")));
    assert_eq!(read("--x"), not(word("-x")));
    assert_eq!(read("--"), not(word("-")));
    assert_eq!(read("{\\\"a\\\": 1}"), Search::And(vec![word("{\\\"a\\\":"), word("1}")]));
    check("--x", "--x");
    check("--", "--");
}

/// What the box has no operator for stays a word as long as it says nothing else.
#[test]
fn code_that_merely_looks_like_a_comparison() {
    for same in ["List<String>", "a->b", "a->5", "a==b", "a=>b", "f=(x)", "<html>", "a!b", "x>", "x<y"] {
        assert_eq!(read(same), word(same), "{same}");
    }
}
