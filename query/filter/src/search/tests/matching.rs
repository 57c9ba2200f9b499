use std::borrow::Cow;
use std::collections::BTreeMap;

use super::*;
use crate::trace::AttributeValue;

/// A log line.
struct Line {
    body: &'static str,
    fields: BTreeMap<&'static str, AttributeValue<'static>>,
}

impl Record for Line {
    fn has(&self, text: &Text) -> bool {
        let words = || self.body.split(' ');
        match text.shape {
            Shape::Word => words().any(|word| word.eq_ignore_ascii_case(&text.text)),
            Shape::Phrase => self.body.contains(&text.text),
            Shape::Prefix => words().any(|word| word.starts_with(&text.text)),
        }
    }

    fn value(&self, key: &FieldKey) -> Option<AttributeValue<'_>> {
        self.fields.get(key.name()).cloned()
    }

    fn is_match(&self, pattern: &str, text: &str) -> bool {
        text.contains(pattern)
    }
}

#[test]
fn a_line_by_every_kind_of_condition() {
    let text = |text: &'static str| AttributeValue::Text(Cow::Borrowed(text));
    let number = AttributeValue::Number;
    let line = Line {
        body: "payment of order 17 was declined",
        fields: BTreeMap::from([
            ("service", text("cart")),
            ("severity", text("WARN")),
            ("duration", number(250e6)),
            ("size", number(2_048.0)),
            ("user", text("Ann Lee")),
            ("http.route", text("/cart/items")),
            ("status", number(503.0)),
            ("code", text("503")),
            ("cold", AttributeValue::Bool(true)),
            ("timeout", text("30s")),
            ("wait", number(300.0)),
            ("buffer", text("10KB")),
        ]),
    };
    for (search, expected) in [
        ("", true),
        ("payment declined", true),
        ("payment -declined", false),
        ("pay*", true),
        ("\"order 17\" OR nothing", true),
        ("service:cart", true),
        ("service:stock service:cart", true),
        ("-service:cart", false),
        ("severity:info", true),
        ("severity:warn", true),
        ("severity:error", false),
        ("-severity:error", true),
        ("severity=warn", true),
        ("severity<error severity>info", true),
        ("duration>=250ms", true),
        ("duration:250", true),
        ("duration>0.25s", false),
        ("size>2KB", true),
        ("size=2KiB", true),
        ("user:\"Ann Lee\"", true),
        ("user:ann*", false),
        ("user:Ann*", true),
        ("user:~Lee", true),
        ("http.route:/items/", true),
        ("http.route:/cart", false),
        ("status:503 code:503 status:\"503\"", true),
        ("status>=500 status<600", true),
        ("code>=500", false),
        ("cold:true cold:\"true\"", true),
        ("cold:false", false),
        ("timeout>20s timeout<1m", true),
        ("wait>250ms", true),
        ("wait>1s", false),
        ("buffer<=10KB", true),
        ("missing:*", false),
        ("-missing:*", true),
        ("-missing:x", false),
        ("NOT missing:x", true),
        ("missing!=x", false),
        ("user!=bob", true),
        ("status:(500 OR 503)", true),
        ("-status:(500 OR 503)", false),
        ("status:(>500 <510)", true),
        ("-(payment user:*)", false),
    ] {
        assert_eq!(read(search).matches(&line, KEYS), expected, "{search}");
    }
}
