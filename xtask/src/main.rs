//! `cargo xtask`: what a person or a CI machine runs in this repository.
//!
//! It installs or builds whatever is missing, says what it is doing while it does it, and leaves everything it
//! installed outside the clone (see [`places`]). It is compiled before anything else, so it has few dependencies.
//! It owns no product logic: whatever a released binary needs is in `server`.

#![expect(clippy::print_stdout, reason = "a command line program: its standard output is its user interface")]

mod bench;
mod build_ui;
mod outcome;
mod places;
mod process;
mod product;
mod promqltest;
mod steps;
mod test;
mod up;
mod wasm_std;

use std::process::ExitCode;

use outcome::Outcome;
use places::Places;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  up [--demo] [-- ARGS]      build what is missing and run Alidade (ARGS go to `alidade serve`), with a demo shop if asked
  test [--only NAME…]        install what the tests need, then check and test everything, or the named steps
  bench reply|size|load|start|crash  measure the binary that up runs (--release: one built for release); the last three
                             have options: bench load --help
  build-ui [--dev]           build the browser's half into ui/dist (--dev: quick to build, large to load)
  promqltest FILE…           run scripts in the language of Prometheus' promqltest against our PromQL
  wasm-std [--from-debian]   make Rust's standard library for wasm available, and say where it is
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((command, rest)) = words.split_first() else {
        println!("{USAGE}");
        return Ok(());
    };
    if matches!(*command, "help" | "--help" | "-h") {
        println!("{USAGE}");
        return Ok(());
    }
    let places = Places::find()?;
    match *command {
        "up" => up::command(&places, rest),
        "test" => test::command(&places, rest),
        "bench" => bench::command(&places, rest),
        "promqltest" => promqltest::command(rest),
        "build-ui" => build_ui::command(&places, rest),
        "wasm-std" => wasm_std::command(&places, rest),
        other => Err(format!("there is no command {other:?}\n\n{USAGE}")),
    }
}
