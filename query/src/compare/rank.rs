//! Which attributes set two sets apart. Pure.
//!
//! The difference of an attribute is the total variation distance of its two distributions: half the sum over all values of
//! how much their shares differ, being missing among them. Values that are rare in both sets count as one, so that an id, of
//! which each span has its own, does not differ. Many different numbers are put into ranges between powers of two.

use std::collections::{BTreeSet, HashMap};

use api::compare::{ComparedAttribute, ComparedValue};

use super::tally::{Tally, Values};

/// A value that less than this part of both sets has is rare.
const RARE_SHARE: f64 = 0.01;
/// A value that fewer spans have is rare in any set.
const RARE_SPANS: u64 = 2;
/// Numbers that are more than so many become ranges.
const NUMBERS_MAX: usize = 24;
/// So many values of an attribute are answered.
const VALUES_SHOWN: usize = 20;
/// What differs less is noise.
const DIFFERENCE_MIN: f64 = 0.01;

/// The attributes that differ most, at most so many, and how many differ at all.
pub(super) fn attributes(selection: &Tally, baseline: &Tally, wanted: usize) -> (Vec<ComparedAttribute>, usize) {
    let keys: BTreeSet<&String> = selection.keys.keys().chain(baseline.keys.keys()).collect();
    let none = Values::default();
    let of = |tally: &'_ Tally, key: &str| tally.keys.get(key).map(|values| (values.present, values.counts.clone()));
    let mut all: Vec<ComparedAttribute> = keys
        .into_iter()
        .filter_map(|key| {
            let empty = || (none.present, none.counts.clone());
            let sides = [of(selection, key).unwrap_or_else(empty), of(baseline, key).unwrap_or_else(empty)];
            attribute(key, sides, [selection.spans, baseline.spans])
        })
        .collect();
    // Equal ones stay in the order of their names.
    all.sort_by(|a, b| b.difference.total_cmp(&a.difference));
    let found = all.len();
    all.truncate(wanted);
    (all, found)
}

type Side = (u64, HashMap<String, u64>);

fn attribute(key: &str, sides: [Side; 2], spans: [u64; 2]) -> Option<ComparedAttribute> {
    let [(in_selection, selection), (in_baseline, baseline)] = in_ranges(sides);
    let value =
        |value: &str, selection: u64, baseline: u64| ComparedValue { value: value.to_owned(), selection, baseline };
    let names: BTreeSet<&String> = selection.keys().chain(baseline.keys()).collect();
    let count = |side: &HashMap<String, u64>, name: &str| side.get(name).copied().unwrap_or(0);
    let (mut values, mut others) = (Vec::new(), value("", in_selection, in_baseline));
    for name in names {
        let found = value(name, count(&selection, name), count(&baseline, name));
        if !is_rare(&found, spans) {
            others.selection -= found.selection;
            others.baseline -= found.baseline;
            values.push(found);
        }
    }
    let missing = value("", spans[0].saturating_sub(in_selection), spans[1].saturating_sub(in_baseline));
    let all = values.iter().chain([&others, &missing]);
    let difference = all.map(|value| apart(value, spans).abs()).sum::<f64>() / 2.0;
    values.sort_by(|a, b| apart(b, spans).abs().total_cmp(&apart(a, spans).abs()));
    for value in values.drain(VALUES_SHOWN.min(values.len())..) {
        others.selection += value.selection;
        others.baseline += value.baseline;
    }
    (difference >= DIFFERENCE_MIN).then(|| ComparedAttribute {
        key: key.to_owned(),
        difference,
        values,
        others,
        missing,
    })
}

fn is_rare(value: &ComparedValue, spans: [u64; 2]) -> bool {
    let rare = |count: u64, spans: u64| count < RARE_SPANS || share(count, spans) < RARE_SHARE;
    rare(value.selection, spans[0]) && rare(value.baseline, spans[1])
}

/// How much larger the share of the selection is.
fn apart(value: &ComparedValue, spans: [u64; 2]) -> f64 {
    share(value.selection, spans[0]) - share(value.baseline, spans[1])
}

fn share(count: u64, spans: u64) -> f64 {
    if spans == 0 { 0.0 } else { count as f64 / spans as f64 }
}

/// Many different numbers as ranges.
fn in_ranges(sides: [Side; 2]) -> [Side; 2] {
    let values = || sides.iter().flat_map(|(_, counts)| counts.keys());
    let distinct: BTreeSet<&String> = values().collect();
    let is_number = |text: &&String| text.parse::<f64>().is_ok_and(f64::is_finite);
    if distinct.len() <= NUMBERS_MAX || !values().all(|text| is_number(&text)) {
        return sides;
    }
    sides.map(|(present, counts)| {
        let mut ranges: HashMap<String, u64> = HashMap::new();
        for (text, count) in counts {
            *ranges.entry(range(text.parse().unwrap_or(0.0))).or_default() += count;
        }
        (present, ranges)
    })
}

/// The range between powers of two in which a number lies.
fn range(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let low = number.abs().log2().floor().exp2();
    if number > 0.0 { format!("{low} to {}", low * 2.0) } else { format!("-{} to -{low}", low * 2.0) }
}

#[cfg(test)]
mod tests;
