//! What a power cut leaves.

use std::collections::{HashMap, VecDeque};

use super::content::Content;
use super::disk::{Disk, Kind, Node, NodeId, ROOT};
use super::names::{Change, Names};
use crate::io::chance::Seed;

pub(super) fn cut(disk: &Disk, seed: Seed) -> Disk {
    let chosen = choose(disk, seed);
    let mut left = Disk::empty(disk.ticks());
    let mut folders = VecDeque::from([ROOT]);
    while let Some(folder) = folders.pop_front() {
        let Kind::Folder(names) = &disk.node(folder).kind else { continue };
        let kept = names.with(chosen.get(&folder).cloned().unwrap_or_default());
        for node in kept.values() {
            if left.has(*node) {
                continue;
            }
            let Node { label, modified, kind } = disk.node(*node);
            let kind = match kind {
                Kind::File(content) => Kind::File(Content::kept(content.cut(seed.about(label)))),
                Kind::Folder(_) => {
                    folders.push_back(*node);
                    Kind::Folder(Names::default())
                }
            };
            left.put(*node, Node { label: label.clone(), modified: *modified, kind });
        }
        left.set_folder(folder, Names::kept(kept));
    }
    left
}

/// The changes that are kept. Where that is the old name's half of a rename between folders, the new name's is too.
fn choose(disk: &Disk, seed: Seed) -> HashMap<NodeId, Vec<&Change>> {
    let mut chosen: HashMap<NodeId, Vec<&Change>> =
        disk.folders().map(|(id, label, names)| (id, names.choose(seed.about(label)))).collect();
    let needed: Vec<(NodeId, u64)> =
        chosen.values().flatten().filter_map(|change| Some((change.after?, change.number))).collect();
    for (folder, number) in needed {
        let changes = chosen.entry(folder).or_default();
        let is_chosen = changes.iter().any(|change| change.number == number);
        if let Kind::Folder(names) = &disk.node(folder).kind
            && let Some(change) = names.change(number)
            && !is_chosen
        {
            changes.push(change);
        }
    }
    chosen
}
