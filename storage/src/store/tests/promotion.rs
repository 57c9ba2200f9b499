//! Attributes get columns and lose them while rows are live, sealed, carried over and merged, and between two starts.

use arrow::array::Array;

use super::*;
use crate::promoted::{ColumnType, Origin, PROMOTED, Place, PromotedAttribute, PromotedSet, adapt};
use crate::row::Value;

const DAY_NS: i64 = 86_400_000_000_000;

fn plan() -> PromotedAttribute {
    PromotedAttribute::text("app.plan")
}

fn items() -> PromotedAttribute {
    PromotedAttribute { name: "app.items".into(), column_type: ColumnType::Int, place: Place::Record }
}

/// Records whose attributes say their number, on this day.
fn records(numbers: impl IntoIterator<Item = u64>, day: i64) -> EncodedBatch {
    let record = |number: u64| LogRecord {
        attributes: vec![
            ("app.plan".into(), Value::String(format!("plan {number}").into())),
            ("app.items".into(), Value::Int(number as i64)),
            ("faas.trigger".into(), Value::String(format!("trigger {number}").into())),
            ("k8s.pod.name".into(), Value::String("of the record".into())),
        ],
        ..log(NOON + day * DAY_NS + number as i64, number)
    };
    stored(&Batch::Logs(numbers.into_iter().map(record).collect()))
}

/// The rows as the set of the moment would write them, each exactly once and with all that was sent.
async fn check(store: &Store, expected: impl IntoIterator<Item = u64>, when: &str) {
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    let mut batches = snapshot.live.clone();
    for segment in &snapshot.segments {
        batches.extend(read_segment(store, segment).await);
    }
    let set = &snapshot.promoted;
    let mut found = BTreeMap::new();
    for batch in batches {
        let batch = adapt(&batch, set.written(Signal::Logs), set).expect("adapts");
        for row in 0..batch.num_rows() {
            let body = batch.column_by_name("body").expect("body").as_string::<i32>().value(row);
            let number: u64 = body.parse().expect("a number");
            *found.entry(number).or_insert(0) += 1;
            let wanted = [
                ("app.plan", format!("plan {number}")),
                ("app.items", number.to_string()),
                ("faas.trigger", format!("trigger {number}")),
                ("k8s.pod.name", "of the record".to_owned()),
            ];
            for (key, value) in wanted {
                assert_eq!(value_of(&batch, set, key, row), Some(value), "{when}: {key} of {number}");
            }
        }
    }
    assert_eq!(found, once(expected), "{when}");
}

/// In its column where it has one, and else in the map; never in both.
fn value_of(batch: &RecordBatch, set: &PromotedSet, key: &str, row: usize) -> Option<String> {
    let active = set.active().iter().find(|promoted| promoted.attribute == key && promoted.place == Place::Record);
    let in_column = active.map(|promoted| batch.column_by_name(&promoted.column).expect("column"));
    let in_column = in_column.filter(|column| column.is_valid(row)).map(|column| match column.as_string_opt::<i32>() {
        Some(texts) => texts.value(row).to_owned(),
        None => column.as_primitive::<arrow::datatypes::Int64Type>().value(row).to_string(),
    });
    let map = batch.column_by_name("attributes").expect("attributes").as_map();
    let entries = map.value(row);
    let (keys, values) = (entries.column(0).as_string::<i32>(), entries.column(1).as_string::<i32>());
    let mut in_map = (0..entries.len()).filter(|at| map.is_valid(row) && keys.value(*at) == key);
    let in_map = in_map.next().map(|at| crate::attributes::plain_of_json(values.value(at)).into_owned());
    assert!(in_column.is_none() || in_map.is_none(), "{key} is in its column and in the map");
    assert_eq!(in_column.is_some(), active.is_some(), "{key} is where it belongs");
    in_column.or(in_map)
}

/// The names of the columns in the newest schema of the Delta log.
fn delta_columns(data_dir: &Path) -> Vec<String> {
    let log = data_dir.join("tenants/default/logs/_delta_log");
    let entries = std::fs::read_dir(log).expect("lists").map(|entry| entry.expect("entry").path());
    let mut commits: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    commits.sort();
    let texts = commits.iter().map(|path| std::fs::read_to_string(path).expect("reads"));
    let actions = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    let actions = actions.map(|line| serde_json::from_str::<serde_json::Value>(&line).expect("JSON"));
    let mut schemas = actions.filter_map(|action| action["metaData"]["schemaString"].as_str().map(str::to_owned));
    let schema: serde_json::Value = serde_json::from_str(&schemas.next_back().expect("a schema")).expect("JSON");
    let fields = schema["fields"].as_array().expect("fields").iter();
    fields.map(|field| field["name"].as_str().expect("a name").to_owned()).collect()
}

fn origins(store: &Store) -> Vec<(String, Origin)> {
    let further = store.promoted(&tenant()).attributes.into_iter().filter(|status| status.origin != Origin::BuiltIn);
    further.map(|status| (status.promoted.attribute.to_string(), status.origin)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_come_and_go_and_every_row_keeps_what_it_has() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    let append = async |store: &Store, numbers: std::ops::Range<u64>| {
        store.append(&tenant(), records(numbers, 0)).await.expect("appends");
    };
    append(&store, 0..5).await;
    store.seal_all().await.expect("seals");
    let before = delta_columns(dir.path());
    append(&store, 5..10).await;
    check(&store, 0..10, "before").await;

    store.promote(&tenant(), vec![plan(), items()]).await.expect("promotes");
    check(&store, 0..10, "promoted, live rows of before").await;
    append(&store, 10..15).await;
    check(&store, 0..15, "live rows of before and after").await;
    store.seal_all().await.expect("seals rows of before and after together");
    check(&store, 0..15, "sealed").await;
    let after = delta_columns(dir.path());
    assert_eq!(after[..before.len()], before, "the old columns stay where they were");
    assert_eq!(after[before.len()..], ["app_plan", "app_items"], "the new ones are behind them");

    append(&store, 15..20).await;
    store.promote(&tenant(), vec![items()]).await.expect("retires one");
    append(&store, 20..25).await;
    check(&store, 0..25, "retired, live rows with and without the column").await;
    store.seal_all().await.expect("seals");
    check(&store, 0..25, "retired").await;
    assert_eq!(delta_columns(dir.path()), after, "a column never goes");
    let states = [("app.items".to_owned(), Origin::OnDemand), ("app.plan".to_owned(), Origin::Retired)];
    assert_eq!(origins(&store), states);

    // A crash, and a start that has only the log and the documents to go by.
    append(&store, 25..30).await;
    let crashed = tempfile::tempdir().expect("tempdir");
    copy(dir.path(), crashed.path());
    store.close().await.expect("closes");
    drop(store);
    let store = open(crashed.path()).await;
    assert_eq!(origins(&store), states, "after a start");
    check(&store, 0..30, "after a start").await;
    for n in 6..12 {
        append(&store, n * 5..n * 5 + 5).await;
        store.seal_all().await.expect("seals");
    }
    store.maintain().await.expect("compacts");
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    let merged = snapshot.segments.iter().max_by_key(|segment| segment.rows).expect("segments");
    assert!(merged.rows > 30, "{:?}", snapshot.segments);
    assert_eq!(merged.columns, ["app_items"], "of segments with none, one or both of the columns");
    check(&store, 0..60, "merged").await;
    let again = store.promote(&tenant(), vec![plan()]).await.expect("promotes again");
    assert_eq!((again.columns, again.problems.len()), (2, 0));
    check(&store, 0..60, "promoted again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_promoted_is_refused_and_nothing_changes() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open_with(Config { promoted_attributes: vec![plan()], ..config(dir.path()) }).await;
    store.append(&tenant(), records(0..3, 0)).await.expect("appends");
    store.seal_all().await.expect("seals");
    let as_integer = PromotedAttribute { column_type: ColumnType::Int, ..plan() };
    for wanted in [vec![as_integer.clone()], vec![items(), PromotedAttribute::text("http.method")]] {
        let refused = store.promote(&tenant(), wanted).await.expect_err("is refused");
        assert_eq!(refused.kind(), ErrorKind::Invalid);
    }
    assert_eq!(origins(&store), [("app.plan".to_owned(), Origin::Configured)]);
    store.promote(&tenant(), vec![plan(), items()]).await.expect("naming a configured one is no mistake");
    assert_eq!(origins(&store)[0].1, Origin::Configured);
    assert!(store.promoted(&tenant()).attributes.iter().any(|status| status.since_unix_nano == Some(NOON)));
    store.close().await.expect("closes");
    drop(store);

    // The configuration asks for another type than the table has: the store opens, and says so.
    let store = open_with(Config { promoted_attributes: vec![as_integer], ..config(dir.path()) }).await;
    let report = store.promoted(&tenant());
    assert!(report.problems.len() == 1 && report.problems[0].contains("text of the record"), "{:?}", report.problems);
    assert_eq!(origins(&store)[0], ("app.plan".to_owned(), Origin::OnDemand));
    check(&store, 0..3, "with a configuration that cannot be followed").await;
    store.close().await.expect("closes");
    drop(store);

    // The document of what was promoted on demand is damaged.
    let store = open(dir.path()).await;
    let body = "{\"on_demand\": 7}".to_owned();
    let (collection, id) = ("promoted-attributes".to_owned(), "all".to_owned());
    let change = crate::Change::Put { collection, id, expected: crate::Expected::Any, body };
    store.documents().apply(&tenant(), vec![change]).await.expect("writes");
    store.close().await.expect("closes");
    drop(store);
    let store = open(dir.path()).await;
    assert!(store.promoted(&tenant()).problems[0].contains("promote them again"));
    assert!(origins(&store).iter().all(|(_, origin)| *origin == Origin::Retired));
    check(&store, 0..3, "without the document").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_carried_over_before_are_sealed_after() {
    let dir = tempfile::tempdir().expect("tempdir");
    let few_days = |dir: &Path| Config { seal_days_max: 1, ..config(dir) };
    let store = open_with(few_days(dir.path())).await;
    for day in 0..4 {
        store.append(&tenant(), records(day * 3..day * 3 + 3, -(day as i64))).await.expect("appends");
    }
    let open_table = store.tables.all().remove(0);
    store.seal(&open_table).await.expect("seals one day and carries the others over");
    let crashed = tempfile::tempdir().expect("tempdir");
    copy(dir.path(), crashed.path());
    store.close().await.expect("closes");
    drop(store);

    let store = open_with(Config { promoted_attributes: vec![plan()], ..few_days(crashed.path()) }).await;
    check(&store, 0..12, "carried over under the set of before").await;
    let open_table = store.tables.all().remove(0);
    store.seal(&open_table).await.expect("seals, and carries over with the column");
    let again = tempfile::tempdir().expect("tempdir");
    copy(crashed.path(), again.path());
    store.close().await.expect("closes");
    drop(store);
    let store = open_with(few_days(again.path())).await;
    assert_eq!(origins(&store), [("app.plan".to_owned(), Origin::Retired)]);
    check(&store, 0..12, "carried over with a column that is retired now").await;
    store.seal_all().await.expect("seals");
    check(&store, 0..12, "sealed").await;
}

/// A table of a version that promoted fewer attributes: as an upgrade finds it.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_with_fewer_built_in_columns_gets_the_others() {
    let dir = tempfile::tempdir().expect("tempdir");
    let is_older = |column: &str| !["faas_trigger", "k8s_pod_name"].contains(&column);
    let older: Vec<_> = PROMOTED.iter().filter(|promoted| is_older(&promoted.column)).cloned().collect();
    let store = open(dir.path()).await;
    store.tables.promoted.replace(Arc::new(PromotedSet::of(older, Vec::new())));
    for n in 0..4 {
        store.append(&tenant(), records(n * 5..n * 5 + 5, 0)).await.expect("appends");
        store.seal_all().await.expect("seals");
    }
    store.append(&tenant(), records(20..25, 0)).await.expect("appends");
    let before = delta_columns(dir.path());
    assert!(!before.iter().any(|column| column == "faas_trigger"));
    let crashed = tempfile::tempdir().expect("tempdir");
    copy(dir.path(), crashed.path());
    store.close().await.expect("closes");
    drop(store);

    let store = open(crashed.path()).await;
    check(&store, 0..25, "after the upgrade").await;
    assert_eq!(store.promoted(&tenant()).problems, Vec::<String>::new());
    for n in 5..9 {
        store.append(&tenant(), records(n * 5..n * 5 + 5, 0)).await.expect("appends");
        store.seal_all().await.expect("seals");
    }
    let after = delta_columns(crashed.path());
    assert_eq!(after[..before.len()], before);
    assert_eq!(after[before.len()..], ["faas_trigger", "k8s_pod_name"]);
    check(&store, 0..45, "old and new segments").await;
    store.maintain().await.expect("compacts");
    check(&store, 0..45, "merged").await;
    store.close().await.expect("closes");
    drop(store);
    // A copy, because the worker of a store may hold the lock for a moment longer.
    let closed = tempfile::tempdir().expect("tempdir");
    copy(crashed.path(), closed.path());
    let report = crate::check(&config(closed.path()), true, NOON).await.expect("checks");
    assert_eq!(report.findings.len(), 0, "{:?}", report.findings);
}
