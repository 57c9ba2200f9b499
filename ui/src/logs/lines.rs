//! The lines that are loaded: older pages go to the end, what follow mode brings goes to the front, none twice.
//!
//! A log record has no id. Where the live tail begins, the search is asked from the newest time that is there, and records of
//! that very time are told apart by comparing them whole.

use std::collections::HashSet;
use std::sync::Arc;

use api::log::LogRecord;

/// Lines beyond this are dropped at the old end while following, and that is said.
pub(crate) const LINES_MAX: usize = 20_000;

/// A line with a key that stays with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Unique among the lines of a search.
    pub(crate) key: u64,
    /// The record.
    pub(crate) record: Arc<LogRecord>,
}

/// Loaded lines, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Lines {
    /// Newest first.
    pub(crate) lines: Vec<Line>,
    /// How many were dropped at the old end.
    pub(crate) dropped: u64,
    next_key: u64,
}

impl Lines {
    /// The first page of a search.
    pub(crate) fn first(records: Vec<LogRecord>) -> Self {
        let mut lines = Self::default();
        lines.older(records);
        lines
    }

    /// A page of older records.
    pub(crate) fn older(&mut self, records: Vec<LogRecord>) {
        for record in records {
            let line = self.keyed(record);
            self.lines.push(line);
        }
    }

    /// Records that may be newer, newest first; returns how many were new.
    pub(crate) fn newer(&mut self, records: Vec<LogRecord>) -> usize {
        let oldest_asked = records.last().map_or(i64::MAX, |r| r.time_unix_nano.0);
        let known: Vec<Arc<LogRecord>> = self
            .lines
            .iter()
            .take_while(|line| line.record.time_unix_nano.0 >= oldest_asked)
            .map(|line| line.record.clone())
            .collect();
        let mut used = HashSet::new();
        let mut is_known = |record: &LogRecord| {
            let twin = known.iter().enumerate().find(|(i, k)| !used.contains(i) && ***k == *record).map(|(i, _)| i);
            twin.is_some_and(|i| used.insert(i))
        };
        let fresh: Vec<LogRecord> = records.into_iter().filter(|record| !is_known(record)).collect();
        let count = fresh.len();
        self.put_in_front(fresh);
        count
    }

    /// Records that are newer than all that were given before, whenever they are of; newest first.
    pub(crate) fn put_in_front(&mut self, fresh: Vec<LogRecord>) {
        let mut front: Vec<Line> = Vec::with_capacity(fresh.len() + self.lines.len());
        for record in fresh {
            front.push(self.keyed(record));
        }
        front.append(&mut self.lines);
        // A record may arrive late, with a time before lines that are shown; a stable sort leaves equal times as they are.
        front.sort_by_key(|line| std::cmp::Reverse(line.record.time_unix_nano));
        self.dropped += front.len().saturating_sub(LINES_MAX) as u64;
        front.truncate(LINES_MAX);
        self.lines = front;
    }

    /// The time of the newest line.
    pub(crate) fn newest(&self) -> Option<i64> {
        self.lines.first().map(|line| line.record.time_unix_nano.0)
    }

    fn keyed(&mut self, record: LogRecord) -> Line {
        self.next_key += 1;
        Line { key: self.next_key, record: Arc::new(record) }
    }
}

#[cfg(test)]
pub(crate) mod tests;
