//! The latency histogram of a node or an edge: bars in fractions of the drawing, and the durations that a brush takes.

use api::service::LatencyBucket;

/// A bar, in fractions of the drawing (y downward).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bar {
    /// From the left.
    pub(crate) x: f64,
    /// Width.
    pub(crate) width: f64,
    /// Height; a bucket that is not empty is at least a hundredth high.
    pub(crate) height: f64,
}

/// The buckets from the first to the last that is not empty.
pub(crate) fn occupied(buckets: &[LatencyBucket]) -> &[LatencyBucket] {
    let first = buckets.iter().position(|bucket| bucket.count > 0);
    let last = buckets.iter().rposition(|bucket| bucket.count > 0);
    match (first, last) {
        (Some(first), Some(last)) => &buckets[first..=last],
        _ => &[],
    }
}

/// One bar for each bucket. Buckets are equally wide on a logarithmic axis, so the bars are too.
pub(crate) fn bars(buckets: &[LatencyBucket]) -> Vec<Bar> {
    let highest = buckets.iter().map(|bucket| bucket.count).max().unwrap_or(0).max(1) as f64;
    let width = 1.0 / buckets.len().max(1) as f64;
    let height = |count: u64| if count == 0 { 0.0 } else { (count as f64 / highest).max(0.01) };
    buckets
        .iter()
        .enumerate()
        .map(|(i, bucket)| Bar { x: i as f64 * width, width, height: height(bucket.count) })
        .collect()
}

/// The bucket at a fraction of the drawing.
pub(crate) fn bucket_at(buckets: &[LatencyBucket], fraction: f64) -> Option<usize> {
    (!buckets.is_empty()).then(|| ((fraction.clamp(0.0, 1.0) * buckets.len() as f64) as usize).min(buckets.len() - 1))
}

/// Durations in nanoseconds between two fractions of the drawing, in whole buckets. A bucket leaves its lower end out,
/// a search takes both ends in; hence one nanosecond more at the beginning.
pub(crate) fn brushed(buckets: &[LatencyBucket], one: f64, other: f64) -> Option<(i64, i64)> {
    let first = bucket_at(buckets, one.min(other))?;
    let last = bucket_at(buckets, one.max(other))?;
    Some((buckets[first].lower_ns.floor() as i64 + 1, buckets[last].upper_ns.ceil() as i64))
}

/// How many requests lie in whole buckets between two fractions.
pub(crate) fn counted(buckets: &[LatencyBucket], one: f64, other: f64) -> u64 {
    match (bucket_at(buckets, one.min(other)), bucket_at(buckets, one.max(other))) {
        (Some(first), Some(last)) => buckets[first..=last].iter().map(|bucket| bucket.count).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(counts: &[u64]) -> Vec<LatencyBucket> {
        let bucket = |(i, count): (usize, &u64)| {
            let lower_ns = 1_000.0 * 2_f64.powi(i as i32);
            LatencyBucket { lower_ns, upper_ns: lower_ns * 2.0, count: *count }
        };
        counts.iter().enumerate().map(bucket).collect()
    }

    #[test]
    fn empty_ends_are_cut_off_and_the_rest_drawn() {
        let all = buckets(&[0, 5, 0, 10, 0]);
        let shown = occupied(&all);
        assert_eq!(shown.len(), 3);
        let heights: Vec<f64> = bars(shown).iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [0.5, 0.0, 1.0]);
        assert!(occupied(&buckets(&[0, 0])).is_empty());
        assert!(bars(&[]).is_empty());
    }

    #[test]
    fn one_request_beside_a_million_is_seen() {
        assert_eq!(bars(&buckets(&[1, 1_000_000]))[0].height, 0.01);
    }

    #[test]
    fn a_brush_takes_whole_buckets_either_way() {
        let shown = buckets(&[1, 2, 3, 4]);
        assert_eq!(brushed(&shown, 0.3, 0.6), Some((2_001, 8_000)));
        assert_eq!(brushed(&shown, 0.6, 0.3), Some((2_001, 8_000)));
        assert_eq!(counted(&shown, 0.3, 0.6), 5);
        assert_eq!(brushed(&shown, -1.0, 9.0), Some((1_001, 16_000)));
        assert_eq!(brushed(&[], 0.0, 1.0), None);
        assert_eq!(counted(&[], 0.0, 1.0), 0);
    }
}
