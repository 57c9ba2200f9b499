//! `bench load` and `bench crash`: what needs OTLP and an HTTP client is a program of its own, the crate `bench`.

use std::path::Path;

use crate::outcome::Outcome;
use crate::places::Places;
use crate::process;
use crate::product::{self, Profile};

/// Builds the program, and runs it against the binary with the arguments of the command line. Data lie in the target folder
/// while it runs.
pub(super) fn run(places: &Places, profile: Profile, binary: &Path, arguments: &[&str]) -> Outcome {
    let program = product::build_bench(places, profile)?;
    let mut bench = process::command(program);
    bench.args(arguments).args(["--commit", &commit(places)]).arg("--work").arg(&places.target);
    process::run(bench.env("ALIDADE_BIN", binary))
}

/// Lets the program say what it can be told.
pub(super) fn help(places: &Places, arguments: &[&str]) -> Outcome {
    process::run(process::command(product::build_bench(places, Profile::Dev)?).args(arguments))
}

/// The commit, and whether files differ from it; "unknown" outside of git.
fn commit(places: &Places) -> String {
    let mut git = process::command("git");
    git.current_dir(&places.root).args(["describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"]);
    process::output(&mut git).map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}
