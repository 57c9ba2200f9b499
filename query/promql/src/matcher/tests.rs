use super::*;

fn check(op: MatchOp, pattern: &str, value: &str, expected: bool) {
    let matcher = Matcher::new("a", op, pattern).unwrap();
    assert_eq!(matcher.matches(value), expected, "{matcher} of {value:?}");
}

#[test]
fn values_are_compared_whole() {
    check(MatchOp::Equal, "api", "api", true);
    check(MatchOp::Equal, "api", "apis", false);
    check(MatchOp::NotEqual, "api", "", true);
    check(MatchOp::Matches, "a|b", "ab", false);
    check(MatchOp::Matches, "a.*", "a\nb", true);
    check(MatchOp::NotMatches, "a.+", "a", true);
    check(MatchOp::Matches, ".*", "", true);
}

#[test]
fn brackets_are_not_mended_by_those_around() {
    assert!(Matcher::new("a", MatchOp::Matches, "a)|(b").is_err());
    assert!(Matcher::new("a", MatchOp::Matches, "a(").is_err());
}
