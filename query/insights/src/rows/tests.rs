mod two_sets;

use super::{
    Cut, Rows, accum, addtotals, autoregress, count_frequent, dedup, filldown, fillmissing, outlier, sessionize, sort,
    unnest,
};
use crate::check::check as check_query;
use crate::function::Context;
use crate::parser::parse;
use crate::syntax::Command;
use crate::value::{Value, json};

/// Rows from a JSON list of lists, the first the names.
pub(super) fn rows(text: &str) -> Rows {
    let Some(Value::List(lists)) = json::parse(text) else { panic!("{text}") };
    let list = |value: &Value| match value {
        Value::List(items) => items.to_vec(),
        other => panic!("{other:?}"),
    };
    let columns = list(&lists[0]).iter().map(|name| name.to_string().into()).collect();
    Rows { columns, rows: lists[1..].iter().map(list).collect(), left_side: None }
}

pub(super) fn shown(rows: &Rows) -> String {
    let names: Value = rows.columns.iter().map(|name| Value::text(name)).collect();
    let lists: Value =
        std::iter::once(names).chain(rows.rows.iter().map(|row| row.iter().cloned().collect())).collect();
    json::to_json(&lists).to_string()
}

/// Applies the last command of a query.
#[track_caller]
fn check(query: &str, before: &str, after: &str) {
    let parsed = parse(query).unwrap();
    let mut found = rows(before);
    match parsed.commands.last().unwrap() {
        Command::Accum(command) => accum::apply(&mut found, command),
        Command::Addtotals(command) => addtotals::apply(&mut found, command),
        Command::Autoregress(command) => autoregress::apply(&mut found, command),
        Command::Dedup(command) => dedup::apply(&mut found, &command.fields),
        Command::Filldown(command) => filldown::apply(&mut found, &command.fields),
        Command::Outlier(command) => outlier::apply(&mut found, command),
        Command::Sessionize(command) => sessionize::apply(&mut found, command),
        Command::Sort(command) => sort::apply(&mut found, &command.keys, &Context::default()),
        Command::Unnest(command) => assert_eq!(unnest::apply(&mut found, command, 100), Cut::No),
        Command::Expand(command) => assert_eq!(unnest::apply_expand(&mut found, command, 100), Cut::No),
        Command::CountFrequent(command) => {
            let mut counts = count_frequent::CountFrequent::new(&command.fields);
            let mut first = count_frequent::CountFrequent::new(&command.fields);
            found.views().for_each(|row| first.add(row));
            counts.merge_bytes(&first.to_bytes()).unwrap();
            assert_eq!(counts.merge_bytes(b"x"), None);
            found = counts.finish(100).0;
        }
        Command::Fillmissing(command) => {
            let checked = check_query(&parsed).unwrap();
            let bin = checked.bin.unwrap();
            let grouping = fillmissing::Grouping {
                bin: &bin,
                group_columns: &checked.group_columns,
                start_ms: 30_000,
                end_ms: 240_000,
            };
            assert_eq!(fillmissing::apply(&mut found, command, &grouping, 100), Cut::No);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(shown(&found), after, "{query}");
}

#[test]
fn sums() {
    check("accum a", r#"[["a"],[1],["x"],["2"]]"#, r#"[["a"],[1],[null],[3]]"#);
    check("accum a as s", r#"[["a"],[1],[2]]"#, r#"[["a","s"],[1,1],[2,3]]"#);
    check(
        "addtotals",
        r#"[["a","b","c"],[1,"x",2],[3,"y",null]]"#,
        r#"[["a","b","c","Total"],[1,"x",2,3],[3,"y",null,3]]"#,
    );
    check("addtotals fieldname=S a", r#"[["a","c"],[1,2]]"#, r#"[["a","c","S"],[1,2,1]]"#);
    check("addtotals row=false col=true", r#"[["a","b"],[1,"x"],[3,"y"]]"#, r#"[["a","b"],[1,"x"],[3,"y"],[4,null]]"#);
}

#[test]
fn rows_before() {
    check("autoregress a p=1-2", r#"[["a"],[1],[2],[3]]"#, r#"[["a","a_p1","a_p2"],[1,null,null],[2,1,null],[3,2,1]]"#);
    check("autoregress a as b p=2", r#"[["a"],[1],[2],[3]]"#, r#"[["a","b_p2"],[1,null],[2,null],[3,1]]"#);
    check("filldown", r#"[["a","b"],[1,null],[null,2],[3,null]]"#, r#"[["a","b"],[1,null],[1,2],[3,2]]"#);
    check(
        "filldown c*u",
        r#"[["a","cpu","cux"],[1,1,1],[null,null,null]]"#,
        r#"[["a","cpu","cux"],[1,1,1],[null,1,null]]"#,
    );
    check("filldown a", r#"[["a","b"],[1,1],[null,null]]"#, r#"[["a","b"],[1,1],[1,null]]"#);
}

#[test]
fn first_and_sorted() {
    check(
        "dedup a",
        r#"[["a","b"],[1,1],["1",2],[2,3],[null,4],[null,5]]"#,
        r#"[["a","b"],[1,1],[2,3],[null,4],[null,5]]"#,
    );
    check("dedup a, b", r#"[["a","b"],[1,1],[1,2],[1,1]]"#, r#"[["a","b"],[1,1],[1,2]]"#);
    check("sort a", r#"[["a"],["10"],[9],["x10"],["x9"],[null]]"#, r#"[["a"],[null],["x9"],["x10"],[9],["10"]]"#);
    check("sort a desc, b", r#"[["a","b"],[1,2],[2,9],[2,1]]"#, r#"[["a","b"],[2,1],[2,9],[1,2]]"#);
    check("sort strlen(a)", r#"[["a"],["xxx"],["y"]]"#, r#"[["a"],["y"],["xxx"]]"#);
}

#[test]
fn elements() {
    check(
        "unnest l into i",
        r#"[["l"],[[1,2]],["x"],[[]],["[3]"]]"#,
        r#"[["l","i"],[[1,2],1],[[1,2],2],["x","x"],[[],null],["[3]",3]]"#,
    );
    check("unnest m.l into i", r#"[["m"],[{"l":["a"]}]]"#, r#"[["m","i"],[{"l":["a"]},"a"]]"#);
    check("expand l", r#"[["a","l"],[1,[1,2]],[2,3]]"#, r#"[["a","l"],[1,1],[1,2],[2,3]]"#);
    check("expand l", r#"[["l"],[null]]"#, r#"[["l"],[null]]"#);
    let mut many = rows(r#"[["l"],[[1,2,3]]]"#);
    let parsed = parse("expand l").unwrap();
    let Some(Command::Expand(command)) = parsed.commands.first() else { panic!("no expand") };
    assert_eq!((unnest::apply_expand(&mut many, command, 2), many.rows.len()), (Cut::Yes, 2));
}

#[test]
fn outliers() {
    // Quartiles 2 and 4: the bounds are 2 - 2.5 * 2 and 4 + 2.5 * 2.
    let before = r#"[["a"],[1],[2],[3],[4],[100]]"#;
    check("outlier a", before, r#"[["a"],[1],[2],[3],[4],[9]]"#);
    check("outlier action=remove a", before, r#"[["a"],[1],[2],[3],[4]]"#);
    check(
        "outlier mark=true action=remove param=100 a",
        before,
        r#"[["a","a_outlier"],[1,false],[2,false],[3,false],[4,false],[100,false]]"#,
    );
    check("outlier uselower=true a", r#"[["a"],[-50],[2],[3],[4],["x"],[5]]"#, r#"[["a"],[-3],[2],[3],[4],["x"],[5]]"#);
}

#[test]
fn sessions() {
    let before = r#"[["@timestamp","u"],[0,"a"],[60000,"b"],[1800000,"a"],[3600001,"a"],[5,null]]"#;
    let parsed = parse("sessionize u").unwrap();
    let Some(Command::Sessionize(command)) = parsed.commands.first() else { panic!("no sessionize") };
    let mut found = rows(before);
    sessionize::apply(&mut found, command);
    let ids: Vec<String> = found.rows.iter().map(|row| row[2].to_string()).collect();
    assert_eq!(&*found.columns[2], "session_id");
    assert!(ids[0] == ids[2] && ids[0] != ids[1] && ids[0] != ids[3] && ids[4].is_empty(), "{ids:?}");
    check(
        "sessionize u maxspan 1m as s",
        r#"[["@timestamp","u"],[0,null]]"#,
        r#"[["@timestamp","u","s"],[0,null,null]]"#,
    );
}

#[test]
fn frequent_combinations() {
    check(
        "countFrequent a, b",
        r#"[["a","b"],[1,"x"],[2,"y"],[1,"x"],[null,"x"]]"#,
        r#"[["a","b","_approxcount"],[1,"x",2],[2,"y",1],[null,"x",1]]"#,
    );
    check("countFrequent a", r#"[["a"]]"#, r#"[["a","_approxcount"]]"#);
}

#[test]
fn empty_bins_get_rows() {
    check(
        "stats count(*) as n by bin(1m) as t | fillmissing with 0 for n",
        r#"[["t","n"],[120000,5]]"#,
        r#"[["t","n"],[0,0],[60000,0],[120000,5],[180000,0]]"#,
    );
    check(
        "stats count(*) as n by a, bin(2m) as t | fillmissing",
        r#"[["a","t","n"],["x",0,5],["y",120000,6]]"#,
        r#"[["a","t","n"],["x",0,5],["y",0,null],["x",120000,null],["y",120000,6]]"#,
    );
}
