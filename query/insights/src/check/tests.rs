mod mistakes;

use super::{Bin, Checked, check};
use crate::parser::parse;
use crate::period::Period;
use crate::print::trees;
use proptest::prelude::*;

fn checked(text: &str) -> Checked {
    check(&parse(text).unwrap()).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))
}

#[test]
fn the_columns_of_an_answer() {
    let check = |text: &str, expected: &[&str]| assert_eq!(checked(text).columns, expected, "{text}");
    check("filter a = 1", &["@timestamp", "@message"]);
    check("parse \"a=*\" as a", &["@timestamp", "@message", "a"]);
    check("fields a | fields b + 1 as c | fields a", &["a", "c"]);
    check("fields a | parse b /(?<x>.)(?<y>.)/", &["a", "x", "y"]);
    check("fields a, b | display b | fields c", &["b"]);
    check("display a | display strlen(b)", &["strlen(b)"]);
    check("fields a | stats count(*) as n, avg(a) by host", &["host", "n", "avg(a)"]);
    check("stats count(*) as n by a | fields n * 2 as m", &["a", "n", "m"]);
    check("stats count(*) as n by a | stats max(n) | sort `max(n)`", &["max(n)"]);
    check(
        "pattern @message | anomaly",
        &[
            "@pattern",
            "@ratio",
            "@sampleCount",
            "@severityLabel",
            "@anomalyKind",
            "@anomalyDescription",
            "@anomalyPriority",
        ],
    );
    check("fields a | autoregress a as b p=1-2 | accum a as c | addtotals", &["a", "b_p1", "b_p2", "c", "Total"]);
    check("fields a | lookup t k as a OUTPUT c, d as e", &["a", "c", "e"]);
    check("countFrequent a, b.c", &["a", "b.c", "_approxcount"]);
    check("stats count(*) as n by a | appendcols (SOURCE lg | stats avg(b) as m)", &["a", "n", "m"]);
    check("fields a | sessionize a as s | outlier mark=true b", &["a", "s", "b_outlier"]);
    check(
        "relevantfields where a > 1",
        &["@fieldName", "@relevanceScore", "@topRelevanceContributors", "@conditionalMedian", "@baselineMedian"],
    );
}

#[test]
fn a_bin_is_what_it_says() {
    let period = |text: &str| Period::parse(text).unwrap();
    let found = checked("stats count(*) by a, bin(300s) as t offset 1h");
    assert_eq!(found.bin, Some(Bin { column: "t".into(), period: period("300s"), offset: Some(period("1h")) }));
    assert_eq!(found.group_columns, ["a", "t"]);
    assert_eq!(checked("stats count(*) by bin(1mo)").bin.map(|bin| bin.column).as_deref(), Some("bin(1mo)"));
    assert_eq!(checked("stats count(*) as n by a, bin(1m) | stats max(n) by a").bin, None);
}

#[test]
fn what_else_is_known() {
    let found = checked(
        "filter a.b = 1 and c like 'x' | fields a.b as d, d | stats count(e) as n by f | sort n desc | limit 20 | limit 5",
    );
    let fields: Vec<String> = found.fields.iter().map(|field| field.flat_name()).collect();
    assert_eq!(fields, ["a.b", "c", "d", "f", "e"]);
    assert_eq!((found.limit_rows, found.is_sorted, found.is_grouped), (Some(5), true, true));
    let read = |text: &str| -> Vec<String> { checked(text).fields.iter().map(|field| field.flat_name()).collect() };
    assert_eq!(read("stats latest(a) by bin(5m)"), ["@timestamp", "a"]);
    assert_eq!(read("fields messageSize() as m, messageSize(b) as n"), ["@message", "b"]);
    assert_eq!(read("sessionize a"), ["a", "@timestamp"]);
    let found = checked("fields a");
    assert_eq!((found.limit_rows, found.is_sorted, found.is_grouped), (None, false, false));
}

#[test]
fn queries_of_the_documentation_are_fine() {
    for text in [
        "filter ispresent(a) and not isempty(b) | stats count(*) by bin(5m)",
        "stats avg(@duration), max(@duration), min(@duration) by bin(5m)",
        "filter @type = \"REPORT\" | stats max(@memorySize / 1000 / 1000) as m, m2 by bin(1h)"
            .replace(", m2", "")
            .as_str(),
        "stats sum(bytes)/count(*) as avg by host | filter avg > 10 | sort avg desc | limit 5",
        "stats count(*) as n by host, bin(1m) as t | stats avg(n) as a by dateceil(t, 1h) as h | sort h",
        "fields jsonParse(@message) as j | stats count(*) by j.status",
        "fields @timestamp | filter a in (SOURCE 'lg' | filter b > 1 | fields c) | dedup a | limit 3",
        "join type=inner left=l right=r where l.id = r.id (SOURCE 'lg' | fields id) | stats count(*) by r.name",
        "stats count(*) as n by bin(1m) | fillmissing with 0 for n",
        "fields strcontains(@message, 'x', true) as s, case(a > 1, 'b', 'c') as d, messageSize() as e",
        "stats pct(a, 99.9), topk_not as x by b".replace(", topk_not as x", "").as_str(),
        "stats topk(5, a) by b",
        "stats rate(a, 1m), histogram(b, 10), countOverTime(*), earliest(c) by bin(1m)",
        "parse @message /(\\d+) (\\w+)/ as a, b | filter a > 1",
        "SOURCE spans | stats count(*) as n by service | sort n desc",
        "fields greatest(a, 'b5', 1)".replace("'b5'", "'5'").as_str(),
        "relevantfields a where b > 1",
        "stats count(*), avg(a) by bin(5m) | sort count(*) desc, bin(5m) | limit 5",
        "SOURCE logGroups(namePrefix: ['/aws'], class: ['STANDARD']) start='2024-01-31' | fields a",
    ] {
        checked(text);
    }
}

#[test]
fn the_longest_chain_of_operators_is_printed_and_checked() {
    let text = format!("filter a{}", " or a".repeat(1_000));
    let query = parse(&text).unwrap();
    assert_eq!(query.to_string(), text);
    assert_eq!(checked(&text).fields.len(), 1);
}

proptest! {
    #[test]
    fn no_query_makes_the_check_panic(query in trees::query()) {
        let text = query.to_string();
        let query = parse(&text).unwrap();
        if let Err(mistakes) = check(&query) {
            for mistake in mistakes {
                prop_assert!(text.is_char_boundary(mistake.position), "{text} {mistake:?}");
                prop_assert!(text.is_char_boundary(mistake.position + mistake.length), "{text} {mistake:?}");
            }
        }
    }
}
