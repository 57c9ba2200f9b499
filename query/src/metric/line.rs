//! What tells the lines of a metric apart. Pure.

use std::collections::BTreeMap;

/// What a line is made of. Points of one name that differ in kind or unit cannot be added up, so they are several.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    /// The values of `group_by`, in its order.
    pub(crate) labels: Vec<String>,
    /// As what it was sent.
    pub(crate) kind: String,
    /// In which unit.
    pub(crate) unit: String,
}

impl Line {
    /// For people: `gauge in ms`.
    pub(crate) fn sent_as(&self) -> String {
        if self.unit.is_empty() { self.kind.clone() } else { format!("{} in {}", self.kind, self.unit) }
    }
}

/// In what the lines of an answer differ, besides `group_by`.
pub(crate) struct Apart {
    /// They were sent as several kinds.
    pub(crate) kinds: bool,
    /// They were sent in several units.
    pub(crate) units: bool,
}

impl Apart {
    pub(crate) fn of<'a>(mut lines: impl Iterator<Item = &'a Line>) -> Self {
        let Some(first) = lines.next() else { return Self { kinds: false, units: false } };
        lines.fold(Self { kinds: false, units: false }, |apart, line| Self {
            kinds: apart.kinds || line.kind != first.kind,
            units: apart.units || line.unit != first.unit,
        })
    }

    /// The labels of a line of the answer.
    pub(crate) fn labels(&self, line: Line, group_by: &[String]) -> BTreeMap<String, String> {
        let mut labels: BTreeMap<String, String> = group_by.iter().cloned().zip(line.labels).collect();
        if self.kinds {
            labels.insert("kind".to_owned(), line.kind);
        }
        if self.units {
            labels.insert("unit".to_owned(), line.unit);
        }
        labels
    }
}

/// The two kinds of histogram answer the same questions, and an SDK may change from one to the other.
pub(crate) fn addable_kind(kind: &str) -> &str {
    if kind == "exponential_histogram" { "histogram" } else { kind }
}
