use proptest::prelude::*;

use super::function::Function;
use super::*;

fn parsed(text: &str) -> Parsed {
    parse(text).unwrap_or_else(|error| panic!("{text}: {}", error.located(text)))
}

/// Checks that a query prints as expected, and that what is printed reads back to the same query.
fn check(text: &str, expected: &str) {
    let query = parsed(text);
    let printed = query.expr.to_string();
    assert_eq!(printed, expected, "{text}");
    assert_eq!(parsed(&printed), query, "{text} printed as {printed}");
}

#[test]
fn queries_are_printed_in_one_form() {
    check("up", "up");
    check("  up { job = 'api' , } ", r#"up{job="api"}"#);
    check("{__name__=\"up\"}", r#"{__name__="up"}"#);
    check(r#"{"http.requests", "a.b"=~"x|y"}"#, r#"{"http.requests","a.b"=~"x|y"}"#);
    check(r#"{"up"}"#, "up");
    check("rate(x[5m:30s] offset -1h @ end())", "rate(x[5m:30s] @ end() offset -1h)");
    check("x[90s] @ 12.5", "x[1m30s] @ 12.500");
    check("x[step() * 2 + -range()] smoothed", "x[step() * 2 + -range()] smoothed");
    check("SUM(x) BY (a, b,)", "sum by (a, b) (x)");
    check("sum without() (x)", "sum without () (x)");
    check("topk by (a) (3, x)", "topk by (a) (3, x)");
    check("a + on(x) group_left(y) fill(0) b", "a + on (x) group_left (y) fill (0) b");
    check("a > bool ignoring(x) fill_left(1) b", "a > bool ignoring (x) fill_left (1) b");
    check("-x ^ 2", "-x ^ 2");
    check("- 1", "-1");
    check("1e3 + 0x10 + 1_000 + .5", "1000 + 16 + 1000 + 0.5");
    check("010", "8");
    check("1h30m", "1h30m");
    check("-+-inf", "+Inf");
    check("h </ 5 >/ 1", "h </ 5 >/ 1");
    check(r#"label_join(x, "a\n", `b\`)"#, r#"label_join(x, "a\n", "b\\")"#);
    check("sum{} + by + offset offset 1m", "sum + by + offset offset 1m");
    check("info(x, {a=~\".+\"})", r#"info(x, {a=~".+"})"#);
    check("x # a comment\n + y", "x + y");
    check("(x)[5m:]", "(x)[5m:]");
}

fn check_error(text: &str, position: usize, expected: &str) {
    let error = match parse(text) {
        Err(error) => error,
        Ok(parsed) => panic!("{text} was read as {}", parsed.expr),
    };
    assert!(error.message.contains(expected), "{text}: {:?} does not say {expected:?}", error.message);
    assert_eq!(error.position, position, "{text}: {}", error.message);
}

#[test]
fn errors_say_where_and_what_was_expected() {
    check_error("", 0, "no expression found");
    check_error("sum(x", 5, "unexpected end of input, expected");
    check_error("sum(x) by (a", 12, "in grouping opts");
    check_error("x + * y", 4, "unexpected \"*\"");
    check_error("ratee(x[5m])", 0, "did you mean \"rate\"?");
    check_error("summ(x)", 0, "did you mean \"sum\"?");
    check_error(
        "rate(x)",
        5,
        "expected type range vector in call to function \"rate\", got instant vector: write a range",
    );
    check_error("abs(x[5m])", 4, "expected type instant vector");
    check_error("rate(x[5m], 1)", 0, "expected 1 argument(s) in call to \"rate\", got 2");
    check_error("clamp(x)", 0, "expected 3 argument(s)");
    check_error("x{a=b}", 4, "a text in quotes");
    check_error("x{a~\"b\"}", 3, "unexpected character: '~'");
    check_error("x{a=~\"(\"}", 5, "the regular expression is wrong");
    check_error("x{a.b=\"c\"}", 3, "unexpected character: '.'");
    check_error("{a=\"\"}", 0, "at least one non-empty matcher");
    check_error("x{\"y\"}", 2, "metric name must not be set twice: \"x\" or \"y\"");
    check_error("1 > 2", 0, "must use BOOL modifier");
    check_error("x + bool y", 4, "bool modifier can only be used on comparison operators");
    check_error("1 and x", 0, "set operator \"and\" not allowed in binary scalar expression");
    check_error("x + on(a) group_left(a) y", 10, "must not occur in ON and GROUP clause at once");
    check_error("x and on(a) group_left y", 12, "no grouping allowed for \"and\" operation");
    check_error("x + group_left y", 4, "has to stand before it");
    check_error("sum(x) offset 5m", 7, "must be preceded by");
    check_error("x offset 5m offset 5m", 12, "may not be set multiple times");
    check_error("x offset 5m[5m]", 11, "no offset modifiers allowed before range");
    check_error("sum(x)[5m]", 6, "ranges only allowed for vector selectors");
    check_error("x[5m", 4, "closes the range");
    check_error("x[1.5h]", 2, "bad number or duration syntax");
    check_error("x[5m3h]", 2, "units from long to short");
    check_error("x[5]m", 4, "an operator or the end of the query");
    check_error("x @ y", 4, "a time in seconds");
    check_error("\"abc", 0, "unterminated text");
    check_error("\"\\q\"", 0, "unknown escape");
    check_error("on + 1", 0, "__name__=\"on\"");
    check_error("-\"a\"", 1, "unary expression only allowed");
    check_error("x[5m:1m] smoothed", 9, "cannot be used with a subquery");
    check_error("topk(x)", 0, "expected 2 (a number and a vector)");
    check_error("info(x, y)", 8, "label selectors only");
    check_error("label_join(x, y, \"z\")", 14, "expected type string");
}

#[test]
fn what_is_nested_too_deep_is_refused() {
    let deep = format!("{}x{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(parse(&deep).unwrap_err().message.contains("EXPRESSION_DEPTH_MAX"));
    let long = vec!["x"; 10_000].join(" or ");
    assert!(parse(&long).unwrap_err().message.contains("EXPRESSION_DEPTH_MAX"));
    let negative = format!("{}x", "-".repeat(10_000));
    assert!(parse(&negative).is_err());
    let range = format!("x[{}1m{}]", "(".repeat(10_000), ")".repeat(10_000));
    assert!(parse(&range).is_err());
    assert!(parse(&vec!["x"; 200].join(" + ")).is_ok());
}

#[test]
fn types_are_known() {
    for (text, expected) in [
        ("1 + 2", ValueType::Scalar),
        ("x > 1", ValueType::Vector),
        ("x[5m]", ValueType::Matrix),
        ("(x[5m:])", ValueType::Matrix),
        ("\"a\"", ValueType::String),
        ("scalar(x)", ValueType::Scalar),
    ] {
        assert_eq!(parsed(text).value_type, expected, "{text}");
    }
}

#[test]
fn functions_are_sorted() {
    let names: Vec<&str> = function_names().collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(Function::of("year").is_some() && Function::of("abs").is_some() && Function::of("nothing").is_none());
}

#[test]
fn floats_are_printed_as_short_as_c_does() {
    for (value, expected) in [
        (0.5, "0.5"),
        (100_000.0, "100000"),
        (1_000_000.0, "1e+06"),
        (123_456_789.0, "1.23456789e+08"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        assert_eq!(short_float(value), expected);
    }
}

#[test]
fn durations_are_read_and_printed() {
    for (text, milliseconds) in [("1h30m", 5_400_000), ("1d", 86_400_000), ("2w", 1_209_600_000), ("5ms", 5)] {
        assert_eq!(parse_duration(text), Some(milliseconds));
        assert_eq!(text::print_duration(milliseconds), text);
    }
    for text in ["", "5", "m", "1m1h", "1m1m", "99999999999999999999y", "1.5h"] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
}

/// What `promql-parser` accepts, we accept, and understand alike: both print it, and theirs reads back to ours.
#[test]
fn another_parser_understands_the_same() {
    for text in [
        "up{instance!~\"a.*\", job=\"api\"} offset 5m",
        "sum by (a) (rate(x_total{b=~\"c\"}[5m])) / on (a) group_left (d) y",
        "histogram_quantile(0.9, sum by (le) (rate(x_bucket[10m])))",
        "a + b * c ^ d ^ e - f",
        "a or b and c unless d == bool e",
        "-x ^ 2 + -(y)",
        "max_over_time(rate(x[5m])[1h:1m] @ end())",
        "topk(3, x) without (a)",
        "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
    ] {
        let theirs = promql_parser::parser::parse(text).unwrap().to_string();
        assert_eq!(parsed(&theirs).expr.to_string(), parsed(text).expr.to_string(), "{text}");
    }
}

fn fragment() -> impl Strategy<Value = String> {
    let words = [
        "x",
        "sum",
        "by",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "5m",
        ":",
        "offset",
        "@",
        "start",
        "()",
        ",",
        "=",
        "=~",
        "\"a\"",
        "+",
        "-",
        "^",
        "on",
        "group_left",
        "bool",
        "1",
        "rate",
        "and",
        "fill",
        "smoothed",
        "step()",
        "topk",
        "'",
        "\\",
        "#",
        "0x",
        "1e",
        ".5",
        "</",
        "é",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_words_make_the_parser_panic_and_what_is_read_prints(text in fragment()) {
        if let Ok(query) = parse(&text) {
            let printed = query.expr.to_string();
            let again = parse(&printed).map_err(|error| TestCaseError::fail(format!("{printed}: {error}")))?;
            prop_assert_eq!(again.expr.to_string(), printed);
            prop_assert_eq!(format!("{:?}", again.expr), format!("{:?}", query.expr));
        }
    }
}
