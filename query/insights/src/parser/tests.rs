mod mistakes;

use super::{parse, parse_within};
use crate::limits::Limits;
use crate::syntax::{Command, Source, SourceKind, TimeBound};

/// What a query reads as, in its canonical text.
fn check(text: &str, expected: &str) {
    match parse(text) {
        Ok(query) => assert_eq!(query.to_string(), expected, "{text}"),
        Err(error) => panic!("{text}: at {}: {error}", error.position),
    }
}

#[test]
fn columns() {
    check("fields @timestamp, @message", "fields @timestamp, @message");
    check("FIELDS a+1 AS b,c.d[2].`x-y`", "fields a + 1 as b, c.d[2].`x-y`");
    check("display strlen(a) as n , `odd name`", "display strlen(a) as n, `odd name`");
    check("fields if(a > 1, \"x\", 'y')", "fields if(a > 1, \"x\", \"y\")");
}

#[test]
fn precedence() {
    check("filter a or b and not c = 1", "filter a or b and not c = 1");
    check("filter (a or b) and c", "filter (a or b) and c");
    check("filter not (a and b)", "filter not (a and b)");
    check("filter ((a = 1)) or (b = 2 and c = 3)", "filter a = 1 or b = 2 and c = 3");
    check("fields a - b - c, a - (b - c)", "fields a - b - c, a - (b - c)");
    check("fields a + b * c ^ 2, (a + b) * c", "fields a + b * c ^ 2, (a + b) * c");
    check("fields 2 ^ 3 ^ 2, (2 ^ 3) ^ 2, -a ^ 2, -(a ^ 2)", "fields 2 ^ 3 ^ 2, (2 ^ 3) ^ 2, -a ^ 2, -(a ^ 2)");
    check("fields a / b % c, - -1", "fields a / b % c, --1");
}

#[test]
fn filters() {
    check("filter status >= 500 and path like /api\\/v1/", "filter status >= 500 and path like /api\\/v1/");
    check("where a =~ /(?i)x/ or a not like 'y'", "filter a like /(?i)x/ or a not like \"y\"");
    check("filter a in [1, \"b\"] and c not in ['d']", "filter a in [1, \"b\"] and c not in [\"d\"]");
    check("filter a in[1]", "filter a in [1]");
    check("filter \"ERROR\"", "filter @message like \"ERROR\"");
    check("filter /time ?out/ and not 'x'", "filter @message like /time ?out/ and not @message like \"x\"");
    check("filter a in (SOURCE 'lg' | filter b | fields c)", "filter a in (SOURCE \"lg\" | filter b | fields c)");
    check("filterIndex id = 'x'", "filterIndex id = \"x\"");
    check("filterindex id IN ['x', 'y']", "filterIndex id in [\"x\", \"y\"]");
    check("filter isPresent(a) # comment\n| limit 3", "filter isPresent(a) | limit 3");
}

#[test]
fn sources() {
    check("SOURCE '/aws/lambda/a', b | limit 1", "SOURCE \"/aws/lambda/a\", \"b\" | limit 1");
    check("source 'a' | SOURCE 'b' | fields x", "SOURCE \"a\", \"b\" | fields x");
    check("SOURCE lg start=-1d end=now() | fields x", "SOURCE \"lg\" start=-1d end=now | fields x");
    check(
        "SOURCE logGroups(namePrefix: ['/aws', 'x'], class: ['STANDARD']) start=1700000000",
        "SOURCE logGroups(namePrefix: [\"/aws\", \"x\"], class: [\"STANDARD\"]) start=1700000000",
    );
    check(
        "SOURCE dataSource(['amazon_vpc.flow']) logGroups(namePrefix:['a'])|estimate",
        "SOURCE dataSource([\"amazon_vpc.flow\"]) logGroups(namePrefix: [\"a\"]) | estimate",
    );
    check("SOURCE logGroups()", "SOURCE logGroups()");
    check("SOURCE spans | stats count(*)", "SOURCE spans | stats count(*)");
    check("SOURCE logs end='2024-01-01'", "SOURCE logs end=\"2024-01-01\"");
    let query = parse("SOURCE 'spans' end=now").unwrap();
    let Some(Source { kind, end, .. }) = query.source else { panic!("no source") };
    assert_eq!((kind, end), (SourceKind::Named(vec!["spans".to_owned()]), Some(TimeBound::Now)));
}

#[test]
fn parses() {
    check("parse \"a=* b=*\" as x, y", "parse \"a=* b=*\" as x, y");
    check("parse @message 'user=*' as user multi", "parse @message \"user=*\" multi as user");
    check("parse @message /a=(?<a>\\d+)\\// multi", "parse @message /a=(?<a>\\d+)\\// multi");
    check("parse /(\\d+)/ as n", "parse /(\\d+)/ as n");
    check("parse @message logfmt as lf", "parse @message logfmt as lf");
    check("parse logfmt as lf", "parse logfmt as lf");
    check("parse csv csv as a, b", "parse `csv` csv as a, b");
    check("parse csv as a, b", "parse csv as a, b");
    check("json field=f 'k.sub', 'l' as x, y", "json field=f \"k.sub\", \"l\" as x, y");
    check("parse f json 'k' as x", "json field=f \"k\" as x");
    check("parse json field=f 'k' as x", "json field=f \"k\" as x");
    check("json 'k' as x", "json \"k\" as x");
}

#[test]
fn aggregates() {
    check("stats count(*) by bin(5m)", "stats count(*) by bin(5m)");
    check(
        "stats sum(a)/count(*) as avg, pct(a, 99) by host, bin(1h) as t offset 1d",
        "stats sum(a) / count(*) as avg, pct(a, 99) by host, bin(1h) as t offset 1d",
    );
    check("sort a desc, b ASC, c", "sort a desc, b asc, c asc");
    check("sort by a", "sort a asc");
    check("limit 20", "limit 20");
    check("limit any 20", "limit any 20");
    check("dedup a, b.c", "dedup a, b.c");
    check("pattern @message | anomaly", "pattern @message | anomaly");
    check("pattern @message | diff", "pattern @message | diff");
    check("diff PREVIOUSWEEK | sort a", "diff previousWeek | sort a asc");
}

#[test]
fn rows() {
    check("unmask", "unmask");
    check("unmask a, b", "unmask a, b");
    check("unnest tags into tag", "unnest tags into tag");
    check("expand tags", "expand tags");
    check("expand a.b[0]", "expand a.b[0]");
    check("lookup users id OUTPUT name", "lookup users id OUTPUT name");
    check(
        "lookup users id as userId, org output name as n, mail",
        "lookup users id as userId, org OUTPUT name as n, mail",
    );
    check("cidrlookup nets src OUTPUT owner", "cidrlookup nets src OUTPUT owner");
    check("cidrlookup nets src AS cidr OUTPUTNEW owner AS o", "cidrlookup nets src as cidr OUTPUTNEW owner as o");
    check(
        "join type=left left=l right=r where l.f=r.f and l.g = r.g (SOURCE 'lg' | fields f, g)",
        "join type=left left=l right=r where l.f = r.f and l.g = r.g (SOURCE \"lg\" | fields f, g)",
    );
    check(
        "join left=a right=b on a.x=b.x (SOURCE 'lg')",
        "join type=inner left=a right=b where a.x = b.x (SOURCE \"lg\")",
    );
    check("appendcols (SOURCE lg | stats count(*))", "appendcols override=false (SOURCE \"lg\" | stats count(*))");
    check("appendcols override=true max=5 (stats count(*))", "appendcols override=true max=5 (stats count(*))");
}

#[test]
fn shapes() {
    check("autoregress a", "autoregress a p=1-1");
    check("autoregress a as b p=2", "autoregress a as b p=2-2");
    check("autoregress a p=1-4", "autoregress a p=1-4");
    check("accum a", "accum a");
    check("accum a as total", "accum a as total");
    check("addtotals", "addtotals row=true col=false");
    check("addtotals fieldname=Sum col=true price, tax", "addtotals fieldname=Sum row=true col=true price, tax");
    check("filldown", "filldown");
    check("filldown host cpu* *_ms", "filldown host cpu* *_ms");
    check("fillmissing", "fillmissing");
    check("fillmissing with 0 for n, 'x' for s, -1 for m", "fillmissing with 0 for n, \"x\" for s, -1 for m");
    check("outlier cpu memory", "outlier action=transform param=2.5 uselower=false mark=false cpu, memory");
    check(
        "outlier action=remove param=3.0 uselower=true mark=true cpu",
        "outlier action=remove param=3 uselower=true mark=true cpu",
    );
    check("sessionize a, b maxspan 1h as s", "sessionize a, b maxspan 1h as s");
    check("sessionize a", "sessionize a");
    check("countFrequent a, b", "countFrequent a, b");
    check("COUNTFREQUENT a", "countFrequent a");
    check("relevantfields where Time > 400", "relevantfields where Time > 400");
    check("relevantfields a, b where c like 'x'", "relevantfields a, b where c like \"x\"");
    check("logcompare timeshift 7d", "logcompare timeshift 7d");
    check("logcompare timeshift -1d", "logcompare timeshift 1d");
    check("fields a | estimate", "fields a | estimate");
    check("estimate", "estimate");
}

#[test]
fn a_sample_of_documented_queries() {
    check(
        "filter @type = \"REPORT\" | stats max(@memorySize / 1000 / 1000) as provisoned, pct(@duration, 95) as p95 by bin(300s)",
        "filter @type = \"REPORT\" | stats max(@memorySize / 1000 / 1000) as provisoned, pct(@duration, 95) as p95 by bin(300s)",
    );
    check(
        "fields @message\n| parse @message \"user=*, method:*, latency := *\" as @user, @method, @latency\n| stats avg(@latency) by @method, @user",
        "fields @message | parse @message \"user=*, method:*, latency := *\" as @user, @method, @latency | stats avg(@latency) by @method, @user",
    );
}

#[test]
fn a_column_is_called_as_it_is_written() {
    let query = parse("stats count(*), a.b[1], sum(a)/2 as half by c").unwrap();
    let Some(Command::Stats(stats)) = query.commands.first() else { panic!("no stats") };
    let names: Vec<String> = stats.aggregates.iter().map(|column| column.name()).collect();
    assert_eq!(names, ["count(*)", "a.b.1", "half"]);
}

#[test]
fn limits_are_named_in_the_error() {
    let check = |text: &str, limits: Limits, part: &str| {
        let error = parse_within(text, &limits).unwrap_err();
        assert!(error.message.contains(part), "{text:.40}: {error}");
        assert!(error.position <= text.len() && error.position + error.length <= text.len(), "{error:?}");
    };
    let default = Limits::default();
    check("fields a, b", Limits { query_bytes_max: 5, ..default.clone() }, "query_bytes_max");
    check(&format!("filter {}a{}", "(".repeat(100), ")".repeat(100)), default.clone(), "nesting_max");
    check(&format!("filter {}a", "not ".repeat(100)), default.clone(), "nesting_max");
    check(&format!("fields {}a", "-".repeat(100)), default.clone(), "nesting_max");
    check(&format!("fields {}a", "a^".repeat(100)), default.clone(), "nesting_max");
    check(&format!("fields a{}", "+a".repeat(1_001)), default.clone(), "operators_max");
    check(&"| fields a ".repeat(201), default, "commands_max");
}
