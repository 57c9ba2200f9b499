//! What a folder contains: as it is seen, and as it is on disk.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::disk::NodeId;
use crate::io::chance::Seed;

#[derive(Debug, Default)]
pub(super) struct Names {
    seen: BTreeMap<OsString, NodeId>,
    kept: BTreeMap<OsString, NodeId>,
    /// What is seen and not on disk yet, oldest first.
    changes: Vec<Change>,
}

/// A step: all of it is on disk or nothing.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// Counts the changes of all folders. Both halves of a rename between folders have the same number.
    pub(super) number: u64,
    pub(super) sets: Vec<(OsString, Option<NodeId>)>,
    /// Of the old name of such a rename: the folder of the new one, which is on disk first.
    pub(super) after: Option<NodeId>,
}

impl Names {
    /// What is on disk, after a start.
    pub(super) fn kept(kept: BTreeMap<OsString, NodeId>) -> Self {
        Self { seen: kept.clone(), kept, changes: Vec::new() }
    }

    pub(super) fn seen(&self) -> &BTreeMap<OsString, NodeId> {
        &self.seen
    }

    pub(super) fn make(&mut self, change: Change) {
        apply(&mut self.seen, &change);
        self.changes.push(change);
    }

    /// The folders and changes that must be on disk before this folder is.
    pub(super) fn waits_for(&self) -> Vec<(NodeId, u64)> {
        self.changes.iter().filter_map(|change| Some((change.after?, change.number))).collect()
    }

    /// Writes the changes up to this number.
    pub(super) fn sync(&mut self, last: u64) {
        let later = self.changes.iter().position(|change| change.number > last).unwrap_or(self.changes.len());
        for change in self.changes.drain(..later) {
            apply(&mut self.kept, &change);
        }
    }

    /// The changes that a power cut keeps, of those that are not on disk.
    pub(super) fn choose(&self, seed: Seed) -> Vec<&Change> {
        let is_lost = |change: &Change, cases: u64| {
            let names: Vec<_> = change.sets.iter().map(|(name, _)| super::label(name.as_ref())).collect();
            seed.one_in(cases, names)
        };
        match seed.of("mood") % 4 {
            0 => self.changes.iter().collect(),
            1 => Vec::new(),
            2 => self.changes.iter().take_while(|change| !is_lost(change, 3)).collect(),
            _ => self.changes.iter().filter(|change| !is_lost(change, 2)).collect(),
        }
    }

    pub(super) fn change(&self, number: u64) -> Option<&Change> {
        self.changes.iter().find(|change| change.number == number)
    }

    /// What is on disk once these changes are. They are made in their order.
    pub(super) fn with(&self, mut changes: Vec<&Change>) -> BTreeMap<OsString, NodeId> {
        changes.sort_by_key(|change| change.number);
        let mut kept = self.kept.clone();
        changes.into_iter().for_each(|change| apply(&mut kept, change));
        kept
    }
}

fn apply(names: &mut BTreeMap<OsString, NodeId>, change: &Change) {
    for (name, node) in &change.sets {
        match node {
            Some(node) => names.insert(name.clone(), *node),
            None => names.remove(name),
        };
    }
}
