use std::collections::BTreeMap;

use api::Nanos;
use api::trace::SpanEvent;
use serde_json::json;

use super::*;
use crate::trace::model::tests::span;

fn kinds(trace: &str) -> Vec<LineKind> {
    stack_lines(trace).into_iter().map(|l| l.kind).collect()
}

#[test]
fn exception_events_are_read() {
    let mut span = span("a", "", 0, 1);
    let attributes = BTreeMap::from([
        ("exception.type".to_owned(), json!("ValueError")),
        ("exception.message".to_owned(), json!("no such card")),
        ("exception.stacktrace".to_owned(), json!("Traceback\n  File \"/app/pay.py\", line 3, in pay\n")),
    ]);
    span.events.push(SpanEvent { time_unix_nano: Nanos(5), name: "exception".to_owned(), attributes });
    span.events.push(SpanEvent { time_unix_nano: Nanos(6), name: "retry".to_owned(), attributes: BTreeMap::new() });
    let found = exceptions(&span);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind.as_str(), found[0].message.as_str()), ("ValueError", "no such card"));
    assert_eq!(found[0].lines.len(), 2);
    assert_eq!(found[0].lines[1].kind, LineKind::Frame);
}

#[test]
fn lines_of_several_languages_are_told_apart() {
    use LineKind::{Frame, Library, Message};
    assert_eq!(
        kinds("Error: no\n    at pay (/var/task/pay.js:3:1)\n    at run (/var/task/node_modules/x/y.js:1:1)"),
        [Message, Frame, Library]
    );
    assert_eq!(
        kinds(
            "java.lang.IllegalStateException: no\n\tat shop.Pay.run(Pay.java:3)\n\tat java.lang.Thread.run(T.java)\nCaused by: x"
        ),
        [Message, Frame, Library, Message]
    );
    assert_eq!(
        kinds(
            "Traceback (most recent call last):\n  File \"/usr/lib/python3/a.py\", line 1\n  File \"/app/b.py\", line 2"
        ),
        [Message, Library, Frame]
    );
    assert_eq!(kinds("goroutine 1 [running]:\nmain.main()\n\t/app/main.go:3 +0x1"), [Frame, Message, Frame]);
    assert_eq!(kinds("   0: core::panicking\n             at /rustc/abc/library/core.rs:1"), [Frame, Library]);
    assert!(kinds("").is_empty());
}
