//! Counts rows as a file is written. It is on the way of every row: what a row has in common with one of the last is found
//! at a place that a few of its bytes name, and compared; only what is not there is looked up.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, AsArray, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Int32Type, TimestampMicrosecondType};
use foldhash::fast::FixedState;

use super::{CELLS_MAX, COLUMNS, STEPS_US, TEXT_BYTES_MAX, TalliedCell, TalliedKey, TalliedValue, columns, form};
use crate::row::Signal;
use crate::schema;

/// Places of keys, and of cells: more than there can be of either, so that few share one.
const PLACES: usize = 2 * CELLS_MAX;

/// What the texts of all keys may take, each time they occur in one.
const KEY_BYTES_MAX: usize = 8 * TEXT_BYTES_MAX;

/// Counts of the rows so far.
pub(crate) struct Counter {
    signal: Signal,
    /// `None` once they do not fit, or where nothing is counted.
    counts: Option<Box<Counts>>,
}

impl Counter {
    pub(crate) fn new(signal: Signal) -> Self {
        Self { signal, counts: columns(signal).map(|_| Box::new(Counts::new())) }
    }

    /// Counts the next rows, which have every column of the table.
    pub(crate) fn push(&mut self, batch: &RecordBatch) {
        let (Some(names), Some(counts)) = (columns(self.signal), &mut self.counts) else { return };
        let named = |name: &str| batch.column_by_name(name).expect("the schema has its columns");
        let times = named(schema::time_column(self.signal)).as_primitive::<TimestampMicrosecondType>();
        let [Some(first), Some(second), Some(third)] = names.map(|name| Column::of(named(name))) else {
            self.counts = None;
            return;
        };
        let mut rows = times.values().iter().enumerate();
        if !rows.all(|(row, time)| counts.add(*time, [first.at(row), second.at(row), third.at(row)]).is_some()) {
            self.counts = None;
        }
    }

    /// What belongs in the footer.
    pub(crate) fn finish(self) -> Option<String> {
        self.counts?.finish()
    }
}

/// A column of a batch.
enum Column<'a> {
    Int(&'a Int32Array),
    Text(&'a StringArray),
}

impl<'a> Column<'a> {
    fn of(array: &'a dyn Array) -> Option<Self> {
        match array.data_type() {
            DataType::Int32 => array.as_primitive_opt::<Int32Type>().map(Self::Int),
            _ => array.as_string_opt::<i32>().map(Self::Text),
        }
    }

    fn at(&self, row: usize) -> Value<'a> {
        match self {
            Self::Int(array) if array.is_valid(row) => Value::Int(array.value(row)),
            Self::Text(array) if array.is_valid(row) => Value::Text(array.value(row)),
            Self::Int(_) | Self::Text(_) => Value::Null,
        }
    }
}

/// The value of a row.
#[derive(Clone, Copy)]
enum Value<'a> {
    Null,
    Int(i32),
    Text(&'a str),
}

impl Value<'_> {
    /// Tells values apart, most often.
    fn mark(self) -> u32 {
        match self {
            Self::Null => 1,
            Self::Int(number) => number.cast_unsigned(),
            Self::Text(text) => {
                let at = |place: usize| u32::from(text.as_bytes()[place]);
                let length = text.len();
                if length < 2 {
                    return 2 + text.bytes().next().map_or(0, u32::from);
                }
                let ends = at(0) << 24 | at(length / 2) << 16 | at(length - 2) << 8 | at(length - 1);
                ends ^ (length as u32).wrapping_mul(0x0101_0101)
            }
        }
    }

    fn is(self, known: &TalliedValue) -> bool {
        match (self, known) {
            (Self::Null, TalliedValue::Null) => true,
            (Self::Int(number), TalliedValue::Int(known)) => number == *known,
            (Self::Text(text), TalliedValue::Text(known)) => text == known.as_ref(),
            _ => false,
        }
    }

    fn owned(self) -> TalliedValue {
        match self {
            Self::Null => TalliedValue::Null,
            Self::Int(number) => TalliedValue::Int(number),
            Self::Text(text) => TalliedValue::Text(Arc::from(text)),
        }
    }

    fn bytes(self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
    }
}

struct Counts {
    keys: Vec<TalliedKey>,
    key_bytes: usize,
    numbers: HashMap<TalliedKey, u32, FixedState>,
    /// Numbers of keys.
    key_places: Vec<u32>,
    /// Rows of a few cells that are not in `cells` yet.
    cell_places: Vec<Cell>,
    /// By key and step.
    cells: HashMap<(u32, i64), u32, FixedState>,
    /// The length of a step, as a position in [`STEPS_US`].
    length: usize,
    /// The step that the row before lies in, and from when to when it is.
    step: i64,
    times: Range<i64>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    step: i64,
    key: u32,
    rows: u32,
}

impl Counts {
    fn new() -> Self {
        Self {
            keys: Vec::new(),
            key_bytes: 0,
            numbers: HashMap::default(),
            key_places: vec![u32::MAX; PLACES],
            cell_places: vec![Cell::default(); PLACES],
            cells: HashMap::default(),
            length: 0,
            step: 0,
            times: 0..0,
        }
    }

    /// Counts a row; `None` where they do not fit.
    #[inline]
    fn add(&mut self, time: i64, values: [Value<'_>; COLUMNS]) -> Option<()> {
        let key = self.key(values)?;
        if !self.times.contains(&time) {
            let length = STEPS_US[self.length];
            self.step = time.div_euclid(length);
            let begin = self.step.checked_mul(length)?;
            self.times = begin..begin.checked_add(length)?;
        }
        let step = self.step;
        let place = &mut self.cell_places[place(key.wrapping_mul(61).wrapping_add(step as u32))];
        if (place.key, place.step) == (key, step) {
            place.rows = place.rows.checked_add(1)?;
            return Some(());
        }
        let before = std::mem::replace(place, Cell { step, key, rows: 1 });
        self.put(before)
    }

    /// The number of a key.
    #[inline]
    fn key(&mut self, values: [Value<'_>; COLUMNS]) -> Option<u32> {
        let mark = values.iter().fold(0, |mark: u32, value| mark.wrapping_mul(0x9e37_79b1) ^ value.mark());
        let place = place(mark);
        let number = self.key_places[place];
        if let Some(known) = self.keys.get(number as usize)
            && values.iter().zip(known).all(|(value, known)| value.is(known))
        {
            return Some(number);
        }
        let number = self.look_up(values)?;
        self.key_places[place] = number;
        Some(number)
    }

    #[cold]
    fn look_up(&mut self, values: [Value<'_>; COLUMNS]) -> Option<u32> {
        let bytes: usize = values.iter().map(|value| value.bytes()).sum();
        if bytes > TEXT_BYTES_MAX {
            return None;
        }
        let key = values.map(Value::owned);
        if let Some(number) = self.numbers.get(&key) {
            return Some(*number);
        }
        self.key_bytes += bytes;
        if self.key_bytes > KEY_BYTES_MAX || self.keys.len() == CELLS_MAX {
            return None;
        }
        let number = u32::try_from(self.keys.len()).ok()?;
        self.keys.push(key.clone());
        self.numbers.insert(key, number);
        Some(number)
    }

    /// Adds the rows of a place to its cell, and makes steps longer where there are too many cells.
    fn put(&mut self, Cell { step, key, rows }: Cell) -> Option<()> {
        if rows > 0 {
            let cell = self.cells.entry((key, step)).or_default();
            *cell = cell.checked_add(rows)?;
        }
        if self.cells.len() > CELLS_MAX { self.coarsen() } else { Some(()) }
    }

    /// Takes the next step with which the cells fit.
    fn coarsen(&mut self) -> Option<()> {
        for Cell { step, key, rows } in &mut self.cell_places {
            let rows = std::mem::take(rows);
            if rows > 0 {
                let cell = self.cells.entry((*key, *step)).or_default();
                *cell = cell.checked_add(rows)?;
            }
        }
        self.times = 0..0;
        loop {
            let ratio = STEPS_US.get(self.length + 1)? / STEPS_US[self.length];
            self.length += 1;
            for ((key, step), rows) in std::mem::take(&mut self.cells) {
                let cell = self.cells.entry((key, step.div_euclid(ratio))).or_default();
                *cell = cell.checked_add(rows)?;
            }
            if self.cells.len() <= CELLS_MAX {
                return Some(());
            }
        }
    }

    fn finish(mut self) -> Option<String> {
        for place in 0..self.cell_places.len() {
            let cell = std::mem::take(&mut self.cell_places[place]);
            self.put(cell)?;
        }
        loop {
            let step_us = STEPS_US[self.length];
            let cells = self.cells.iter().map(|((key, step), rows)| {
                Some(TalliedCell { time_us: step.checked_mul(step_us)?, key: *key, rows: *rows })
            });
            let mut cells = cells.collect::<Option<Vec<_>>>()?;
            cells.sort_unstable_by_key(|cell| (cell.key, cell.time_us));
            let text = form::to_text(step_us, &self.keys, &cells);
            if text.len() <= TEXT_BYTES_MAX {
                return Some(text);
            }
            self.coarsen()?;
        }
    }
}

/// The place of what has this mark.
fn place(mark: u32) -> usize {
    (mark.wrapping_mul(0x9e37_79b1) >> 19) as usize % PLACES
}
