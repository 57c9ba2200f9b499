//! Which spans have a row, and where the keys lead: pure functions of (trace, collapsed rows, filter).

use std::collections::HashSet;

use api::trace::Class;

use super::model::Model;

/// Which spans are wanted. Their ancestors stay, so that the tree still says where they belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Only {
    /// Every span.
    #[default]
    All,
    /// Spans that are not ok.
    Failed,
    /// Spans that the critical path runs through.
    Critical,
}

impl Only {
    /// The text in the URL.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Failed => "errors",
            Self::Critical => "critical",
        }
    }

    /// From the text in the URL.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "errors" => Self::Failed,
            "critical" => Self::Critical,
            _ => Self::All,
        }
    }
}

/// A row: which span, and whether the filter wants it or merely what is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    /// Index of the span in the model.
    pub(crate) span: usize,
    /// False: it is here for the sake of a descendant.
    pub(crate) wanted: bool,
}

/// The visible rows in order.
pub(crate) fn visible(model: &Model, collapsed: &HashSet<usize>, only: Only) -> Vec<Row> {
    let wanted = |row: usize| match only {
        Only::All => true,
        Only::Failed => model.answer.spans[row].class != Class::Ok,
        Only::Critical => model.critical.contains_key(&row),
    };
    let mut kept: Vec<bool> = (0..model.nodes.len()).map(wanted).collect();
    for row in (0..kept.len()).rev() {
        if let (true, Some(parent)) = (kept[row], model.nodes[row].parent) {
            kept[parent] = true;
        }
    }
    let mut rows = Vec::new();
    let mut row = 0;
    while row < model.nodes.len() {
        if !kept[row] {
            row = model.nodes[row].end;
            continue;
        }
        rows.push(Row { span: row, wanted: wanted(row) });
        row = if collapsed.contains(&row) { model.nodes[row].end } else { row + 1 };
    }
    rows
}

/// Rows that must be open so that a span can be seen: its ancestors.
pub(crate) fn ancestors(model: &Model, span: usize) -> Vec<usize> {
    let parent_of = |row: &usize| model.nodes.get(*row).and_then(|n| n.parent);
    std::iter::successors(parent_of(&span), parent_of).collect()
}

/// Every span with children at a depth or deeper: what "collapse to level" closes.
pub(crate) fn collapse_from(model: &Model, depth: u32) -> HashSet<usize> {
    let deep = |row: &usize| model.nodes[*row].depth >= depth && model.nodes[*row].children > 0;
    (0..model.nodes.len()).filter(deep).collect()
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Select this span.
    Select(usize),
    /// Open this span's children.
    Expand(usize),
    /// Close them.
    Collapse(usize),
    /// Show the details of this span, or hide them.
    Toggle(usize),
    /// Nothing.
    Stay,
}

/// Where a key leads from the selected span. `page` is how many rows fit on the screen.
pub(crate) fn step(
    key: &str,
    model: &Model,
    rows: &[Row],
    collapsed: &HashSet<usize>,
    selected: Option<usize>,
    page: usize,
) -> Step {
    if rows.is_empty() {
        return Step::Stay;
    }
    let at = selected.and_then(|s| rows.iter().position(|r| r.span == s));
    let select = |index: usize| Step::Select(rows[index.min(rows.len() - 1)].span);
    let Some(at) = at else {
        return if matches!(key, "ArrowDown" | "ArrowUp" | "Home" | "Enter") { select(0) } else { Step::Stay };
    };
    let (span, node) = (rows[at].span, &model.nodes[rows[at].span]);
    match key {
        "ArrowDown" => select(at + 1),
        "ArrowUp" => select(at.saturating_sub(1)),
        "PageDown" => select(at + page.max(1)),
        "PageUp" => select(at.saturating_sub(page.max(1))),
        "Home" => select(0),
        "End" => select(rows.len() - 1),
        "ArrowRight" if node.children > 0 && collapsed.contains(&span) => Step::Expand(span),
        "ArrowRight" if node.children > 0 => select(at + 1),
        "ArrowLeft" if node.children > 0 && !collapsed.contains(&span) => Step::Collapse(span),
        "ArrowLeft" => node.parent.map_or(Step::Stay, Step::Select),
        "Enter" | " " => Step::Toggle(span),
        _ => Step::Stay,
    }
}

#[cfg(test)]
mod tests;
