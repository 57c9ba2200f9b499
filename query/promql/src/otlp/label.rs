//! Names of labels, and the labels of a resource.

use std::collections::BTreeMap;

use crate::labels::Labels;

/// Prometheus' name of an attribute: each character that is no letter, digit or underscore becomes an underscore. A
/// name that begins with a digit gets `key_` before it, one that begins with a single underscore `key`.
pub fn label_name(key: &str) -> String {
    let name: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("key_{name}");
    }
    if name.starts_with('_') && !name.starts_with("__") { format!("key{name}") } else { name }
}

/// Whether a label of a query means an attribute: by its translated name or by its own.
pub fn is_label_of(label: &str, key: &str) -> bool {
    label == key || label == label_name(key)
}

/// Attributes as labels. Where several get the same name, their values are joined by `;` in the order of their keys.
pub fn labels_of<'a>(attributes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels {
    let sorted: BTreeMap<&str, &str> = attributes.into_iter().collect();
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in sorted {
        labels
            .entry(label_name(key))
            .and_modify(|joined| {
                joined.push(';');
                joined.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    }
    Labels::new(labels)
}

/// The labels that a resource gives each of its series: `job` of `service.namespace` and `service.name`, and `instance`
/// of `service.instance.id`. The others are labels of `target_info` alone.
pub fn resource_labels<'a>(attributes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels {
    let (mut namespace, mut name, mut instance) = ("", "", "");
    for (key, value) in attributes {
        match key {
            "service.namespace" => namespace = value,
            "service.name" => name = value,
            "service.instance.id" => instance = value,
            _ => {}
        }
    }
    let job = match (namespace, name) {
        (_, "") => String::new(),
        ("", name) => name.to_owned(),
        (namespace, name) => format!("{namespace}/{name}"),
    };
    Labels::new([("job", job.as_str()), ("instance", instance)])
}
