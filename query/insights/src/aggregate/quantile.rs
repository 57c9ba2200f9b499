//! Quantiles: exact up to [`EXACT_MAX`] numbers, then by buckets that grow by 1 % (a relative error of at most 0.5 %).
//!
//! An exact quantile lies between the two numbers of the nearest ranks, linearly: of 1, 2, 3, 4 the median is 2.5.

use super::bytes::Bytes;
use std::collections::BTreeMap;

/// Numbers up to which quantiles are exact.
pub const EXACT_MAX: usize = 65_536;

/// How much wider a bucket is than the one before.
const GROWTH: f64 = 1.01;

/// Numbers nearer to zero than this are zero once there are buckets.
const SMALLEST: f64 = 1e-12;

/// The numbers so far.
#[derive(Debug, Clone, Default)]
pub struct Quantile {
    exact: Vec<f64>,
    /// How many numbers by bucket, in the order of the numbers; see [`bucket_of`].
    buckets: Option<BTreeMap<i32, u64>>,
    count: u64,
    least: Option<f64>,
    greatest: Option<f64>,
}

impl Quantile {
    /// Takes a number.
    pub fn add(&mut self, number: f64) {
        self.add_many(number, 1);
    }

    /// Takes the numbers of another.
    pub fn merge(&mut self, other: &Self) {
        other.exact.iter().for_each(|number| self.add(*number));
        let Some(more) = &other.buckets else { return };
        let buckets = self.as_buckets();
        for (bucket, count) in more {
            let sum = buckets.entry(*bucket).or_default();
            *sum = sum.saturating_add(*count);
        }
        self.count = self.count.saturating_add(other.count.saturating_sub(other.exact.len() as u64));
        self.least = least(self.least, other.least);
        self.greatest = least(self.greatest.map(|n| -n), other.greatest.map(|n| -n)).map(|n| -n);
    }

    /// The number below which this fraction (0 to 1) of the numbers lies.
    pub fn at(&self, fraction: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = fraction.clamp(0.0, 1.0) * (self.count - 1) as f64;
        match &self.buckets {
            None => {
                let mut sorted = self.exact.clone();
                sorted.sort_by(f64::total_cmp);
                let below = sorted[rank.floor() as usize];
                let above = sorted[rank.ceil() as usize];
                Some(below + (above - below) * rank.fract())
            }
            Some(buckets) => {
                let mut before = 0_u64;
                let bucket = buckets.iter().find(|(_, count)| {
                    before = u64::saturating_add(before, **count);
                    before as f64 > rank
                });
                let middle = bucket.map(|(bucket, _)| middle_of(*bucket)).or(self.greatest)?;
                Some(middle.clamp(self.least?, self.greatest?))
            }
        }
    }

    /// The numbers, or the middles of their buckets, and how often each is there.
    pub(super) fn counted(&self) -> Vec<(f64, u64)> {
        let (Some(least), Some(greatest)) = (self.least, self.greatest) else { return Vec::new() };
        match &self.buckets {
            None => self.exact.iter().map(|number| (*number, 1)).collect(),
            Some(buckets) => {
                buckets.iter().map(|(bucket, count)| (middle_of(*bucket).clamp(least, greatest), *count)).collect()
            }
        }
    }

    /// The least and the greatest number.
    pub(super) fn bounds(&self) -> Option<(f64, f64)> {
        self.least.zip(self.greatest)
    }

    /// Whether quantiles are exact.
    pub fn is_exact(&self) -> bool {
        self.buckets.is_none()
    }

    pub(super) fn bytes(&self) -> usize {
        self.exact.capacity() * 8 + self.buckets.as_ref().map_or(0, |buckets| buckets.len() * 24)
    }

    fn add_many(&mut self, number: f64, count: u64) {
        self.count += count;
        self.least = least(self.least, Some(number));
        self.greatest = Some(self.greatest.map_or(number, |greatest| greatest.max(number)));
        if let Some(buckets) = &mut self.buckets {
            *buckets.entry(bucket_of(number)).or_default() += count;
            return;
        }
        self.exact.push(number);
        if self.exact.len() > EXACT_MAX {
            self.as_buckets();
        }
    }

    fn as_buckets(&mut self) -> &mut BTreeMap<i32, u64> {
        let exact = std::mem::take(&mut self.exact);
        let buckets = self.buckets.get_or_insert_default();
        for number in exact {
            *buckets.entry(bucket_of(number)).or_default() += 1;
        }
        buckets
    }
}

fn least(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// 0 for zero; positive numbers have positive buckets, negative numbers those below zero.
fn bucket_of(number: f64) -> i32 {
    if number.abs() < SMALLEST {
        return 0;
    }
    let bucket = ((number.abs() / SMALLEST).ln() / GROWTH.ln()).ceil() as i32 + 1;
    if number > 0.0 { bucket } else { -bucket }
}

/// The number of the bucket that is relatively as far from its ends.
fn middle_of(bucket: i32) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    let upper = SMALLEST * GROWTH.powi(bucket.abs() - 1);
    let middle = upper * 2.0 / (1.0 + GROWTH);
    if bucket > 0 { middle } else { -middle }
}

impl Bytes for Quantile {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.exact.write(bytes);
        let buckets = self.buckets.as_ref();
        let listed = buckets
            .map(|buckets| buckets.iter().map(|(bucket, count)| (i64::from(*bucket), *count)).collect::<Vec<_>>());
        listed.write(bytes);
        self.count.write(bytes);
        self.least.write(bytes);
        self.greatest.write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let exact: Vec<f64> = Vec::read(bytes)?;
        let listed: Option<Vec<(i64, u64)>> = Option::read(bytes)?;
        let buckets = match listed {
            Some(listed) => Some(
                listed
                    .into_iter()
                    .map(|(bucket, count)| Some((i32::try_from(bucket).ok()?, count)))
                    .collect::<Option<_>>()?,
            ),
            None => None,
        };
        let (count, least, greatest) = (u64::read(bytes)?, Option::read(bytes)?, Option::read(bytes)?);
        let fits = count >= exact.len() as u64 && (buckets.is_some() || count == exact.len() as u64);
        fits.then_some(Self { exact, buckets, count, least, greatest })
    }
}
