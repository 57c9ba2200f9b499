use super::*;

#[test]
fn a_misspelt_name_is_found() {
    let names = ["responsetime", "duration", "fault", "error"];
    assert_eq!(nearest("responsetme", names), Some("responsetime"));
    assert_eq!(nearest("ResponsTime", names), Some("responsetime"));
    assert_eq!(nearest("falut", names), Some("fault"));
    assert_eq!(nearest("eror", names), Some("error"));
}

#[test]
fn a_word_that_is_far_from_all_has_none() {
    assert_eq!(nearest("checkout", ["responsetime", "duration", "ok"]), None);
    assert_eq!(nearest("", ["ok"]), None);
    assert_eq!(nearest("x", ["ok"]), None);
    assert_eq!(nearest(&"a".repeat(1_000_000), ["ok"]), None);
}

#[test]
fn distances_by_hand() {
    let of = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
    assert_eq!(of("kitten", "sitting"), 3);
    assert_eq!(of("ab", "ba"), 1);
    assert_eq!(of("", "abc"), 3);
    assert_eq!(of("abc", "abc"), 0);
}
