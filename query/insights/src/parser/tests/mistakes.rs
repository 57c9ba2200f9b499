//! What the parser says of mistakes.

use crate::parser::parse;

fn check(text: &str, wrong: &str, part: &str) {
    let Err(error) = parse(text) else { panic!("{text} is read") };
    let found = &text[error.position..error.position + error.length];
    assert_eq!(found, wrong, "{text}: {error}");
    assert!(error.to_string().contains(part), "{text}: {error}");
}

#[test]
fn a_missing_pipe_is_asked_for() {
    check("fields a filter b", "filter", "expected a pipe `|` before `filter`");
    check("filter a = 1 stats count(*)", "stats", "expected a pipe `|` before `stats`");
    check("stats count(*) by a sort b", "sort", "expected a pipe `|` before `sort`");
    check("limit 5 fields a", "fields", "expected a pipe `|` before `fields`");
    check("parse \"*\" as a filter b", "filter", "expected a pipe `|` before `filter`");
}

#[test]
fn a_mistyped_command_gets_the_nearest() {
    check("feilds a", "feilds", "did you mean `fields`?");
    check("fields a | stast count(*)", "stast", "did you mean `stats`?");
    check("fields a | order b", "order", "there is no command `order`");
    check("", "", "expected a command");
    check("fields a |", "", "expected a command");
    check("fields a | | limit 1", "|", "expected a command");
    check("fields a | SOURCE 'x'", "SOURCE", "must be the first command");
}

#[test]
fn expressions() {
    check("filter a ==1", "==", "did you mean `=`?");
    check("filter a <> 1", "<>", "did you mean `!=`?");
    check("filter a && b", "&&", "did you mean `and`?");
    check("filter a || b", "||", "did you mean `or`?");
    check("filter a = 1 = 2", "=", "join two with `and`");
    check("filter a =", "", "expected a field, a value or a function, found the end");
    check("filter (a = 1", "", "expected `)`");
    check("filter a like b", "b", "expected a text in quotes or a regular expression");
    check("filter a like /b", "/", "close it with /");
    check("filter a in b", "b", "expected a list");
    check("filter a in (1, 2)", "(", "square brackets");
    check("filter a in []", "]", "expected a field, a value");
    check("fields strlen(a b)", "b", "expected `,` or the `)` of strlen(");
    check("filter a = \"x", "\"", "close the text");
    check("fields and", "and", "expected a field");
    check("fields a,", "", "expected a field");
}

#[test]
fn commands() {
    check("limit x", "x", "expected a whole number");
    check("limit 1.5", "1.5", "expected a whole number");
    check("parse @message \"a\" as b", "\"a\"", "no `*`");
    check("parse @message \"* *\" as b", "b", "2 stars and 1 names");
    check("parse @message", "", "expected a pattern");
    check("parse @message // as a", "//", "empty regular expression");
    check("stats count(*) by", "", "expected a field");
    check("stats count(*) by a offset b", "b", "expected a period");
    check("diff previousDya", "previousDya", "did you mean `previousDay`?");
    check("outlier acton=remove a", "acton", "did you mean `action`?");
    check("outlier action=drop a", "drop", "expected `remove` or `transform`");
    check("outlier", "", "expected a field of numbers");
    check("join type=full left=l right=r where l.a=r.a (fields a)", "full", "expected `inner` or `left`");
    check("join where a=b (fields a)", "where", "expected `left=` and `right=`");
    check("unnest a item", "item", "expected `into`");
    check("lookup t k", "", "expected `OUTPUT`");
    check("logcompare 7d", "7d", "expected `timeshift`");
    check("relevantfields a, b", "", "expected `where`");
    check("fillmissing with a for b", "a", "expected a number or a text");
    check("addtotals row=1", "1", "expected `true` or `false`");
    check("dedup", "", "expected a field");
}

#[test]
fn sources() {
    check("SOURCE", "", "expected the name of a log group");
    check("SOURCE logGroup(namePrefix: ['a'])", "logGroup", "did you mean `logGroups`?");
    check("SOURCE logGroups(prefix: ['a'])", "prefix", "logGroups has no `prefix`");
    check("SOURCE logGroups(namePrefx: ['a'])", "namePrefx", "did you mean `namePrefix`?");
    check("SOURCE logGroups(namePrefix: [a])", "a", "expected a text in quotes");
    check("SOURCE lg start=yesterday", "yesterday", "expected `now`");
    check("SOURCE lg start=now start=now", "start", "given twice");
    check("SOURCE spans | SOURCE 'a' | fields a", "SOURCE", "names of log groups");
}
