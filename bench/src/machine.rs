//! What a figure has to be read beside: the machine, the code, the command.

use std::fs;

/// One line for the top of a table.
pub(crate) fn line(commit: &str, command: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let gigabytes = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0.0) / 1e6;
    let processor = field("/proc/cpuinfo", "model name");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{cores} cores ({processor}), {gigabytes:.1} GB of memory, Linux {}; commit {commit}; `cargo xtask {command}`",
        kernel.trim()
    )
}

/// The value of the first line `name: value`; empty where there is none.
fn field(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(key, _)| key.trim() == name).map_or_else(String::new, |(_, value)| value.trim().to_owned())
}
