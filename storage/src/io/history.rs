//! What was done, for whoever looks for the reason of a failure.

use std::fmt::Debug;

/// The steps of an episode; printed where it fails.
#[derive(Debug, Default)]
pub(crate) struct History(Vec<String>);

impl History {
    pub(crate) fn note(&mut self, step: &str, outcome: impl Debug) {
        self.0.push(format!("{step} {outcome:?}"));
    }
}

impl Drop for History {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0.join("\n"));
        }
    }
}
