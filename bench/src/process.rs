//! What the kernel says of a process and of the machine.

use std::fs;

/// The kernel's clock ticks in a second as user space sees them; 100 on every port of Linux.
const TICKS: f64 = 100.0;

/// What a process has used, and has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) cpu_seconds: f64,
    /// The most it had since the start or [`reset_peak`].
    pub(crate) peak_bytes: u64,
    pub(crate) resident_bytes: u64,
}

pub(crate) fn usage(pid: u32) -> Result<Usage, String> {
    let (stat, status) = (read(pid, "stat")?, read(pid, "status")?);
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| format!("/proc/{pid}/status has no {name}"))
    };
    Ok(Usage {
        cpu_seconds: cpu_seconds(&stat).ok_or_else(|| format!("/proc/{pid}/stat has an unknown form"))?,
        peak_bytes: bytes("VmHWM:")?,
        resident_bytes: bytes("VmRSS:")?,
    })
}

fn read(pid: u32, name: &str) -> Result<String, String> {
    let path = format!("/proc/{pid}/{name}");
    fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))
}

/// User and system time, fields 14 and 15; the name in field 2 may contain anything.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}

/// From now on the peak is that of what comes.
pub(crate) fn reset_peak(pid: u32) -> Result<(), String> {
    let path = format!("/proc/{pid}/clear_refs");
    fs::write(&path, "5").map_err(|error| format!("cannot write {path}: {error}"))
}

/// Seconds that all cores together have worked, for anyone.
pub(crate) fn machine_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = stat.lines().next().unwrap_or_default();
    let ticks = line.split_whitespace().skip(1).map(|field| field.parse().unwrap_or(0.0));
    // user nice system idle iowait irq softirq steal; what guests use is in user already.
    let worked = ticks.take(8).enumerate().filter(|(place, _)| !matches!(place, 3 | 4));
    worked.map(|(_, ticks)| ticks).sum::<f64>() / TICKS
}

#[cfg(test)]
mod tests;
