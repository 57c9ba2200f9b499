//! An attribute is promoted while the real binary runs: the evolved tables as a real reader of Delta sees them, the
//! same answers before and after, and over starts with another configuration.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::time::Duration;

use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use serde_json::{Value, json};
use tests::poll::now_unix_nano;
use tests::sdk::delta_rows;
use tests::{Alidade, eventually, otlp};

/// So that the tables can be read after seconds, and have a checkpoint soon.
const SOON: [(&str, &str); 2] = [("ALIDADE_STORAGE_SEAL_AGE", "1s"), ("ALIDADE_STORAGE_CHECKPOINT_COMMITS", "3")];

const PATH: &str = "/api/v1/promoted-attributes";

async fn send(alidade: &Alidade, numbers: std::ops::Range<i64>) {
    let record = |number: i64| LogRecord {
        time_unix_nano: u64::try_from(now_unix_nano()).unwrap(),
        body: Some(AnyValue { value: Some(any_value::Value::StringValue(format!("order {number}"))) }),
        attributes: vec![
            otlp::text("app.plan", if number % 2 == 0 { "gold" } else { "basic" }),
            otlp::int("cart.items", number),
        ],
        ..LogRecord::default()
    };
    let body = otlp::logs("shop", numbers.map(record).collect());
    let url = format!("{}/v1/logs", alidade.otlp_http);
    let sent = alidade.client().post(url).header("content-type", "application/x-protobuf").body(body).send().await;
    assert!(sent.unwrap().status().is_success());
}

async fn promote(alidade: &Alidade, attributes: &Value) -> (u16, Value) {
    let url = format!("{}{PATH}", alidade.http);
    let answer = alidade.client().put(url).json(&json!({ "attributes": attributes })).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn one<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer["attributes"].as_array().unwrap().iter().find(|attribute| attribute["name"] == name).unwrap()
}

/// Waits until so many rows are in files, and answers what delta-rs reads of them, by number.
async fn sealed(alidade: &Alidade, count: usize, columns: &[&str]) -> Vec<Value> {
    let columns: Vec<&str> = ["body"].into_iter().chain(columns.iter().copied()).collect();
    eventually(Duration::from_secs(60), "rows in the Delta table", async || {
        // A column that the table does not have yet is an error of the reader.
        if alidade.sql("SELECT count(*) FROM logs").await[0][0] != count {
            return Err("not all rows".to_owned());
        }
        let health = alidade.get("/api/v1/health").await;
        let tables = health["tables"].as_array().unwrap();
        let logs = tables.iter().find(|table| table["table"] == "logs").unwrap();
        if logs["segment_rows"] == count { Ok(()) } else { Err(logs.to_string()) }
    })
    .await;
    let number = |row: &Value| row["body"].as_str().unwrap()["order ".len()..].parse::<i64>().unwrap();
    let mut found = delta_rows(&alidade.data_dir, "logs", "shop", &columns).await;
    found.sort_by_key(number);
    assert_eq!(found.iter().map(number).collect::<Vec<_>>(), (0..i64::try_from(count).unwrap()).collect::<Vec<_>>());
    found
}

/// The answers that must not depend on columns.
async fn check(alidade: &Alidade, count: i64) {
    let search =
        json!({ "from": "now-1h", "limit": 1000, "attributes": [{ "key": "app.plan", "op": "eq", "value": "gold" }] });
    let page = alidade.post("/api/v1/logs/search", &search).await;
    let records = page["records"].as_array().unwrap();
    assert_eq!(records.len() as i64, count.div_euclid(2) + count % 2);
    assert!(records.iter().all(|record| record["attributes"]["app.plan"] == "gold"));
    let sums = alidade
        .sql(
            "SELECT attr(attributes, 'app.plan'), sum(attr_number(attributes, 'cart.items')) FROM logs GROUP BY 1 ORDER BY 1",
        )
        .await;
    let sum = |rest: i64| (0..count).filter(|number| number % 2 == rest).sum::<i64>() as f64;
    assert_eq!(sums, [vec![json!("basic"), json!(sum(1))], vec![json!("gold"), json!(sum(0))]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attribute_is_promoted_and_delta_rs_reads_old_and_new_files() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start_with(data.path(), &SOON).await;
    send(&alidade, 0..10).await;
    sealed(&alidade, 10, &[]).await;
    check(&alidade, 10).await;

    let (status, refused) = promote(&alidade, &json!([{ "name": "http.method" }])).await;
    assert_eq!(status, 400, "{refused}");
    let wanted = json!([{ "name": "app.plan" }, { "name": "cart.items", "type": "integer" }]);
    let (status, answer) = promote(&alidade, &wanted).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(one(&answer, "app.plan")["source"], "on_demand");
    check(&alidade, 10).await;
    send(&alidade, 10..20).await;
    check(&alidade, 20).await;
    let rows = sealed(&alidade, 20, &["app_plan", "cart_items"]).await;
    check(&alidade, 20).await;
    for (number, row) in rows.iter().enumerate() {
        let is_new = number >= 10;
        let plan = if number % 2 == 0 { json!("gold") } else { json!("basic") };
        assert_eq!(row["app_plan"], if is_new { plan } else { Value::Null }, "{row}");
        assert_eq!(row["cart_items"], if is_new { json!(number) } else { Value::Null }, "{row}");
    }
    let columns = "SELECT app_plan, sum(cart_items) FROM logs GROUP BY 1 ORDER BY 1";
    let by_column = alidade.sql(columns).await;
    assert_eq!(by_column, [vec![json!("basic"), json!(100)], vec![json!("gold"), json!(90)]]);
    let coverage = &one(&alidade.get(PATH).await, "app.plan")["coverage"].clone();
    let logs = coverage.as_array().unwrap().iter().find(|table| table["table"] == "logs").unwrap().clone();
    assert_eq!((&logs["rows"], &logs["rows_with_column"]), (&json!(20), &json!(10)));

    // The next start has one of them in its configuration, and the other still on demand.
    assert!(alidade.terminate().await);
    let configured: Vec<_> =
        SOON.into_iter().chain([("ALIDADE_STORAGE_PROMOTED_ATTRIBUTES", "app.plan, cell/resource")]).collect();
    let alidade = Alidade::start_with(data.path(), &configured).await;
    let answer = alidade.get(PATH).await;
    assert_eq!(one(&answer, "app.plan")["source"], "configuration");
    assert_eq!(one(&answer, "cart.items")["source"], "on_demand");
    assert_eq!(one(&answer, "cell")["place"], "resource");
    assert_eq!(promote(&alidade, &json!([])).await.0, 200);
    send(&alidade, 20..30).await;
    check(&alidade, 30).await;
    let rows = sealed(&alidade, 30, &["app_plan", "cart_items", "cell"]).await;
    assert_eq!((&rows[25]["app_plan"], &rows[25]["cart_items"]), (&json!("basic"), &Value::Null));
    check(&alidade, 30).await;

    // And none at last: both columns are old ones.
    alidade.kill().await;
    let alidade = Alidade::start_with(data.path(), &SOON).await;
    let answer = alidade.get(PATH).await;
    assert_eq!(one(&answer, "app.plan")["source"], "retired");
    send(&alidade, 30..40).await;
    check(&alidade, 40).await;
    let rows = sealed(&alidade, 40, &["app_plan", "cart_items"]).await;
    assert_eq!((&rows[12]["app_plan"], &rows[35]["app_plan"]), (&json!("gold"), &Value::Null));
    check(&alidade, 40).await;
    assert_eq!(alidade.sql(columns).await, [vec![json!("basic"), json!(400)], vec![json!("gold"), json!(380)]]);
}
