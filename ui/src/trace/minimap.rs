//! The whole trace in a few thousand rectangles, whatever its size: spans that fall on the same line of pixels are
//! united by colour. One SVG path for each colour.

use std::collections::BTreeMap;
use std::fmt::Write;

use api::trace::Class;

use super::model::Model;

/// Units across; the SVG is stretched to the width of the page.
pub(crate) const WIDTH: u32 = 1_000;

/// What a stroke of the minimap is coloured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ink {
    /// A service, by its colour.
    Service(usize),
    /// A span that is not ok, drawn over the services.
    Failed(u8),
}

/// Path data by colour, failures last. `lines` is the height in units: with no more spans than lines each has its own.
pub(crate) fn paths(model: &Model, lines: u32) -> Vec<(Ink, String)> {
    let count = model.nodes.len();
    if count == 0 || lines == 0 {
        return Vec::new();
    }
    let mut stretches: BTreeMap<(Ink, u32), Vec<(u32, u32)>> = BTreeMap::new();
    for (row, node) in model.nodes.iter().enumerate() {
        let line = (row as u64 * u64::from(lines) / count.max(lines as usize) as u64) as u32;
        let from = unit(node.start).min(WIDTH - 1);
        let to = unit(node.stop).max(from + 1);
        let service = Ink::Service(model.services[node.service].colour);
        stretches.entry((service, line)).or_default().push((from, to));
        match model.answer.spans[row].class {
            Class::Ok => {}
            class => stretches.entry((Ink::Failed(class as u8), line)).or_default().push((from, to)),
        }
    }
    let mut paths: BTreeMap<Ink, String> = BTreeMap::new();
    for ((ink, line), stretches) in stretches {
        let path = paths.entry(ink).or_default();
        for (from, to) in united(stretches) {
            write!(path, "M{from} {line}.5H{to}").expect("a String takes every write");
        }
    }
    paths.into_iter().collect()
}

fn unit(fraction: f64) -> u32 {
    (fraction.clamp(0.0, 1.0) * f64::from(WIDTH)).round() as u32
}

/// Overlapping and touching stretches as one.
fn united(mut stretches: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    stretches.sort_unstable();
    let mut whole: Vec<(u32, u32)> = Vec::new();
    for (from, to) in stretches {
        match whole.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => whole.push((from, to)),
        }
    }
    whole
}

#[cfg(test)]
mod tests;
