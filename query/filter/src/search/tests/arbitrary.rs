//! Random searches of the kind that reading makes.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Pieces of searches.
pub(super) const WORDS: &[&str] = &[
    " ",
    " ",
    "a",
    "-",
    "(",
    ")",
    "\"",
    "\"x y\"",
    "*",
    "~",
    "/",
    "/re/",
    ":",
    "=",
    "!=",
    ">",
    "<=",
    ">5",
    "k:",
    "k:(",
    " OR ",
    " AND ",
    "NOT ",
    "OR",
    "service:",
    "severity",
    "duration>",
    "250ms",
    "10KB",
    "1.5",
    "true",
    "\\",
    "é",
    "🔥",
    "//",
    "k",
    "\"my key\":",
];

pub(super) fn searches() -> BoxedStrategy<Search> {
    let leaf = prop_oneof![
        3 => texts().prop_map(Search::Text),
        6 => fields().prop_map(Search::Field),
    ];
    let all = leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Search::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Search::Or),
            inner.prop_map(|one| Search::Not(Box::new(one))),
        ]
    });
    prop_oneof![1 => Just(Search::Everything), 30 => all].boxed()
}

fn texts() -> BoxedStrategy<Text> {
    let words =
        select(&["a", "12:30", "https://x/a?b=c", "error:", "main()", "x=", "é", "🔥", "OR2", "a.b-c", "#5"][..]);
    let phrases = prop_oneof![
        select(&["a b", "OR", "say \"hi\"", "\\", "k:v", "(", ")", "-x", "*"][..]).prop_map(str::to_owned),
        "\\PC{1,8}",
    ];
    prop_oneof![
        words.prop_map(|text| Text { text: text.to_owned(), shape: Shape::Word }),
        phrases.prop_map(|text| Text { text, shape: Shape::Phrase }),
        select(&["a", "two words", "pre-", "é"][..])
            .prop_map(|text| Text { text: text.to_owned(), shape: Shape::Prefix }),
    ]
    .boxed()
}

fn fields() -> BoxedStrategy<Field> {
    (prop_oneof![attributes(), reserved_keys()], any::<bool>())
        .prop_map(|((key, test), negated)| {
            // Sizes are compared the other way round instead; levels are the exception.
            let negated = negated && (key.name() == "severity" || !matches!(test, FieldTest::Compares(..)));
            let negated = negated && !matches!(test, FieldTest::Compares(order, _) if order != Order::GreaterOrEqual);
            Field { key, negated, test }
        })
        .boxed()
}

fn attributes() -> BoxedStrategy<(FieldKey, FieldTest)> {
    let keys = select(&["k", "http.route", "my key", "duration", "level", "a\"b\\", "a-", "5", "שלום", "_x", "OR"][..]);
    let values = prop_oneof![
        value_texts().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Value::Double),
        any::<bool>().prop_map(Value::Bool),
    ];
    let sizes = prop_oneof![
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Value::Double),
        (0..i64::MAX).prop_map(Value::Duration),
        any::<u64>().prop_map(Value::Size),
    ];
    let tests = prop_oneof![
        Just(FieldTest::Exists),
        values.prop_map(FieldTest::Equals),
        (select(&Order::ALL[..]), sizes).prop_map(|(order, value)| FieldTest::Compares(order, value)),
        parts(),
    ];
    (keys.prop_map(|key| FieldKey::Attribute(key.to_owned())), tests).boxed()
}

fn reserved_keys() -> BoxedStrategy<(FieldKey, FieldTest)> {
    let of = |name: &'static str, tests: BoxedStrategy<FieldTest>| {
        tests.prop_map(move |test| (FieldKey::Reserved(name.to_owned()), test)).boxed()
    };
    let level = || select(LEVELS).prop_map(|level| Value::Text(level.to_owned()));
    let order = || select(&Order::ALL[..]);
    prop_oneof![
        of("service", value_texts().prop_map(|text| FieldTest::Equals(Value::Text(text))).boxed()),
        of("name", parts()),
        of("severity", level().prop_map(FieldTest::Equals).boxed()),
        of("severity", (order(), level()).prop_map(|(order, value)| FieldTest::Compares(order, value)).boxed()),
        of("class", select(&["ok", "fault"][..]).prop_map(|class| FieldTest::Equals(text(class))).boxed()),
        of("root", any::<bool>().prop_map(|value| FieldTest::Equals(Value::Bool(value))).boxed()),
        of(
            "duration",
            (order(), 0..i64::MAX)
                .prop_map(|(order, nanos)| FieldTest::Compares(order, Value::Duration(nanos)))
                .boxed()
        ),
        of("size", any::<u64>().prop_map(|bytes| FieldTest::Equals(Value::Size(bytes))).boxed()),
    ]
    .boxed()
}

fn parts() -> BoxedStrategy<FieldTest> {
    let begins = value_texts().prop_filter("not empty", |text| !text.is_empty());
    let patterns = select(&["a", "a/b", "\\d+", "(a|b)", "\\)", "a\\\\/b", "^/x/y", "é*"][..]);
    prop_oneof![
        value_texts().prop_map(FieldTest::Contains),
        begins.prop_map(FieldTest::Prefix),
        patterns.prop_map(|pattern| FieldTest::Regex(pattern.to_owned())),
    ]
    .boxed()
}

fn value_texts() -> BoxedStrategy<String> {
    let known = select(
        &[
            "", "a", "a b", "5", "true", "*", "a*", "/cart", "/cart/", "//x", ">5", "-x", "(", "f(x)", "\"q\"", "\\",
            "~x", "OR", "=x",
        ][..],
    );
    prop_oneof![known.prop_map(str::to_owned), "\\PC{0,8}"].boxed()
}
