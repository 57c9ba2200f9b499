//! The same answers whatever is promoted: of rows that were live, sealed or merged before an attribute got its column, of
//! those after it, and of those after it lost it again.

use api::log::LogSearch;
use api::{AttributeFilter, FilterOperator, TimeRange};
use proptest::prelude::*;
use proptest::test_runner::{Config as ProptestConfig, TestRunner};
use serde_json::Value as Json;
use storage::promoted::{ColumnType, Origin, Place, PromotedAttribute};
use storage::{Batch, LogRecord, Span, SpanKind, Value};

use super::fixture::{SECOND, Shop, T0, attributes, log, resource, span, text};
use super::{json, without_statistics};

fn wanted() -> Vec<PromotedAttribute> {
    let attribute = |name: &str, column_type, place| PromotedAttribute { name: name.into(), column_type, place };
    vec![
        attribute("app.plan", ColumnType::String, Place::Record),
        attribute("app.items", ColumnType::Int, Place::Record),
        attribute("app.price", ColumnType::Double, Place::Record),
        attribute("app.first", ColumnType::Bool, Place::Record),
        attribute("app.cell", ColumnType::String, Place::Resource),
    ]
}

/// The values of an attribute in turn: right types, wrong types, none.
fn values() -> Vec<Option<Value<'static>>> {
    vec![
        None,
        Some(text("gold")),
        Some(text("5")),
        Some(text("5.0")),
        Some(text("true")),
        Some(Value::Int(5)),
        Some(Value::Int(-1)),
        Some(Value::Double(5.0)),
        Some(Value::Double(5.5)),
        Some(Value::Bool(true)),
    ]
}

/// One row for each value, all keys moving through the values at different steps.
fn rows(round: usize) -> Vec<LogRecord<'static>> {
    let values = values();
    let row = |n: usize| {
        let pick = |step: usize| values[(n * step + round) % values.len()].clone();
        let keys = [("app.plan", 1), ("app.items", 3), ("app.price", 7), ("app.first", 9), ("other", 1)];
        let own = keys.iter().filter_map(|(key, step)| Some((*key, pick(*step)?))).collect::<Vec<_>>();
        let cell = pick(3).map(|value| ("app.cell", value));
        LogRecord {
            resource: resource("orders", &cell.into_iter().collect::<Vec<_>>()),
            attributes: attributes(&own),
            ..log(i64::try_from(round * 100 + n).unwrap() * 1_000, 9, &format!("row {round} {n}"))
        }
    };
    (0..values.len()).map(row).collect()
}

const KEYS: [&str; 6] = ["app.plan", "app.items", "app.price", "app.first", "app.cell", "other"];

fn filters() -> Vec<AttributeFilter> {
    use FilterOperator::{Contains, Eq, Exists, Ge, Gt, Le, Lt, Missing, Ne};
    let asked =
        [json("gold"), json("5"), json("5.0"), json(5), json(5.0), json(5.5), json(true), json("true"), json(-1)];
    let mut filters = Vec::new();
    for key in KEYS {
        let filter = |operator, value: &Json| AttributeFilter { key: key.to_owned(), operator, value: value.clone() };
        filters.extend([filter(Exists, &Json::Null), filter(Missing, &Json::Null), filter(Contains, &json("5"))]);
        for value in &asked {
            filters.extend([filter(Eq, value), filter(Ne, value)]);
        }
        for value in [json(5), json(5.2)] {
            filters.extend([Gt, Ge, Lt, Le].map(|operator| filter(operator, &value)));
        }
    }
    filters
}

fn hour() -> TimeRange {
    TimeRange { from: T0.to_string(), to: (T0 + 3_600 * SECOND).to_string() }
}

fn search(filter: AttributeFilter) -> LogSearch {
    LogSearch { range: hour(), attributes: vec![filter], limit: Some(1_000), ..LogSearch::default() }
}

async fn bodies(shop: &Shop, filter: &AttributeFilter) -> Vec<String> {
    let search = search(filter.clone());
    let page = shop.engine.search_logs(&shop.tenant, &search).await.unwrap();
    page.records.iter().map(|record| record.body.as_str().unwrap().to_owned()).collect()
}

/// What SQL says of the map and of the columns.
const STATEMENTS: [&str; 4] = [
    "SELECT body, attr(attributes, 'app.plan'), attr(attributes, 'app.items'), attr(attributes, 'app.price'), \
     attr(resource_attributes, 'app.cell'), attr_number(attributes, 'app.price') FROM logs ORDER BY body",
    "SELECT body FROM logs WHERE attr(attributes, 'app.plan') = 'gold' ORDER BY body",
    "SELECT attr(attributes, 'app.plan') AS plan, count(*) FROM logs GROUP BY 1 ORDER BY 1",
    "SELECT count(*) FROM logs l WHERE attr_number(l.attributes, 'app.items') > 4",
];

/// Only where the attributes have columns.
const COLUMN_STATEMENTS: [&str; 4] = [
    "SELECT body, app_plan, app_items, app_price, app_first, app_cell FROM logs ORDER BY body",
    "SELECT body FROM logs WHERE app_plan = 'gold' AND body LIKE 'row%' ORDER BY body",
    "SELECT app_cell, sum(app_items), count(*) FROM logs WHERE app_price IS NULL GROUP BY 1 ORDER BY 1",
    "SELECT count(*) FROM logs WHERE app_items = 5 OR app_first",
];

async fn sql(shop: &Shop, statement: &str) -> Json {
    let request = api::sql::SqlRequest { query: statement.to_owned(), limit: None };
    let answer = shop.engine.sql(&shop.tenant, &request).await;
    json(answer.unwrap_or_else(|error| panic!("{statement}: {error:?}")).rows)
}

async fn facts(shop: &Shop) -> Vec<Json> {
    let mut facts = Vec::new();
    for filter in filters() {
        let mut bodies = bodies(shop, &filter).await;
        bodies.sort();
        facts.push(json((&filter, bodies)));
    }
    for statement in STATEMENTS {
        facts.push(json((statement, sql(shop, statement).await)));
    }
    let everything = AttributeFilter { key: "body".into(), operator: FilterOperator::Exists, value: Json::Null };
    let page = shop.engine.search_logs(&shop.tenant, &search(everything)).await.unwrap();
    assert!(page.records.len() >= 10);
    facts.push(without_statistics(json(page)));
    facts
}

fn assert_same(left: &[Json], right: &[Json], when: &str) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right, "{when}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_do_not_depend_on_what_is_promoted_nor_on_when() {
    // All rows in one store without any column are the truth.
    let truth = Shop::empty().await;
    let shop = Shop::empty().await;
    let both = async |round: usize| {
        truth.append(Batch::Logs(rows(round))).await;
        shop.append(Batch::Logs(rows(round))).await;
    };
    both(0).await;
    shop.store.seal_all().await.unwrap();
    both(1).await;
    // Frozen before, and sealed after the change; and answers while both kinds are live.
    facts(&shop).await;
    shop.store.promote(&shop.tenant, wanted()).await.unwrap();
    both(2).await;
    assert_same(&facts(&truth).await, &facts(&shop).await, "a segment and live rows of before, live rows of after");
    let of_columns = async || {
        let mut answers = Vec::new();
        for statement in COLUMN_STATEMENTS {
            answers.push(sql(&shop, statement).await);
        }
        answers
    };
    let columns = of_columns().await;
    let gold = |rows: &Json| rows.as_array().unwrap().iter().filter(|row| row[1] == "gold").count();
    assert_eq!(gold(&columns[0]), 3, "one of each round: sealed before, live before, live after");

    shop.store.seal_all().await.unwrap();
    assert_same(&of_columns().await, &columns, "the columns of what was live");
    both(3).await;
    assert_same(&facts(&truth).await, &facts(&shop).await, "a segment of before, one of after, live rows");
    shop.store.seal_all().await.unwrap();
    for round in 4..9 {
        both(round).await;
        shop.store.seal_all().await.unwrap();
    }
    let coverage = |report: &storage::promoted::Report, name: &str| {
        let status = report.attributes.iter().find(|status| status.promoted.attribute == name).unwrap();
        let logs = status.coverage.iter().find(|coverage| coverage.signal == storage::Signal::Logs).unwrap();
        (logs.segments_with_column, logs.segments)
    };
    let report = shop.store.promoted(&shop.tenant);
    let (with_column, all) = coverage(&report, "app.plan");
    assert_eq!(with_column + 1, all, "all segments but the first");
    let columns = of_columns().await;
    shop.store.maintain().await.unwrap();
    assert_same(&of_columns().await, &columns, "the columns of what was merged");
    let (with_column, merged) = coverage(&shop.store.promoted(&shop.tenant), "app.plan");
    assert!(merged < all && with_column == merged, "{with_column} of {merged}, before {all}: a merge fills the column");
    assert_same(&facts(&truth).await, &facts(&shop).await, "merged");

    // Retired: files with the column, and files and live rows without.
    let report = shop.store.promote(&shop.tenant, Vec::new()).await.unwrap();
    assert_same(&of_columns().await, &columns, "the columns of what is retired");
    assert_eq!(report.attributes.iter().filter(|status| status.origin == Origin::Retired).count(), 5);
    both(9).await;
    assert_same(&facts(&truth).await, &facts(&shop).await, "retired, live");
    shop.store.seal_all().await.unwrap();
    assert_same(&facts(&truth).await, &facts(&shop).await, "retired, sealed");
    let gold = "SELECT count(*) FROM logs WHERE app_plan = 'gold'";
    assert_eq!(sql(&shop, gold).await, sql(&truth, &gold.replace("app_plan", "attr(attributes, 'app.plan')")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_values_are_counted_once() {
    let shop = Shop::empty().await;
    shop.append(Batch::Logs(rows(0))).await;
    shop.store.seal_all().await.unwrap();
    let ask = async || {
        let signal = storage::Signal::Logs;
        let keys = shop.engine.attribute_keys(&shop.tenant, signal, &hour(), "app").await.unwrap().keys;
        let values = shop.engine.attribute_values(&shop.tenant, signal, "app.plan", &hour(), "").await.unwrap();
        json((keys, values.values))
    };
    let before = ask().await;
    shop.store.promote(&shop.tenant, wanted()).await.unwrap();
    assert_eq!(ask().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_and_traces_show_an_attribute_where_it_was_sent() {
    let shop = Shop::empty().await;
    let of_round = |id: u64| Span {
        resource: resource("gateway", &[("app.cell", text("eu-1"))]),
        attributes: attributes(&[("app.plan", text("gold")), ("app.price", Value::Double(9.0))]),
        ..span(7, id, None, "gateway", SpanKind::Server, 60_000, 10)
    };
    shop.append(Batch::Spans(vec![of_round(1)])).await;
    shop.store.seal_all().await.unwrap();
    shop.store.promote(&shop.tenant, wanted()).await.unwrap();
    shop.append(Batch::Spans(vec![of_round(2)])).await;
    shop.store.seal_all().await.unwrap();
    shop.append(Batch::Spans(vec![of_round(3)])).await;
    let trace = shop.engine.trace(&shop.tenant, &super::fixture::hex(&super::fixture::trace_id(7))).await.unwrap();
    assert_eq!(trace.spans.len(), 3);
    for span in &trace.spans {
        assert_eq!(json(&span.attributes), serde_json::json!({ "app.plan": "gold", "app.price": 9.0 }));
        assert_eq!(json(&span.resource_attributes), serde_json::json!({ "app.cell": "eu-1" }));
    }
}

/// A condition, of any key, operator and value, before and after.
#[test]
fn any_condition_has_the_same_rows_before_and_after() {
    use FilterOperator::{Contains, Eq, Ge, Gt, Le, Lt, Ne};
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let value = || {
        prop_oneof![
            Just(json("gold")),
            any::<i8>().prop_map(json),
            any::<i8>().prop_map(|n| json(f64::from(n) / 2.0)),
            any::<i8>().prop_map(|n| json((f64::from(n) / 2.0).to_string())),
            any::<bool>().prop_map(json),
        ]
    };
    let stored = prop_oneof![
        any::<i8>().prop_map(|n| Value::Int(n.into())),
        any::<i8>().prop_map(|n| Value::Double(f64::from(n) / 2.0)),
        any::<i8>().prop_map(|n| text(&n.to_string())),
        any::<bool>().prop_map(Value::Bool),
        Just(text("gold")),
    ];
    let key = || prop::sample::select(&KEYS[..]);
    let row = (key(), stored);
    let condition = (key(), prop::sample::select(vec![Eq, Ne, Gt, Ge, Lt, Le, Contains]), value());
    let cases = (prop::collection::vec(row, 1..40), prop::collection::vec(condition, 1..20));
    let mut runner = TestRunner::new(ProptestConfig { cases: 24, ..ProptestConfig::default() });
    let done = runner.run(&cases, |(rows, conditions)| {
        runtime.block_on(async {
            let shop = Shop::empty().await;
            let record = |(n, (key, value)): (usize, &(&'static str, Value<'static>))| {
                let pair = [(*key, value.clone())];
                let (own, of_resource) = if *key == "app.cell" { (&[][..], &pair[..]) } else { (&pair[..], &[][..]) };
                LogRecord {
                    resource: resource("orders", of_resource),
                    attributes: attributes(own),
                    ..log(i64::try_from(n).unwrap() * 1_000, 9, &format!("row {n}"))
                }
            };
            let records: Vec<LogRecord<'_>> = rows.iter().enumerate().map(record).collect();
            let (old, new) = records.split_at(records.len() / 2);
            let ask = async || {
                let mut answers = Vec::new();
                for (key, operator, value) in &conditions {
                    let filter = AttributeFilter { key: (*key).to_owned(), operator: *operator, value: value.clone() };
                    let page = shop.engine.search_logs(&shop.tenant, &search(filter)).await;
                    let page = page.map(|page| page.records).map_err(|error| error.message);
                    answers.push(page);
                }
                json(answers)
            };
            shop.append(Batch::Logs(old.to_vec())).await;
            shop.store.seal_all().await.unwrap();
            shop.append(Batch::Logs(new.to_vec())).await;
            let before = ask().await;
            shop.store.promote(&shop.tenant, wanted()).await.unwrap();
            prop_assert_eq!(&ask().await, &before);
            shop.store.seal_all().await.unwrap();
            prop_assert_eq!(&ask().await, &before);
            Ok(())
        })
    });
    done.unwrap();
}

/// A question that begins before a change and reads after it is asked again.
#[tokio::test(flavor = "multi_thread")]
async fn questions_hold_while_what_is_promoted_changes() {
    let shop = Shop::empty().await;
    for round in 0..3 {
        shop.append(Batch::Logs(rows(round))).await;
        shop.store.seal_all().await.unwrap();
    }
    let gold = AttributeFilter { key: "app.plan".into(), operator: FilterOperator::Eq, value: json("gold") };
    let statement = "SELECT body FROM logs WHERE attr(attributes, 'app.plan') = 'gold' ORDER BY body";
    let expected = bodies(&shop, &gold).await;
    let by_sql = sql(&shop, statement).await;
    assert_eq!(expected.len(), 3);
    let ask = async || {
        for _ in 0..40 {
            assert_eq!(bodies(&shop, &gold).await, expected);
            assert_eq!(sql(&shop, statement).await, by_sql);
        }
    };
    let change = async || {
        for round in 0..40 {
            let list = if round % 2 == 0 { wanted() } else { Vec::new() };
            shop.store.promote(&shop.tenant, list).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(ask(), ask(), change());

    // The index is asked by either way, whatever is promoted.
    shop.store.promote(&shop.tenant, wanted()).await.unwrap();
    shop.append(Batch::Logs(rows(3))).await;
    shop.store.seal_all().await.unwrap();
    let request = api::sql::SqlRequest { query: statement.to_owned(), limit: None };
    let statistics = shop.engine.sql(&shop.tenant, &request).await.unwrap().statistics;
    assert_eq!(statistics.segments_indexed, 4, "{statistics:?}");
}
