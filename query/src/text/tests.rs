use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(query: &str, text: &str, expected: bool) {
    assert_eq!(TextQuery::parse(query).unwrap().matches(text), expected, "{query:?} in {text:?}");
}

#[test]
fn words_are_all_wanted_in_any_order_and_case() {
    check("", "anything", true);
    check("payment failed", "Failed: the PAYMENT of order 17", true);
    check("payment failed", "payment done", false);
    check("fail", "failed", false);
}

#[test]
fn phrases_are_consecutive() {
    check("\"card was declined\"", "the card was declined by the bank", true);
    check("\"card declined\"", "the card was declined", false);
    check("order-17", "order 17 is late", true);
    check("order-17", "17 order", false);
}

#[test]
fn minus_excludes() {
    check("payment -declined", "payment done", true);
    check("payment -declined", "payment declined", false);
    check("-\"timed out\"", "it timed out", false);
    check("-\"timed out\"", "out of what was timed", true);
}

#[test]
fn a_star_is_a_prefix_of_the_last_token() {
    check("decl*", "card declined", true);
    check("decl*", "undeclared", false);
    check("user-ab*", "user abcdef", true);
    check("user-ab*", "user xabc", false);
}

#[test]
fn mistakes_have_a_place() {
    let unclosed = TextQuery::parse("payment \"card was").unwrap_err();
    assert_eq!(unclosed.position, Some(8));
    assert!(TextQuery::parse("payment !!").unwrap_err().message.contains("no letter"));
}

proptest! {
    /// The quick way through plain text says what the tokens say.
    #[test]
    fn plain_text_is_searched_as_its_tokens_are(
        text in "[aAbB1K@\\[` -]{0,24}",
        phrase in prop::collection::vec("[abk1]{1,3}", 1..4),
        prefix in any::<bool>(),
    ) {
        let term = Term { excluded: false, phrase, prefix };
        let by_tokens = term.occurs(&tokens(&text).collect::<Vec<_>>());
        prop_assert_eq!(Text::new(&text).has(&term), by_tokens, "{:?} in {:?}", term, text);
    }
}

#[test]
fn other_text_is_taken_apart() {
    // The Kelvin sign is a letter whose lower case is ASCII.
    check("5k", "5\u{212a} at last", true);
    check("straße", "Die STRAßE", true);
    let long = "x".repeat(300);
    check(&long, &long, true);
    check(&"x".repeat(256), &long, true);
    check(&"x".repeat(255), &long, false);
}
