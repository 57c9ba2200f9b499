//! A page of log records and what orders them: time, then a tie-break. Pure.

use std::collections::BinaryHeap;
use std::hash::{DefaultHasher, Hash, Hasher};

use api::log::LogRecord;
use datafusion::logical_expr::{Expr, col};

use crate::cursor::Cursor;
use crate::find::Nearest;
use crate::reading::micros;

/// Distance from the begin of the search's order, then the tie-break.
pub(super) type Position = (i64, u64);

pub(super) struct Page {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) size: usize,
    pub(super) oldest_first: bool,
    pub(super) question: u64,
    pub(super) cursor: Option<Cursor>,
}

impl Page {
    /// The part of the range that earlier pages have not used up.
    pub(super) fn rest(&self) -> (i64, i64) {
        match self.cursor {
            None => (self.from, self.to),
            Some(cursor) if self.oldest_first => (self.from.max(cursor.time), self.to),
            Some(cursor) => (self.from, self.to.min(cursor.time.saturating_add(1))),
        }
    }

    pub(super) fn distance(&self, time: i64) -> i64 {
        if self.oldest_first { time } else { time.saturating_neg() }
    }

    fn time_at(&self, distance: i64) -> i64 {
        if self.oldest_first { distance } else { distance.saturating_neg() }
    }

    /// Which records come first.
    pub(super) fn order(&self) -> Nearest {
        if self.oldest_first { Nearest::Oldest } else { Nearest::Newest }
    }

    /// Records of this microsecond or nearer.
    pub(super) fn not_beyond(&self, time: i64) -> Expr {
        if self.oldest_first { col("time").lt_eq(micros(time)) } else { col("time").gt_eq(micros(time)) }
    }

    pub(super) fn position(&self, record: &LogRecord) -> Position {
        (self.distance(record.time_unix_nano.0), tie(record))
    }

    pub(super) fn is_beyond_cursor(&self, position: Position) -> bool {
        // Equal ones stay: the cursor says how many of them are used up.
        self.cursor.is_none_or(|cursor| position >= (self.distance(cursor.time), cursor_tie(&cursor)))
    }

    /// How many records in order a page can need: those equal to the cursor, itself, and one to know of more.
    pub(super) fn keep(&self) -> usize {
        let used = self.cursor.map_or(0, |cursor| usize::try_from(cursor.same).unwrap_or(usize::MAX));
        used.saturating_add(self.size).saturating_add(1)
    }

    /// The page's records and the cursor of the next one.
    pub(super) fn cut(&self, found: Vec<(Position, LogRecord)>) -> (Vec<LogRecord>, Option<Cursor>) {
        let used = self.cursor.map_or(0, |cursor| {
            let at = (self.distance(cursor.time), cursor_tie(&cursor));
            let equal = found.iter().take_while(|(position, _)| *position == at).count();
            equal.min(usize::try_from(cursor.same).unwrap_or(usize::MAX))
        });
        let more = self.size > 0 && found.len() > used + self.size;
        let last = found.get((used + self.size).saturating_sub(1)).map(|(position, _)| *position);
        let next = last.filter(|_| more).map(|last| {
            let same = found[..used + self.size].iter().rev().take_while(|(position, _)| *position == last).count();
            Cursor {
                question: self.question,
                from: self.from,
                to: self.to,
                time: self.time_at(last.0),
                tie: u128::from(last.1),
                same: same as u64,
            }
        });
        (found.into_iter().skip(used).take(self.size).map(|(_, record)| record).collect(), next)
    }
}

fn cursor_tie(cursor: &Cursor) -> u64 {
    u64::try_from(cursor.tie).unwrap_or(u64::MAX)
}

/// Equal records have equal ties, whether they are sealed or not.
fn tie(record: &LogRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(record).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// The nearest times beyond the cursor, one more than the page has records.
pub(super) struct NearestTimes<'a> {
    page: &'a Page,
    /// Distances, the farthest on top.
    distances: BinaryHeap<i64>,
}

impl<'a> NearestTimes<'a> {
    pub(super) fn of(page: &'a Page) -> Self {
        Self { page, distances: BinaryHeap::new() }
    }

    pub(super) fn add(&mut self, time: i64) {
        let distance = self.page.distance(time);
        if self.page.cursor.is_none_or(|cursor| distance > self.page.distance(cursor.time)) {
            self.distances.push(distance);
            if self.distances.len() > self.page.size + 1 {
                self.distances.pop();
            }
        }
    }

    /// The farthest of them, if there are as many as the page needs.
    pub(super) fn farthest(&self) -> Option<i64> {
        let is_full = self.distances.len() > self.page.size;
        self.distances.peek().filter(|_| is_full).map(|distance| self.page.time_at(*distance))
    }

    /// How far records that the page can need are away: those equal to the cursor are near as well.
    pub(super) fn reach(&self) -> Option<i64> {
        let farthest = self.distances.peek().map(|distance| self.page.time_at(*distance));
        farthest.or(self.page.cursor.map(|cursor| cursor.time))
    }
}
