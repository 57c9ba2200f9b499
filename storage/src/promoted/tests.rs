use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use proptest::prelude::*;

use super::*;
use crate::codec::tests::{log_record, stored};
use crate::columns::record_batch;
use crate::row::{Attributes, Batch, LogRecord, Resource, Signal, Value};

fn attribute(name: &str, column_type: ColumnType, place: Place) -> PromotedAttribute {
    PromotedAttribute { name: name.into(), column_type, place }
}

/// Those of the record: a text, an integer, a double and a boolean; and a text of the resource.
fn wanted() -> Vec<PromotedAttribute> {
    vec![
        attribute("app.plan", ColumnType::String, Place::Record),
        attribute("cart.items", ColumnType::Int, Place::Record),
        attribute("cart.total", ColumnType::Double, Place::Record),
        attribute("is.new", ColumnType::Bool, Place::Record),
        attribute("cell", ColumnType::String, Place::Resource),
    ]
}

fn set(wanted: &[PromotedAttribute], retired: &[PromotedAttribute]) -> Arc<PromotedSet> {
    let promoted = |wanted: &[PromotedAttribute]| {
        let chosen = choose(&[], wanted, &Known::default(), 100);
        assert!(chosen.problems.is_empty(), "{:?}", chosen.problems);
        chosen.active.into_iter().map(|(promoted, _)| promoted).collect()
    };
    Arc::new(PromotedSet::new(promoted(wanted), promoted(retired)))
}

fn columns(records: &[LogRecord<'_>], set: &Arc<PromotedSet>) -> RecordBatch {
    record_batch(Signal::Logs, &[stored(&Batch::Logs(records.to_vec()))], set).expect("columns")
}

fn value() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        prop::sample::select(vec!["", "a", "5", "5.0", "true", "q\"uo\\te", "ü\n", "NaN"])
            .prop_map(|text| Value::String(text.into())),
        prop::sample::select(vec![0, 5, -7, i64::MIN, i64::MAX]).prop_map(Value::Int),
        prop::sample::select(vec![0.0, -0.0, 5.0, 5.5, 1e300, -1e-7, f64::NAN, f64::INFINITY]).prop_map(Value::Double),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Empty),
        Just(Value::Array(vec![Value::Int(1)])),
    ]
}

fn attributes() -> impl Strategy<Value = Attributes<'static>> {
    let name =
        prop::sample::select(vec!["app.plan", "cart.items", "cart.total", "is.new", "cell", "other", "http.method"]);
    // A name comes once: of several with one name any may go to the column.
    prop::collection::btree_map(name, value(), 0..6)
        .prop_map(|map| map.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn records() -> impl Strategy<Value = Vec<LogRecord<'static>>> {
    prop::collection::vec((attributes(), attributes()), 1..8).prop_map(|rows| {
        let record = |(own, of_resource): (Vec<_>, Vec<_>)| {
            let resource = Resource { service_name: "shop".into(), attributes: of_resource, ..Resource::default() };
            LogRecord { attributes: own, ..log_record(&Arc::new(resource), 5, "hello") }
        };
        rows.into_iter().map(record).collect()
    })
}

/// Name and JSON text of all attributes of a row's map, in order of the names.
fn map(batch: &RecordBatch, place: Place, row: usize) -> Vec<(String, String)> {
    let map = batch.column_by_name(place.map()).expect("column").as_map();
    let mut entries = Vec::new();
    if map.is_valid(row) {
        let of_row = map.value(row);
        let (keys, values) = (of_row.column(0).as_string::<i32>(), of_row.column(1).as_string::<i32>());
        entries.extend((0..of_row.len()).map(|at| (keys.value(at).to_owned(), values.value(at).to_owned())));
    }
    entries.sort();
    entries
}

fn assert_same_rows(left: &RecordBatch, right: &RecordBatch, set: &PromotedSet) {
    assert_eq!(left.schema(), right.schema());
    for promoted in set.active() {
        let column = |batch: &RecordBatch| batch.column_by_name(&promoted.column).expect("column").clone();
        assert_eq!(&column(left), &column(right), "{}", promoted.column);
    }
    for row in 0..left.num_rows() {
        for place in [Place::Record, Place::Resource] {
            assert_eq!(map(left, place, row), map(right, place, row), "row {row}");
        }
    }
}

proptest! {
    /// Rows that were columns before an attribute was promoted, and are adapted, are those that become columns after it;
    /// and back.
    #[test]
    fn what_is_adapted_is_what_would_have_been_written(records in records()) {
        let (fixed, further) = (PromotedSet::fixed(), set(&wanted(), &[]));
        let (before, after) = (columns(&records, &fixed), columns(&records, &further));
        let promoted = adapt(&before, further.written(Signal::Logs), &further).expect("adapts");
        // The text `NaN` and a number that is none have one form in a map.
        let is_told_apart = |value: &Value<'_>| !matches!(value, Value::Double(number) if !number.is_finite());
        let all = |attributes: &Attributes<'_>| attributes.iter().all(|(_, value)| is_told_apart(value));
        if records.iter().all(|record| all(&record.attributes) && all(&record.resource.attributes)) {
            assert_same_rows(&promoted, &after, &further);
        }
        let retired = set(&[], &wanted());
        let back = adapt(&after, retired.written(Signal::Logs), &retired).expect("adapts");
        assert_same_rows(&back, &before, &retired);
        let again = adapt(&promoted, retired.written(Signal::Logs), &retired).expect("adapts");
        assert_same_rows(&again, &before, &retired);
    }
}

#[test]
fn values_go_to_their_columns_by_type_and_place() {
    let resource = Resource {
        service_name: "shop".into(),
        attributes: vec![
            ("cell".into(), Value::String("eu-1".into())),
            ("app.plan".into(), Value::String("no".into())),
        ],
        ..Resource::default()
    };
    let mut record = log_record(&Arc::new(resource), 5, "hello");
    record.attributes = vec![
        ("app.plan".into(), Value::String("gold".into())),
        ("cart.items".into(), Value::Double(2.0)),
        ("cart.total".into(), Value::Double(9.5)),
        ("is.new".into(), Value::Bool(true)),
    ];
    let batch = columns(&[record], &set(&wanted(), &[]));
    let column = |name: &str| batch.column_by_name(name).expect("column").clone();
    assert_eq!(column("app_plan").as_string::<i32>().value(0), "gold");
    assert!(column("cart_items").as_primitive::<Int64Type>().is_null(0));
    assert!((column("cart_total").as_primitive::<Float64Type>().value(0) - 9.5).abs() < f64::EPSILON);
    assert!(column("is_new").as_boolean().value(0));
    assert_eq!(column("cell").as_string::<i32>().value(0), "eu-1");
    assert_eq!(map(&batch, Place::Record, 0), [("cart.items".to_owned(), "2.0".to_owned())]);
    assert_eq!(map(&batch, Place::Resource, 0), [("app.plan".to_owned(), "\"no\"".to_owned())]);
}

fn problems(wanted: &[PromotedAttribute], known: &Known, max: usize) -> Vec<String> {
    choose(&[], wanted, known, max).problems.into_iter().map(|(_, problem)| problem).collect()
}

#[test]
fn what_cannot_be_promoted_is_refused_with_what_to_change() {
    let none = Known::default();
    let refused = |name: &str, part: &str| {
        let problems = problems(&[PromotedAttribute::text(name)], &none, 10);
        assert!(problems.len() == 1 && problems[0].contains(part), "{name}: {problems:?}");
    };
    refused(" ", "write its name");
    refused(&"x".repeat(129), "at most 128 bytes");
    refused("a\nb", "control characters");
    refused("http.request.method", "has the column http_request_method always");
    refused("http.method", "has the column http_request_method always");
    refused("HTTP.Request.Method", "the one of http.request.method");
    refused("service.name", "service_name is a column of the tables already");
    refused("DAY", "day is a column");
    refused("trace-id", "trace_id is a column");
    refused("deployment.environment", "environment is a column");

    let twice = [PromotedAttribute::text("app.plan"), PromotedAttribute::text("app-plan")];
    assert!(problems(&twice, &none, 10)[0].contains("promote only one of them"));
    let twice = [PromotedAttribute::text("app.plan"), attribute("app.plan", ColumnType::Int, Place::Record)];
    assert!(problems(&twice, &none, 10)[0].contains("promote it in the same way"));
    let same = [PromotedAttribute::text("app.plan"), PromotedAttribute::text("app.plan")];
    assert_eq!(problems(&same, &none, 10), Vec::<String>::new());
    assert!(problems(&wanted(), &none, 4)[0].contains("storage.promoted_attributes_max"));
    let others = Known { others: ["app_plan".to_owned()].into(), ..Known::default() };
    assert!(problems(&same, &others, 10)[0].contains("another program"));
}

#[test]
fn a_column_that_tables_have_had_keeps_its_attribute_and_counts() {
    let known = Known { promoted: set(&wanted(), &[]).further().cloned().collect(), ..Known::default() };
    let chosen = choose(&[PromotedAttribute::text("app.plan")], &[], &known, 5);
    assert_eq!((chosen.active.len(), chosen.retired.len(), chosen.problems.len()), (1, 4, 0));
    let other_type = [attribute("app.plan", ColumnType::Int, Place::Record)];
    assert!(problems(&other_type, &known, 9)[0].contains("text of the record"));
    let other_place = [attribute("app.plan", ColumnType::String, Place::Resource)];
    assert_eq!(problems(&other_place, &known, 9).len(), 1);
    assert_eq!(problems(&[PromotedAttribute::text("app-plan")], &known, 9).len(), 1);
    assert_eq!(problems(&[PromotedAttribute::text("sixth")], &known, 5).len(), 1);
}

#[test]
fn names_of_columns_are_those_that_readers_of_delta_can_write() {
    let column = |name: &str| {
        let chosen = choose(&[PromotedAttribute::text(name)], &[], &Known::default(), 9);
        chosen.active[0].0.column.to_string()
    };
    assert_eq!(column("app.Plan-type"), "app_plan_type");
    assert_eq!(column("größe"), "gr__e");
    assert_eq!(column("2nd.try"), "_2nd_try");
}

#[test]
fn the_fixed_columns_are_named_after_their_attributes_and_no_name_means_two() {
    let mut names = std::collections::BTreeSet::new();
    for promoted in PROMOTED {
        assert_eq!(promoted.column, promoted.attribute.replace('.', "_"));
        promoted.names().for_each(|name| assert!(names.insert(name), "{name}"));
    }
}
