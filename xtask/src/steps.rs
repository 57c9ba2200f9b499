//! Says what is being done: `[2/4] building the user interface (first time: about 3 minutes)`, and how long it took.

use std::time::Instant;

use crate::outcome::Outcome;

/// Numbers the steps of one command.
pub(crate) struct Steps {
    total: usize,
    done: usize,
    begun: Instant,
}

impl Steps {
    /// For a command of `total` steps.
    pub(crate) fn new(total: usize) -> Self {
        Self { total, done: 0, begun: Instant::now() }
    }

    /// Announces a step, does it, and says how long it took when it took long enough to wonder.
    pub(crate) fn step<T>(&mut self, what: &str, act: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        self.done += 1;
        println!("[{}/{}] {what}", self.done, self.total);
        let begun = Instant::now();
        let result = act().map_err(|error| format!("step {}/{} ({what}): {error}", self.done, self.total))?;
        let seconds = begun.elapsed().as_secs_f64();
        if seconds >= 1.0 {
            println!("      took {seconds:.0} s");
        }
        Ok(result)
    }

    /// Seconds since the first step.
    pub(crate) fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }
}
