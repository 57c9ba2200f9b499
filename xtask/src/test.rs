//! `cargo xtask test [--only NAME…]`: everything that must be true, from formatting to the product from outside.
//!
//! Installs what the tests need (see [`tools`]), and passes its places to them: `ALIDADE_BIN`, `ALIDADE_TEST_PYTHON`,
//! `ALIDADE_TEST_NODE_MODULES`, `ALIDADE_TEST_CHROMIUM`. Stops at the first step that fails.

mod tools;

use crate::outcome::Outcome;
use crate::places::Places;
use crate::process;
use crate::product::{self, Profile};
use crate::steps::Steps;
use crate::wasm_std;

/// The steps, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Fmt,
    Tools,
    Clippy,
    ClippyUi,
    Deny,
    Ui,
    Build,
    Tests,
}

const ALL: [(Part, &str, &str); 8] = [
    (Part::Fmt, "fmt", "checking the formatting"),
    (Part::Tools, "tools", "checking for the browser and the SDKs the tests use (first time: about 2 minutes)"),
    (Part::Ui, "ui", "building the user interface (first time: about 3 minutes)"),
    (Part::Build, "build", "building alidade"),
    (Part::Clippy, "clippy", "running clippy over every crate"),
    (Part::ClippyUi, "clippy-ui", "running clippy over the user interface as the browser's compiler sees it"),
    (Part::Deny, "deny", "checking licences and banned crates"),
    (Part::Tests, "tests", "running the tests"),
];

/// `cargo xtask test [--only NAME…]`
pub(crate) fn command(places: &Places, arguments: &[&str]) -> Outcome {
    let parts = parts(arguments)?;
    let mut steps = Steps::new(parts.len());
    for (part, what) in &parts {
        steps.step(what, || run(places, *part))?;
    }
    let minutes = steps.seconds() / 60.0;
    println!("\nAll is well: {} of {} steps passed in {minutes:.1} minutes.", parts.len(), ALL.len());
    Ok(())
}

fn parts(arguments: &[&str]) -> Outcome<Vec<(Part, &'static str)>> {
    let names = match arguments {
        [] => return Ok(ALL.iter().map(|(part, _, what)| (*part, *what)).collect()),
        ["--only", names @ ..] if !names.is_empty() => names,
        _ => return Err(format!("usage: cargo xtask test [--only NAME…], NAME is one of {}", names_of_all())),
    };
    if let Some(unknown) = names.iter().find(|name| !ALL.iter().any(|(_, known, _)| known == *name)) {
        return Err(format!("there is no step {unknown:?}, only {}", names_of_all()));
    }
    let chosen = ALL.iter().filter(|(_, name, _)| names.contains(name));
    Ok(chosen.map(|(part, _, what)| (*part, *what)).collect())
}

fn names_of_all() -> String {
    ALL.iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn run(places: &Places, part: Part) -> Outcome {
    let cargo = |arguments: &[&str]| {
        let mut cargo = process::command(&places.cargo);
        cargo.current_dir(&places.root).args(arguments);
        cargo
    };
    match part {
        Part::Fmt => process::run(&mut cargo(&["fmt", "--all", "--check"])),
        Part::Tools => tools::provide(places).map(|_| ()),
        Part::Ui => product::build_interface(places),
        Part::Build => product::build_binary(places, Profile::Dev).map(|_| ()),
        Part::Clippy => process::run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
        Part::ClippyUi => {
            let library = wasm_std::provide(places)?;
            let mut clippy =
                cargo(&["clippy", "--package", "ui", "--target", wasm_std::TARGET, "--", "-D", "warnings"]);
            library.tell(&mut clippy);
            process::run(&mut clippy)
        }
        Part::Deny => deny(places, cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"])),
        Part::Tests => {
            let tools = tools::provide(places)?;
            let mut tests = cargo(&["test", "--workspace"]);
            tests
                .env("ALIDADE_BIN", places.target.join("debug/alidade"))
                .env("ALIDADE_TEST_PYTHON", tools.python)
                .env("ALIDADE_TEST_NODE_MODULES", tools.node_modules)
                .env("ALIDADE_TEST_CHROMIUM", tools.chromium);
            process::run(&mut tests)
        }
    }
}

/// cargo-deny is a program of its own that takes minutes to build, so it is used where it is and not installed. The
/// bans that matter most are checked by `tests` as well, without it.
fn deny(places: &Places, mut check: std::process::Command) -> Outcome {
    let mut version = process::command(&places.cargo);
    if process::output(version.args(["deny", "--version"])).is_err() {
        println!("      left out: cargo-deny is not installed (cargo install cargo-deny)");
        return Ok(());
    }
    process::run(&mut check)
}

#[cfg(test)]
mod tests;
