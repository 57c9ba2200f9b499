//! Counter resets of histograms.

use super::arithmetic::{common_bounds, mapped};
use super::{Buckets, FloatHistogram, ResetHint};

impl FloatHistogram {
    /// Whether a counter was reset between `previous` and this one: a count became smaller, a bucket with observations
    /// disappeared, the zero bucket became narrower, or the resolution became higher. A hint is believed.
    pub fn is_reset_after(&self, previous: &Self) -> bool {
        match self.reset_hint {
            ResetHint::Reset => return true,
            ResetHint::NotReset => return false,
            ResetHint::Unknown | ResetHint::Gauge => {}
        }
        if self.count < previous.count {
            return true;
        }
        if self.has_custom_bounds() || previous.has_custom_bounds() {
            if self.has_custom_bounds() != previous.has_custom_bounds() {
                return true;
            }
            if self.bounds == previous.bounds {
                return is_smaller(&self.positive, &previous.positive);
            }
            let bounds = common_bounds(&self.bounds, &previous.bounds);
            let own = mapped(&self.positive, &self.bounds, &bounds);
            return is_smaller(&own, &mapped(&previous.positive, &previous.bounds, &bounds));
        }
        if self.schema > previous.schema || self.zero_threshold < previous.zero_threshold {
            return true;
        }
        let (zero_count, threshold) = previous.zero_at(self.zero_threshold);
        if threshold != self.zero_threshold || self.zero_count < zero_count {
            return true;
        }
        let own = self.sides_at(self.schema, self.zero_threshold);
        let before = previous.sides_at(self.schema, self.zero_threshold);
        own.iter().zip(&before).any(|(own, before)| is_smaller(own, before))
    }
}

/// Whether a bucket has fewer observations than before.
fn is_smaller(current: &Buckets, previous: &Buckets) -> bool {
    let mut at = 0;
    previous.iter().any(|(index, count)| {
        while current.indices.get(at).is_some_and(|own| *own < index) {
            at += 1;
        }
        match current.indices.get(at) {
            Some(own) if *own == index => current.counts[at] < count,
            _ => count != 0.0,
        }
    })
}
