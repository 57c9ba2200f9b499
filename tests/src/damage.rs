//! Files that a disk has damaged: a data directory of which it is known which file has which rows, and damage to one file
//! of a copy of it.
//!
//! What this leaves out: two damaged files at once, and files that cannot be read just now.

mod written;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

pub use self::written::{Sequences, Written};
use crate::alidade::binary;

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// One bit is another.
    Bit,
    /// The end is missing from here on.
    Cut,
    /// It is not there any more.
    Gone,
}

impl Harm {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Bit, Self::Cut, Self::Gone];

    /// Does it to the byte in the middle of a file, or from there on.
    pub fn befall(self, path: &Path) {
        let bytes = std::fs::metadata(path).expect("the file is there").len();
        self.befall_at(path, bytes / 2);
    }

    /// Does it to this byte of a file, or from there on.
    pub fn befall_at(self, path: &Path, at: u64) {
        let at = usize::try_from(at).expect("a place in a file");
        match self {
            Self::Gone => std::fs::remove_file(path).expect("remove the file"),
            Self::Cut => {
                let bytes = std::fs::read(path).expect("read the file");
                std::fs::write(path, &bytes[..at]).expect("write the file");
            }
            Self::Bit => {
                let mut bytes = std::fs::read(path).expect("read the file");
                bytes[at] ^= 4;
                std::fs::write(path, bytes).expect("write the file");
            }
        }
    }
}

/// A copy of a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("create the folder");
    for entry in std::fs::read_dir(from).expect("list the folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copy the file");
        }
    }
}

/// The files below a folder, relative to it, by name.
pub fn files(folder: &Path) -> Vec<String> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("list the folder") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let relative = path.strip_prefix(folder).expect("it is below the folder");
                found.push(relative.to_str().expect("a name in UTF-8").to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Whether nothing is wrong (any more), and the findings of `alidade check`; the error is what it printed instead.
pub async fn check(data_dir: &Path, repair: bool) -> Result<(bool, Vec<Value>), String> {
    let mut command = Command::new(binary());
    command.env_clear().args(["check", "--json", "--data-dir"]).arg(data_dir).stdin(Stdio::null());
    if repair {
        command.arg("--repair");
    }
    let output = command.output().await.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let printed = || format!("{}: {text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    let mut report: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {}", printed()))?;
    let findings =
        serde_json::from_value(report["findings"].take()).map_err(|error| format!("{error}: {}", printed()))?;
    match output.status.code() {
        Some(0) => Ok((true, findings)),
        Some(1) => Ok((false, findings)),
        _ => Err(printed()),
    }
}
