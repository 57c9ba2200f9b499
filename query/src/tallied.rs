//! Counts of rows that footers hold already ([`storage::Tallies`]): which segments can be counted so, and what is left to
//! be read.
//!
//! What it promises: a row that is wanted is in exactly one part of a [`Division`]: in cells that are added up, or in what
//! is read. What it leaves out: conditions on columns that are not counted; whoever has one does not ask here.

use std::ops::Range;
use std::sync::Arc;

use futures::StreamExt;
use storage::{Segment, TalliedKey};

use crate::find::Source;
use crate::scan::{Footer, Scanned};

/// How many footers are opened at once.
const FOOTERS_CONCURRENT: usize = 16;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The first microsecond and the one behind the last.
    pub(crate) times: Micros,
    /// Times are told apart by multiples of so many microseconds, if at all.
    pub(crate) unit_us: Option<i64>,
}

/// Microseconds from the first to the one before the last; [`i64::MIN`] and [`i64::MAX`] stand for no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Micros {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Micros {
    /// All of time.
    pub(crate) const ALL: Self = Self { from: i64::MIN, to: i64::MAX };

    /// The microseconds that lie in a range of nanoseconds with all their nanoseconds.
    pub(crate) fn within_nanos((from, to): (i64, i64)) -> Self {
        let begins_late = i64::from(from.rem_euclid(1_000) > 0);
        Self { from: from.div_euclid(1_000) + begins_late, to: to.div_euclid(1_000) }
    }

    /// What lies in both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
}

/// A segment whose cells of a stretch of time are counted.
pub(crate) struct Counted {
    pub(crate) segment: Arc<Segment>,
    footer: Arc<Footer>,
    /// Without a bound where no row lies outside of what is wanted. Rows outside of it have to be read.
    pub(crate) times: Micros,
}

impl Counted {
    /// Whether rows of it have to be read as well.
    pub(crate) fn is_cut(&self) -> bool {
        self.times != Micros::ALL
    }

    /// How many rows of each key there are, by the begin of each unit of time where there are units; otherwise the time is 0.
    pub(crate) fn each(&self, unit_us: Option<i64>, mut take: impl FnMut(&TalliedKey, i64, u64)) {
        let Some(tallies) = &self.footer.tallies else { return };
        let (keys, cells) = (tallies.keys(), tallies.cells());
        let begin = |time_us: i64| unit_us.map_or(0, |unit| time_us.div_euclid(unit) * unit);
        let mut sum: Option<(u32, i64, u64)> = None;
        let mut hand_on = |sum: Option<(u32, i64, u64)>| {
            if let Some((key, time, rows)) = sum {
                take(&keys[key as usize], time, rows);
            }
        };
        for cell in cells.iter().filter(|cell| self.times.from <= cell.time_us && cell.time_us < self.times.to) {
            let (key, time, rows) = (cell.key, begin(cell.time_us), u64::from(cell.rows));
            sum = match sum {
                Some((last_key, last_time, known)) if (last_key, last_time) == (key, time) => {
                    Some((key, time, known + rows))
                }
                last => {
                    hand_on(last);
                    Some((key, time, rows))
                }
            };
        }
        hand_on(sum);
    }
}

/// Segments by how they are counted.
#[derive(Default)]
pub(crate) struct Division {
    /// From their tallies.
    pub(crate) counted: Vec<Counted>,
    /// By reading them.
    pub(crate) rest: Vec<Arc<Segment>>,
    /// How many live rows there are besides.
    pub(crate) live_rows: usize,
}

/// Rows that have to be read: a range of nanoseconds, segments, and whether live rows are meant as well.
pub(crate) type ToRead = ((i64, i64), (Vec<Arc<Segment>>, bool));

impl Division {
    /// The segments of which rows outside of a stretch of time have to be read as well, by that stretch.
    pub(crate) fn cuts(&self) -> Vec<(Micros, Vec<Arc<Segment>>)> {
        let mut cuts = std::collections::BTreeMap::<Micros, Vec<Arc<Segment>>>::new();
        for counted in self.counted.iter().filter(|counted| counted.is_cut()) {
            cuts.entry(counted.times).or_default().push(counted.segment.clone());
        }
        cuts.into_iter().collect()
    }

    /// What is left to be read of a range of nanoseconds: other segments, live rows, and what lies beside the steps that are
    /// counted.
    pub(crate) fn to_read(&self, (from, to): (i64, i64)) -> Vec<ToRead> {
        let mut parts = vec![((from, to), (self.rest.clone(), true))];
        for (times, segments) in self.cuts() {
            let before = (from, times.from.saturating_mul(1_000));
            let after = (times.to.saturating_mul(1_000), to);
            let beside = [before, after].into_iter().filter(|(from, to)| from < to);
            parts.extend(beside.map(|range| (range, (segments.clone(), false))));
        }
        parts
    }

    /// How many rows that is at most.
    pub(crate) fn rows_to_read(&self) -> u64 {
        let cut = self.counted.iter().filter(|counted| counted.is_cut()).map(|counted| &counted.segment);
        let of_segments: u64 = self.rest.iter().chain(cut).map(|segment| segment.rows).sum();
        of_segments + self.live_rows as u64
    }
}

/// Divides segments. One whose footer cannot be read is left to whoever reads it, and says so.
pub(crate) async fn divide(source: &Source, segments: Vec<Arc<Segment>>, wanted: Wanted) -> Division {
    let Source { store, footers, .. } = source;
    let opened: Vec<_> = futures::stream::iter(segments)
        .map(|segment| async move { (footers.open(store, &segment).await.ok(), segment) })
        .buffered(FOOTERS_CONCURRENT)
        .collect()
        .await;
    let live_rows = source.snapshot.live.iter().map(arrow::array::RecordBatch::num_rows).sum();
    let mut division = Division { live_rows, ..Division::default() };
    for (footer, segment) in opened {
        let step = |footer: &Arc<Footer>| footer.tallies.as_ref().map(storage::Tallies::step_us);
        let times = footer
            .as_ref()
            .and_then(step)
            .and_then(|step_us| countable(segment.time_min_us..segment.time_max_us.checked_add(1)?, step_us, wanted));
        match (footer, times) {
            (Some(footer), Some(times)) => division.counted.push(Counted { segment, footer, times }),
            _ => division.rest.push(segment),
        }
    }
    let tallied = division.counted.iter().filter(|counted| !counted.is_cut()).count();
    let segments = source.snapshot.segments.len();
    source.tally.scanned(source.snapshot.signal, Scanned { segments, tallied, ..Scanned::default() });
    division
}

/// The stretch of a segment's steps that lie wholly in what is wanted; `None` where its tallies do not help. Pure.
fn countable(of_segment: Range<i64>, step_us: i64, wanted: Wanted) -> Option<Micros> {
    if wanted.unit_us.is_some_and(|unit| unit % step_us != 0) {
        return None;
    }
    let Micros { from, to } = wanted.times;
    let first =
        if from <= of_segment.start { i64::MIN } else { from.checked_add(step_us - 1)?.div_euclid(step_us) * step_us };
    let end = if to >= of_segment.end { i64::MAX } else { to.div_euclid(step_us).checked_mul(step_us)? };
    let has_steps = first < end && first < of_segment.end && end > of_segment.start;
    has_steps.then_some(Micros { from: first, to: end })
}

#[cfg(test)]
mod tests;
