//! What the tests use from outside: a browser from Debian, the official Python SDK, delta-rs and a server of S3 in a
//! virtual environment, the official Node SDK.
//!
//! Packages are pinned by `tests/python/requirements.txt` and `tests/node/package-lock.json` and installed into the
//! cache folder, under a name made from the pins: another pin is another folder, and what is there is complete. Only
//! the browser is installed into the system, and only where apt-get and root are at hand.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::{Outcome, Trying};
use crate::places::Places;
use crate::process;

/// Where things are.
pub(super) struct Tools {
    pub(super) chromium: PathBuf,
    pub(super) python: PathBuf,
    pub(super) node_modules: PathBuf,
}

/// Finds or installs all of it.
pub(super) fn provide(places: &Places) -> Outcome<Tools> {
    let chromium = chromium(places)?;
    let python = python(places)?;
    let node_modules = node_modules(places)?;
    Ok(Tools { chromium, python, node_modules })
}

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const BROWSER_PACKAGES: [&str; 2] = ["chromium", "fonts-liberation"];

fn chromium(places: &Places) -> Outcome<PathBuf> {
    let find = || BROWSERS.iter().find_map(|name| places.program(name));
    if let Some(found) = find() {
        return Ok(found);
    }
    println!("      installing {} with apt-get", BROWSER_PACKAGES.join(" and "));
    apt_get(places, &["update"])
        .and_then(|()| {
            let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
            arguments.extend(BROWSER_PACKAGES);
            apt_get(places, &arguments)
        })
        .map_err(|error| format!("{error}\nThe tests drive a browser: install chromium and the Liberation fonts."))?;
    find().ok_or_else(|| "chromium was installed and cannot be found in PATH".to_owned())
}

/// Twice, because another apt at the same time makes one of the two fail.
fn apt_get(places: &Places, arguments: &[&str]) -> Outcome {
    let apt = places.program("apt-get").ok_or("this machine has no apt-get")?;
    let mut command = process::command(apt);
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    process::run(&mut command).or_else(|first| {
        println!("      {first}; once more");
        process::run(&mut command)
    })
}

fn python(places: &Places) -> Outcome<PathBuf> {
    let pins = places.root.join("tests/python/requirements.txt");
    let folder = places.cache.join(format!("python-{}", hash_of(&[&pins])?));
    let python = folder.join("bin/python");
    install_once(&folder, "the Python SDK, delta-rs and a server of S3", || {
        let base = places.program("python3").ok_or("python3 is missing: install python3 and python3-venv")?;
        process::run(process::command(base).args(["-m", "venv"]).arg(&folder))
            .map_err(|error| format!("{error}\nOn Debian the package python3-venv is needed."))?;
        let mut pip = process::command(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&pins);
        twice(&mut pip)
    })?;
    Ok(python)
}

fn node_modules(places: &Places) -> Outcome<PathBuf> {
    let [manifest, lock] = ["package.json", "package-lock.json"].map(|name| places.root.join("tests/node").join(name));
    let folder = places.cache.join(format!("node-{}", hash_of(&[&manifest, &lock])?));
    install_once(&folder, "the Node SDK", || {
        let npm = places.program("npm").ok_or("npm is missing: install Node.js 20 or later with npm")?;
        fs::create_dir_all(&folder).trying_to("make", &folder)?;
        for file in [&manifest, &lock] {
            if let Some(name) = file.file_name() {
                fs::copy(file, folder.join(name)).trying_to("copy", file)?;
            }
        }
        let mut install = process::command(npm);
        // Errors only: the packages ask for a newer Node than the oldest they run on, seventy times.
        install.current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
        twice(&mut install)
    })?;
    Ok(folder.join("node_modules"))
}

/// A registry that hiccups is common enough for one more try.
fn twice(command: &mut Command) -> Outcome {
    process::run(command).or_else(|first| {
        println!("      {first}; once more");
        process::run(command)
    })
}

/// Runs `install` unless it has run to its end before; a marker file says so.
fn install_once(folder: &Path, what: &str, install: impl FnOnce() -> Outcome) -> Outcome {
    let marker = folder.join(".complete");
    if marker.is_file() {
        return Ok(());
    }
    println!("      installing {what} into {}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).trying_to("remove", folder)?;
    }
    install()?;
    fs::write(&marker, "").trying_to("write", &marker)
}

fn hash_of(files: &[&Path]) -> Outcome<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(&fs::read(file).trying_to("read", file)?);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
