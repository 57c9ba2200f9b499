//! The series that a script loaded.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::notation::Point;
use super::script::{Load, LoadedSeries};
use crate::histogram::{Buckets, CUSTOM_SCHEMA, FloatHistogram, ResetHint};
use crate::labels::{BUCKET_BOUND, Labels, METRIC_NAME};
use crate::request::Selection;
use crate::series::{Series, is_stale};

#[derive(Debug, Default)]
pub(super) struct Storage {
    series: BTreeMap<Labels, BTreeMap<i64, Stored>>,
}

#[derive(Debug, Clone)]
struct Stored {
    value: StoredValue,
    start: i64,
}

#[derive(Debug, Clone)]
enum StoredValue {
    Float(f64),
    Histogram(Arc<FloatHistogram>),
}

impl Storage {
    pub(super) fn load(&mut self, load: &Load) -> Result<(), String> {
        for loaded in &load.series {
            let stored = self.series.entry(loaded.labels.clone()).or_default();
            for (time, point, start) in timed(loaded, load.step_ms) {
                let value = match point {
                    Point::Missing => continue,
                    Point::Float(float) => StoredValue::Float(*float),
                    Point::Histogram { histogram, .. } => StoredValue::Histogram(Arc::clone(histogram)),
                };
                stored.insert(time, Stored { value, start });
            }
        }
        if load.with_nhcb {
            self.load_native(load)?;
        }
        Ok(())
    }

    /// The series that match, with all of their samples within the range.
    pub(super) fn select(&self, selection: &Selection) -> Vec<Series> {
        let fits = |labels: &Labels| selection.matchers.iter().all(|matcher| matcher.matches_labels(labels));
        let mut found = Vec::new();
        for (labels, stored) in self.series.iter().filter(|(labels, _)| fits(labels)) {
            let mut series = Series { labels: labels.clone(), ..Series::default() };
            if selection.from_ms <= selection.to_ms {
                for (time, stored) in with_hints(stored) {
                    if (selection.from_ms..=selection.to_ms).contains(&time) {
                        push(&mut series, time, stored);
                    }
                }
            }
            if !series.floats.is_empty() || !series.histograms.is_empty() {
                found.push(series);
            }
        }
        found
    }

    /// Loads classic histograms as native ones with custom buckets.
    fn load_native(&mut self, load: &Load) -> Result<(), String> {
        let mut found: BTreeMap<Labels, BTreeMap<i64, Classic>> = BTreeMap::new();
        for loaded in &load.series {
            let name = loaded.labels.metric_name();
            let part = ["_bucket", "_count", "_sum"].into_iter().find(|suffix| name.ends_with(suffix));
            let Some(part) = part else { continue };
            let mut labels = loaded.labels.edit();
            labels.set(METRIC_NAME.into(), name.strip_suffix(part).unwrap_or(name).into());
            labels.remove(BUCKET_BOUND);
            let histograms = found.entry(labels.into_labels()).or_default();
            let bound: Option<f64> = loaded.labels.value(BUCKET_BOUND).parse().ok();
            for (time, point, _) in timed(loaded, load.step_ms) {
                let Point::Float(float) = point else { continue };
                let classic = histograms.entry(time).or_default();
                match (part, bound) {
                    ("_bucket", Some(bound)) if !bound.is_nan() => classic.buckets.push((bound, *float)),
                    ("_bucket", _) => {}
                    ("_count", _) => classic.count = Some(*float),
                    _ => classic.sum = *float,
                }
            }
        }
        for (labels, histograms) in found {
            let stored = self.series.entry(labels).or_default();
            for (time, classic) in histograms {
                let value = StoredValue::Histogram(Arc::new(classic.into_native()));
                stored.insert(time, Stored { value, start: 0 });
            }
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Classic {
    buckets: Vec<(f64, f64)>,
    count: Option<f64>,
    sum: f64,
}

impl Classic {
    fn into_native(mut self) -> FloatHistogram {
        self.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let count = self.count.or(self.buckets.last().map(|(_, count)| *count)).unwrap_or(0.0);
        if self.buckets.last().is_none_or(|(bound, _)| *bound != f64::INFINITY) {
            self.buckets.push((f64::INFINITY, count));
        }
        let bounds = self.buckets.iter().map(|(bound, _)| *bound).filter(|bound| *bound != f64::INFINITY).collect();
        let mut before = 0.0;
        let differences = self.buckets.iter().map(|(_, count)| {
            let difference = count - before;
            before = *count;
            difference
        });
        let mut positive: Buckets = (0..).zip(differences).collect();
        positive.counts.retain(|count| !count.is_nan());
        positive.indices.truncate(positive.counts.len());
        let mut native =
            FloatHistogram { schema: CUSTOM_SCHEMA, count, sum: self.sum, positive, bounds, ..Default::default() };
        native.compact();
        native
    }
}

/// Time, point and start time of each point.
fn timed(loaded: &LoadedSeries, step_ms: i64) -> impl Iterator<Item = (i64, &Point, i64)> {
    let times = (0..).map(move |at: i64| at * step_ms);
    times.zip(&loaded.points).enumerate().map(|(at, (time, point))| {
        let start = loaded.starts.get(at).copied().flatten().map_or(0, |offset| time + offset);
        (time, point, start)
    })
}

/// Samples as Prometheus' database returns them: a counter histogram that continues the one before it says so.
fn with_hints(stored: &BTreeMap<i64, Stored>) -> Vec<(i64, Stored)> {
    let mut before: Option<Arc<FloatHistogram>> = None;
    let mut all = Vec::with_capacity(stored.len());
    for (time, stored) in stored {
        let StoredValue::Histogram(histogram) = &stored.value else {
            all.push((*time, stored.clone()));
            if let StoredValue::Float(_) = stored.value {
                before = None;
            }
            continue;
        };
        let mut returned = (**histogram).clone();
        if returned.reset_hint != ResetHint::Gauge && !is_stale(returned.sum) {
            let continues = before.as_ref().is_some_and(|before| continues(before, histogram));
            returned.reset_hint = if continues { ResetHint::NotReset } else { ResetHint::Unknown };
        }
        before = (!is_stale(histogram.sum)).then(|| Arc::clone(histogram));
        let value = StoredValue::Histogram(Arc::new(returned));
        all.push((*time, Stored { value, start: stored.start }));
    }
    all
}

/// Whether a counter histogram goes into the chunk of the one before it.
fn continues(before: &FloatHistogram, now: &FloatHistogram) -> bool {
    let is_counter = |histogram: &FloatHistogram| histogram.reset_hint != ResetHint::Gauge;
    let is_alike = before.schema == now.schema
        && before.bounds == now.bounds
        && before.zero_threshold == now.zero_threshold
        && now.reset_hint != ResetHint::Reset;
    let mut unhinted = now.clone();
    unhinted.reset_hint = ResetHint::Unknown;
    is_alike && is_counter(before) && is_counter(now) && !unhinted.is_reset_after(before)
}

fn push(series: &mut Series, time: i64, stored: Stored) {
    match stored.value {
        StoredValue::Float(float) => {
            series.floats.timestamps.push(time);
            series.floats.values.push(float);
            series.floats.starts.push(stored.start);
        }
        StoredValue::Histogram(histogram) => {
            series.histograms.timestamps.push(time);
            series.histograms.values.push(histogram);
            series.histograms.starts.push(stored.start);
        }
    }
    // Without any start time there are none, as of most series.
}
