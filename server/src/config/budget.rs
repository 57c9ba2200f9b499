//! One number bounds the memory of the process: how `memory_limit` is shared out.
//!
//! ```text
//! memory_limit ─┬─ process: the program itself, and what the allocator holds between uses
//!               ├─ live rows, and what writing segments takes
//!               ├─ exports in progress
//!               ├─ caches: opened indexes, footers
//!               └─ questions: the rest
//! ```
//!
//! What it promises: pure; the parts never sum up to more than the limit; a key that was given keeps its value, and what
//! it takes more is taken from the questions. What it leaves out: the counting, which the parts do themselves.

use super::Config;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
const GIB: usize = 1 << 30;

/// Below this a day's work does not fit: the program, one seal and one merge beside each other, one export of the usual
/// size and one question.
pub(crate) const LIMIT_MIN: usize = 640 * MIB;
/// The limit where it is not known how much memory the machine has.
const LIMIT_OF_UNKNOWN: usize = 2 * GIB;

/// The program's own pages, its threads, the catalogs.
const PROCESS: usize = 80 * MIB;
/// Columns in the making, dictionaries and the index of one seal, beside the live rows that it seals. As much as those again
/// is for their columns, should a question come meanwhile.
const SEAL_BASE: usize = 40 * MIB;
/// One merge: a row group of each of eight inputs, as it is in the file, a page of each of their columns, and a row group of
/// the output.
const MERGE: usize = 96 * MIB;
/// What the index of a merged segment takes for each row while it is made: about three terms that are rare.
const MERGE_ROW: usize = 32;
/// So many make a file of a few hundred megabytes; larger ones are not read any quicker.
const MERGED_ROWS_MAX: usize = 4 << 20;
/// What one question holds that its operators do not count: pages that are being read, rows on their way.
const READING: usize = 24 * MIB;
/// A question that may have less than this can answer next to nothing.
const QUERY_MIN: usize = 16 * MIB;

/// The keys whose default is a share of `memory_limit`.
pub(crate) const SHARES: &[&str] = &[
    "ingest.inflight_bytes_max",
    "storage.seal_bytes",
    "storage.buffer_bytes_max",
    "storage.batch_bytes_max",
    "storage.compaction_rows_max",
    "storage.index_cache_bytes_max",
    "query.memory_total_bytes_max",
    "query.memory_bytes_max",
    "query.concurrent_max",
    "query.footer_cache_bytes",
    "query.sql_answer_bytes_max",
    "query.sql_function_bytes_max",
    "query.trace_spans_max",
    "query.search_traces_max",
    "query.graph_spans_max",
    "query.metric_points_max",
];

/// What a part of the budget is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Process,
    LiveRows,
    WritingSegments,
    Exports,
    IndexCache,
    FooterCache,
    Questions,
    Reading,
}

impl Use {
    /// For people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::LiveRows => "live rows",
            Self::WritingSegments => "writing segments",
            Self::Exports => "exports in progress",
            Self::IndexCache => "index cache",
            Self::FooterCache => "footer cache",
            Self::Questions => "questions",
            Self::Reading => "reading for questions",
        }
    }

    /// The key that sets it.
    fn key(self) -> Option<&'static str> {
        match self {
            Self::Process => None,
            Self::LiveRows => Some("storage.buffer_bytes_max"),
            Self::WritingSegments => Some("storage.seal_bytes"),
            Self::Exports => Some("ingest.inflight_bytes_max"),
            Self::IndexCache => Some("storage.index_cache_bytes_max"),
            Self::FooterCache => Some("query.footer_cache_bytes"),
            Self::Questions => Some("query.memory_total_bytes_max"),
            Self::Reading => Some("query.concurrent_max"),
        }
    }
}

/// A part of the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) of: Use,
    /// How much it may take.
    pub(crate) bytes: usize,
}

/// The limit where none is given: a quarter of the machine, for others live there too.
pub(crate) fn default_limit(machine_bytes: Option<u64>) -> usize {
    let quarter = machine_bytes.map(|bytes| usize::try_from(bytes / 4).unwrap_or(usize::MAX));
    quarter.unwrap_or(LIMIT_OF_UNKNOWN).max(LIMIT_MIN)
}

/// Gives every part but the questions its share. More than the upper bounds would help none of them: larger live buffers
/// only put off the moment at which exports wait for seals.
pub(crate) fn share_out(config: &mut Config) {
    let rest = config.memory_limit.saturating_sub(process(config.memory_limit));
    let live = (rest / 5).clamp(48 * MIB, 96 * MIB);
    config.storage.buffer_bytes_max = live;
    // The other half takes what comes during a seal.
    config.storage.seal_bytes = live / 2;
    config.storage.batch_bytes_max = (live / 3).clamp(16 * MIB, 32 * MIB);
    config.storage.compaction_rows_max = (rest / 16 / MERGE_ROW).min(MERGED_ROWS_MAX) as u64;
    config.storage.index_cache_bytes_max = (rest / 16).clamp(8 * MIB, 256 * MIB);
    config.ingest.inflight_bytes_max = (rest / 8).clamp(48 * MIB, 256 * MIB);
    config.query.footer_cache_bytes = (rest / 64).clamp(4 * MIB, 64 * MIB);
}

/// Gives the questions what is left, but for the keys that were given.
pub(crate) fn give_questions_the_rest(config: &mut Config, is_given: impl Fn(&str) -> bool) {
    let others = sum(&parts_but_questions(config));
    let rest = config.memory_limit.saturating_sub(others);
    let query = &mut config.query;
    let set = |key: &str, place: &mut usize, value: usize| {
        debug_assert!(SHARES.contains(&key));
        if !is_given(key) {
            *place = value;
        }
    };
    // As much again for the operators as for what they do not count.
    set("query.concurrent_max", &mut query.queries_concurrent_max, (rest / (2 * READING)).clamp(1, 16));
    let pool = rest.saturating_sub(query.queries_concurrent_max.saturating_mul(READING)).max(1);
    set("query.memory_total_bytes_max", &mut query.queries_memory_bytes, pool);
    let pool = query.queries_memory_bytes;
    set("query.memory_bytes_max", &mut query.query_memory_bytes, (pool / 2).max(QUERY_MIN).min(pool).min(GIB));
    // What an answer is gathered in is counted by no operator.
    set("query.sql_answer_bytes_max", &mut query.sql_answer_bytes_max, (pool / 16).clamp(MIB, 64 * MIB));
    set("query.sql_function_bytes_max", &mut query.sql_function_bytes_max, (pool / 16).clamp(MIB, 64 * MIB));
    set("query.trace_spans_max", &mut query.trace_spans_max, (pool / (4 * KIB)).clamp(10_000, 200_000));
    set("query.search_traces_max", &mut query.search_traces_max, (pool / KIB).clamp(10_000, 500_000));
    set("query.graph_spans_max", &mut query.graph_spans_max, (pool / KIB).clamp(50_000, 1_000_000));
    set("query.metric_points_max", &mut query.metric_points_max, (pool / 128).clamp(100_000, 5_000_000));
}

/// Every part, the questions last.
pub(crate) fn parts(config: &Config) -> Vec<Part> {
    let query = &config.query;
    let reading = query.queries_concurrent_max.saturating_mul(READING);
    let mut parts = parts_but_questions(config);
    parts.push(Part { of: Use::Questions, bytes: query.queries_memory_bytes });
    parts.push(Part { of: Use::Reading, bytes: reading });
    parts
}

fn parts_but_questions(config: &Config) -> Vec<Part> {
    let storage = &config.storage;
    let part = |of, bytes| Part { of, bytes };
    let merged = usize::try_from(storage.compaction_rows_max).unwrap_or(usize::MAX).saturating_mul(MERGE_ROW);
    let sealed = SEAL_BASE.saturating_add(storage.seal_bytes).saturating_add(storage.wal_group_bytes_max);
    let writing = sealed.saturating_add(MERGE).saturating_add(merged);
    vec![
        part(Use::Process, process(config.memory_limit)),
        part(Use::LiveRows, storage.buffer_bytes_max),
        part(Use::WritingSegments, writing),
        part(Use::Exports, config.ingest.inflight_bytes_max),
        part(Use::IndexCache, storage.index_cache_bytes_max),
        part(Use::FooterCache, config.query.footer_cache_bytes),
    ]
}

/// What is wrong with the limit and what is to be shared out; `machine_bytes` is what the machine has.
pub(crate) fn mistakes(config: &Config, machine_bytes: Option<u64>) -> Vec<String> {
    let limit = config.memory_limit;
    let shown = |bytes: usize| format!("{} MiB", bytes.div_ceil(MIB));
    let mut mistakes = Vec::new();
    if limit < LIMIT_MIN {
        mistakes.push(format!("memory_limit = {}: must be at least {}", shown(limit), shown(LIMIT_MIN)));
        return mistakes;
    }
    if let Some(machine) = machine_bytes.filter(|machine| limit as u64 > *machine && limit > LIMIT_MIN) {
        let machine = shown(usize::try_from(machine).unwrap_or(usize::MAX));
        mistakes.push(format!("memory_limit = {}: the machine (or the container) has {machine}", shown(limit)));
    }
    let parts = parts(config);
    if sum(&parts) > limit {
        let list = parts.iter().map(|part| match part.of.key() {
            None => format!("{} {}", part.of.name(), shown(part.bytes)),
            Some(key) => format!("{} {} ({key})", part.of.name(), shown(part.bytes)),
        });
        let list = list.collect::<Vec<_>>().join(", ");
        let (sum, limit) = (shown(sum(&parts)), shown(limit));
        mistakes.push(format!("memory_limit = {limit}: its parts take {sum}: {list}; raise it or lower a part"));
    }
    if config.query.query_memory_bytes > config.query.queries_memory_bytes {
        let (one, all) = (shown(config.query.query_memory_bytes), shown(config.query.queries_memory_bytes));
        mistakes
            .push(format!("query.memory_bytes_max = {one}: more than query.memory_total_bytes_max, which is {all}"));
    }
    mistakes
}

fn sum(parts: &[Part]) -> usize {
    parts.iter().fold(0, |sum, part| sum.saturating_add(part.bytes))
}

/// The allocator keeps what was given back for about a second, and pages that are partly used for longer.
fn process(limit: usize) -> usize {
    PROCESS + (limit / 8).min(256 * MIB)
}

#[cfg(test)]
mod tests;
