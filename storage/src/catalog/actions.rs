//! Segments as actions of the Delta log, and back.

use std::collections::HashMap;

use deltalake_core::kernel::{Add, LogicalFileView};
use object_store::path::Path;
use serde_json::{Map, Value, json};

use crate::row::Signal;
use crate::schema;
use crate::segment::{Checksums, Segment, Sidecar};

const SEGMENT: &str = "alidade.segment";
const TIME_MIN: &str = "alidade.time_min_us";
const TIME_MAX: &str = "alidade.time_max_us";
const SIDECAR: &str = "alidade.sidecar";
const SIDECAR_BYTES: &str = "alidade.sidecar_bytes";
const SIDECAR_CRC32C: &str = "alidade.sidecar_crc32c";

const CRC32C: &str = "alidade.crc32c";
const DATA_BYTES: &str = "alidade.data_bytes";
const TAIL_CRC32C: &str = "alidade.tail_crc32c";

const EXPIRED: &str = "alidade.expired";
const COLUMNS: &str = "alidade.columns";

const DAY_US: i64 = 86_400_000_000;
/// Longer service names get no statistics: they would be repeated with every file.
const STATS_TEXT_BYTES_MAX: usize = 256;

/// The action that adds a segment; `prefix` is the table's folder.
pub(super) fn add(signal: Signal, prefix: &Path, segment: &Segment, now_unix_ms: i64) -> Add {
    let mut tags = HashMap::from([
        (SEGMENT.to_owned(), Some(segment.id.clone())),
        (TIME_MIN.to_owned(), Some(segment.time_min_us.to_string())),
        (TIME_MAX.to_owned(), Some(segment.time_max_us.to_string())),
    ]);
    if let Some(checksums) = &segment.checksums {
        tags.insert(CRC32C.to_owned(), Some(checksums.file.to_string()));
        tags.insert(DATA_BYTES.to_owned(), Some(checksums.data_bytes.to_string()));
        tags.insert(TAIL_CRC32C.to_owned(), Some(checksums.tail.to_string()));
    }
    if !segment.expired.is_empty() {
        tags.insert(EXPIRED.to_owned(), Some(json!(segment.expired).to_string()));
    }
    if !segment.columns.is_empty() {
        tags.insert(COLUMNS.to_owned(), Some(segment.columns.join(",")));
    }
    if let Some(sidecar) = &segment.sidecar {
        tags.insert(SIDECAR.to_owned(), Some(relative(prefix, &sidecar.path)));
        tags.insert(SIDECAR_BYTES.to_owned(), Some(sidecar.size_bytes.to_string()));
        tags.insert(SIDECAR_CRC32C.to_owned(), Some(sidecar.crc32c.to_string()));
    }
    Add {
        path: relative(prefix, &segment.path),
        partition_values: HashMap::from([(schema::DAY.to_owned(), Some(day_text(segment.day)))]),
        size: i64::try_from(segment.size_bytes).unwrap_or(i64::MAX),
        modification_time: now_unix_ms,
        data_change: true,
        stats: Some(stats(signal, segment)),
        tags: Some(tags),
        ..Add::default()
    }
}

/// The segment of a file in the log. A file of another writer has no tags of ours: then its times are those of its day.
pub(super) fn segment(prefix: &Path, file: &LogicalFileView) -> Segment {
    #[expect(deprecated, reason = "the only public way to a file's tags; they are few and read once per file")]
    let add = file.add_action();
    let tags = add.tags.unwrap_or_default();
    let tag = |name: &str| tags.get(name).cloned().flatten();
    let number = |name: &str| tag(name).and_then(|text| text.parse::<i64>().ok());
    let stats: Value = add.stats.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let bound = |bounds: &str| stats[bounds]["service_name"].as_str().map(str::to_owned);
    let day = add.partition_values.get(schema::DAY).cloned().flatten().and_then(|text| parse_day(&text)).unwrap_or(0);
    let sidecar = tag(SIDECAR).and_then(|path| {
        Some(Sidecar {
            path: absolute(prefix, &path),
            size_bytes: number(SIDECAR_BYTES)?.try_into().ok()?,
            crc32c: number(SIDECAR_CRC32C)?.try_into().ok()?,
        })
    });
    let checksums = || {
        Some(Checksums {
            file: number(CRC32C)?.try_into().ok()?,
            data_bytes: number(DATA_BYTES)?.try_into().ok()?,
            tail: number(TAIL_CRC32C)?.try_into().ok()?,
        })
    };
    Segment {
        id: tag(SEGMENT).unwrap_or_else(|| add.path.clone()),
        path: absolute(prefix, &add.path),
        size_bytes: add.size.try_into().unwrap_or(0),
        rows: stats["numRecords"].as_u64().unwrap_or(0),
        day,
        time_min_us: number(TIME_MIN).unwrap_or(i64::from(day) * DAY_US),
        time_max_us: number(TIME_MAX).unwrap_or((i64::from(day) + 1) * DAY_US - 1),
        service_min: bound("minValues"),
        service_max: bound("maxValues"),
        checksums: checksums(),
        sidecar,
        expired: tag(EXPIRED).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        columns: tag(COLUMNS).map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default(),
    }
}

/// `YYYY-MM-DD` of days since the epoch.
pub(crate) fn day_text(day: i32) -> String {
    let date = chrono::NaiveDate::from_epoch_days(day).expect("nanoseconds in an i64 reach from 1677 to 2262");
    date.format("%Y-%m-%d").to_string()
}

fn parse_day(text: &str) -> Option<i32> {
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.to_epoch_days())
}

fn stats(signal: Signal, segment: &Segment) -> String {
    let time = schema::time_column(signal);
    let bounds = |time_us: i64, service: &Option<String>| {
        let mut bounds = Map::new();
        bounds.insert(time.to_owned(), json!(time_text(time_us)));
        if let Some(service) = service {
            bounds.insert("service_name".to_owned(), json!(service));
        }
        Value::Object(bounds)
    };
    let short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= STATS_TEXT_BYTES_MAX);
    let services_are_short = short(&segment.service_min) && short(&segment.service_max);
    let service = |text: &Option<String>| if services_are_short { text.clone() } else { None };
    json!({
        "numRecords": segment.rows,
        "minValues": bounds(segment.time_min_us, &service(&segment.service_min)),
        "maxValues": bounds(segment.time_max_us, &service(&segment.service_max)),
        "nullCount": { time: 0, "service_name": 0 },
    })
    .to_string()
}

fn time_text(microseconds: i64) -> String {
    let time = chrono::DateTime::from_timestamp_micros(microseconds).expect("nanoseconds in an i64 reach to 2262");
    time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

pub(super) fn relative(prefix: &Path, path: &Path) -> String {
    let path = path.as_ref();
    path.strip_prefix(prefix.as_ref()).map_or(path, |rest| rest.trim_start_matches('/')).to_owned()
}

pub(super) fn absolute(prefix: &Path, relative: &str) -> Path {
    Path::from(format!("{prefix}/{relative}"))
}
