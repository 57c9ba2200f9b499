//! A series' values at all times of a grid, and columns that are filled by labels.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::error::EvalError;
use crate::histogram::FloatHistogram;
use crate::labels::Labels;
use crate::request::Grid;
use crate::series::{Sample, Samples, Series, is_stale, stale};

type Histograms = Vec<Option<Arc<FloatHistogram>>>;

/// A series' values. At each time there is a float, a histogram or nothing.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) labels: Labels,
    /// Whether the metric's name goes at the end.
    pub(super) drop_name: bool,
    /// The floats; the staleness marker, which no calculation results in, where there is none.
    pub(super) floats: Vec<f64>,
    /// The histograms, if there is any.
    pub(super) histograms: Option<Histograms>,
}

/// A value at a time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    Float(f64),
    Histogram(&'a Arc<FloatHistogram>),
}

impl Column {
    pub(super) fn new(labels: Labels, drop_name: bool, len: usize) -> Self {
        Self { labels, drop_name, floats: vec![stale(); len], histograms: None }
    }

    /// The value at a time.
    pub(super) fn at(&self, step: usize) -> Option<Cell<'_>> {
        let float = self.floats[step];
        if !is_stale(float) {
            return Some(Cell::Float(float));
        }
        self.histograms.as_ref().and_then(|histograms| histograms[step].as_ref()).map(Cell::Histogram)
    }

    pub(super) fn has(&self, step: usize) -> bool {
        self.at(step).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.histograms.is_none() && self.floats.iter().all(|float| is_stale(*float))
    }

    pub(super) fn set(&mut self, step: usize, sample: Sample) {
        match sample {
            Sample::Float(float) => self.floats[step] = float,
            Sample::Histogram(histogram) => self.set_histogram(step, histogram),
        }
    }

    pub(super) fn set_histogram(&mut self, step: usize, histogram: Arc<FloatHistogram>) {
        let len = self.floats.len();
        self.histograms.get_or_insert_with(|| vec![None; len])[step] = Some(histogram);
    }

    pub(super) fn clear(&mut self, step: usize) {
        self.floats[step] = stale();
        if let Some(histograms) = &mut self.histograms {
            histograms[step] = None;
        }
    }

    /// Changes each float.
    pub(super) fn map_floats(&mut self, change: impl Fn(f64) -> f64) {
        for float in self.floats.iter_mut().filter(|float| !is_stale(**float)) {
            *float = change(*float);
        }
    }

    /// Changes each histogram.
    pub(super) fn map_histograms(&mut self, change: impl Fn(&mut FloatHistogram)) {
        for histogram in self.histograms.iter_mut().flatten().flatten() {
            change(Arc::make_mut(histogram));
        }
    }

    /// The first value, at more times.
    pub(super) fn repeated(self, len: usize) -> Self {
        let float = self.floats.first().copied().unwrap_or_else(stale);
        let histogram = self.histograms.and_then(|histograms| histograms.into_iter().next().flatten());
        Self {
            labels: self.labels,
            drop_name: self.drop_name,
            floats: vec![float; len],
            histograms: histogram.map(|histogram| vec![Some(histogram); len]),
        }
    }

    /// How many samples it counts as.
    pub(super) fn weight(&self) -> usize {
        let histograms = self.histograms.iter().flatten().flatten();
        self.floats.len() + histograms.map(|histogram| histogram.weight()).sum::<usize>()
    }

    /// The values as a series.
    pub(super) fn into_series(self, grid: &Grid) -> Series {
        let mut series = Series { labels: self.labels, ..Series::default() };
        let present = grid.times().zip(&self.floats).filter(|(_, float)| !is_stale(**float));
        let (timestamps, values) = present.map(|(time, float)| (time, *float)).unzip();
        series.floats = Samples::new(timestamps, values);
        if let Some(histograms) = self.histograms {
            let present = grid.times().zip(histograms);
            let (timestamps, values) = present.filter_map(|(time, histogram)| Some((time, histogram?))).unzip();
            series.histograms = Samples::new(timestamps, values);
        }
        series
    }
}

impl Cell<'_> {
    pub(super) fn to_sample(self) -> Sample {
        match self {
            Self::Float(float) => Sample::Float(float),
            Self::Histogram(histogram) => Sample::Histogram(Arc::clone(histogram)),
        }
    }
}

/// Columns found by their labels.
pub(super) struct Columns {
    columns: Vec<Column>,
    places: HashMap<Labels, usize, FixedState>,
    len: usize,
    samples_max: usize,
}

impl Columns {
    pub(super) fn new(len: usize, samples_max: usize) -> Self {
        Self { columns: Vec::new(), places: HashMap::default(), len, samples_max }
    }

    /// The place of the column with some labels.
    pub(super) fn place(&mut self, labels: &Labels, drop_name: bool) -> Result<usize, EvalError> {
        if let Some(place) = self.places.get(labels) {
            return Ok(*place);
        }
        let place = self.columns.len();
        if place.saturating_add(1).saturating_mul(self.len) > self.samples_max {
            return Err(EvalError::too_many_samples(self.samples_max));
        }
        self.places.insert(labels.clone(), place);
        self.columns.push(Column::new(labels.clone(), drop_name, self.len));
        Ok(place)
    }

    /// Sets a value; that there is one already is an error.
    pub(super) fn put(&mut self, place: usize, step: usize, sample: Sample) -> Result<(), EvalError> {
        let column = &mut self.columns[place];
        if column.has(step) {
            return Err(EvalError::same_labels());
        }
        column.set(step, sample);
        Ok(())
    }

    /// Takes a column in, or its values where there is one of the same labels.
    pub(super) fn merge(&mut self, column: Column) -> Result<(), EvalError> {
        if let Some(place) = self.places.get(&column.labels).copied() {
            for step in 0..self.len {
                if let Some(cell) = column.at(step) {
                    self.put(place, step, cell.to_sample())?;
                }
            }
            return Ok(());
        }
        self.places.insert(column.labels.clone(), self.columns.len());
        self.columns.push(column);
        Ok(())
    }

    /// The columns that have a value.
    pub(super) fn into_columns(self) -> Vec<Column> {
        let mut columns = self.columns;
        columns.retain(|column| !column.is_empty());
        columns
    }
}

/// Brings columns of the same labels together. Where two have a value at the same time, that is an error.
pub(super) fn merged(columns: Vec<Column>, len: usize) -> Result<Vec<Column>, EvalError> {
    let mut merged = Columns::new(len, usize::MAX);
    for column in columns {
        merged.merge(column)?;
    }
    Ok(merged.columns)
}
