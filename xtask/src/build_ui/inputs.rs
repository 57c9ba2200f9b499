//! What the UI is made of, as one hash: sources of `ui` and of the crates it uses, versions, tool chain, and how xtask
//! builds it. By content, so that a checkout that changes nothing but dates builds nothing.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use super::Build;
use crate::outcome::{Outcome, Trying};

/// Files and folders below the root of the clone. `api` and `dashboards` are the two crates `ui` may use.
const INPUTS: [&str; 12] = [
    "ui/src",
    "ui/assets",
    "ui/Cargo.toml",
    "api/src",
    "api/Cargo.toml",
    "dashboards",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
    "xtask/src/build_ui.rs",
    "xtask/src/build_ui",
];

/// One line that differs when any input differs.
pub(super) fn stamp(root: &Path, build: Build) -> Outcome<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        list(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        let relative = file.strip_prefix(root).unwrap_or(&file);
        let bytes = fs::read(&file).trying_to("read", &file)?;
        hasher.write(relative.as_os_str().as_encoded_bytes());
        hasher.write_usize(bytes.len());
        hasher.write(&bytes);
    }
    Ok(format!("{build:?} {:016x}\n", hasher.finish()))
}

/// 16 hexadecimal digits that stand for the bytes. Not against an attacker: it names files of our own making.
pub(super) fn hash_of(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

fn list(path: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    if path.is_dir() {
        for entry in fs::read_dir(path).trying_to("read", path)? {
            list(&entry.trying_to("read", path)?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}
