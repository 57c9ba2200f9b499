//! Builds the standard library for wasm from Debian's source package of exactly the compiler's version.
//!
//! For machines where rustup can fetch nothing. Nothing is installed: apt works with a state of its own in the cache
//! folder and only downloads. The archive's address is the one the machine's own apt sources name; only the suite is
//! another. The result is a sysroot of about 80 MB that plain stable cargo uses without any `-Z` flag.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Rustc, TARGET, has_library};
use crate::outcome::{Outcome, Trying};
use crate::places::Places;
use crate::process;

/// Debian's suites that may hold the package, the likeliest first.
const SUITES: [&str; 3] = ["trixie-backports", "forky", "sid"];

/// std's crates that a program built with panic=abort or panic=unwind, or a test, links.
const BUILD_STD: &str = "-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test";

/// Where the sysroot for this compiler is, once built.
pub(super) fn folder(places: &Places, rustc: &Rustc) -> PathBuf {
    places.cache.join("wasm-std").join(&rustc.key)
}

/// Builds it, unless it is there.
pub(super) fn build(places: &Places, rustc: &Rustc) -> Outcome<PathBuf> {
    let done = folder(places, rustc);
    if has_library(&done) {
        return Ok(done);
    }
    println!(
        "      building {TARGET}'s standard library from Debian's rust-src {} (once, about a minute)",
        rustc.release
    );
    let work = places.cache.join("wasm-std").join(format!("{}.building", rustc.key));
    if work.exists() {
        fs::remove_dir_all(&work).trying_to("remove", &work)?;
    }
    fs::create_dir_all(&work).trying_to("make", &work)?;
    let package = download(&work, rustc)?;
    let library = unpack(&work, &package, rustc)?;
    let built = compile(places, &work, &library)?;
    collect(&built, &work.join("sysroot"))?;
    if done.exists() {
        fs::remove_dir_all(&done).trying_to("remove", &done)?;
    }
    // The rename is last: a folder of that name is complete.
    fs::rename(work.join("sysroot"), &done).trying_to("make", &done)?;
    fs::remove_dir_all(&work).trying_to("remove", &work)?;
    Ok(done)
}

fn download(work: &Path, rustc: &Rustc) -> Outcome<PathBuf> {
    let archive = archive_of_this_machine()?;
    let mut tried = Vec::new();
    for suite in SUITES {
        match download_from(work, &archive, suite, &rustc.release) {
            Ok(package) => return Ok(package),
            Err(error) => tried.push(format!("{suite}: {error}")),
        }
    }
    Err(format!("Debian's package rust-src {} could not be fetched\n{}", rustc.release, tried.join("\n")))
}

fn download_from(work: &Path, archive: &str, suite: &str, release: &str) -> Outcome<PathBuf> {
    let state = work.join("apt").join(suite);
    for folder in ["lists/partial", "cache/archives/partial"] {
        let folder = state.join(folder);
        fs::create_dir_all(&folder).trying_to("make", &folder)?;
    }
    let sources = state.join("sources.list");
    fs::write(&sources, format!("deb {archive} {suite} main\n")).trying_to("write", &sources)?;
    let apt = |program: &str, arguments: &[&str]| {
        let mut command = process::command(program);
        command.current_dir(&state);
        for (option, path) in [
            ("Dir::State::lists", state.join("lists")),
            ("Dir::Cache", state.join("cache")),
            ("Dir::Etc::sourcelist", sources.clone()),
            ("Dir::Etc::sourceparts", "/nonexistent".into()),
        ] {
            command.arg("-o").arg(format!("{option}={}", path.display()));
        }
        // The sandbox user of apt may not write into a cache folder below a home.
        command.args(["-o", "APT::Sandbox::User=root"]).args(arguments);
        process::output(&mut command)
    };
    apt("apt-get", &["update"])?;
    let versions = apt("apt-cache", &["madison", "rust-src"])?;
    let version = versions
        .lines()
        .filter_map(|line| line.split('|').nth(1))
        .map(str::trim)
        .find(|version| version.starts_with(&format!("{release}+")))
        .ok_or_else(|| format!("has no rust-src {release}"))?;
    apt("apt-get", &["download", &format!("rust-src={version}")])?;
    let mut files = fs::read_dir(&state).trying_to("read", &state)?.flatten().map(|entry| entry.path());
    files.find(|path| path.extension().is_some_and(|end| end == "deb")).ok_or("apt-get downloaded nothing".to_owned())
}

/// The address of the Debian archive in the machine's own apt sources, with its options (`[signed-by=…]`) in front.
fn archive_of_this_machine() -> Outcome<String> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(entries) = fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(entries.flatten().map(|entry| entry.path()));
    }
    files.sort();
    files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .find_map(|text| archive_in(&text))
        .ok_or_else(|| "this machine's apt sources name no Debian archive".to_owned())
}

/// Reads both notations of apt sources: lines of `deb [options] URI suite component…` and stanzas of fields.
fn archive_in(text: &str) -> Option<String> {
    let is_archive = |uri: &str| uri.contains("://") && uri.trim_end_matches('/').ends_with("/debian");
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("deb ")
            && let Some(uri) = rest.split_whitespace().find(|word| is_archive(word))
        {
            return Some(rest[..rest.find(uri)? + uri.len()].trim().to_owned());
        }
    }
    text.split("\n\n").find_map(|stanza| {
        let field =
            |name: &str| stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
        let uri = field("URIs")?.split_whitespace().find(|uri| is_archive(uri))?;
        Some(match field("Signed-By") {
            Some(keyring) if keyring.starts_with('/') => format!("[signed-by={keyring}] {uri}"),
            _ => uri.to_owned(),
        })
    })
}

fn unpack(work: &Path, package: &Path, rustc: &Rustc) -> Outcome<PathBuf> {
    let all = work.join("src");
    process::run(process::command("dpkg-deb").arg("-x").arg(package).arg(&all))?;
    let library = all.join(format!("usr/src/rustc-{}/library", rustc.release));
    if library.join("std/Cargo.toml").is_file() {
        Ok(library)
    } else {
        Err(format!("Debian's rust-src holds no {}", library.display()))
    }
}

/// Builds a crate of one line, and with it the library it is linked to.
fn compile(places: &Places, work: &Path, library: &Path) -> Outcome<PathBuf> {
    let line = work.join("one-line");
    fs::create_dir_all(line.join("src")).trying_to("make", &line)?;
    let manifest =
        "[package]\nname = \"one-line\"\nedition = \"2024\"\n\n[profile.release]\ncodegen-units = 1\n\n[workspace]\n";
    fs::write(line.join("Cargo.toml"), manifest).trying_to("write", &line)?;
    fs::write(line.join("src/lib.rs"), "#![no_std]\n").trying_to("write", &line)?;
    let target = work.join("target");
    let mut cargo = process::command(&places.cargo);
    cargo
        .current_dir(&line)
        .args(["build", "--release", "--target", TARGET, BUILD_STD])
        .env("CARGO_TARGET_DIR", &target)
        // The switch that lets a stable compiler build its own library, for this one command.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_TESTS_ONLY_SRC_ROOT", library)
        // The UI is linked with fat LTO, which needs the bitcode.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes");
    process::run(&mut cargo)?;
    Ok(target.join(TARGET).join("release/deps"))
}

fn collect(built: &Path, sysroot: &Path) -> Outcome {
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&libraries).trying_to("make", &libraries)?;
    for entry in fs::read_dir(built).trying_to("read", built)?.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("lib") && name.ends_with(".rlib") && !name.starts_with("libone_line") {
            fs::copy(entry.path(), libraries.join(&*name)).trying_to("copy", &entry.path())?;
        }
    }
    if has_library(sysroot) { Ok(()) } else { Err(format!("no libstd was built in {}", built.display())) }
}

#[cfg(test)]
mod tests;
