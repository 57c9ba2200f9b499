//! Scripts that load series, evaluate queries and say what has to result: the language of Prometheus' `promqltest`.
//!
//! What it promises: every evaluation is checked as Prometheus checks it: an instant query is evaluated again with `@`
//! at other times, and as the middle of a range query. What it leaves out: start-up of a database; series lie in memory.
//!
//! ```text
//! load 1m
//!   requests_total{code="200"} 0+10x5
//! eval instant at 5m rate(requests_total[5m])
//!   {code="200"} 0.16666666
//! ```

mod check;
mod notation;
mod run;
mod script;
mod storage;

/// What came of a script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Evaluations that resulted in what was expected.
    pub passed: usize,
    /// The others, and commands that could not be read.
    pub failures: Vec<Failure>,
}

/// An evaluation that did not result in what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `name:line` of the command.
    pub place: String,
    /// The query, or the line that could not be read.
    pub query: String,
    /// What was expected and what came.
    pub message: String,
}

/// Runs a script. `name` is that of its file, for the places of failures.
pub fn run_script(text: &str, name: &str) -> Report {
    let mut report = Report::default();
    let mut storage = storage::Storage::default();
    for (line, command) in script::commands(text) {
        let (query, outcome) = match command {
            Ok(script::Command::Clear) => {
                storage = storage::Storage::default();
                continue;
            }
            Ok(script::Command::Load(load)) => match storage.load(&load) {
                Ok(()) => continue,
                Err(message) => ("load".to_owned(), Err(message)),
            },
            Ok(script::Command::Eval(eval)) => {
                let outcome = run::run(&eval, &storage);
                (eval.query, outcome)
            }
            Err(unreadable) => (unreadable.text, Err(unreadable.message)),
        };
        match outcome {
            Ok(()) => report.passed += 1,
            Err(message) => report.failures.push(Failure { place: format!("{name}:{line}"), query, message }),
        }
    }
    report
}

#[cfg(test)]
mod tests;
