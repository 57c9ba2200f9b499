//! Labels of a series: sorted by name, without empty values, cheap to clone.

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

/// The label that holds a metric's name.
pub const METRIC_NAME: &str = "__name__";
/// The label that holds the upper bound of a classic histogram's bucket.
pub const BUCKET_BOUND: &str = "le";
/// The labels that describe a metric and not a series, dropped with the name: `__type__` and `__unit__` of Prometheus.
pub(crate) const METADATA: [&str; 3] = [METRIC_NAME, "__type__", "__unit__"];

/// One label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The name.
    pub name: Arc<str>,
    /// The value, never empty.
    pub value: Arc<str>,
}

/// The labels of a series. A clone shares them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels(Arc<[Label]>);

impl Default for Labels {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

impl Labels {
    /// Labels of pairs in any order. An empty value means that there is no such label; the last of equal names stays.
    pub fn new<N: Into<Arc<str>>, V: Into<Arc<str>>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut edited = Edited::default();
        for (name, value) in pairs {
            edited.set(name.into(), value.into());
        }
        edited.into_labels()
    }

    /// The value of a label, if there is one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.shared(name).map(AsRef::as_ref)
    }

    fn shared(&self, name: &str) -> Option<&Arc<str>> {
        // Few labels: a walk is faster than a binary search.
        self.0.iter().find(|label| &*label.name == name).map(|label| &label.value)
    }

    /// The value of a label, empty if there is none.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The metric's name, empty if there is none.
    pub fn metric_name(&self) -> &str {
        self.value(METRIC_NAME)
    }

    /// Name and value of each label, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|label| (&*label.name, &*label.value))
    }

    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no label.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Only the named labels.
    pub(crate) fn keep(&self, names: &[Arc<str>]) -> Self {
        self.filter(|name| names.iter().any(|kept| **kept == *name))
    }

    /// All but the named labels.
    pub(crate) fn without(&self, names: &[Arc<str>]) -> Self {
        self.filter(|name| !names.iter().any(|dropped| **dropped == *name))
    }

    /// Without the name and what else describes the metric.
    pub(crate) fn without_metadata(&self) -> Self {
        if self.0.iter().any(|label| METADATA.contains(&&*label.name)) {
            self.filter(|name| !METADATA.contains(&name))
        } else {
            self.clone()
        }
    }

    pub(crate) fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|label| keep(&label.name)).cloned().collect())
    }

    pub(crate) fn edit(&self) -> Edited {
        Edited(self.0.to_vec())
    }

    /// A hash that is the same in every process, for samples drawn by `limit_ratio`.
    pub(crate) fn stable_hash(&self) -> u64 {
        let mut hasher = foldhash::quality::FixedState::with_seed(0).build_hasher();
        for (name, value) in self.iter() {
            hasher.write(name.as_bytes());
            hasher.write_u8(0xff);
            hasher.write(value.as_bytes());
            hasher.write_u8(0xff);
        }
        hasher.finish()
    }
}

/// `{__name__="up", job="api"}`, as Prometheus prints labels in its messages.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (name, value)) in self.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            if crate::syntax::is_legacy_label_name(name) {
                write!(f, "{comma}{name}={}", crate::syntax::quoted(value))?;
            } else {
                write!(f, "{comma}{}={}", crate::syntax::quoted(name), crate::syntax::quoted(value))?;
            }
        }
        f.write_str("}")
    }
}

/// Labels while they are changed.
#[derive(Debug, Default)]
pub(crate) struct Edited(Vec<Label>);

impl Edited {
    /// Sets a label; an empty value removes it.
    pub(crate) fn set(&mut self, name: Arc<str>, value: Arc<str>) {
        match self.0.binary_search_by(|label| label.name.cmp(&name)) {
            Ok(at) if value.is_empty() => {
                self.0.remove(at);
            }
            Ok(at) => self.0[at].value = value,
            Err(_) if value.is_empty() => {}
            Err(at) => self.0.insert(at, Label { name, value }),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|label| &*label.name != name);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|label| &*label.name == name).map(|label| &*label.value)
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|label| keep(&label.name));
    }

    /// Takes a label over from another series, or removes it where that one has none.
    pub(crate) fn take_from(&mut self, other: &Labels, name: &Arc<str>) {
        match other.shared(name) {
            Some(value) => self.set(Arc::clone(name), Arc::clone(value)),
            None => self.remove(name),
        }
    }

    pub(crate) fn into_labels(self) -> Labels {
        Labels(self.0.into())
    }
}

#[cfg(test)]
mod tests;
