//! Whether a document is a valid dashboard: every mistake at once, each with its path. Pure.

use std::collections::HashSet;
use std::fmt;

use api::TimeRange;

use crate::layout::{self, COLUMNS};
use crate::model::{Dashboard, Line, Query, SCHEMA_VERSION, Threshold, Variable, Widget, WidgetKind};
use crate::variables;

const WIDGETS_MAX: usize = 500;
const VARIABLES_MAX: usize = 25;
const LINES_PER_WIDGET_MAX: usize = 100;
const LINES_MAX: usize = 500;
const THRESHOLDS_MAX: usize = 20;
const SERIES_MAX: u32 = 500;
const BARS_MAX: u32 = 100;
const ROWS_MAX: u32 = 500;
const LOGS_MAX: u32 = 1_000;
const TITLE_CHARS_MAX: usize = 255;
const DESCRIPTION_CHARS_MAX: usize = 1_024;
const MARKDOWN_CHARS_MAX: usize = 20_000;
const WIDGET_HEIGHT_MAX: u32 = 1_000;
const BOARD_ROWS_MAX: u32 = 10_000;
pub(crate) const NO_SUCH_VARIABLE: &str = "there is no variable called";
const REFRESH_SECONDS_MIN: u32 = 5;

/// Something wrong in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where: `widgets[3].lines[0].query.metric`; empty for the document itself.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.path, self.message) }
    }
}

/// The mistakes of a document that can be read.
pub fn validate(dashboard: &Dashboard) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    check_head(dashboard, &mut mistakes);
    check_variables(&dashboard.variables, &mut mistakes);
    let names: HashSet<&str> = dashboard.variables.iter().map(|variable| variable.name.as_str()).collect();
    for (field, text) in [("title", &dashboard.title), ("description", &dashboard.description)] {
        check_references(field, text, &names, &mut mistakes);
    }
    let mut ids = HashSet::new();
    let mut lines = 0;
    for (position, widget) in dashboard.widgets.iter().enumerate() {
        let path = format!("widgets[{position}]");
        if !ids.insert(widget.id.as_str()) {
            mistakes.push(mistake(&format!("{path}.id"), format!("{:?} is the id of another widget too", widget.id)));
        }
        lines += check_widget(&path, widget, &mut mistakes);
        for (below, text) in variables::texts(widget) {
            check_references(&format!("{path}.{below}"), &text, &names, &mut mistakes);
        }
    }
    if lines > LINES_MAX {
        mistakes.push(mistake("widgets", format!("at most {LINES_MAX} queries on a board, not {lines}")));
    }
    let places: Vec<_> = dashboard.widgets.iter().map(|widget| widget.place).collect();
    for (first, second) in layout::overlaps(&places) {
        let message = format!("lies over widgets[{first}]; move one of them");
        mistakes.push(mistake(&format!("widgets[{second}]"), message));
    }
    mistakes
}

pub(crate) fn mistake(path: &str, message: impl Into<String>) -> Mistake {
    Mistake { path: path.to_owned(), message: message.into() }
}

fn check_head(dashboard: &Dashboard, mistakes: &mut Vec<Mistake>) {
    if dashboard.schema_version != SCHEMA_VERSION {
        let message = format!("this Alidade reads version {SCHEMA_VERSION}, not {}", dashboard.schema_version);
        mistakes.push(mistake("schema_version", message));
    }
    let length = dashboard.title.chars().count();
    if length == 0 || length > TITLE_CHARS_MAX {
        mistakes.push(mistake("title", format!("1 to {TITLE_CHARS_MAX} characters, not {length}")));
    }
    check_length("description", &dashboard.description, DESCRIPTION_CHARS_MAX, mistakes);
    // Relative times are checked against any present.
    if let Err(message) = dashboard.range.resolve(1_700_000_000_000_000_000) {
        mistakes.push(mistake("range", message));
    }
    if dashboard.refresh_seconds.is_some_and(|seconds| seconds < REFRESH_SECONDS_MIN) {
        mistakes.push(mistake("refresh_seconds", format!("at least {REFRESH_SECONDS_MIN}, or absent")));
    }
    check_count("variables", dashboard.variables.len(), VARIABLES_MAX, mistakes);
    check_count("widgets", dashboard.widgets.len(), WIDGETS_MAX, mistakes);
}

fn check_variables(variables: &[Variable], mistakes: &mut Vec<Mistake>) {
    let mut names = HashSet::new();
    for (position, variable) in variables.iter().enumerate() {
        let path = format!("variables[{position}]");
        let valid = variable.name.starts_with(|c: char| c.is_ascii_lowercase())
            && variable.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !valid {
            let message = format!("a-z, 0-9 and _, beginning with a letter, not {:?}", variable.name);
            mistakes.push(mistake(&format!("{path}.name"), message));
        }
        if !names.insert(variable.name.as_str()) {
            mistakes
                .push(mistake(&format!("{path}.name"), format!("there are two variables called {:?}", variable.name)));
        }
        if variable.attribute.is_empty() {
            mistakes.push(mistake(&format!("{path}.attribute"), "name the attribute whose values can be chosen"));
        }
        check_length(&format!("{path}.label"), &variable.label, TITLE_CHARS_MAX, mistakes);
    }
}

fn check_references(path: &str, text: &str, names: &HashSet<&str>, mistakes: &mut Vec<Mistake>) {
    for name in variables::references(text).into_iter().filter(|name| !names.contains(name)) {
        let message = format!("{NO_SUCH_VARIABLE} {name:?}; for the text itself write $${name}");
        mistakes.push(mistake(path, message));
    }
}

/// Checks a widget; returns how many queries it makes.
fn check_widget(path: &str, widget: &Widget, mistakes: &mut Vec<Mistake>) -> usize {
    let valid_id = !widget.id.is_empty()
        && widget.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && widget.id.len() <= TITLE_CHARS_MAX;
    if !valid_id {
        mistakes.push(mistake(&format!("{path}.id"), format!("a-z, 0-9 and -, not {:?}", widget.id)));
    }
    check_length(&format!("{path}.title"), &widget.title, TITLE_CHARS_MAX, mistakes);
    check_place(path, widget, mistakes);
    match &widget.kind {
        WidgetKind::Timeseries { lines, thresholds, period_seconds, .. } => {
            check_lines(&format!("{path}.lines"), lines, mistakes);
            check_thresholds(path, thresholds, mistakes);
            if *period_seconds == Some(0) {
                mistakes.push(mistake(&format!("{path}.period_seconds"), "at least 1, or absent"));
            }
            lines.len()
        }
        WidgetKind::Value { line, thresholds, .. } => {
            check_line(&format!("{path}.line"), line, mistakes);
            check_thresholds(path, thresholds, mistakes);
            1
        }
        WidgetKind::Top { line, limit, .. } => {
            check_line(&format!("{path}.line"), line, mistakes);
            check_range(&format!("{path}.limit"), *limit, 1, BARS_MAX, mistakes);
            1
        }
        WidgetKind::Table { columns, limit } => {
            check_range(&format!("{path}.limit"), *limit, 1, ROWS_MAX, mistakes);
            let lines: Vec<&Line> = columns.iter().map(|column| &column.line).collect();
            if lines.is_empty() {
                mistakes.push(mistake(&format!("{path}.columns"), "at least one"));
            }
            check_count(&format!("{path}.columns"), lines.len(), LINES_PER_WIDGET_MAX, mistakes);
            for (position, line) in lines.iter().enumerate() {
                check_line(&format!("{path}.columns[{position}].line"), line, mistakes);
            }
            lines.len()
        }
        WidgetKind::Logs { search } => {
            if let Some(limit) = search.limit {
                check_range(&format!("{path}.search.limit"), limit, 1, LOGS_MAX, mistakes);
            }
            if search.range != TimeRange::default() {
                mistakes.push(mistake(&format!("{path}.search"), "a board has its own range: leave from and to out"));
            }
            if search.cursor.is_some() {
                mistakes.push(mistake(&format!("{path}.search.cursor"), "a board shows the first page: leave it out"));
            }
            1
        }
        WidgetKind::Alarms { .. } | WidgetKind::ServiceMap { .. } => 1,
        WidgetKind::Text { markdown } => {
            check_length(&format!("{path}.markdown"), markdown, MARKDOWN_CHARS_MAX, mistakes);
            0
        }
    }
}

fn check_place(path: &str, widget: &Widget, mistakes: &mut Vec<Mistake>) {
    let place = widget.place;
    check_range(&format!("{path}.width"), place.width, 1, COLUMNS, mistakes);
    check_range(&format!("{path}.height"), place.height, 1, WIDGET_HEIGHT_MAX, mistakes);
    if place.width <= COLUMNS && place.right() > COLUMNS {
        let message = format!("sticks out: x and width together may be {COLUMNS}, not {}", place.right());
        mistakes.push(mistake(&format!("{path}.x"), message));
    }
    check_range(&format!("{path}.y"), place.y, 0, BOARD_ROWS_MAX, mistakes);
}

fn check_lines(path: &str, lines: &[Line], mistakes: &mut Vec<Mistake>) {
    if lines.is_empty() {
        mistakes.push(mistake(path, "at least one"));
    }
    check_count(path, lines.len(), LINES_PER_WIDGET_MAX, mistakes);
    for (position, line) in lines.iter().enumerate() {
        check_line(&format!("{path}[{position}]"), line, mistakes);
    }
}

fn check_line(path: &str, line: &Line, mistakes: &mut Vec<Mistake>) {
    if let Some(limit) = line.limit {
        check_range(&format!("{path}.limit"), limit, 1, SERIES_MAX, mistakes);
    }
    check_length(&format!("{path}.label"), &line.label, TITLE_CHARS_MAX, mistakes);
    let Query::Metric(query) = &line.query else { return };
    if query.metric.is_empty() {
        mistakes.push(mistake(&format!("{path}.query.metric"), "name the metric"));
    }
    for (position, filter) in query.attributes.iter().enumerate() {
        if filter.key.is_empty() {
            mistakes.push(mistake(&format!("{path}.query.attributes[{position}].key"), "name the attribute"));
        }
    }
}

fn check_thresholds(path: &str, thresholds: &[Threshold], mistakes: &mut Vec<Mistake>) {
    check_count(&format!("{path}.thresholds"), thresholds.len(), THRESHOLDS_MAX, mistakes);
    for (position, threshold) in thresholds.iter().enumerate() {
        if !threshold.value.is_finite() {
            mistakes.push(mistake(&format!("{path}.thresholds[{position}].value"), "must be a finite number"));
        }
    }
}

fn check_length(path: &str, text: &str, chars_max: usize, mistakes: &mut Vec<Mistake>) {
    let length = text.chars().count();
    if length > chars_max {
        mistakes.push(mistake(path, format!("at most {chars_max} characters, not {length}")));
    }
}

fn check_count(path: &str, count: usize, max: usize, mistakes: &mut Vec<Mistake>) {
    if count > max {
        mistakes.push(mistake(path, format!("at most {max}, not {count}")));
    }
}

fn check_range(path: &str, value: u32, min: u32, max: u32, mistakes: &mut Vec<Mistake>) {
    if !(min..=max).contains(&value) {
        mistakes.push(mistake(path, format!("{min} to {max}, not {value}")));
    }
}

#[cfg(test)]
mod tests;
