use serde_json::json;

use super::*;

fn marked(text: &str, words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
    pieces(text, &words)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(text) => text,
            Piece::Marked(text) => format!("[{text}]"),
            Piece::Hidden(name) => format!("<{name}>"),
        })
        .collect()
}

#[test]
fn words_are_marked_in_any_case_and_the_longest_wins() {
    assert_eq!(marked("Payment failed, payments retried", &["payment"]), "[Payment] failed, [payment]s retried");
    assert_eq!(marked("payments", &["pay", "payment"]), "[payment]s");
    assert_eq!(marked("nothing", &["else", ""]), "nothing");
    assert_eq!(marked("ÄRGER im Café", &["ärger", "café"]), "[ÄRGER] im [Café]");
    assert_eq!(marked("İstanbul pay", &["pay"]), "İstanbul [pay]");
}

#[test]
fn characters_that_hide_or_turn_the_text_are_shown() {
    assert_eq!(marked("user\u{202e}nimda\u{202c} ok", &[]), "user<U+202E>nimda<U+202C> ok");
    assert_eq!(marked("a\u{0}b\u{1b}[31mc\u{200b}", &[]), "a<U+0000>b<U+001B>[31mc<U+200B>");
    assert_eq!(marked("line one\n\tline two", &[]), "line one\n\tline two");
    assert_eq!(marked("", &["a"]), "");
}

#[test]
fn markup_stays_text() {
    let hostile = "<script>alert(1)</script>";
    assert_eq!(pieces(hostile, &[]), [Piece::Plain(hostile.to_owned())]);
}

#[test]
fn long_text_is_folded_on_a_character() {
    assert_eq!(fold("short"), None);
    let long = "ä".repeat(FOLD_CHARACTERS + 5);
    let (head, total) = fold(&long).unwrap();
    assert_eq!((head.chars().count(), total), (FOLD_CHARACTERS, FOLD_CHARACTERS + 5));
    assert_eq!(fold(&"ä".repeat(FOLD_CHARACTERS)), None);
}

#[test]
fn values_are_text() {
    assert_eq!(of_value(&json!("a")), "a");
    assert_eq!(of_value(&json!({"a": [1, true]})), "{\"a\":[1,true]}");
}

#[test]
fn a_key_breaks_after_its_separators_and_keeps_every_character() {
    assert_eq!(key_parts("http.response.status_code"), ["http.", "response.", "status_", "code"]);
    assert_eq!(key_parts("plain"), ["plain"]);
    assert_eq!(key_parts("_a..b_"), ["_", "a.", ".", "b_"]);
    assert_eq!(key_parts("größe/naïve").concat(), "größe/naïve");
    assert!(key_parts("").is_empty());
}
