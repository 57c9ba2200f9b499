//! What the store was given, and what must be found of it.

use std::collections::BTreeMap;

use crate::wal::TableKey;

/// The batches, in the order in which they were given. Rows are numbered throughout.
#[derive(Debug, Default)]
pub(super) struct Truth {
    batches: Vec<Given>,
}

#[derive(Debug)]
struct Given {
    table: TableKey,
    first_row: u64,
    /// Of each row, whether it may have been removed because its time is over.
    expires: Vec<bool>,
    fate: Fate,
    was_seen: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Each row is there once, or expired: the batch was acknowledged, or seen after a start.
    Kept,
    /// Nothing is known: all rows are there, or none.
    Doubtful,
    /// No row is there: the batch was refused, or not seen after a start.
    Never,
}

impl Truth {
    /// A new batch, about which nothing is known yet: of each row whether it may be removed because its time is over.
    pub(super) fn give(&mut self, table: TableKey, expires: Vec<bool>) -> usize {
        let first_row = self.batches.last().map_or(0, |batch| batch.first_row + batch.expires.len() as u64);
        self.batches.push(Given { table, first_row, expires, fate: Fate::Doubtful, was_seen: false });
        self.batches.len() - 1
    }

    pub(super) fn first_row(&self, batch: usize) -> u64 {
        self.batches[batch].first_row
    }

    pub(super) fn keep(&mut self, batch: usize) {
        self.batches[batch].fate = Fate::Kept;
    }

    pub(super) fn refuse(&mut self, batch: usize) {
        self.batches[batch].fate = Fate::Never;
    }

    /// What was found in a table: how often each row is there.
    pub(super) fn compare(&mut self, table: &TableKey, found: &BTreeMap<u64, usize>) {
        let mut known = 0;
        for batch in self.batches.iter_mut().filter(|batch| batch.table == *table) {
            let rows = batch.first_row..batch.first_row + batch.expires.len() as u64;
            let counts: Vec<usize> = rows.map(|row| found.get(&row).copied().unwrap_or(0)).collect();
            let all = |count: usize| counts.iter().all(|found| *found == count);
            let all_that_stay = counts.iter().zip(&batch.expires).all(|(found, expires)| match found {
                0 => *expires,
                found => *found == 1,
            });
            let is_right = match batch.fate {
                Fate::Kept => all_that_stay,
                Fate::Doubtful => all_that_stay || all(0),
                Fate::Never => all(0),
            };
            assert!(is_right, "{table:?}: {batch:?}, its rows are there {counts:?} times");
            batch.was_seen = !all(0);
            known += counts.iter().filter(|count| **count > 0).count();
        }
        assert_eq!(known, found.len(), "{table:?} has rows that it was not given");
    }

    /// After a start and a comparison of every table: what was in doubt is so no more.
    pub(super) fn settle(&mut self) {
        for batch in self.batches.iter_mut().filter(|batch| batch.fate == Fate::Doubtful) {
            batch.fate = if batch.was_seen { Fate::Kept } else { Fate::Never };
        }
    }
}
