//! What the machine has: its memory, or the container's where that is less.

use std::path::Path;

/// The memory of the machine or of the container that the process runs in, bytes; `None` where the system does not say it
/// as Linux does.
pub(crate) fn memory_bytes() -> Option<u64> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    memory_of(&read)
}

fn memory_of(read: &dyn Fn(&Path) -> Option<String>) -> Option<u64> {
    let total = total_bytes(&read(Path::new("/proc/meminfo"))?)?;
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let limits = limit_files(&groups).into_iter().filter_map(|file| read(Path::new(&file))?.trim().parse::<u64>().ok());
    Some(limits.fold(total, u64::min))
}

fn total_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// The files that may hold a limit: of the process's own groups and of all around them, in both versions of cgroups. Inside
/// of a container the own group is often at the root, whatever its name is outside.
fn limit_files(groups: &str) -> Vec<String> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (fields.next(), fields.next()) else { continue };
        let (root, name) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            _ if controllers.split(',').any(|controller| controller == "memory") => {
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        for around in Path::new(group).ancestors() {
            files.push(format!("{root}{}/{name}", around.display().to_string().trim_end_matches('/')));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(files: &[(&str, &str)]) -> Option<u64> {
        memory_of(&|path| files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned()))
    }

    #[test]
    fn the_least_limit_around_the_process_counts() {
        let machine = ("/proc/meminfo", "MemTotal:       24000000 kB\nMemFree: 1 kB\n");
        assert_eq!(memory(&[machine]), Some(24_000_000 * 1024));
        let own = ("/proc/self/cgroup", "0::/system.slice/alidade.service\n");
        let unlimited = ("/sys/fs/cgroup/system.slice/alidade.service/memory.max", "max\n");
        let around = ("/sys/fs/cgroup/system.slice/memory.max", "1073741824\n");
        assert_eq!(memory(&[machine, own, unlimited]), Some(24_000_000 * 1024));
        assert_eq!(memory(&[machine, own, unlimited, around]), Some(1 << 30));
        let container = [machine, ("/proc/self/cgroup", "0::/\n"), ("/sys/fs/cgroup/memory.max", "536870912\n")];
        assert_eq!(memory(&container), Some(512 << 20));
        let old = [
            machine,
            ("/proc/self/cgroup", "5:cpu:/a\n4:memory,x:/a/b\n"),
            ("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "2147483648\n"),
        ];
        assert_eq!(memory(&old), Some(2 << 30));
        assert_eq!(memory(&[]), None);
    }
}
