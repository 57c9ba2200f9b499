//! `cargo xtask promqltest`: scripts of Prometheus' `promqltest` language, run against our PromQL.

use std::fs;

use crate::outcome::Outcome;

pub(crate) fn command(files: &[&str]) -> Outcome {
    if files.is_empty() {
        return Err("promqltest wants the files of scripts".into());
    }
    let (mut passed, mut failed) = (0, 0);
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| format!("{file} cannot be read: {error}"))?;
        let report = promql::promqltest::run_script(&text, file);
        for failure in &report.failures {
            println!("{}: {}\n    {}", failure.place, failure.query, failure.message);
        }
        println!("{file}: passed {}, failed {}", report.passed, report.failures.len());
        passed += report.passed;
        failed += report.failures.len();
    }
    println!("passed {passed}, failed {failed}");
    if failed == 0 { Ok(()) } else { Err(format!("{failed} evaluations failed")) }
}
