//! Where the navigation leads.

use crate::part::Glyph;

/// A screen of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) icon: Glyph,
    /// `g` and this key go there.
    pub(super) key: char,
    /// Whether it has a place in the bottom bar of small screens.
    pub(super) first: bool,
}

const fn to(name: &'static str, path: &'static str, icon: Glyph, key: char, first: bool) -> Destination {
    Destination { name, path, icon, key, first }
}

/// All screens, in the order of the navigation.
pub(super) const DESTINATIONS: [Destination; 8] = [
    to("Overview", "/", Glyph::Overview, 'o', true),
    to("Service map", "/map", Glyph::Map, 'm', true),
    to("Traces", "/traces", Glyph::Traces, 't', true),
    to("Logs", "/logs", Glyph::Logs, 'l', true),
    to("Metrics", "/metrics", Glyph::Metrics, 'e', false),
    to("Dashboards", "/dashboards", Glyph::Dashboards, 'd', false),
    to("Alarms", "/alarms", Glyph::Alarms, 'a', false),
    to("Settings", "/settings", Glyph::Settings, 's', false),
];

/// Whether a page belongs to the screen at `root`.
pub(super) fn is_within(path: &str, root: &str) -> bool {
    if root == "/" {
        path == "/"
    } else {
        path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_belongs_to_one_screen() {
        for path in ["/", "/traces", "/traces/abc", "/map", "/alarms/new"] {
            let owners = DESTINATIONS.iter().filter(|destination| is_within(path, destination.path)).count();
            assert_eq!(owners, 1, "{path}");
        }
        assert!(!is_within("/logstash", "/logs"));
    }
}
