//! Which attributes occur, and which values one has: what a filter box offers.

use std::collections::HashMap;

use api::{KeyCount, KeysAnswer, Truncation, ValueCount, ValuesAnswer};
use arrow::array::{Array, MapArray, RecordBatch};
use datafusion::logical_expr::{Expr, col};
use futures::StreamExt;
use serde_json::Value;
use storage::promoted::Place;
use storage::{Signal, TalliedValue};

use crate::attribute;
use crate::columns::Columns;
use crate::config::Config;
use crate::error::Error;
use crate::reading::{Conditions, Reading, limit_reached};
use crate::tallied::{Micros, Wanted};

/// Columns of the data model that are offered beside the attributes.
const MODEL: [(&str, &str); 3] = [
    ("service.name", "service_name"),
    ("service.namespace", "service_namespace"),
    ("deployment.environment.name", "environment"),
];

/// A question about attributes.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) signal: Signal,
    pub(crate) range: (i64, i64),
    /// What the key or value begins with; empty for all.
    pub(crate) prefix: String,
}

/// Keys, most frequent first.
pub(crate) async fn keys(reading: &mut Reading, config: &Config, asked: &Asked) -> Result<KeysAnswer, Error> {
    let set = reading.promoted();
    let promoted = set.all().map(|promoted| promoted.column.as_ref());
    let columns = promoted.chain(MODEL.iter().map(|(_, column)| *column)).chain(["attributes", "resource_attributes"]);
    let mut counts: HashMap<String, u64> = HashMap::new();
    let (rows, mut cut) = sample(reading, config, asked, columns.map(col).collect(), |batch| {
        let promoted = set.all().map(|promoted| (promoted.attribute.as_ref(), promoted.column.as_ref()));
        let named = promoted.chain(MODEL);
        for (key, column) in named.filter(|(key, _)| key.starts_with(&asked.prefix)) {
            let present = batch.column_by_name(column).map_or(0, |array| array.len() - array.null_count());
            if present > 0 {
                *counts.entry(key.to_owned()).or_default() += present as u64;
            }
        }
        for place in [Place::Record, Place::Resource] {
            let map = Columns(batch).of::<MapArray>(place.map());
            // Rows that lack the column have its value in the map as well.
            let is_counted = |row: usize, key: &str| {
                let promoted = set.by_attribute(key).filter(|promoted| promoted.place == place);
                let column = promoted.and_then(|promoted| batch.column_by_name(&promoted.column));
                promoted.is_some_and(|promoted| promoted.attribute == key) && column.is_some_and(|c| c.is_valid(row))
            };
            for row in 0..batch.num_rows() {
                map.each(row, |key, _| {
                    if key.starts_with(&asked.prefix) && !is_counted(row, key) {
                        match counts.get_mut(key) {
                            Some(count) => *count += 1,
                            None => {
                                counts.insert(key.to_owned(), 1);
                            }
                        }
                    }
                });
            }
        }
    })
    .await?;
    let (keys, too_many) = most_frequent(counts, config.attribute_list_max);
    cut = cut.or(too_many);
    let keys = keys.into_iter().map(|(key, count)| KeyCount { key, count }).collect();
    Ok(KeysAnswer { keys, statistics: reading.statistics(rows), truncated: reading.truncation(cut) })
}

/// Values of a key, most frequent first.
pub(crate) async fn values(
    reading: &mut Reading,
    config: &Config,
    asked: &Asked,
    key: &str,
) -> Result<ValuesAnswer, Error> {
    let column = attribute::text(&reading.promoted(), asked.signal, key);
    if let Some((counts, rows)) = all_values(reading, config, asked, &column).await? {
        return Ok(most_frequent_values(reading, config, counts, rows, None));
    }
    let column = vec![column.alias("value")];
    let mut counts: HashMap<String, u64> = HashMap::new();
    let (rows, cut) = sample(reading, config, asked, column, |batch| {
        count_texts(batch, "value", &asked.prefix, &mut counts);
    })
    .await?;
    Ok(most_frequent_values(reading, config, counts, rows, cut))
}

fn most_frequent_values(
    reading: &Reading,
    config: &Config,
    counts: HashMap<String, u64>,
    rows: u64,
    cut: Option<Truncation>,
) -> ValuesAnswer {
    let (values, too_many) = most_frequent(counts, config.attribute_list_max);
    let values = values.into_iter().map(|(text, count)| ValueCount { value: Value::String(text), count }).collect();
    ValuesAnswer { values, statistics: reading.statistics(rows), truncated: reading.truncation(cut.or(too_many)) }
}

/// The values of a column and how many rows there are of the range, without a limit, where the footers of segments have so
/// many of them that few rows are left to be read.
async fn all_values(
    reading: &mut Reading,
    config: &Config,
    asked: &Asked,
    column: &Expr,
) -> Result<Option<(HashMap<String, u64>, u64)>, Error> {
    let (Expr::Column(column), Some(tallied)) = (column, storage::tallied_columns(asked.signal)) else {
        return Ok(None);
    };
    let Some(position) = tallied.iter().position(|name| *name == column.name) else { return Ok(None) };
    let wanted = Wanted { times: Micros::within_nanos(asked.range), unit_us: None };
    let division = reading.divide(asked.signal, wanted).await?;
    if division.counted.is_empty() || division.rows_to_read() > config.attribute_rows_max as u64 {
        return Ok(None);
    }
    let mut counts: HashMap<String, u64> = HashMap::new();
    let mut matched = 0;
    for counted in &division.counted {
        counted.each(None, |key, _, rows| {
            matched += rows;
            if let TalliedValue::Text(text) = &key[position]
                && text.starts_with(&asked.prefix)
            {
                *counts.entry(text.to_string()).or_default() += rows;
            }
        });
    }
    for ((from, to), part) in division.to_read(asked.range) {
        let conditions = Conditions::in_range(asked.signal, from, to);
        let rows = reading.rows_of(asked.signal, part, &conditions, &[&column.name]).await?;
        rows.each(|batch| {
            matched += batch.num_rows() as u64;
            count_texts(batch, &column.name, &asked.prefix, &mut counts);
            Ok(())
        })
        .await?;
    }
    Ok(Some((counts, matched)))
}

fn count_texts(batch: &RecordBatch, column: &str, prefix: &str, counts: &mut HashMap<String, u64>) {
    let value = Columns(batch).text(column);
    for text in (0..batch.num_rows()).filter_map(|row| value.get(row)).filter(|text| text.starts_with(prefix)) {
        match counts.get_mut(text) {
            Some(count) => *count += 1,
            None => {
                counts.insert(text.to_owned(), 1);
            }
        }
    }
}

/// Reads rows of the range up to a limit; answers how many.
async fn sample(
    reading: &mut Reading,
    config: &Config,
    asked: &Asked,
    columns: Vec<Expr>,
    mut take: impl FnMut(&RecordBatch),
) -> Result<(u64, Option<Truncation>), Error> {
    let conditions = Conditions::in_range(asked.signal, asked.range.0, asked.range.1);
    let mut stream = reading.select(asked.signal, conditions, columns).await?;
    let limit = config.attribute_rows_max;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        if rows >= limit {
            let message = format!("the counts are of the first {rows} rows read; choose a shorter range to count all");
            return Ok((rows as u64, Some(limit_reached(limit, message))));
        }
        let batch = batch?;
        rows += batch.num_rows();
        take(&batch);
    }
    Ok((rows as u64, None))
}

fn most_frequent(counts: HashMap<String, u64>, max: usize) -> (Vec<(String, u64)>, Option<Truncation>) {
    let found = counts.len();
    let mut sorted: Vec<(String, u64)> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sorted.truncate(max);
    let cut = (found > max)
        .then(|| limit_reached(max, format!("{found} were found; the {max} most frequent are shown: type more of it")));
    (sorted, cut)
}
