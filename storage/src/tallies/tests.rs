use std::collections::BTreeMap;

use arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
struct Row {
    time_us: i64,
    service: Option<String>,
    severity: Option<i32>,
    text: Option<String>,
}

fn batch(rows: &[Row]) -> RecordBatch {
    let times = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| row.time_us));
    let columns: [(&str, ArrayRef); 4] = [
        ("time", Arc::new(times)),
        ("service_name", Arc::new(rows.iter().map(|row| row.service.as_deref()).collect::<StringArray>())),
        ("severity_number", Arc::new(rows.iter().map(|row| row.severity).collect::<Int32Array>())),
        ("severity_text", Arc::new(rows.iter().map(|row| row.text.as_deref()).collect::<StringArray>())),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

/// As a reader finds them.
fn tallies(rows: &[Row], in_pieces_of: usize) -> Option<Tallies> {
    let mut counter = Counter::new(Signal::Logs);
    rows.chunks(in_pieces_of.max(1)).for_each(|rows| counter.push(&batch(rows)));
    let text = counter.finish()?;
    assert!(text.len() <= TEXT_BYTES_MAX);
    Some(form::parse(&text).expect("what was written is read"))
}

fn counted(tallies: &Tallies) -> BTreeMap<(TalliedKey, i64), u32> {
    let cell = |cell: &TalliedCell| ((tallies.keys()[cell.key as usize].clone(), cell.time_us), cell.rows);
    tallies.cells().iter().map(cell).collect()
}

fn expected(rows: &[Row], step_us: i64) -> BTreeMap<(TalliedKey, i64), u32> {
    let mut counts = BTreeMap::new();
    let text =
        |text: &Option<String>| text.as_deref().map_or(TalliedValue::Null, |text| TalliedValue::Text(Arc::from(text)));
    for row in rows {
        let severity = row.severity.map_or(TalliedValue::Null, TalliedValue::Int);
        let key = [text(&row.service), severity, text(&row.text)];
        *counts.entry((key, row.time_us.div_euclid(step_us) * step_us)).or_default() += 1;
    }
    counts
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let service = prop::option::weighted(0.9, "[a-c]{0,2}|service-[0-9]|ümläut-[0-9]{3}");
    let severity = prop::option::weighted(0.9, prop_oneof![0..25_i32, any::<i32>()]);
    let text = prop::option::of("INFO|WARN|Error|");
    let time = prop_oneof![
        1_790_000_000_000_000..1_790_000_100_000_000_i64,
        1_790_000_000_000_000..1_790_086_400_000_000_i64,
        -3_000_000..3_000_000_i64,
    ];
    let row = (time, service, severity, text).prop_map(|(time_us, service, severity, text)| Row {
        time_us,
        service,
        severity,
        text,
    });
    prop::collection::vec(row, 0..300)
}

proptest! {
    #[test]
    fn what_is_read_is_what_was_counted(mut rows in rows(), pieces in 1usize..100, is_sorted in any::<bool>()) {
        if is_sorted {
            rows.sort_by_key(|row| (row.service.clone(), row.time_us));
        }
        let tallies = tallies(&rows, pieces).expect("so few rows fit");
        prop_assert_eq!(tallies.step_us(), STEPS_US[0]);
        prop_assert_eq!(counted(&tallies), expected(&rows, tallies.step_us()));
        prop_assert_eq!(tallies.rows(), rows.len() as u64);
        prop_assert_eq!(tallies.cells().len(), counted(&tallies).len(), "no cell comes twice");
        prop_assert!(tallies.cells().is_sorted_by_key(|cell| (cell.key, cell.time_us)));
    }

    #[test]
    fn text_that_was_not_written_is_never_a_panic(rows in rows(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut counter = Counter::new(Signal::Logs);
        counter.push(&batch(&rows));
        let text = counter.finish().expect("so few rows fit");
        let mut bytes = STANDARD_NO_PAD.decode(&text[2..]).expect("it is base64");
        let cut = at.index(bytes.len());
        prop_assert_eq!(form::parse(&format!("1:{}", STANDARD_NO_PAD.encode(&bytes[..cut]))), None, "cut");
        bytes[cut] = byte;
        if let Some(other) = form::parse(&format!("1:{}", STANDARD_NO_PAD.encode(&bytes))) {
            prop_assert!(other.cells().iter().all(|cell| (cell.key as usize) < other.keys().len() && cell.rows > 0));
        }
    }

    #[test]
    fn any_text_is_read_or_not(text in "(1:)?[A-Za-z0-9+/]{0,40}|.{0,20}") {
        let _ = form::parse(&text);
    }
}

fn row(service: usize, time_us: i64) -> Row {
    let severity = (service % 5) as i32;
    Row { time_us, service: Some(format!("service-{service:05}")), severity: Some(severity), text: None }
}

#[test]
fn the_step_is_the_finest_that_fits() {
    let at = 1_790_000_000_000_000;
    let step = |services: usize, seconds: i64| {
        let rows: Vec<Row> = (0..services)
            .flat_map(|service| (0..seconds).map(move |second| row(service, at + second * SECOND_US)))
            .collect();
        let mut by_time = rows.clone();
        by_time.sort_by_key(|row| row.time_us);
        let found = [&rows, &by_time].map(|rows| {
            tallies(rows, 1_000).map(|tallies| {
                assert_eq!(counted(&tallies), expected(rows, tallies.step_us()));
                tallies.step_us() / SECOND_US
            })
        });
        assert_eq!(found[0], found[1], "the order of rows does not matter");
        found[0]
    };
    assert_eq!(step(8, 500), Some(1));
    assert_eq!(step(10, 500), Some(5));
    assert_eq!(step(100, 500), Some(15));
    assert_eq!(step(300, 700), Some(60));
    // Their names alone are too long.
    assert_eq!(step(3_000, 2), None);
    assert_eq!(step(5_000, 1), None);
}

#[test]
fn a_day_is_the_coarsest_step() {
    let at = 1_790_035_200_000_000;
    let rows: Vec<Row> =
        (0..600).flat_map(|service| (0..24).map(move |hour| row(service, at + hour * 3_600 * SECOND_US))).collect();
    let tallies = tallies(&rows, 500).expect("it fits");
    assert_eq!(tallies.step_us(), 21_600 * SECOND_US);
    assert_eq!(counted(&tallies), expected(&rows, tallies.step_us()));
}

#[test]
fn metrics_are_not_counted() {
    let mut counter = Counter::new(Signal::Metrics);
    counter.push(&batch(&[row(1, 1)]));
    assert_eq!(counter.finish(), None);
}

#[test]
fn each_step_is_a_multiple_of_the_one_before() {
    assert!(STEPS_US.windows(2).all(|pair| pair[1] % pair[0] == 0 && pair[1] > pair[0]));
}
