//! Operators between two vectors: series are matched by their labels once, then combined at each time.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::element::{Outcome, element};
use super::signature;
use crate::error::EvalError;
use crate::eval::Evaluator;
use crate::eval::column::{Cell, Column, Columns};
use crate::labels::{Labels, METRIC_NAME};
use crate::request::Grid;
use crate::series::Sample;
use crate::syntax::{Binary, Cardinality, Matching, Span};

const NONE: u32 = u32::MAX;

/// One side of a match that a value was filled in for.
const FILLED: usize = usize::MAX;

/// Both sides, the one that may have many series of a signature first.
struct Sides<'c> {
    many: &'c [Column],
    one: &'c [Column],
    many_groups: Vec<usize>,
    one_groups: Vec<usize>,
    group_count: usize,
    is_swapped: bool,
}

impl<'c> Sides<'c> {
    fn new(lhs: &'c [Column], rhs: &'c [Column], matching: &Matching) -> Self {
        let is_swapped = matching.cardinality == Cardinality::OneToMany;
        let (many, one) = if is_swapped { (rhs, lhs) } else { (lhs, rhs) };
        let mut groups: HashMap<Labels, usize, FixedState> = HashMap::default();
        let mut group_of = |columns: &[Column]| -> Vec<usize> {
            let mut places = Vec::with_capacity(columns.len());
            for column in columns {
                let next = groups.len();
                places.push(*groups.entry(signature(&column.labels, matching)).or_insert(next));
            }
            places
        };
        let (many_groups, one_groups) = (group_of(many), group_of(one));
        Self { many, one, many_groups, one_groups, group_count: groups.len(), is_swapped }
    }
}

/// What results while a join goes on.
struct Join<'c> {
    sides: Sides<'c>,
    binary: &'c Binary,
    span: Span,
    results: Columns,
    /// The result column of each pair of series.
    places: HashMap<(usize, usize), usize, FixedState>,
    /// The last pair of each of the many side, and its result column: most series have the same partner all the time.
    last: Vec<(usize, usize)>,
    /// The time at which each group had a result last, counted from 1.
    group_made: Vec<usize>,
    /// The time and group of each result column's last result.
    place_made: Vec<(usize, usize)>,
}

impl Evaluator<'_> {
    pub(super) fn join(
        &mut self,
        binary: &Binary,
        span: Span,
        lhs: &[Column],
        rhs: &[Column],
        grid: &Grid,
    ) -> Result<Vec<Column>, EvalError> {
        let sides = Sides::new(lhs, rhs, &binary.matching);
        let mut join = Join {
            binary,
            span,
            results: self.columns(grid),
            places: HashMap::default(),
            last: vec![(FILLED, FILLED); sides.many.len()],
            group_made: vec![0; sides.group_count],
            place_made: Vec::new(),
            sides,
        };
        let mut ones = vec![NONE; join.sides.group_count];
        for step in 0..grid.len {
            self.look()?;
            join.step(self, step, &mut ones)?;
        }
        Ok(join.results.into_columns())
    }
}

impl Join<'_> {
    fn step(&mut self, evaluator: &mut Evaluator<'_>, step: usize, ones: &mut [u32]) -> Result<(), EvalError> {
        let matching = &self.binary.matching;
        let has_many = self.sides.many.iter().any(|column| column.has(step));
        let has_one = self.sides.one.iter().any(|column| column.has(step));
        let fills = matching.fill_left.is_some() || matching.fill_right.is_some();
        if !(has_many && has_one || fills && (has_many || has_one)) {
            return Ok(());
        }
        self.find_ones(step, ones)?;
        // Prometheus looks at the sides after `group_right` swapped them: `fill_left` always fills in the many side.
        let (fill_one, fill_many) = (matching.fill_right, matching.fill_left);
        for many in 0..self.sides.many.len() {
            if !self.sides.many[many].has(step) {
                continue;
            }
            let group = self.sides.many_groups[many];
            match (ones[group], fill_one) {
                (NONE, None) => {}
                (NONE, Some(_)) => self.pair(evaluator, step, group, many, FILLED)?,
                (one, _) => self.pair(evaluator, step, group, many, one as usize)?,
            }
        }
        if fill_many.is_some() {
            for one in 0..self.sides.one.len() {
                let group = self.sides.one_groups[one];
                if self.sides.one[one].has(step) && self.group_made[group] != step + 1 {
                    self.pair(evaluator, step, group, FILLED, one)?;
                }
            }
        }
        Ok(())
    }

    /// The series of the one side at this time; that a group has two is an error.
    fn find_ones(&self, step: usize, ones: &mut [u32]) -> Result<(), EvalError> {
        ones.fill(NONE);
        for (place, column) in self.sides.one.iter().enumerate() {
            if !column.has(step) {
                continue;
            }
            let slot = &mut ones[self.sides.one_groups[place]];
            if *slot != NONE {
                return Err(self.not_unique(column, &self.sides.one[*slot as usize]));
            }
            *slot = u32::try_from(place).unwrap_or(NONE);
        }
        Ok(())
    }

    fn not_unique(&self, column: &Column, other: &Column) -> EvalError {
        let side = if self.sides.is_swapped { "left" } else { "right" };
        let group = match_labels(&column.labels, &self.binary.matching);
        let mut both = [column.labels.to_string(), other.labels.to_string()];
        both.sort();
        EvalError::data(format!(
            "found duplicate series for the match group {group} on the {side} hand-side of the operation: [{}, {}];many-to-many matching not allowed: matching labels must be unique on one side",
            both[0], both[1]
        ))
    }

    fn pair(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        step: usize,
        group: usize,
        many: usize,
        one: usize,
    ) -> Result<(), EvalError> {
        let matching = &self.binary.matching;
        let (many_fill, one_fill) = (matching.fill_left, matching.fill_right);
        let cell = |columns: &'_ [Column], place: usize, fill: Option<f64>| -> Option<Sample> {
            if place == FILLED {
                return fill.map(Sample::Float);
            }
            columns[place].at(step).map(Cell::to_sample)
        };
        let many_sample = cell(self.sides.many, many, many_fill);
        let one_sample = cell(self.sides.one, one, one_fill);
        let (Some(many_sample), Some(one_sample)) = (many_sample, one_sample) else { return Ok(()) };
        let (lhs, rhs) = if self.sides.is_swapped { (&one_sample, &many_sample) } else { (&many_sample, &one_sample) };
        let outcome = element(self.binary.op, as_cell(lhs), as_cell(rhs), self.span, &mut evaluator.annotations);
        if let Outcome::Nothing = outcome {
            return Ok(());
        }
        let place = self.place(many, one)?;
        if matching.cardinality == Cardinality::OneToOne && self.group_made[group] == step + 1 {
            return Err(EvalError::data(
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
            ));
        }
        if place >= self.place_made.len() {
            self.place_made.resize(place + 1, (0, 0));
        }
        if self.place_made[place] == (step + 1, group) {
            return Err(EvalError::data("multiple matches for labels: grouping labels must ensure unique matches"));
        }
        self.group_made[group] = step + 1;
        self.place_made[place] = (step + 1, group);
        let result = match outcome {
            Outcome::Value(sample) => sample,
            Outcome::Compared(is_true) if self.binary.is_bool => Sample::Float(f64::from(u8::from(is_true))),
            Outcome::Compared(true) => lhs.clone(),
            Outcome::Compared(false) | Outcome::Nothing => return Ok(()),
        };
        self.results.put(place, step, result)
    }

    /// The place of the result of two series.
    fn place(&mut self, many: usize, one: usize) -> Result<usize, EvalError> {
        if let Some((_, place)) = self.last.get(many).filter(|(last, _)| *last == one && one != FILLED) {
            return Ok(*place);
        }
        if let Some(place) = self.places.get(&(many, one)).copied() {
            self.remember(many, one, place);
            return Ok(place);
        }
        let matching = &self.binary.matching;
        let labels_of = |columns: &[Column], place: usize, other: &Column| {
            columns.get(place).map_or_else(
                || (match_labels(&other.labels, matching), false),
                |column| (column.labels.clone(), column.drop_name),
            )
        };
        let some_many = self.sides.many.get(many);
        let some_one = self.sides.one.get(one);
        let Some(other) = some_many.or(some_one) else { return Err(EvalError::data("a match of nothing")) };
        let (many_labels, drops) = labels_of(self.sides.many, many, other);
        let (one_labels, _) = labels_of(self.sides.one, one, other);
        let labels = result_labels(&many_labels, &one_labels, self.binary);
        let place = self.results.place(&labels, self.binary.is_bool || drops)?;
        self.places.insert((many, one), place);
        self.remember(many, one, place);
        Ok(place)
    }

    fn remember(&mut self, many: usize, one: usize, place: usize) {
        if let Some(last) = self.last.get_mut(many) {
            *last = (one, place);
        }
    }
}

fn as_cell(sample: &Sample) -> Cell<'_> {
    match sample {
        Sample::Float(float) => Cell::Float(*float),
        Sample::Histogram(histogram) => Cell::Histogram(histogram),
    }
}

/// The labels that identify a group of matches.
fn match_labels(labels: &Labels, matching: &Matching) -> Labels {
    if matching.is_on {
        labels.keep(&matching.labels)
    } else {
        let mut ignored = matching.labels.clone();
        ignored.push(Arc::from(METRIC_NAME));
        labels.without(&ignored)
    }
}

fn result_labels(many: &Labels, one: &Labels, binary: &Binary) -> Labels {
    let matching = &binary.matching;
    let labels = if binary.op.drops_name() { many.without_metadata() } else { many.clone() };
    let mut edited = labels.edit();
    if matching.cardinality == Cardinality::OneToOne {
        edited.retain(|name| matching.labels.iter().any(|label| **label == *name) == matching.is_on);
    }
    for label in &matching.include {
        edited.take_from(one, label);
    }
    edited.into_labels()
}
