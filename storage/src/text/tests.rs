use super::*;

fn check(text: &str, expected: &[&str]) {
    assert_eq!(tokens(text).collect::<Vec<_>>(), expected, "{text:?}");
}

#[test]
fn splits_on_everything_that_is_no_letter_or_digit() {
    check("", &[]);
    check(" -- ", &[]);
    check("Payment declined: card_4242!", &["payment", "declined", "card", "4242"]);
    check("GET /orders/17?x=1", &["get", "orders", "17", "x", "1"]);
    check("Größe ÀÉ 東京 Ωmega", &["größe", "àé", "東京", "ωmega"]);
}

#[test]
fn a_long_word_is_found_as_the_phrase_of_its_pieces() {
    let word = "x".repeat(TOKEN_BYTES_MAX * 2 + 3);
    let pieces: Vec<String> = tokens(&word).collect();
    assert_eq!(pieces.iter().map(String::len).collect::<Vec<_>>(), [TOKEN_BYTES_MAX, TOKEN_BYTES_MAX, 3]);
    assert!(has_phrase(&format!("before {word} after"), &pieces));
    let umlauts: String = tokens(&"ü".repeat(400)).collect();
    assert_eq!(umlauts, "ü".repeat(400));
}

#[test]
fn filters() {
    let words = |text: &str| tokens(text).collect::<Vec<_>>();
    assert!(has_words("b a c", &words("a b")));
    assert!(!has_words("b c", &words("a b")));
    assert!(has_phrase("x a b y", &words("A-b")));
    assert!(!has_phrase("x b a y", &words("a b")));
    assert!(has_prefix("Timeout reached", "tim"));
    assert!(!has_prefix("Timeout reached", "out"));
}
