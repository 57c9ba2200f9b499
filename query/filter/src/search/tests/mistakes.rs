use super::*;

/// The text is refused at the position, with a message and perhaps a suggestion.
#[track_caller]
fn check(text: &str, position: usize, message: &str, suggestion: Option<&str>) {
    let error = parse_search(text, KEYS).expect_err(text);
    assert!(error.message.contains(message), "{text}: {}", error.message);
    assert_eq!((error.position, error.suggestion.as_deref()), (position, suggestion), "{text}: {}", error.message);
}

#[test]
fn partners_are_missing() {
    check("\"open", 0, "the quotation mark has no partner", None);
    check("a \"open", 2, "the quotation mark has no partner", None);
    check("a:\"open", 2, "the quotation mark has no partner", None);
    check("a\"b", 1, "the quotation mark has no partner", None);
    check("(a", 0, "the bracket is not closed", None);
    check("a (b OR (c)", 2, "the bracket is not closed", None);
    check("k:(a", 2, "the bracket is not closed", None);
    check("a )", 2, "no opening partner", None);
    check(")", 0, "no opening partner", None);
    check("()", 1, "expected a word or condition before )", None);
    check("\"\"", 0, "nothing stands between the quotation marks", None);
    check("\"\":x", 0, "the key between the quotation marks is empty", None);
}

#[test]
fn operands_are_missing() {
    check("OR", 0, "before OR; for the word itself write \"OR\"", None);
    check("a OR", 4, "expected a word or condition", None);
    check("a OR OR b", 5, "before OR", None);
    check("AND a", 0, "before AND", None);
    check("a AND", 5, "expected a word or condition", None);
    check("NOT", 3, "expected a word or condition", None);
    check("(a OR )", 6, "before )", None);
    check("k:(a OR )", 8, "before )", None);
}

#[test]
fn values_have_types() {
    check("bytes:>big", 7, "bytes:> needs a number, a duration or a size, not \"big\"", None);
    check("bytes:>\"5\"", 7, "needs a number", None);
    check("-bytes:>5", 7, "-bytes:> is not a condition; turn the comparison round", None);
    check("-bytes>5", 1, "turn the comparison round", None);
    check("-k:(>5 OR a)", 3, "turn the comparison round", None);
    check("-k!=v", 1, "-k!= is twice not; write k=", None);
    check("severity:loud", 9, "loud is none of severity's values; use trace, debug", None);
    check("severity:wran", 9, "none of severity's values", Some("warn"));
    check("class=falut", 6, "none of class's values", Some("fault"));
    check("class>ok", 0, "class has no size", None);
    check("service>5", 0, "service has no size", None);
    check("duration>fast", 9, "duration needs a duration such as 250ms", None);
    check("duration>", 9, "duration needs a duration", None);
    check("duration:1parsec", 9, "duration needs a duration", None);
    check("duration:9999999999999h", 9, "duration needs a duration", None);
    check("size>big", 5, "size needs a size such as 512", None);
    check("count:many", 6, "count needs a number", None);
    check("root:ture", 5, "root needs true or false", Some("true"));
    check("duration:~5", 10, "duration is no text", None);
    check("class:fau*", 6, "class is no text", None);
    check("size:/5/", 5, "size is no text", None);
    let error = parse_search("severity:wran", KEYS).unwrap_err();
    assert_eq!(error.expected, LEVELS);
}

#[test]
fn limits_are_named() {
    check(&"a ".repeat(500_000), 0, "more than the 16384", None);
    check(&"(".repeat(10_000), SEARCH_DEPTH_MAX, "deeper than the 32", None);
    check(&format!("{}a", "NOT ".repeat(3_000)), SEARCH_DEPTH_MAX * 4, "deeper than the 32", None);
    check(&format!("k:{}", "(".repeat(100)), SEARCH_DEPTH_MAX + 2, "deeper than the 32", None);
    check(&"a ".repeat(TERMS_MAX + 1), TERMS_MAX * 2, "more than the 512", None);
    assert!(parse_search(&"a ".repeat(TERMS_MAX), KEYS).is_ok());
    let deep = format!("{}a{}", "(".repeat(SEARCH_DEPTH_MAX - 1), ")".repeat(SEARCH_DEPTH_MAX - 1));
    assert_eq!(parse_search(&deep, KEYS), Ok(word("a")));
}

#[test]
fn any_letters_are_words() {
    for same in ["🔥", "שלום", "ключ:значение", "日本語", "\u{202e}abc", "é", "\u{0}", "שלום:עולם"]
    {
        super::check(same, same);
    }
    assert_eq!(read("🔥 OR 💥"), Search::Or(vec![word("🔥"), word("💥")]));
    assert_eq!(read("שלום:עולם"), attribute("שלום", equals(text("עולם"))));
    check("🔥 \"", 5, "the quotation mark has no partner", None);
}
