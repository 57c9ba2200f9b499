//! Rust's standard library for `wasm32-unknown-unknown`.
//!
//! Three ways, the first that works is taken: the tool chain has it; `rustup target add` fetches it; it is built once
//! from Debian's source package of the same version (see [`debian`]) into the cache folder. Nothing outside the cache
//! folder and rustup's own tool chain is changed.

mod debian;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::outcome::Outcome;
use crate::places::Places;
use crate::process;

/// The target the browser's half is compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// rustup has no time limit of its own, and a machine without a network would wait for minutes.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// Where the library was found.
#[derive(Debug)]
pub(crate) enum WasmStd {
    /// In the tool chain: cargo finds it by itself.
    ToolChain,
    /// In a folder of ours, which rustc must be told.
    Sysroot(PathBuf),
}

impl WasmStd {
    /// Tells a cargo command where the library is.
    pub(crate) fn tell(&self, command: &mut Command) {
        if let Self::Sysroot(folder) = self {
            let flag = format!("--sysroot={}", folder.display());
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flag);
        }
    }
}

/// `cargo xtask wasm-std [--from-debian]`
pub(crate) fn command(places: &Places, arguments: &[&str]) -> Outcome {
    let found = match arguments {
        [] => provide(places)?,
        ["--from-debian"] => WasmStd::Sysroot(debian::build(places, &Rustc::ask(places)?)?),
        other => return Err(format!("wasm-std knows --from-debian, not {other:?}")),
    };
    match found {
        WasmStd::ToolChain => println!("the tool chain has {TARGET}: plain cargo builds for it"),
        WasmStd::Sysroot(folder) => println!(
            "build with CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=--sysroot={} cargo build --target {TARGET}",
            folder.display()
        ),
    }
    Ok(())
}

/// Finds, fetches or builds the library.
pub(crate) fn provide(places: &Places) -> Outcome<WasmStd> {
    let rustc = Rustc::ask(places)?;
    if has_library(&rustc.sysroot) {
        return Ok(WasmStd::ToolChain);
    }
    let built = debian::folder(places, &rustc);
    if has_library(&built) {
        return Ok(WasmStd::Sysroot(built));
    }
    println!("      {TARGET} is missing; asking rustup for it");
    let mut rustup = process::command("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(&places.root);
    match process::run_within(&mut rustup, RUSTUP_LIMIT) {
        Ok(()) if has_library(&rustc.sysroot) => return Ok(WasmStd::ToolChain),
        Ok(()) => println!("      rustup is content, but this rustc ({}) has no {TARGET}", rustc.sysroot.display()),
        Err(error) => println!("      rustup could not help: {error}"),
    }
    debian::build(places, &rustc).map(WasmStd::Sysroot).map_err(|error| {
        format!("{error}\n\nThe user interface needs Rust's standard library for {TARGET}. Install it with `rustup target add {TARGET}`, or run this on Debian with access to its archive.")
    })
}

/// Whether a sysroot holds the library.
fn has_library(sysroot: &Path) -> bool {
    let folder = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    let Ok(entries) = folder.read_dir() else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

/// The compiler in use.
struct Rustc {
    /// `1.95.0`
    release: String,
    /// Names the compiler exactly: libraries of another build of the same release do not fit.
    key: String,
    /// Where it keeps its libraries.
    sysroot: PathBuf,
}

impl Rustc {
    fn ask(places: &Places) -> Outcome<Self> {
        let ask = |argument: &[&str]| {
            let mut rustc = process::command("rustc");
            process::output(rustc.args(argument).current_dir(&places.root))
        };
        let version = ask(&["-vV"])?;
        let field = |name: &str| {
            version
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .ok_or_else(|| format!("`rustc -vV` does not say its {name}"))
        };
        let (release, host) = (field("release")?, field("host")?);
        let commit = field("commit-hash")?;
        let commit = commit.get(..9).unwrap_or(commit);
        Ok(Self {
            release: release.to_owned(),
            key: format!("rustc-{release}-{commit}-{host}"),
            sysroot: ask(&["--print", "sysroot"])?.trim().into(),
        })
    }
}
