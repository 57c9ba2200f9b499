//! How a step of xtask fails: with one text for the person who ran it, saying what to change.

use std::fmt::Display;
use std::path::Path;

/// What every step returns. The text of an error is shown as it is, so it says what was tried and what to do.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// Says what was being tried when something failed.
pub(crate) trait Trying<T> {
    /// Puts `what` in front of the error: "cannot `what`: error".
    fn trying(self, what: impl Display) -> Outcome<T>;

    /// The same for a file: "cannot `verb` `path`: error".
    fn trying_to(self, verb: &str, path: &Path) -> Outcome<T>;
}

impl<T, E: Display> Trying<T> for Result<T, E> {
    fn trying(self, what: impl Display) -> Outcome<T> {
        self.map_err(|error| format!("cannot {what}: {error}"))
    }

    fn trying_to(self, verb: &str, path: &Path) -> Outcome<T> {
        self.map_err(|error| format!("cannot {verb} {}: {error}", path.display()))
    }
}
