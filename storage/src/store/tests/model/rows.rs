//! Rows with a number, of each signal, and back.

use parquet::arrow::ProjectionMask;

use super::*;
use crate::io::chance::Random;
use crate::row::{Buckets, MetricKind, MetricPoint, Scope, Span, SpanKind, StatusCode};

const DAY: i64 = 86_400_000_000_000;
/// In 2095. What reads the Delta log asks the operating system for the time, and forgets removed files a day after; by this
/// clock that never happens, whenever the test is run.
pub(super) const NOW: i64 = NOON + 25_000 * DAY;

/// A clock that stands at [`NOW`].
pub(super) struct Late;

impl Clock for Late {
    fn now_unix_nano(&self) -> i64 {
        NOW
    }
}

/// Keeps everything for two and a half days.
pub(super) fn expiring() -> Retention {
    let age = Duration::from_secs(60 * 3600);
    Retention { spans: age, logs: age, metrics: age, services: Vec::new() }
}

/// Whether rows of so many days ago have had their time by [`expiring`].
pub(super) fn is_over(days: i64) -> bool {
    days > 2
}

/// How many days ago each row of a batch was: today mostly.
pub(super) fn days(random: &mut Random) -> Vec<i64> {
    let rows = 1 + if random.one_in(20) { random.below(60) } else { random.below(4) };
    let days = if random.one_in(4) { 6 } else { 1 };
    (0..rows).map(|_| random.below(days) as i64).collect()
}

/// A batch of rows, numbered from `first` on, of so many days ago each; some are long.
pub(super) fn batch(signal: Signal, first: u64, days: &[i64], random: &mut Random) -> EncodedBatch {
    let filler = if random.one_in(8) { random.below(3000) as usize } else { 0 };
    let resource = Arc::new(Resource { service_name: "s".repeat(filler + 1).into(), ..Resource::default() });
    let rows = (first..).zip(days.iter().map(|days| NOW - days * DAY));
    let rows = rows.map(|(row, time)| (row, time + row as i64));
    stored(&match signal {
        Signal::Logs => Batch::Logs(rows.map(|(row, time)| log_record(&resource, time, &row.to_string())).collect()),
        Signal::Spans => Batch::Spans(rows.map(|(row, time)| span(&resource, time, row)).collect()),
        Signal::Metrics => Batch::Metrics(rows.map(|(row, time)| point(&resource, time, row)).collect()),
    })
}

/// How often each row is in a table, read as a query would; an error where that fails.
pub(super) async fn read(store: &Store, table: &TableKey) -> Result<BTreeMap<u64, usize>, String> {
    let column = if table.1 == Signal::Logs { "body" } else { "name" };
    let snapshot = store.snapshot(&table.0, table.1).await.map_err(|error| error.to_string())?;
    let mut batches = snapshot.live.clone();
    for segment in &snapshot.segments {
        let file = store.object_store().get(&segment.path).await.map_err(|error| error.to_string())?;
        let bytes = file.bytes().await.map_err(|error| error.to_string())?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("a Parquet file");
        let mask = ProjectionMask::columns(builder.parquet_schema(), [column]);
        let reader = builder.with_projection(mask).build().expect("builds");
        let read: Vec<RecordBatch> = reader.collect::<Result<_, _>>().expect("decodes");
        assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, segment.rows);
        batches.extend(read);
    }
    let mut counts = BTreeMap::new();
    for batch in batches {
        for text in batch.column_by_name(column).expect("is in the schema").as_string::<i32>().iter().flatten() {
            *counts.entry(text.parse().expect("a number")).or_insert(0) += 1;
        }
    }
    Ok(counts)
}

fn span(resource: &Arc<Resource<'static>>, time: i64, row: u64) -> Span<'static> {
    Span {
        resource: resource.clone(),
        scope: Arc::new(Scope::default()),
        trace_id: [1 + (row % 7) as u8; 16],
        span_id: (row + 1).to_be_bytes(),
        parent_span_id: None,
        trace_state: "".into(),
        flags: 0,
        name: row.to_string().into(),
        kind: SpanKind::Server,
        start_time_unix_nano: time,
        duration_ns: 5,
        status_code: StatusCode::Unset,
        status_message: "".into(),
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
        dropped_attributes_count: 0,
        dropped_events_count: 0,
        dropped_links_count: 0,
    }
}

fn point(resource: &Arc<Resource<'static>>, time: i64, row: u64) -> MetricPoint<'static> {
    MetricPoint {
        resource: resource.clone(),
        scope: Arc::new(Scope::default()),
        name: row.to_string().into(),
        unit: "1".into(),
        description: "".into(),
        kind: MetricKind::Gauge,
        temporality: None,
        monotonic: false,
        time_unix_nano: time,
        start_time_unix_nano: 0,
        flags: 0,
        attributes: Vec::new(),
        value: Some(1.0),
        value_int: None,
        count: None,
        sum: None,
        min: None,
        max: None,
        buckets: Buckets::None,
        exemplars: Vec::new(),
    }
}
