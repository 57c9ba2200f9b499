//! The metrics that have data in a range.

use std::collections::{BTreeMap, BTreeSet};

use api::metric::{MetricInfo, MetricList};
use arrow::array::BooleanArray;
use datafusion::functions_aggregate::expr_fn::{count_distinct, max};
use datafusion::logical_expr::{Expr, col};
use storage::Signal;

use crate::columns::Columns;
use crate::config::Config;
use crate::error::Error;
use crate::reading::{Conditions, Reading, each_batch, limit_reached};

/// By name; metrics of one name that differ in unit or kind are several.
pub(crate) async fn answer(
    reading: &mut Reading,
    config: &Config,
    (from, to): (i64, i64),
) -> Result<MetricList, Error> {
    let conditions = Conditions::in_range(Signal::Metrics, from, to);
    let mut frame = reading.table(Signal::Metrics, None).await?;
    if let Some(condition) = conditions.filters.into_iter().reduce(Expr::and) {
        frame = frame.filter(condition)?;
    }
    let groups = ["name", "unit", "kind", "temporality", "monotonic", "service_name"].map(col).to_vec();
    let counted = vec![max(col("description")).alias("description"), count_distinct(col("series_id")).alias("series")];
    let stream = reading.stream(frame.aggregate(groups, counted)?).await?;
    type Key = (String, String, String, Option<String>, bool);
    let mut found: BTreeMap<Key, (String, BTreeSet<String>, u64)> = BTreeMap::new();
    each_batch(stream, |batch| {
        let columns = Columns(batch);
        let (name, unit, kind) = (columns.text("name"), columns.text("unit"), columns.text("kind"));
        let (temporality, service) = (columns.text("temporality"), columns.text("service_name"));
        let monotonic = columns.of::<BooleanArray>("monotonic");
        let (description, series) = (columns.text("description"), columns.int("series"));
        for row in 0..batch.num_rows() {
            let key = (
                name.or_empty(row).to_owned(),
                unit.or_empty(row).to_owned(),
                kind.or_empty(row).to_owned(),
                temporality.owned(row),
                monotonic.get(row).unwrap_or(false),
            );
            let entry = found.entry(key).or_default();
            if entry.0.is_empty() {
                entry.0 = description.or_empty(row).to_owned();
            }
            entry.1.insert(service.or_empty(row).to_owned());
            entry.2 += u64::try_from(series.get(row).unwrap_or(0)).unwrap_or(0);
        }
        Ok(())
    })
    .await?;
    let total = found.len();
    let info = |((name, unit, kind, temporality, monotonic), (description, services, series)): (
        Key,
        (String, BTreeSet<String>, u64),
    )| {
        MetricInfo {
            name,
            unit,
            description,
            kind,
            temporality,
            monotonic,
            services: services.into_iter().collect(),
            series,
        }
    };
    let metrics: Vec<MetricInfo> = found.into_iter().map(info).take(config.metrics_max).collect();
    let cut = (total > metrics.len()).then(|| {
        limit_reached(
            metrics.len(),
            format!("{total} metrics were found; the first {} by name are shown", metrics.len()),
        )
    });
    Ok(MetricList { metrics, statistics: reading.statistics(total as u64), truncated: reading.truncation(cut) })
}
