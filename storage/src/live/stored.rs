//! Rows in their stored form.

use tokio::time::Instant;

use super::Sequences;
use crate::codec::EncodedBatch;

/// Batches as they came, in the order of the log.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    pub(super) batches: Vec<EncodedBatch>,
    /// The sequence of each of them.
    at: Vec<u64>,
    pub(super) rows: usize,
    pub(super) bytes: usize,
    /// When the first of them came.
    pub(super) since: Option<Instant>,
    /// Of all of them, and of records without rows beside them.
    pub(super) sequences: Option<Sequences>,
}

impl Stored {
    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    pub(super) fn push(&mut self, sequence: u64, batch: EncodedBatch) {
        self.rows += batch.len();
        self.bytes += batch.bytes();
        self.since.get_or_insert_with(Instant::now);
        self.step_over(sequence);
        self.batches.push(batch);
        self.at.push(sequence);
    }

    /// Counts a record without rows.
    pub(super) fn step_over(&mut self, sequence: u64) {
        let this = Sequences { first: sequence, last: sequence };
        self.sequences = Some(this.and(self.sequences));
    }

    /// Takes the oldest batches: as many as have so many rows or take so much memory together, whichever is reached
    /// first, and at least one. Records without rows behind the last batch go with it.
    pub(super) fn take_oldest(&mut self, rows_max: usize, bytes_max: usize) -> Self {
        let Some(all) = self.sequences else { return Self::default() };
        let (mut rows, mut bytes) = (0, 0);
        let reached = |batch: &EncodedBatch| {
            rows += batch.len();
            bytes += batch.bytes();
            rows >= rows_max || bytes >= bytes_max
        };
        let count = self.batches.iter().position(reached).map_or(self.batches.len(), |position| position + 1);
        if count == self.batches.len() {
            return std::mem::take(self);
        }
        let left = Self {
            batches: self.batches.split_off(count),
            rows: self.rows - rows,
            bytes: self.bytes - bytes,
            since: self.since,
            sequences: Some(Sequences { first: self.at[count], last: all.last }),
            at: self.at.split_off(count),
        };
        let last = self.at[count - 1];
        let taken = std::mem::replace(self, left);
        Self { rows, bytes, sequences: Some(Sequences { first: all.first, last }), ..taken }
    }

    /// Puts these, which are newer, behind them.
    pub(super) fn extend(&mut self, newer: Self) {
        self.batches.extend(newer.batches);
        self.at.extend(newer.at);
        self.rows += newer.rows;
        self.bytes += newer.bytes;
        self.since = self.since.or(newer.since);
        self.sequences = match self.sequences {
            Some(sequences) => Some(sequences.and(newer.sequences)),
            None => newer.sequences,
        };
    }
}
