//! Commands of two sets of rows.

use super::{rows, shown};
use crate::parser::parse;
use crate::rows::{Cut, appendcols, join, lookup, relevant_fields};
use crate::syntax::Command;
use crate::value::Value;

/// Applies the first command of a query to two sets.
#[track_caller]
fn check(query: &str, first: &str, second: &str, after: &str) {
    let parsed = parse(query).unwrap();
    let (mut found, second) = (rows(first), rows(second));
    match parsed.commands.first().unwrap() {
        Command::Appendcols(command) => appendcols::apply(&mut found, command, &second),
        Command::Lookup(command) => lookup::apply(&mut found, command, &second).unwrap(),
        Command::CidrLookup(command) => lookup::apply_cidr(&mut found, command, &second).unwrap(),
        Command::Join(command) => {
            let (joined, cut) = join::apply(&found, &second, command, 100);
            assert_eq!(cut, Cut::No);
            found = joined;
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(shown(&found), after, "{query}");
}

#[test]
fn columns_by_position() {
    check("appendcols (fields b)", r#"[["a"],[1],[2]]"#, r#"[["b"],["x"]]"#, r#"[["a","b"],[1,"x"],[2,null]]"#);
    check("appendcols (fields a)", r#"[["a"],[1],[null]]"#, r#"[["a"],[7],[8],[9]]"#, r#"[["a"],[1],[8],[9]]"#);
    check(
        "appendcols override=true max=1 (fields a)",
        r#"[["a"],[1],[2]]"#,
        r#"[["a"],[7],[8]]"#,
        r#"[["a"],[7],[2]]"#,
    );
}

#[test]
fn columns_by_key() {
    let users = r#"[["id","name"],["1","bob"],["2","eve"],["1","second"]]"#;
    check("lookup users id as u OUTPUT name", r#"[["u"],[1],[3]]"#, users, r#"[["u","name"],[1,"bob"],[3,null]]"#);
    check(
        "lookup users id OUTPUT name as n",
        r#"[["id","n"],["2","old"],["9","old"]]"#,
        users,
        r#"[["id","n"],["2","eve"],["9","old"]]"#,
    );
    check(
        "lookup users id OUTPUTNEW name as n",
        r#"[["id","n"],["2","old"],["1",""]]"#,
        users,
        r#"[["id","n"],["2","old"],["1","bob"]]"#,
    );
    let parsed = parse("lookup users id OUTPUT nosuch").unwrap();
    let Some(Command::Lookup(command)) = parsed.commands.first() else { panic!("no lookup") };
    assert_eq!(lookup::apply(&mut rows(r#"[["id"]]"#), command, &rows(users)), Err("nosuch".to_owned()));
}

#[test]
fn columns_by_network() {
    let nets = r#"[["cidr","owner"],["10.0.0.0/8","all"],["10.1.0.0/16","ops"],["bad","x"]]"#;
    check(
        "cidrlookup nets ip OUTPUT owner",
        r#"[["ip"],["10.1.2.3"],["10.2.2.3"],["8.8.8.8"],[null]]"#,
        nets,
        r#"[["ip","owner"],["10.1.2.3","ops"],["10.2.2.3","all"],["8.8.8.8",null],[null,null]]"#,
    );
    check(
        "cidrlookup nets ip as cidr OUTPUTNEW owner as o",
        r#"[["ip","o"],["10.1.2.3","mine"]]"#,
        nets,
        r#"[["ip","o"],["10.1.2.3","mine"]]"#,
    );
}

#[test]
fn rows_by_equal_keys() {
    let (left, right) = (r#"[["a","n"],[1,"x"],[2,"y"],[null,"z"]]"#, r#"[["b","m"],["1","p"],["1","q"],[3,"r"]]"#);
    check(
        "join left=l right=r where l.a = r.b (fields b)",
        left,
        right,
        r#"[["a","n","r.b","r.m"],[1,"x","1","p"],[1,"x","1","q"]]"#,
    );
    check(
        "join type=left left=l right=r where r.b = l.a (fields b)",
        left,
        right,
        r#"[["a","n","r.b","r.m"],[1,"x","1","p"],[1,"x","1","q"],[2,"y",null,null],[null,"z",null,null]]"#,
    );
    let parsed = parse("join left=l right=r where l.a = r.b (fields b)").unwrap();
    let Some(Command::Join(command)) = parsed.commands.first() else { panic!("no join") };
    assert_eq!(join::apply(&rows(left), &rows(right), command, 1).1, Cut::Yes);
    let (mut joined, _) = join::apply(&rows(left), &rows(right), command, 100);
    joined.rows.truncate(1);
    let parsed = parse("dedup l.n, r.m, l.nosuch, x.n").unwrap();
    let Some(Command::Dedup(command)) = parsed.commands.first() else { panic!("no dedup") };
    let found: Vec<String> = command.fields.iter().map(|field| joined.values_of(field)[0].to_string()).collect();
    assert_eq!(found, ["x", "p", "", ""]);
}

#[test]
fn relevant_fields_tell_rows_apart() {
    let slow = rows(r#"[["path","zone","same"],["/a","e1","s"],["/a","e1","s"],["/a","e2","s"],["/b","e2","s"]]"#);
    let fast = rows(r#"[["path","zone","same"],["/b","e1","s"],["/b","e2","s"]]"#);
    let found = relevant_fields::compare(&slow, &fast);
    let scores: Vec<String> = found.rows.iter().map(|row| format!("{} {}", row[0], row[1])).collect();
    assert_eq!(scores, ["path 0.75"]);
    assert!(found.rows[0][2].to_string().starts_with(r#"[{"baselineShare":0,"conditionalShare":0.75,"value":"/a"}"#));
}

#[test]
fn numbers_are_compared_by_their_distributions() {
    let mut slow = rows(r#"[["ms","id"]]"#);
    let mut fast = slow.clone();
    for i in 0..40 {
        slow.rows.push(vec![Value::Number(f64::from(100 + i)), Value::from(format!("id-{i}"))]);
        fast.rows.push(vec![Value::Number(f64::from(i)), Value::from(format!("other-{i}"))]);
    }
    let found = relevant_fields::compare(&slow, &fast);
    assert_eq!(
        shown(&found),
        r#"[["@fieldName","@relevanceScore","@topRelevanceContributors","@conditionalMedian","@baselineMedian"],["ms",1,null,119.5,19.5]]"#
    );
}
