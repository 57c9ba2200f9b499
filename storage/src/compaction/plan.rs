//! Which segments to merge. Pure.
//!
//! Segments have sizes in steps: a step has [`Limits::segments_min`] times the rows of the one below. As many segments of
//! one step, neighbours in time, become one of the next, so a row is rewritten as often as there are steps: about three
//! times. On a day that is over, what is left is merged once it is worth it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::segment::Segment;
use crate::segment_id;

/// Segments of fewer rows are one step.
const SMALLEST_STEP_ROWS: u64 = 16 << 10;

/// What a compaction may take and make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How many segments of one step are merged.
    pub(crate) segments_min: usize,
    /// The largest output.
    pub(crate) rows_max: u64,
    /// The largest output: bytes of Parquet.
    pub(crate) bytes_max: u64,
}

/// The segments to merge next; `None` where nothing is worth it. `today` is the day that it is now.
pub(crate) fn choose(segments: &[Arc<Segment>], limits: &Limits, today: i32) -> Option<Vec<Arc<Segment>>> {
    let mut days: BTreeMap<i32, Vec<&Arc<Segment>>> = BTreeMap::new();
    for segment in segments.iter().filter(|segment| is_ours(segment)) {
        days.entry(segment.day).or_default().push(segment);
    }
    // The newest day first: it is asked for most.
    days.into_iter().rev().find_map(|(day, mut of_day)| {
        of_day.sort_by_key(|segment| (segment.time_min_us, segment.time_max_us));
        // Late rows still come to yesterday.
        let is_over = day < today - 1;
        of_a_step(&of_day, limits).or_else(|| if is_over { the_rest(&of_day, limits) } else { None })
    })
}

/// Another program's file may have another order, or columns of its own.
fn is_ours(segment: &Segment) -> bool {
    segment.checksums.is_some() && segment_id::sequences(&segment.id).is_some()
}

fn of_a_step(of_day: &[&Arc<Segment>], limits: &Limits) -> Option<Vec<Arc<Segment>>> {
    let mut steps: BTreeMap<u32, Vec<&Arc<Segment>>> = BTreeMap::new();
    for segment in of_day {
        steps.entry(step(segment.rows, limits)).or_default().push(segment);
    }
    let count = limits.segments_min.max(2);
    // The smallest first: they are many, and quickly merged.
    steps.into_values().find_map(|of_step| {
        of_step
            .windows(count)
            .find(|together| fit(together, limits))
            .map(|together| together.iter().map(|segment| Arc::clone(segment)).collect())
    })
}

/// Neighbours that fit into one segment, where none of them is more than half of it: so a row is rewritten a logarithmic
/// number of times, however often late rows come.
fn the_rest(of_day: &[&Arc<Segment>], limits: &Limits) -> Option<Vec<Arc<Segment>>> {
    (0..of_day.len()).find_map(|from| {
        let to = (from + 2..=of_day.len().min(from + limits.segments_min.max(2)))
            .rev()
            .find(|to| fit(&of_day[from..*to], limits) && no_one_is_most(&of_day[from..*to]))?;
        Some(of_day[from..to].iter().map(|segment| Arc::clone(segment)).collect())
    })
}

fn no_one_is_most(segments: &[&Arc<Segment>]) -> bool {
    let rows: u64 = segments.iter().map(|segment| segment.rows).sum();
    segments.iter().all(|segment| segment.rows * 2 <= rows)
}

fn fit(segments: &[&Arc<Segment>], limits: &Limits) -> bool {
    segments.iter().map(|segment| segment.rows).sum::<u64>() <= limits.rows_max
        && segments.iter().map(|segment| segment.size_bytes).sum::<u64>() <= limits.bytes_max
}

fn step(rows: u64, limits: &Limits) -> u32 {
    let factor = limits.segments_min.max(2) as u64;
    let mut of_step = SMALLEST_STEP_ROWS;
    let mut step = 0;
    while rows > of_step {
        of_step = of_step.saturating_mul(factor);
        step += 1;
    }
    step
}
