//! What the check says of mistakes.

use crate::check::{check as check_query, check_within};
use crate::limits::Limits;
use crate::parser::parse;

/// The first mistake: what of the text is wrong, and a part of what is said.
#[track_caller]
fn check(text: &str, wrong: &str, part: &str) {
    let query = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let Err(mistakes) = check_query(&query) else { panic!("{text} is fine") };
    let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    let error = &mistakes[0];
    assert_eq!(&text[error.position..error.position + error.length], wrong, "{text}: {said:?}");
    assert!(said[0].contains(part), "{text}: {said:?}");
}

#[test]
fn functions() {
    check("fields strln(a)", "strln", "did you mean `strlen`?");
    check("fields tolowr(a)", "tolowr", "did you mean `tolower`?");
    check("stats cuont(*)", "cuont(*)", "expected an aggregate");
    check("stats avg(cuont(a))", "cuont", "did you mean `count`?");
    check("fields strlen()", "strlen()", "`strlen` takes 1 argument, not 0");
    check("fields substr(a, 1, 2, 3)", "substr(a, 1, 2, 3)", "2 to 3 arguments");
    check("fields concat()", "concat()", "at least 1 argument");
    check("fields abs('x')", "'x'", "must be a number");
    check("fields abs(split(a, ','))", "split(a, ',')", "must be a number");
    check("fields bin(a)", "a", "must be a period such as `5m`");
    check("fields abs(5m)", "5m", "a number, not the period 5m");
    check("filter a > 5m", "5m", "may only be an argument");
    check("fields strlen(*)", "*", "may only stand in `count(*)`");
    check("filter a like /(/", "/(/", "not a regular expression: unclosed group");
    check("fields regexReplace(a, '[', 'b')", "'['", "not a regular expression");
    let pairs = ["a, 1"; 11].join(", ");
    let text = format!("fields case({pairs})");
    check(&text, &text[7..], "at most 10 pairs");
    check("fields toMillis('yesterday')", "'yesterday'", "must be a time");
}

#[test]
fn aggregates_and_where_they_stand() {
    check("fields count(*)", "count", "is an aggregate");
    check("filter sum(a) > 1", "sum", "may only stand in `stats`");
    check("stats avg(max(a))", "max", "not in another");
    check("stats count(*) by max(a)", "max", "is an aggregate");
    check("stats a by b", "a", "expected an aggregate");
    check("stats count(*) + a by b", "a", "outside of an aggregate");
    check("stats pct(a, 101)", "101", "from 0 to 100");
    check("stats pct(a)", "pct(a)", "takes 2 arguments");
    check("stats topk(0, a)", "0", "from 1 to 10000");
    check("stats topk(5, a), count(*)", "topk(5, a)", "only aggregate");
    check("stats count(*) as n, avg(a) as n", "n", "two columns are called `n`");
    check("stats count(*) by a offset 1h", "stats", "`offset` shifts bins");
    check("stats count(*) by split(a, ',')", "split(a, ',')", "plain values");
    check("stats histogram(a, 2.5)", "2.5", "a whole number");
}

#[test]
fn fields_behind_stats() {
    check("stats count(*) as hits by host | filter hts > 1", "hts", "did you mean `hits`?");
    check("stats count(*) as n by host | sort hots", "hots", "there are host, n; did you mean `host`?");
    check("stats count(*) as n by host | stats avg(n) by bin(5m)", "bin", "needs @timestamp");
    check("stats count(*) as n | parse \"*\" as a", "parse", "does not keep @message");
    check("stats count(*) as n by a | sessionize a", "sessionize", "needs @timestamp");
    check("stats count(*) as n by a | stats latest(n)", "latest", "needs @timestamp");
    check("stats count(*) as n by a | fields messageSize()", "messageSize", "no field `@message`");
    check("pattern @message | filter @patern like 'x'", "@patern", "did you mean `@pattern`?");
    check("stats count(*) as n by a | dedup b", "b", "there is no field `b`");
    check("stats count(*) by a | filter a.b = 1 and c.d = 1", "c.d", "there is no field `c.d`");
}

#[test]
fn order() {
    check("sort a | stats count(*)", "sort", "behind the last `stats`");
    check("stats count(*) as n by a | limit 5 | stats max(n)", "limit", "behind the last `stats`");
    check("dedup a | sort a", "sort", "only `limit` may stand behind `dedup`");
    check("estimate | limit 1", "estimate", "must be the last command");
    check("relevantfields where a > 1 | limit 1", "relevantfields", "must be the last command");
    check("anomaly", "anomaly", "right behind `pattern`");
    check("stats count(*) as n by a | filterIndex a = 1", "filterIndex", "before `stats`");
    check("stats count(*) by a | fillmissing", "fillmissing", "by bin");
    check("stats count(*) by a | diff", "diff", "before `stats`");
    check("diff | logcompare timeshift 1d", "logcompare", "a query may have 1 `diff or logcompare`");
    let many = ["stats count(*) as n"; 11].join(" | ");
    check(&many, "stats", "a query may have 10 `stats`");
}

#[test]
fn numbers_within_limits() {
    check("limit 0", "limit", "1 to 100000 (limit_rows_max), not 0");
    check("limit 100001", "limit", "not 100001");
    check("autoregress a p=1-5", "autoregress", "1 to 4");
    check("autoregress a p=3-2", "autoregress", "1 to 4");
    check("appendcols max=0 (stats count(*))", "appendcols", "1 to 100000");
    let query = parse("filter a like /a{1000}{100}/").unwrap();
    let limits = Limits { regex_bytes_max: 1_000, ..Limits::default() };
    assert!(check_within(&query, &limits).unwrap_err()[0].message.contains("not a regular expression"));
}

#[test]
fn parts_of_commands() {
    check("parse a /b/", "/b/", "has no group");
    check("parse a /(b)/", "/(b)/", "no group has a name");
    check("parse a /(b)(c)/ as d", "/(b)(c)/", "2 groups without a name and 1 names");
    check("filterIndex a = b", "b", "texts and numbers only");
    check("join left=l right=r where l.a = x.b (fields b)", "x.b", "must begin with the name of a side");
    check("join left=l right=l where l.a = l.b (fields b)", "l", "the same name");
    check("join left=l right=r where l.a = l.b (fields b)", "l.a = l.b", "a field of the other");
    check("filter a in (fields b, c)", "a in (fields b, c)", "one column, not b, c");
    check("filter a in (filter b in (fields c) | fields d)", "b in (fields c)", "may not have a sub-query");
    check(
        "join left=l right=r where l.a=r.a (join left=x right=y where x.a=y.a (fields a))",
        "join",
        "may not have a sub-query",
    );
}

#[test]
fn all_mistakes_are_reported() {
    let mistakes = check_query(&parse("fields strln(a) | sort b | stats abs(c)").unwrap()).unwrap_err();
    assert_eq!(mistakes.len(), 3, "{mistakes:?}");
}

#[test]
fn sources() {
    check(
        "SOURCE logGroups(namePrefix: ['a','b','c','d','e','f'])",
        "SOURCE",
        "`namePrefix` takes at most 5 names, not 6",
    );
    check("SOURCE logGroups(class: ['STANDRAD'])", "SOURCE", "did you mean `STANDARD`?");
    check("SOURCE lg start='soon' | fields a", "SOURCE", "needs a date such as");
}
