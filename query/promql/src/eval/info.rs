//! `info`: adds the labels of info series that have the same `instance` and `job`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::Evaluator;
use super::column::{Column, Columns};
use super::selector::{NewestValue, Seen};
use crate::error::EvalError;
use crate::labels::{Edited, Labels, METRIC_NAME};
use crate::matcher::Matcher;
use crate::request::Grid;
use crate::selection::{info_name_matchers, info_selector, info_time};
use crate::series::Series;
use crate::syntax::Call;

/// The labels that identify what an info series is about.
const IDENTIFYING: [&str; 2] = ["instance", "job"];

/// An info series: at each time the time of its newest sample.
struct Info<'a> {
    labels: &'a Labels,
    times: Vec<Option<i64>>,
}

/// Info series by metric, then by what they are about.
type Found<'a> = BTreeMap<&'a str, HashMap<Labels, Vec<Info<'a>>, FixedState>>;

impl Evaluator<'_> {
    pub(super) fn info(&mut self, call: &Call, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let (at, offset) = info_time(&call.args[0], self.request)?;
        let columns = self.vector(&call.args[0], grid)?;
        let lists = self.series;
        let series = call.info_index.and_then(|index| lists.get(index)).map_or(&[][..], Vec::as_slice);
        let found = self.info_series(series, Seen { at, offset }, grid)?;
        let names = info_name_matchers(call);
        let data: Vec<&Matcher> = info_selector(call).iter().filter(|matcher| &*matcher.name != METRIC_NAME).collect();
        let mut results = self.columns(grid);
        for column in columns {
            self.look()?;
            let name = column.labels.metric_name();
            // What is an info series itself gets no labels.
            if names.iter().all(|matcher| matcher.matches(name)) {
                results.merge(column)?;
                continue;
            }
            add_info(&column, &found, &data, grid, &mut results)?;
        }
        Ok(results.into_columns())
    }

    fn info_series<'a>(&mut self, series: &'a [Series], seen: Seen, grid: &Grid) -> Result<Found<'a>, EvalError> {
        let mut found: Found<'a> = BTreeMap::new();
        for series in series {
            self.look()?;
            self.hold(grid.len)?;
            let mut times = vec![None; grid.len];
            let mut has_histogram = false;
            self.newest(series, seen, grid, |step, newest| {
                has_histogram |= matches!(newest.value, NewestValue::Histogram(_));
                times[step] = Some(newest.time);
            });
            if has_histogram {
                let message = format!("this should be an info metric, with float samples: {}", series.labels);
                return Err(EvalError::data(message));
            }
            let of_metric = found.entry(series.labels.metric_name()).or_default();
            let identity = identity(&series.labels);
            of_metric.entry(identity).or_default().push(Info { labels: &series.labels, times });
        }
        Ok(found)
    }
}

fn identity(labels: &Labels) -> Labels {
    labels.filter(|name| IDENTIFYING.contains(&name))
}

/// Adds to a column the labels that the info series have at each time.
fn add_info(
    column: &Column,
    found: &Found<'_>,
    data: &[&Matcher],
    grid: &Grid,
    results: &mut Columns,
) -> Result<(), EvalError> {
    let identity = identity(&column.labels);
    let candidates: Vec<&[Info<'_>]> = if identity.is_empty() {
        Vec::new()
    } else {
        found.values().filter_map(|of_metric| of_metric.get(&identity)).map(Vec::as_slice).collect()
    };
    let needs_info = data.iter().any(|matcher| !matcher.matches(""));
    // The result column of each choice of info series.
    let mut places: HashMap<Vec<Option<usize>>, usize, FixedState> = HashMap::default();
    for step in 0..grid.len {
        let Some(cell) = column.at(step) else { continue };
        let mut chosen = Vec::with_capacity(candidates.len());
        for infos in &candidates {
            chosen.push(newest_info(infos, step)?);
        }
        if needs_info && chosen.iter().all(Option::is_none) {
            continue;
        }
        let place = if let Some(place) = places.get(&chosen) {
            *place
        } else {
            let infos = candidates.iter().zip(&chosen).filter_map(|(infos, at)| at.map(|at| infos[at].labels));
            let labels = with_info(&column.labels, infos, data)?;
            let place = results.place(&labels, column.drop_name)?;
            places.insert(chosen, place);
            place
        };
        results.put(place, step, cell.to_sample())?;
    }
    Ok(())
}

/// The info series whose sample is the newest.
fn newest_info(infos: &[Info<'_>], step: usize) -> Result<Option<usize>, EvalError> {
    let mut best: Option<(usize, i64)> = None;
    for (at, info) in infos.iter().enumerate() {
        let Some(time) = info.times[step] else { continue };
        match best {
            Some((_, newest)) if newest > time => {}
            Some((other, newest)) if newest == time => {
                let (existing, new) = (infos[other].labels, info.labels);
                return Err(EvalError::data(format!(
                    "found duplicate series for info metric: existing {existing} @ {time}, new {new} @ {time}"
                )));
            }
            _ => best = Some((at, time)),
        }
    }
    Ok(best.map(|(at, _)| at))
}

fn with_info<'i>(
    labels: &Labels,
    infos: impl Iterator<Item = &'i Labels>,
    data: &[&Matcher],
) -> Result<Labels, EvalError> {
    let mut added = Edited::default();
    for info in infos {
        for (name, value) in info.iter() {
            let is_asked = data.is_empty() || data.iter().any(|matcher| *matcher.name == *name);
            if name == METRIC_NAME || !is_asked {
                continue;
            }
            if added.get(name).is_some_and(|other| other != value) {
                return Err(EvalError::data(format!("conflicting label: {name}")));
            }
            if labels.get(name).is_none() {
                added.set(Arc::from(name), Arc::from(value));
            }
        }
    }
    let mut edited = labels.edit();
    for (name, value) in added.into_labels().iter() {
        edited.set(Arc::from(name), Arc::from(value));
    }
    Ok(edited.into_labels())
}
