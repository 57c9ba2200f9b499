//! Chance for tests, of a seed that repeats it.
//!
//! [`Seed`] decides by what is decided, so that threads may come to it in any order. [`Random`] is a stream, for a test
//! that chooses its next step.

use std::hash::{Hash, Hasher};

use twox_hash::XxHash64;

/// Answers the same question always with the same number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    /// The number for this question.
    pub(crate) fn of(self, what: impl Hash) -> u64 {
        let mut hasher = XxHash64::with_seed(self.0);
        what.hash(&mut hasher);
        hasher.finish()
    }

    /// Whether this is the one case of so many.
    pub(crate) fn one_in(self, cases: u64, what: impl Hash) -> bool {
        self.of(what).is_multiple_of(cases.max(1))
    }

    /// A seed for the questions about one thing.
    pub(crate) fn about(self, what: impl Hash) -> Self {
        Self(self.of(what))
    }
}

/// SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Whether this is the one case of so many.
    pub(crate) fn one_in(&mut self, cases: u64) -> bool {
        self.below(cases) == 0
    }
}

/// The seeds of a model test's episodes, each with so many steps, and the seed printed of the one that fails. The
/// environment may say where to begin (`ALIDADE_MODEL_SEED`) and how far to go (`ALIDADE_MODEL_STEPS`).
pub(crate) fn episodes(steps_by_default: u64, steps_of_one: u64, mut episode: impl FnMut(u64)) {
    struct Reporter(u64);
    impl Drop for Reporter {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("to repeat it: ALIDADE_MODEL_SEED={} ALIDADE_MODEL_STEPS=1", self.0);
            }
        }
    }
    let first = setting("ALIDADE_MODEL_SEED").unwrap_or(1);
    let steps = setting("ALIDADE_MODEL_STEPS").unwrap_or(steps_by_default);
    for seed in first..first + steps.div_ceil(steps_of_one) {
        let _reporter = Reporter(seed);
        episode(seed);
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs a model test by hand chooses how")]
fn setting(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {value:?}")))
}
