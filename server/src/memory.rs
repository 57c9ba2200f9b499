//! What is taken of the memory budget.

use api::health::{MemoryHealth, MemoryPart};

use crate::config::budget::{Part, Use};

/// How the limit is shared out.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    pub(crate) limit_bytes: usize,
    pub(crate) parts: Vec<Part>,
}

/// What the parts have counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) live_rows: usize,
    pub(crate) exports: usize,
    pub(crate) index_cache: usize,
    pub(crate) questions: query::Memory,
}

impl Budget {
    /// The budget as the API says it.
    pub(crate) fn state(&self, taken: Taken) -> MemoryHealth {
        let part = |part: &Part| MemoryPart {
            name: part.of.name().to_owned(),
            used_bytes: taken.of(part.of).map(|bytes| bytes as u64),
            limit_bytes: part.bytes as u64,
        };
        MemoryHealth {
            limit_bytes: self.limit_bytes as u64,
            resident_bytes: resident_bytes(),
            parts: self.parts.iter().map(part).collect(),
        }
    }
}

impl Taken {
    fn of(&self, of: Use) -> Option<usize> {
        match of {
            Use::Process | Use::WritingSegments | Use::Reading => None,
            Use::LiveRows => Some(self.live_rows),
            Use::Exports => Some(self.exports),
            Use::IndexCache => Some(self.index_cache),
            Use::FooterCache => Some(self.questions.footer_cache_bytes),
            Use::Questions => Some(self.questions.queries_bytes),
        }
    }
}

/// Resident memory, where the system says it as Linux does.
pub(crate) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
