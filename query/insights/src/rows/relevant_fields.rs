//! `relevantfields … where condition`: which fields tell the rows of a condition from the others.
//!
//! The score of a field is between 0 (the same in both) and 1 (it tells them apart completely):
//! - of a field of numbers, the largest difference of the two cumulative distributions (Kolmogorov and Smirnov);
//! - of another, half the sum of the differences of its values' shares (total variation). A missing value is a value.
//!
//! A field counts as one of numbers where all its values are and they are more than [`CATEGORIES_MAX`] distinct ones. A
//! field that is different in almost every row (an id) would score 1 by accident; where more than half of the values of
//! both sides occur once, its score is 0.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Rows;
use crate::aggregate::Natural;
use crate::aggregate::quantile::Quantile;
use crate::value::Value;

/// Distinct numbers up to which they are categories, as status codes are.
pub const CATEGORIES_MAX: usize = 20;

/// Values listed as contributors.
pub const CONTRIBUTORS_MAX: usize = 5;

/// The fields of two sets of rows with the same columns, the most relevant first: `@fieldName`, `@relevanceScore`,
/// `@topRelevanceContributors`, `@conditionalMedian`, `@baselineMedian`. Fields of the score 0 are left out.
pub fn compare(conditional: &Rows, baseline: &Rows) -> Rows {
    let mut found: Vec<(f64, Vec<Value>)> = Vec::new();
    for (at, name) in conditional.columns.iter().enumerate() {
        let Some(other_at) = baseline.position(name) else { continue };
        let ours: Vec<&Value> = conditional.rows.iter().map(|row| &row[at]).collect();
        let others: Vec<&Value> = baseline.rows.iter().map(|row| &row[other_at]).collect();
        if let Some((score, rest)) = relevance(&ours, &others).filter(|(score, _)| *score > 0.0) {
            let row = [Value::text(name), Value::number(score)].into_iter().chain(rest).collect();
            found.push((score, row));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut rows = Rows::new(&[
        "@fieldName",
        "@relevanceScore",
        "@topRelevanceContributors",
        "@conditionalMedian",
        "@baselineMedian",
    ]);
    rows.rows = found.into_iter().map(|(_, row)| row).collect();
    rows
}

/// The score, the contributors and both medians.
fn relevance(ours: &[&Value], others: &[&Value]) -> Option<(f64, [Value; 3])> {
    if ours.is_empty() || others.is_empty() {
        return None;
    }
    let (shares, is_unique) = shares(ours, others);
    let numbers = |values: &[&Value]| -> Option<Vec<f64>> {
        values.iter().filter(|value| !value.is_null()).map(|value| value.as_number()).collect()
    };
    if shares.len() > CATEGORIES_MAX
        && let (Some(ours), Some(others)) = (numbers(ours), numbers(others))
        && !ours.is_empty()
        && !others.is_empty()
    {
        let score = largest_difference(&ours, &others);
        return Some((score, [Value::Null, median(&ours), median(&others)]));
    }
    if is_unique {
        return None;
    }
    let score = shares.values().map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0;
    let mut contributors: Vec<(Natural, (f64, f64))> = shares.into_iter().collect();
    contributors.sort_by(|(_, a), (_, b)| (b.0 - b.1).abs().total_cmp(&(a.0 - a.1).abs()));
    let listed = contributors.into_iter().take(CONTRIBUTORS_MAX).map(|(value, (ours, others))| {
        let members = [
            (Arc::from("value"), value.0),
            (Arc::from("conditionalShare"), Value::number(ours)),
            (Arc::from("baselineShare"), Value::number(others)),
        ];
        Value::Map(Arc::new(members.into_iter().collect()))
    });
    Some((score, [listed.collect(), Value::Null, Value::Null]))
}

/// For every value its share in both, and whether most values occur once.
fn shares(ours: &[&Value], others: &[&Value]) -> (BTreeMap<Natural, (f64, f64)>, bool) {
    let mut counts: BTreeMap<Natural, (f64, f64)> = BTreeMap::new();
    ours.iter().for_each(|value| counts.entry(Natural((*value).clone())).or_default().0 += 1.0);
    others.iter().for_each(|value| counts.entry(Natural((*value).clone())).or_default().1 += 1.0);
    let once = counts.values().filter(|(a, b)| a + b == 1.0).count();
    let is_unique = once > CATEGORIES_MAX && once * 2 > ours.len() + others.len();
    counts.values_mut().for_each(|(a, b)| (*a, *b) = (*a / ours.len() as f64, *b / others.len() as f64));
    (counts, is_unique)
}

fn largest_difference(ours: &[f64], others: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        ours.iter().map(|number| (*number, true)).chain(others.iter().map(|number| (*number, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut below_others, mut largest) = (0.0, 0.0, 0.0_f64);
    for (index, (number, is_ours)) in all.iter().enumerate() {
        if *is_ours {
            below += 1.0
        } else {
            below_others += 1.0
        }
        if all.get(index + 1).is_none_or(|(next, _)| next > number) {
            largest = largest.max((below / ours.len() as f64 - below_others / others.len() as f64).abs());
        }
    }
    largest
}

fn median(numbers: &[f64]) -> Value {
    let mut quantile = Quantile::default();
    numbers.iter().for_each(|number| quantile.add(*number));
    quantile.at(0.5).into()
}
