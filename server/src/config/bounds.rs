//! Values that can be read and make no sense: refused, rather than replaced by others without a word. Pure.

use std::time::Duration;

use super::Config;

/// For longer the tables' logs do not know what was removed (`delta.deletedFileRetentionDuration`).
const VACUUM_AGE_MAX: Duration = Duration::from_secs(24 * 3600);
const THREADS_MAX: usize = 1024;

/// What is wrong with them, each with what is accepted.
pub(super) fn mistakes(config: &Config) -> Vec<String> {
    let (storage, query) = (&config.storage, &config.query);
    let mut mistakes = Vec::new();
    let mut refuse = |is_wrong: bool, message: String| mistakes.extend(is_wrong.then_some(message));
    refuse(
        storage.vacuum_age > VACUUM_AGE_MAX,
        "storage.vacuum_age: must be at most 1d, as long as the tables' logs know what was removed".to_owned(),
    );
    let percent = storage.compaction_cpu_percent;
    refuse(percent > 100, format!("storage.compaction_cpu_percent = {percent}: must be at most 100"));
    let segments = storage.compaction_segments_min;
    refuse(segments < 2, format!("storage.compaction_segments_min = {segments}: must be at least 2"));
    for (key, threads) in
        [("query.threads", query.threads), ("query.threads_per_question_max", config.query.query_threads)]
    {
        refuse(threads > THREADS_MAX, format!("{key} = {threads}: must be at most {THREADS_MAX}"));
    }
    let services = &storage.retention.services;
    for (at, one) in services.iter().enumerate() {
        let is_again = services[..at].iter().any(|other| other.service == one.service && other.signal == one.signal);
        refuse(is_again, format!("retention.services: {} is named twice for the same rows", one.service));
    }
    mistakes
}
