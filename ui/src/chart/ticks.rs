//! Round numbers and round times along an axis. Pure.

const SECOND: i64 = 1_000_000_000;
const TIME_STEPS_SECONDS: [i64; 20] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
];

/// About `count` round values within the domain, rising.
pub(crate) fn value_ticks(domain: (f64, f64), count: usize) -> Vec<f64> {
    let (low, high) = domain;
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || count == 0 {
        return Vec::new();
    }
    let rough = span / count as f64;
    let magnitude = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * magnitude)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(rough);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last).map(|at| at as f64 * step).collect()
}

/// At most `count` round times in the reader's zone, and their distance.
pub(crate) fn time_ticks(from: i64, to: i64, count: usize, offset_minutes: i32) -> (Vec<i64>, i64) {
    let span = to.saturating_sub(from);
    if span <= 0 || count == 0 {
        return (Vec::new(), SECOND);
    }
    let rough = span / i64::try_from(count).unwrap_or(i64::MAX);
    let step = time_step(rough);
    let offset = i64::from(offset_minutes) * 60 * SECOND;
    let first = (from + offset).div_euclid(step) * step - offset;
    let mut ticks = Vec::new();
    let mut at = first;
    while at <= to {
        if at >= from {
            ticks.push(at);
        }
        at += step;
    }
    (ticks, step)
}

fn time_step(rough: i64) -> i64 {
    if rough < SECOND {
        let mut step = 1_000_000;
        for factor in [2, 5, 10, 20, 50, 100, 200, 500, 1000] {
            if step >= rough {
                break;
            }
            step = factor * 1_000_000;
        }
        return step;
    }
    let known = TIME_STEPS_SECONDS.into_iter().map(|seconds| seconds * SECOND).find(|step| *step >= rough);
    known.unwrap_or_else(|| (rough / (604_800 * SECOND) + 1) * 604_800 * SECOND)
}
