//! Where things are: the clone, cargo's target folder and the cache folder outside the clone.
//!
//! The only module that reads the environment, so that everything else is told where to work.

#![expect(clippy::disallowed_methods, reason = "xtask is a program of its own and reads its environment here, once")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::outcome::{Outcome, Trying};

/// The folders and programs every command works with.
pub(crate) struct Places {
    /// The clone.
    pub(crate) root: PathBuf,
    /// Cargo's target folder: `$CARGO_TARGET_DIR`, or `target` in the clone.
    pub(crate) target: PathBuf,
    /// What is installed once and survives the clone: `$ALIDADE_CACHE`, or `alidade` in the user's cache folder.
    pub(crate) cache: PathBuf,
    /// The cargo that runs xtask, so that nested calls use the same tool chain.
    pub(crate) cargo: OsString,
    /// Where programs are looked for.
    path: Vec<PathBuf>,
}

impl Places {
    /// Finds them. Fails outside a clone.
    pub(crate) fn find() -> Outcome<Self> {
        let root = root_of_the_clone()?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
        let path = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
        Ok(Self { target, cache: cache_folder()?, cargo, path, root })
    }

    /// What the UI build writes and the server embeds.
    pub(crate) fn ui_dist(&self) -> PathBuf {
        self.root.join("ui").join("dist")
    }

    /// Where a program of that name is, if it is installed.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        self.path.iter().map(|folder| folder.join(name)).find(|file| file.is_file())
    }
}

fn root_of_the_clone() -> Outcome<PathBuf> {
    // Cargo says where xtask's manifest is; the compiled-in path may be another clone's that shares the target folder.
    if let Some(manifest_dir) = std::env::var_os("CARGO_MANIFEST_DIR")
        && let Some(root) = Path::new(&manifest_dir).parent()
    {
        return Ok(root.to_owned());
    }
    let here = std::env::current_dir().trying("find the current folder")?;
    here.ancestors()
        .find(|folder| folder.join("xtask/Cargo.toml").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| "run this inside a clone of Alidade".to_owned())
}

fn cache_folder() -> Outcome<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = named("ALIDADE_CACHE") {
        return std::path::absolute(folder).trying("make ALIDADE_CACHE an absolute path");
    }
    if let Some(folder) = named("XDG_CACHE_HOME") {
        return Ok(folder.join("alidade"));
    }
    let home = named("HOME").ok_or("HOME is not set: set ALIDADE_CACHE to a folder that may hold a few hundred MB")?;
    Ok(home.join(".cache").join("alidade"))
}
