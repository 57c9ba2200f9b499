use super::{Quoted, Token, regex_at, token_at};
use crate::period::{Period, Unit};
use crate::span::Span;
use crate::syntax::{Field, Step};

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut position = 0;
    loop {
        let (token, span) = token_at(text, position).unwrap();
        if token == Token::End {
            return tokens;
        }
        tokens.push(token);
        position = span.end();
    }
}

fn path(name: &str, path: Vec<Step>, quoted: Quoted) -> Token {
    Token::Path(Field { name: name.to_owned(), path, span: Span::default() }, quoted)
}

#[test]
fn tokens_are_told_apart() {
    let check = |text: &str, expected: Vec<Token>| assert_eq!(tokens(text), expected, "{text}");
    let key = |key: &str| Step::Key(key.to_owned());
    check("@message", vec![path("@message", vec![], Quoted::No)]);
    check("a.b[0].c", vec![path("a", vec![key("b"), Step::Index(0), key("c")], Quoted::Yes)]);
    check("a.0.`x.y`", vec![path("a", vec![key("0"), key("x.y")], Quoted::Yes)]);
    check("`a``b`", vec![path("a`b", vec![], Quoted::Yes)]);
    check("in[1]", vec![path("in", vec![], Quoted::No), Token::Sign("["), Token::Number(1.0), Token::Sign("]")]);
    check("1 .5 2.5e3", vec![Token::Number(1.0), Token::Number(0.5), Token::Number(2_500.0)]);
    check(
        "5m 300sec",
        vec![
            Token::Period(Period { count: 5, unit: Unit::Minute }),
            Token::Period(Period { count: 300, unit: Unit::Second }),
        ],
    );
    check(
        r#""a\"b" 'c"d' "\d\n\\""#,
        vec![Token::Text("a\"b".to_owned()), Token::Text("c\"d".to_owned()), Token::Text("\\d\n\\".to_owned())],
    );
    check("a # comment | \"\n|# more", vec![path("a", vec![], Quoted::No), Token::Sign("|")]);
    check(
        "a<=b!=c=~d",
        vec![
            path("a", vec![], Quoted::No),
            Token::Sign("<="),
            path("b", vec![], Quoted::No),
            Token::Sign("!="),
            path("c", vec![], Quoted::No),
            Token::Sign("=~"),
            path("d", vec![], Quoted::No),
        ],
    );
}

#[test]
fn a_regular_expression_ends_at_the_first_slash_that_is_not_escaped() {
    let check = |text: &str, expected: &str, length: usize| {
        let regex = regex_at(text, 0).unwrap();
        assert_eq!((regex.text.as_str(), regex.span.length), (expected, length), "{text}");
    };
    check("/a b/ c", "a b", 5);
    check(r"/a\/b/", "a/b", 6);
    check(r"/\d+\\/", r"\d+\\", 7);
}

#[test]
fn mistakes_say_where_and_what() {
    let check = |text: &str, position: usize, length: usize, part: &str| {
        let error = token_at(text, 0).unwrap_err();
        assert_eq!((error.position, error.length), (position, length), "{text}: {error}");
        assert!(error.to_string().contains(part), "{text}: {error}");
    };
    check("  \"abc", 2, 1, "close the text with \"");
    check("`abc", 0, 1, "close the name with `");
    check("5mn", 0, 3, "did you mean `5m");
    check("1.5m", 0, 4, "whole count");
    check("0s", 0, 2, "whole count");
    check("§", 0, 2, "back-ticks");
    check("1e999", 0, 5, "too large");
    assert!(regex_at("/abc", 0).unwrap_err().message.contains("close it with /"));
}
