//! Patterns of two times beside each other, and which of them are anomalies.

use super::severity::Severity;
use super::{Patterns, template};

/// A pattern in two times.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The pattern.
    pub text: String,
    /// How many texts have it now.
    pub count: u64,
    /// How many had it then.
    pub baseline_count: u64,
    /// By how many percent they became more (or less, below 0); `None` where there were none.
    pub difference_percent: Option<f64>,
    /// Its severity.
    pub severity: Severity,
}

/// A pattern that is not as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    /// The pattern.
    pub pattern: Compared,
    /// In what.
    pub kind: AnomalyKind,
    /// How urgent it is.
    pub priority: Priority,
}

/// What is not as it was. Those of the values within a pattern are not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnomalyKind {
    /// It was not there.
    NewPattern,
    /// It is much more or less frequent.
    Frequency,
}

/// How urgent an anomaly is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// No word of it says that something is wrong.
    Low,
    /// A warning, or something frequent that is new.
    Medium,
    /// An error.
    High,
}

/// A difference smaller than so many standard deviations (of counts: the root of their sum) is chance.
const DEVIATIONS: f64 = 3.0;

/// And it must be at least so many times more or less.
const FACTOR: f64 = 2.0;

/// The patterns of both, those whose counts differ most first.
pub fn compare(now: &Patterns, baseline: &Patterns) -> Vec<Compared> {
    let mut compared: Vec<Compared> = template::of(&[now, baseline])
        .iter()
        .map(|template| {
            let (count, baseline_count) = (template.counts[0], template.counts[1]);
            let difference = count as f64 - baseline_count as f64;
            Compared {
                text: template.text(),
                count,
                baseline_count,
                difference_percent: (baseline_count > 0).then(|| difference / baseline_count as f64 * 100.0),
                severity: template.severity(),
            }
        })
        .collect();
    let difference = |row: &Compared| row.count.abs_diff(row.baseline_count);
    compared.sort_by(|a, b| difference(b).cmp(&difference(a)).then_with(|| a.text.cmp(&b.text)));
    compared
}

/// The patterns that are not as they were, the most urgent first. A baseline without texts tells nothing.
pub fn anomalies(now: &Patterns, baseline: &Patterns) -> Vec<Anomaly> {
    if baseline.total() == 0 {
        return Vec::new();
    }
    let mut found: Vec<Anomaly> = compare(now, baseline).into_iter().filter_map(anomaly).collect();
    found.sort_by_key(|anomaly| std::cmp::Reverse(anomaly.priority));
    found
}

fn anomaly(pattern: Compared) -> Option<Anomaly> {
    let (count, before) = (pattern.count as f64, pattern.baseline_count as f64);
    let is_no_chance = (count - before).abs() > DEVIATIONS * (count + before).sqrt();
    let kind = if pattern.baseline_count == 0 {
        AnomalyKind::NewPattern
    } else if is_no_chance && (count >= FACTOR * before || before >= FACTOR * count) {
        AnomalyKind::Frequency
    } else {
        return None;
    };
    let priority = match pattern.severity {
        Severity::Error | Severity::Fatal => Priority::High,
        Severity::Warn => Priority::Medium,
        _ if kind == AnomalyKind::NewPattern && is_no_chance => Priority::Medium,
        _ => Priority::Low,
    };
    Some(Anomaly { pattern, kind, priority })
}
