//! Patterns: what many texts have in common, for `pattern`, `diff` and `anomaly`.
//!
//! ```text
//! text ─► tokens (words, separators, values by type) ─► skeleton, counted ─► templates: skeletons that differ in few words
//! ```
//!
//! A [`Patterns`] counts skeletons and merges with another; templates are made at the end, from all skeletons in the order
//! of their counts. So the answer does not depend on the order of texts, as long as there are at most [`SKELETONS_MAX`]
//! skeletons; those beyond are counted as left out. Of a text the first [`TEXT_BYTES_MAX`] bytes count, as in CloudWatch.

mod comparison;
mod severity;
mod template;
mod token;

use std::collections::HashMap;

pub use comparison::{Anomaly, AnomalyKind, Compared, Priority, anomalies, compare};
pub use severity::Severity;

use template::Template;
use token::Token;

use crate::aggregate::bytes::Bytes;

/// Bytes of a text that count.
pub const TEXT_BYTES_MAX: usize = 1_500;

/// Distinct skeletons that are kept.
pub const SKELETONS_MAX: usize = 2_000;

/// The skeletons so far.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    counts: HashMap<Vec<Token>, u64>,
    total: u64,
    left_out: u64,
}

/// What texts have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// `@pattern`: values are `<Number-1>`, words that differ `<Token-2>`, counted from 1 in each pattern.
    pub text: String,
    /// `@ratio`: the share of the texts that have it.
    pub ratio: f64,
    /// `@sampleCount`: how many texts have it.
    pub sample_count: u64,
    /// `@severityLabel`
    pub severity: Severity,
}

impl Patterns {
    /// Takes a text.
    pub fn add(&mut self, text: &str) {
        self.count(token::skeleton(text), 1);
    }

    /// Takes the texts of another.
    pub fn merge(&mut self, other: &Self) {
        let mut sorted: Vec<(&Vec<Token>, &u64)> = other.counts.iter().collect();
        sorted.sort();
        sorted.into_iter().for_each(|(skeleton, count)| self.count(skeleton.clone(), *count));
        self.total = self.total.saturating_add(other.left_out);
        self.left_out = self.left_out.saturating_add(other.left_out);
    }

    /// What it knows, to be merged elsewhere. For the same version of this crate only.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.left_out.write(&mut bytes);
        (self.counts.len() as u64).write(&mut bytes);
        for (skeleton, count) in &self.counts {
            skeleton.write(&mut bytes);
            count.write(&mut bytes);
        }
        bytes
    }

    /// Takes the texts of another; `None` where these are no such bytes, and then it is as it was.
    #[must_use]
    pub fn merge_bytes(&mut self, mut bytes: &[u8]) -> Option<()> {
        let (left_out, counted) = <(u64, Vec<(Vec<Token>, u64)>)>::read(&mut bytes)?;
        let mut other = Self { left_out, ..Self::default() };
        counted.into_iter().for_each(|(skeleton, count)| other.count(skeleton, count));
        self.merge(&other);
        Some(())
    }

    /// The patterns, the most frequent first; of equals in the order of their texts.
    pub fn finish(&self) -> Vec<Pattern> {
        let templates = template::of(&[self]);
        let mut patterns: Vec<Pattern> = templates.iter().map(|template| self.pattern(template)).collect();
        patterns.sort_by(|a, b| b.sample_count.cmp(&a.sample_count).then_with(|| a.text.cmp(&b.text)));
        patterns
    }

    /// How many texts there were.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many of them belong to no pattern, because there were too many skeletons.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let of_token = |token: &Token| size_of::<Token>() + token.bytes();
        self.counts.keys().map(|skeleton| 48 + skeleton.iter().map(of_token).sum::<usize>()).sum()
    }

    fn pattern(&self, template: &Template) -> Pattern {
        let sample_count = template.counts[0];
        Pattern {
            text: template.text(),
            ratio: sample_count as f64 / self.total as f64,
            sample_count,
            severity: template.severity(),
        }
    }

    fn count(&mut self, skeleton: Vec<Token>, times: u64) {
        self.total = self.total.saturating_add(times);
        if let Some(count) = self.counts.get_mut(&skeleton) {
            *count = count.saturating_add(times);
        } else if self.counts.len() < SKELETONS_MAX {
            self.counts.insert(skeleton, times);
        } else {
            self.left_out = self.left_out.saturating_add(times);
        }
    }
}

#[cfg(test)]
mod tests;
