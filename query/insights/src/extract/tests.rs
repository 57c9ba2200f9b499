use proptest::prelude::*;

use super::{MATCHES_MAX, Matches, ParsePattern};
use crate::limits::Limits;
use crate::parser::parse;
use crate::syntax::Command;
use crate::value::{Value, json};

fn compile(text: &str) -> Result<ParsePattern, crate::error::SyntaxError> {
    let query = parse(text).unwrap();
    let Some(Command::Parse(command)) = query.commands.first() else { panic!("no parse") };
    ParsePattern::compile(&command.mode, &Limits::default())
}

/// The matches of a `parse` command in a text, as JSON of lists.
#[track_caller]
fn check(command: &str, text: &str, expected: &str) {
    let rows = compile(command).unwrap().apply(text).rows;
    let found: Value = rows.into_iter().map(Value::from_iter).collect();
    assert_eq!(json::to_json(&found).to_string(), expected, "{command} {text}");
}

#[test]
fn globs() {
    let command = "parse 'user=*, method:*, latency := *' as u, m, l";
    check(command, "2024 user=bob, method:GET, latency := 12", r#"[["bob","GET","12"]]"#);
    check(command, "user=bob, method:GET", "[]");
    check("parse '* *' as a, b", "x y z", r#"[["x","y z"]]"#);
    check("parse '[*]' as a", "a [b] [c]", r#"[["b"]]"#);
    check("parse '[*]' as a multi", "a [b] [c", r#"[["b"]]"#);
    check("parse '[*]' as a multi", "a [b] [c]", r#"[["b"],["c"]]"#);
    check("parse '**' as a, b", "xy", r#"[["","xy"]]"#);
    check("parse '*-' as a", "ä-b-", r#"[["ä"]]"#);
    check("parse '*' as a multi", "xy", r#"[["xy"]]"#);
    check("parse 'a=*' as a", "", "[]");
}

#[test]
fn regular_expressions() {
    check(r"parse /user=(?<user>\w+)(?: age=(?<age>\d+))?/", "x user=bob", r#"[["bob",null]]"#);
    check(r"parse /user=(?<user>\w+) age=(?P<age>\d+)/", "user=bob age=7", r#"[["bob","7"]]"#);
    check(r"parse /(\d+) (?<b>\w+)/ as a", "12 x", r#"[["12","x"]]"#);
    check(r"parse /(?<n>\d)/ multi", "a1b2", r#"[["1"],["2"]]"#);
    check(r"parse /(?<n>\d)/", "a1b2", r#"[["1"]]"#);
    check(r"parse /(?<n>\d)/", "ab", "[]");
    let long = "1".repeat(MATCHES_MAX + 1);
    let Matches { rows, is_cut } = compile(r"parse /(?<n>\d)/ multi").unwrap().apply(&long);
    assert_eq!((rows.len(), is_cut), (MATCHES_MAX, true));
}

#[test]
fn pairs_values_and_paths() {
    check(
        "parse logfmt as l",
        r#"level=info msg="a \"b\"" n=1 retry"#,
        r#"[[{"level":"info","msg":"a \"b\"","n":"1","retry":true}]]"#,
    );
    check("parse logfmt as l", "just words", "[]");
    check("parse logfmt as l", "a= b=\"open", r#"[[{"a":"","b":"open"}]]"#);
    check("parse csv as a, b, c", r#"x, "y, ""z""" ,1"#, r#"[["x","y, \"z\"","1"]]"#);
    check("parse csv as a, b", "x,y,z", r#"[["x","y","z"]]"#.replace(r#","z""#, "").as_str());
    check("parse csv as a, b", "x", r#"[["x",null]]"#);
    check("json 'k.sub[1]', 'l' as x, y", r#"{"k":{"sub":[1,2]}}"#, "[[2,null]]");
    check("json 'k' as x", "no json", "[]");
}

#[test]
fn mistakes_say_where() {
    let check = |command: &str, wrong: &str, part: &str| {
        let error = compile(command).unwrap_err();
        assert_eq!(&command[error.position..error.position + error.length], wrong);
        assert!(error.message.contains(part), "{error}");
    };
    check("parse /(?<a>[)/", "/(?<a>[)/", "not a regular expression");
    check("parse /abc/", "/abc/", "needs a group");
    check("parse /(a)/ as b, c", "/(a)/", "needs a group");
    check("json 'a..b' as x", "x", "is no path");
}

proptest! {
    #[test]
    fn no_text_makes_a_pattern_panic(text in "[a-c\"=,ä \\\\\\[\\]]{0,20}") {
        for command in ["parse '*=*' as a, b multi", "parse logfmt as l", "parse csv as a, b, c", "json 'a' as b"] {
            let pattern = compile(command).unwrap();
            for row in pattern.apply(&text).rows {
                prop_assert_eq!(row.len(), pattern.names().len());
            }
        }
    }
}
