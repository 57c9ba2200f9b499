use proptest::prelude::*;

use super::{AnomalyKind, Patterns, Priority, SKELETONS_MAX, anomalies, compare};

fn patterns(texts: &[&str]) -> Patterns {
    let mut patterns = Patterns::default();
    texts.iter().for_each(|text| patterns.add(text));
    patterns
}

/// The patterns of texts as `count severity text`.
#[track_caller]
fn check(texts: &[&str], expected: &[&str]) {
    let shown = |patterns: &Patterns| -> Vec<String> {
        patterns
            .finish()
            .iter()
            .map(|found| format!("{} {} {}", found.sample_count, found.severity, found.text))
            .collect()
    };
    assert_eq!(shown(&patterns(texts)), expected);
    let (first, second) = texts.split_at(texts.len() / 2);
    let mut merged = patterns(second);
    merged.merge(&patterns(first));
    assert_eq!(shown(&merged), expected, "merged in another order");
    let mut of_bytes = patterns(second);
    of_bytes.merge_bytes(&patterns(first).to_bytes()).unwrap();
    assert_eq!(shown(&of_bytes), expected, "merged from bytes");
}

#[test]
fn values_have_types() {
    let check_one = |text: &str, expected: &str| check(&[text], &[&format!("1 NONE {expected}")]);
    check_one("took 12.5 ms, 3ms and 99%", "took <Number-1> ms, <Number-2>ms and <Number-3>%");
    check_one("2024-01-02T03:04:05.678Z id=8f5df6fd-3b1f-4f44-9d8e-2a4f0cbe1f6f", "<Timestamp-1> id=<UUID-2>");
    check_one("2024/01/02 03:04:05,678 +0100 x", "<Timestamp-1> x");
    check_one("at 03:04:05 from 10.0.0.1:8080", "at <Timestamp-1> from <IP-2>:<Number-3>");
    check_one("hash deadbeef01 at 0xff", "hash <Hex-1> at <Hex-2>");
    check_one("GET /users/42/orders?id=ab12cd34-9", "GET /users/<Number-1>/orders?id=<ID-2>");
    check_one("mail to a.b@c.org via ipv4 and http2.", "mail to <ID-1> via ipv4 and http2.");
    check_one("done in 5.", "done in <Number-1>.");
    check_one("", "");
}

#[test]
fn texts_that_differ_in_values_or_few_words_are_one_pattern() {
    check(
        &[
            "[INFO] user bob logged in after 3 ms",
            "[INFO] user eve logged in after 25 ms",
            "[INFO] cache miss",
            "[ERROR] cache miss",
        ],
        &[
            "2 INFO [INFO] user <Token-1> logged in after <Number-2> ms",
            "1 ERROR [ERROR] cache miss",
            "1 INFO [INFO] cache miss",
        ],
    );
    check(&["user logged in", "user logged out"], &["1 NONE user logged in", "1 NONE user logged out"]);
    check(&["a b c x", "a b c y", "a b c z"], &["3 NONE a b c <Token-1>"]);
    check(
        &["WARN: disk 80% full", "Warning: disk 90% full", "WARN: disk 70% full"],
        &["2 WARN WARN: disk <Number-1>% full", "1 WARN Warning: disk <Number-1>% full"],
    );
}

#[test]
fn the_ratio_is_of_all_texts() {
    let found = patterns(&["a 1", "a 2", "b", "a 3"]).finish();
    let ratios: Vec<(String, f64)> = found.into_iter().map(|pattern| (pattern.text, pattern.ratio)).collect();
    assert_eq!(ratios, [("a <Number-1>".to_owned(), 0.75), ("b".to_owned(), 0.25)]);
    assert_eq!(Patterns::default().finish(), []);
}

#[test]
fn memory_is_bounded_and_what_is_left_out_is_counted() {
    let mut many = Patterns::default();
    for i in 0..SKELETONS_MAX + 5 {
        let word: String = format!("{i}").bytes().map(|digit| char::from(b'a' + (digit - b'0'))).collect();
        many.add(&word);
    }
    assert_eq!((many.finish().len(), many.left_out(), many.total()), (SKELETONS_MAX, 5, SKELETONS_MAX as u64 + 5));
    many.add("a");
    let mut merged = Patterns::default();
    merged.merge(&many);
    assert_eq!((merged.left_out(), merged.total()), (5, SKELETONS_MAX as u64 + 6));
    assert!(many.bytes() > 0);
    assert_eq!(patterns(&["x ".repeat(5_000).as_str()]).finish()[0].text.len(), 256);
}

#[test]
fn patterns_of_two_times_are_compared() {
    let now = patterns(&["ERROR lost 1", "ERROR lost 2", "ok 1", "ok 2"]);
    let before = patterns(&["ok 7", "gone", "ok 8", "ok 9", "ok 10"]);
    let found: Vec<_> = compare(&now, &before)
        .into_iter()
        .map(|row| (row.text, row.count, row.baseline_count, row.difference_percent))
        .collect();
    assert_eq!(
        found,
        [
            ("ERROR lost <Number-1>".to_owned(), 2, 0, None),
            ("ok <Number-1>".to_owned(), 2, 4, Some(-50.0)),
            ("gone".to_owned(), 0, 1, Some(-100.0)),
        ]
    );
}

#[test]
fn what_is_new_or_much_more_frequent_is_an_anomaly() {
    let mut now = patterns(&["ERROR lost 1", "hello"]);
    let mut before = patterns(&["hello"]);
    for i in 0..100 {
        now.add(&format!("retry {i}"));
        now.add(&format!("steady {i}"));
        before.add(&format!("steady {i}"));
        if i % 10 == 0 {
            before.add(&format!("retry {i}"));
        }
    }
    let found: Vec<_> =
        anomalies(&now, &before).into_iter().map(|found| (found.pattern.text, found.kind, found.priority)).collect();
    assert_eq!(
        found,
        [
            ("ERROR lost <Number-1>".to_owned(), AnomalyKind::NewPattern, Priority::High),
            ("retry <Number-1>".to_owned(), AnomalyKind::Frequency, Priority::Low),
        ]
    );
    assert_eq!(anomalies(&now, &Patterns::default()), []);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(prop_oneof![0u8..4, any::<u8>()], 0..60)) {
        let mut found = patterns(&["a 1"]);
        let _ = found.merge_bytes(&bytes);
        let _ = found.finish();
    }

    #[test]
    fn the_order_of_texts_does_not_matter(texts in prop::collection::vec("[a-c]{1,2}( [a-c0-9.:-]{1,3}){0,4}", 1..12)) {
        let mut turned: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = patterns(&turned).finish();
        prop_assert_eq!(found.iter().map(|pattern| pattern.sample_count).sum::<u64>(), texts.len() as u64);
        turned.reverse();
        prop_assert_eq!(patterns(&turned).finish(), found);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,80}", digits in "[0-9:T/.Z +-]{0,30}") {
        let _ = patterns(&[&text, &digits]).finish();
    }
}
