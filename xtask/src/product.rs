//! Builds the two halves of the product: the UI, then the binary that embeds it.

use std::path::PathBuf;

use crate::build_ui::{self, Build};
use crate::outcome::Outcome;
use crate::places::Places;
use crate::process;
use crate::wasm_std;

/// How the binary is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// What is tested and what `up` runs: optimised a little.
    Dev,
    /// For benchmarks and packages.
    Release,
}

/// Builds `ui/dist` unless it is current.
pub(crate) fn build_interface(places: &Places) -> Outcome {
    if build_ui::is_current(places, Build::Small)? {
        return Ok(());
    }
    let library = wasm_std::provide(places)?;
    build_ui::compile(places, &library, Build::Small)
}

/// Builds `alidade` and says where it is.
pub(crate) fn build_binary(places: &Places, profile: Profile) -> Outcome<PathBuf> {
    build(places, profile, "alidade")
}

/// Builds the program that measures it from outside, and says where it is.
pub(crate) fn build_bench(places: &Places, profile: Profile) -> Outcome<PathBuf> {
    build(places, profile, "bench")
}

fn build(places: &Places, profile: Profile, name: &str) -> Outcome<PathBuf> {
    if places.program("make").is_none() {
        return Err("make is missing: install it and a C compiler (Debian: apt-get install build-essential)".into());
    }
    let mut cargo = process::command(&places.cargo);
    // `--workspace` makes the dependencies' features those of `cargo test --workspace`: nothing is built twice.
    cargo.current_dir(&places.root).args(["build", "--workspace", "--bin", name]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    process::run(&mut cargo)?;
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    Ok(places.target.join(folder).join(name))
}
