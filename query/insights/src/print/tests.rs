pub(crate) mod trees;

use proptest::prelude::*;

use crate::parser::parse;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn printing_and_parsing_gives_the_same_query(query in trees::query()) {
        let text = query.to_string();
        match parse(&text) {
            Ok(again) => prop_assert_eq!(again, query, "{}", text),
            Err(error) => prop_assert!(false, "{}: {:?}", text, error),
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,60}") {
        if let Err(error) = parse(&text) {
            prop_assert!(text.is_char_boundary(error.position), "{:?}", error);
            prop_assert!(text.is_char_boundary(error.position + error.length), "{:?}", error);
        }
    }

    #[test]
    fn no_sequence_of_words_makes_the_parser_panic(words in prop::collection::vec(prop::sample::select(WORDS), 0..24)) {
        let text = words.join(" ");
        if let Err(error) = parse(&text) {
            prop_assert!(text.is_char_boundary(error.position + error.length), "{:?}", error);
        } else if let Ok(query) = parse(&text) {
            prop_assert_eq!(parse(&query.to_string()), Ok(query), "{}", text);
        }
    }
}

const WORDS: &[&str] = &[
    "fields",
    "filter",
    "stats",
    "parse",
    "sort",
    "limit",
    "dedup",
    "SOURCE",
    "join",
    "unnest",
    "outlier",
    "filldown",
    "fillmissing",
    "with",
    "for",
    "json",
    "csv",
    "logfmt",
    "as",
    "by",
    "in",
    "not",
    "and",
    "or",
    "like",
    "multi",
    "=",
    "!=",
    "(",
    ")",
    "[",
    "]",
    ",",
    "|",
    "*",
    "/",
    "-",
    "^",
    "a",
    "b.c[0]",
    "`d e`",
    "1",
    "5m",
    "\"t*\"",
    "'u'",
    "/r/",
    "count(*)",
    "#",
    "\n",
    "true",
    "any",
    "desc",
    "=~",
    "type=left",
    "left=l",
    "right=r",
    "where",
    "into",
    "offset",
];
