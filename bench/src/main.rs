//! What `cargo xtask bench load` and `bench crash` run: the real binary, measured and ended from outside.
//!
//! - [`load`]: seeded data over the network; what it costs the server, then questions whose answers are known;
//! - [`crash`]: kill -9 and SIGTERM under load, again and again; what is there in the end.
//!
//! A crate of its own: `xtask` is compiled first on a clean clone and has to stay small, the tests need none of this, and
//! `xtask up` builds neither. It starts the server as the tests do (`ALIDADE_BIN` names the binary) and shares their crash
//! run. Linux only: it reads `/proc`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program whose output is a table; it waits, and its data are stamped with the time of day"
)]

mod crash;
mod machine;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Measures a server that it starts itself.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ends the server again and again under load, and counts what it lost
    Crash(crash::Plan),
}

/// What every command is told by the one that starts it.
#[derive(Args)]
struct Place {
    /// Data directories are made in here, and removed where nothing is wrong
    #[arg(long, default_value = ".")]
    work: PathBuf,
    /// What the table says of the code
    #[arg(long, default_value = "unknown")]
    commit: String,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Crash(plan) => crash::run(&plan).await,
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
