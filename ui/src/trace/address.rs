//! The page's state in the URL, so that a colleague sees the same.

use std::collections::HashSet;

use super::model::Model;
use super::rows::Only;
use super::view_range::ViewRange;

/// More closed rows than this are not written into the URL: it would grow past what is passed on in chats.
pub(crate) const COLLAPSED_MAX: usize = 40;

/// Which tab is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tab {
    /// The waterfall.
    #[default]
    Timeline,
    /// The logs of the trace.
    Logs,
}

/// All that the URL holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Address {
    /// The selected span, by id.
    pub(crate) span: Option<String>,
    /// The part of the trace that is shown.
    pub(crate) range: ViewRange,
    /// Closed spans, by id.
    pub(crate) collapsed: Vec<String>,
    /// Which spans are wanted.
    pub(crate) only: Only,
    /// The open tab.
    pub(crate) tab: Tab,
    /// The text to find.
    pub(crate) find: String,
}

impl Address {
    /// From the query of the URL.
    pub(crate) fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key: &str| get(key).unwrap_or_default();
        Self {
            span: get("span").filter(|id| !id.is_empty()),
            range: ViewRange::parse(&text("view")),
            collapsed: text("closed").split('.').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
            only: Only::parse(&text("only")),
            tab: if text("tab") == "logs" { Tab::Logs } else { Tab::Timeline },
            find: text("find"),
        }
    }

    /// The query of the URL; empty values are left out by whoever writes it.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let tab = if self.tab == Tab::Logs { "logs" } else { "" };
        let collapsed = if self.collapsed.len() > COLLAPSED_MAX { String::new() } else { self.collapsed.join(".") };
        vec![
            ("tab", tab.to_owned()),
            ("span", self.span.clone().unwrap_or_default()),
            ("view", self.range.to_text()),
            ("only", self.only.as_str().to_owned()),
            ("find", self.find.clone()),
            ("closed", collapsed),
        ]
    }
}

/// Ids of closed rows, in order.
pub(crate) fn closed_ids(model: &Model, collapsed: &HashSet<usize>) -> Vec<String> {
    let mut rows: Vec<usize> = collapsed.iter().copied().collect();
    rows.sort_unstable();
    rows.into_iter().filter_map(|row| model.span(row)).map(|span| span.span_id.clone()).collect()
}

/// Rows of closed ids; ids of another trace are left out.
pub(crate) fn closed_rows(model: &Model, ids: &[String]) -> HashSet<usize> {
    ids.iter().filter_map(|id| model.row(id)).collect()
}

#[cfg(test)]
mod tests;
