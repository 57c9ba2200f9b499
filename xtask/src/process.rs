//! Running other programs: their output goes straight to the terminal, a failure names the command.

#![expect(clippy::disallowed_methods, reason = "waits for a child process, which has no deadline of its own")]

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::outcome::{Outcome, Trying};

const POLL: Duration = Duration::from_millis(50);

/// What `cargo run` sets for xtask itself. Left in place, build scripts that watch these variables (ring's does) would
/// run again each time a build is started from xtask after one that was started by hand.
const SET_BY_CARGO_RUN: [&str; 4] =
    ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_BIN_NAME", "CARGO_PRIMARY_PACKAGE"];

/// A command without the variables that describe xtask.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in SET_BY_CARGO_RUN {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it to its end with the terminal as its output.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().trying(format_args!("start {}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("this failed ({status}): {}", shown(command))) }
}

/// Runs it and returns what it printed; what it complained about goes into the error.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let output = command.output().trying(format_args!("start {}", shown(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("this failed ({}): {}\n{}", output.status, shown(command), complaint.trim_end()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs it, and ends it when it takes longer than `limit`.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Outcome {
    let mut child = command.stdin(Stdio::null()).spawn().trying(format_args!("start {}", shown(command)))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().trying(format_args!("wait for {}", shown(command)))? {
            let failed = format!("this failed ({status}): {}", shown(command));
            return if status.success() { Ok(()) } else { Err(failed) };
        }
        if Instant::now() >= deadline {
            child.kill().and_then(|()| child.wait()).trying(format_args!("end {}", shown(command)))?;
            return Err(format!("this took longer than {} s: {}", limit.as_secs(), shown(command)));
        }
        std::thread::sleep(POLL);
    }
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
