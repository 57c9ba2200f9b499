//! What `cargo xtask bench load`, `bench start`, `bench crash` and `bench decode` run: the real binary, measured and ended
//! from outside; only `decode` measures a part of it in this process.
//!
//! - [`load`]: seeded data over the network; what it costs the server, then questions whose answers are known;
//! - [`start`]: how long a start takes with many segments;
//! - [`crash`]: kill -9 and SIGTERM under load, again and again; what is there in the end;
//! - [`decode`]: from the bytes of an export to rows, beside a tree of messages.
//!
//! A crate of its own: `xtask` is compiled first on a clean clone and has to stay small, the tests need none of this, and
//! `xtask up` builds neither. It starts the server as the tests do (`ALIDADE_BIN` names the binary) and shares their crash
//! run. Linux only: it reads `/proc`.

#![expect(clippy::print_stdout, reason = "a program whose output is a table")]

mod ask;
mod crash;
mod decode;
mod disk;
mod expected;
mod feed;
mod load;
mod machine;
mod process;
mod questions;
mod reply;
mod send;
mod shop;
mod start;
mod table;
mod times;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// Measures a server that it starts itself.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sends seeded data, then asks questions whose answers are known
    Load(load::Plan),
    /// Ends the server again and again under load, and counts what it lost
    Crash(crash::Plan),
    /// Makes many segments, and measures starts after kill -9
    Start(start::Plan),
    /// Decodes seeded exports in this process, beside a tree of messages
    Decode(decode::Plan),
}

/// What every command is told by `cargo xtask`, and is no option of its own.
#[derive(Args)]
struct Place {
    /// Data directories are made in here, and removed where nothing is wrong
    #[arg(long, hide = true, default_value = ".")]
    work: PathBuf,
    /// What the table says of the code
    #[arg(long, hide = true, default_value = "unknown")]
    commit: String,
}

impl Place {
    /// A folder of its own, removed when dropped.
    fn folder(&self, prefix: &str) -> Result<tempfile::TempDir, String> {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(&self.work);
        folder.map_err(|error| format!("cannot make a folder in {}: {error}", self.work.display()))
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let command = async {
        match Cli::parse().command {
            Command::Load(plan) => load::run(&plan).await,
            Command::Crash(plan) => crash::run(&plan).await,
            Command::Start(plan) => start::run(&plan).await,
            Command::Decode(plan) => decode::run(&plan).await,
        }
    };
    // What is dropped kills the server and removes its data.
    let done = tokio::select! {
        done = command => done,
        () = interrupted() => Err("interrupted".to_owned()),
    };
    match done {
        Ok(table) => {
            println!("{table}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Ends at Ctrl-C or SIGTERM.
async fn interrupted() {
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
