//! From cumulative points to what was added between them. Pure.
//!
//! A series begins again (a process restarted) where its start time moved or its value fell; what it then shows was
//! added since that start. The first point of a series that is older than what was read says nothing: it is skipped.

use super::point::{Buckets, Exponential, Point};

/// What was added since the point before; `None` where that is not known.
///
/// `read_from` is the time from which on all points of the series were read.
pub fn of(before: Option<&Point>, point: &Point, read_from: i64) -> Option<Point> {
    let Some(before) = before else {
        // All that it counted happened since its start, and the start lies in what was read.
        let counted_since = point.start.filter(|start| *start >= read_from).map(|_| point.clone());
        return counted_since.or_else(|| quantiles_alone(point));
    };
    let restarted = match (before.start, point.start) {
        (Some(before), Some(now)) => now > before,
        _ => false,
    };
    if restarted {
        return Some(point.clone());
    }
    Some(difference(before, point).unwrap_or_else(|| point.clone()))
}

/// How many measurements a summary added may be unknown; its quantiles are of the newest ones and can be told.
fn quantiles_alone(point: &Point) -> Option<Point> {
    matches!(point.buckets, Buckets::Quantiles(_)).then(|| Point { count: 0.0, sum: None, ..point.clone() })
}

/// `None` where something fell, so that the series began again.
fn difference(before: &Point, point: &Point) -> Option<Point> {
    if point.value < before.value || point.count < before.count {
        return None;
    }
    let buckets = match (&before.buckets, &point.buckets) {
        (Buckets::Explicit(bounds_before, before), Buckets::Explicit(bounds, now)) if bounds_before == bounds => {
            Buckets::Explicit(bounds.clone(), subtract(before, now)?)
        }
        (Buckets::Exponential(before), Buckets::Exponential(now)) => Buckets::Exponential(exponential(before, now)?),
        (Buckets::Explicit(..), Buckets::Explicit(..)) => return None,
        // Quantiles are of the newest measurements anyway.
        (_, now) => now.clone(),
    };
    Some(Point {
        value: point.value - before.value,
        count: point.count - before.count,
        sum: point.sum.zip(before.sum).map(|(now, before)| now - before),
        buckets,
        ..point.clone()
    })
}

fn subtract(before: &[f64], now: &[f64]) -> Option<Vec<f64>> {
    let added = now.iter().enumerate().map(|(at, count)| count - before.get(at).copied().unwrap_or(0.0));
    let added: Vec<f64> = added.collect();
    added.iter().all(|count| *count >= 0.0).then_some(added)
}

fn exponential(before: &Exponential, now: &Exponential) -> Option<Exponential> {
    let scale = before.scale.min(now.scale);
    let side = |before: &(i32, Vec<f64>), before_scale: i32, now: &(i32, Vec<f64>), now_scale: i32| {
        let before = coarser(before, before_scale - scale);
        let (offset, counts) = coarser(now, now_scale - scale);
        let mut added = counts;
        for (at, count) in before.1.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let at = usize::try_from(i64::from(before.0) + at as i64 - i64::from(offset)).ok()?;
            *added.get_mut(at)? -= count;
        }
        added.iter().all(|count| *count >= 0.0).then_some((offset, added))
    };
    let zero_count = now.zero_count - before.zero_count;
    Some(Exponential {
        scale,
        zero_count: if zero_count >= 0.0 { zero_count } else { return None },
        zero_threshold: now.zero_threshold,
        positive: side(&before.positive, before.scale, &now.positive, now.scale)?,
        negative: side(&before.negative, before.scale, &now.negative, now.scale)?,
    })
}

/// Buckets of a scale that is smaller by `steps`: each step merges two neighbours.
fn coarser((offset, counts): &(i32, Vec<f64>), steps: i32) -> (i32, Vec<f64>) {
    let steps = steps.clamp(0, 31);
    if steps == 0 || counts.is_empty() {
        return (*offset, counts.clone());
    }
    let first = offset >> steps;
    let last = (offset.saturating_add(i32::try_from(counts.len() - 1).unwrap_or(i32::MAX))) >> steps;
    let mut merged = vec![0.0; usize::try_from(last - first + 1).unwrap_or(1)];
    for (at, count) in counts.iter().enumerate() {
        let index = offset.saturating_add(i32::try_from(at).unwrap_or(i32::MAX)) >> steps;
        merged[usize::try_from(index - first).unwrap_or(0)] += count;
    }
    (first, merged)
}

#[cfg(test)]
mod tests;
