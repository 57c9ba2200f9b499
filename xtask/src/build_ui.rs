//! `cargo xtask build-ui`: the browser's half, from the crate `ui` to the folder `ui/dist` that the server embeds.
//!
//! 1. `cargo build -p ui --target wasm32-unknown-unknown` makes a wasm module,
//! 2. wasm-bindgen writes the JavaScript that loads it (the library, pinned by the lock file to the version in `ui`),
//! 3. [`dist`] puts the files together: content hashes in the names, static files, compressed copies.
//!
//! Nothing is done when no input has changed, which [`inputs`] decides by content.
//!
//! Static files are in `ui/assets`: `index.html` and `boot.js` (see [`dist`] for what is filled in), `*.css` (joined
//! into one `app.css`, in the order of `styles.txt` if there is one, else by name), and anything else, copied.

mod dist;
mod inputs;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::outcome::{Outcome, Trying};
use crate::places::Places;
use crate::process;
use crate::wasm_std::{self, WasmStd};

/// For whom the UI is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Build {
    /// For readers: small.
    Small,
    /// For whoever is changing it: quick to build.
    Quick,
}

impl Build {
    fn cargo_profile(self) -> &'static str {
        match self {
            Self::Small => "ui",
            Self::Quick => "dev",
        }
    }

    fn target_folder(self) -> &'static str {
        match self {
            Self::Small => "ui",
            Self::Quick => "debug",
        }
    }
}

/// `cargo xtask build-ui [--dev]`
pub(crate) fn command(places: &Places, arguments: &[&str]) -> Outcome {
    let build = match arguments {
        [] => Build::Small,
        ["--dev"] => Build::Quick,
        other => return Err(format!("build-ui knows --dev, not {other:?}")),
    };
    if !is_current(places, build)? {
        let library = wasm_std::provide(places)?;
        compile(places, &library, build)?;
    }
    println!("{}", summary(places)?);
    Ok(())
}

/// One line: the sizes of what the browser loads.
pub(crate) fn summary(places: &Places) -> Outcome<String> {
    dist::summary(&places.ui_dist())
}

/// Whether `ui/dist` is what a build of the present sources would make.
pub(crate) fn is_current(places: &Places, build: Build) -> Outcome<bool> {
    let Ok(stamp) = fs::read_to_string(stamp_path(places)) else { return Ok(false) };
    Ok(places.ui_dist().join("index.html").is_file() && stamp == inputs::stamp(&places.root, build)?)
}

/// Builds `ui/dist`.
pub(crate) fn compile(places: &Places, library: &WasmStd, build: Build) -> Outcome {
    // Taken first: what is edited while this runs is built by the next run.
    let stamp = inputs::stamp(&places.root, build)?;
    let module = compile_wasm(places, library, build)?;
    let bound = bind(&module, build, &places.target.join("ui-bindgen"))?;
    dist::write(&places.root.join("ui/assets"), bound, &places.ui_dist(), build)?;
    fs::write(stamp_path(places), stamp).trying_to("write", &stamp_path(places))
}

/// Beside the folder and not in it, because the server embeds what is in it.
fn stamp_path(places: &Places) -> PathBuf {
    places.root.join("ui/dist.stamp")
}

fn compile_wasm(places: &Places, library: &WasmStd, build: Build) -> Outcome<PathBuf> {
    let mut cargo = process::command(&places.cargo);
    cargo.current_dir(&places.root).args(["build", "--package", "ui", "--bin", "ui"]);
    cargo.args(["--target", wasm_std::TARGET, "--profile", build.cargo_profile()]);
    library.tell(&mut cargo);
    process::run(&mut cargo)?;
    Ok(places.target.join(wasm_std::TARGET).join(build.target_folder()).join("ui.wasm"))
}

/// Runs wasm-bindgen and returns its files by name.
fn bind(module: &Path, build: Build, work: &Path) -> Outcome<BTreeMap<String, Vec<u8>>> {
    if work.exists() {
        fs::remove_dir_all(work).trying_to("remove", work)?;
    }
    let bytes = fs::read(module).trying_to("read", module)?;
    // The JavaScript looks for the wasm under its own name, so the hash is part of the name from the start.
    let name = format!("ui-{}", inputs::hash_of(&bytes));
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes(&name, bytes).out_name(&name).typescript(false);
    bindgen.remove_name_section(build == Build::Small).remove_producers_section(true);
    let bindgen = bindgen.web(true).trying("set up wasm-bindgen")?;
    bindgen.generate(work).map_err(|error| format!("wasm-bindgen refuses {}: {error:#}", module.display()))?;
    let mut files = BTreeMap::new();
    collect(work, "", &mut files)?;
    Ok(files)
}

/// Reads a folder and the folders in it; names are relative, with slashes.
fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Outcome {
    for entry in fs::read_dir(folder).trying_to("read", folder)? {
        let path = entry.trying_to("read", folder)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else {
            files.insert(format!("{prefix}{name}"), fs::read(&path).trying_to("read", &path)?);
        }
    }
    Ok(())
}
