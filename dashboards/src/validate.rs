//! Whether a document is a valid dashboard: every mistake at once, each with its path. Pure.

use std::collections::HashSet;
use std::fmt;

use api::TimeRange;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

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
const NO_SUCH_VARIABLE: &str = "there is no variable called";
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

/// Reads a document. Each variable and widget is read on its own, so one that cannot be read does not hide the mistakes
/// of the others; a field that means nothing is a mistake too.
pub fn read(document: &Value) -> Result<Dashboard, Vec<Mistake>> {
    let Some(fields) = document.as_object() else {
        return Err(vec![mistake("", "a dashboard is a JSON object")]);
    };
    let mut mistakes = Vec::new();
    let mut head = fields.clone();
    let variables = read_list::<Variable>("variables", head.remove("variables"), &mut mistakes);
    let widgets = read_list::<Widget>("widgets", head.remove("widgets"), &mut mistakes);
    let head = read_one::<Dashboard>("", &Value::Object(head), &mut mistakes);
    let Some(mut dashboard) = head else { return Err(mistakes) };
    let (variable_places, variables): (Vec<usize>, Vec<Variable>) = variables.into_iter().unzip();
    let (widget_places, widgets): (Vec<usize>, Vec<Widget>) = widgets.into_iter().unzip();
    (dashboard.variables, dashboard.widgets) = (variables, widgets);
    // A variable that could not be read may be the one that a text names.
    let is_known = |mistake: &Mistake| mistakes.is_empty() || !mistake.message.starts_with(NO_SUCH_VARIABLE);
    let of_the_readable = validate(&dashboard).into_iter().filter(is_known).map(|mistake| {
        let place = |text: &str| renumber(&renumber(text, "widgets[", &widget_places), "variables[", &variable_places);
        Mistake { path: place(&mistake.path), message: place(&mistake.message) }
    });
    let of_the_readable: Vec<Mistake> = of_the_readable.collect();
    mistakes.extend(of_the_readable);
    if mistakes.is_empty() { Ok(dashboard) } else { Err(mistakes) }
}

/// Numbers among those that could be read as numbers of the document: `widgets[1]` is `widgets[2]` if the first one
/// could not be read.
fn renumber(text: &str, list: &str, places: &[usize]) -> String {
    let Some((before, after)) = text.split_once(list) else { return text.to_owned() };
    let place =
        after.split_once(']').and_then(|(number, rest)| Some((places.get(number.parse::<usize>().ok()?)?, rest)));
    match place {
        Some((place, rest)) => format!("{before}{list}{place}]{rest}"),
        None => text.to_owned(),
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

fn mistake(path: &str, message: impl Into<String>) -> Mistake {
    Mistake { path: path.to_owned(), message: message.into() }
}

/// What could be read, each with its place in the list.
fn read_list<T: DeserializeOwned + Serialize>(
    path: &str,
    value: Option<Value>,
    mistakes: &mut Vec<Mistake>,
) -> Vec<(usize, T)> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .filter_map(|(position, item)| Some((position, read_one(&format!("{path}[{position}]"), item, mistakes)?)))
            .collect(),
        Some(_) => {
            mistakes.push(mistake(path, "must be a list"));
            Vec::new()
        }
    }
}

fn read_one<T: DeserializeOwned + Serialize>(path: &str, value: &Value, mistakes: &mut Vec<Mistake>) -> Option<T> {
    match serde_json::from_value::<T>(value.clone()) {
        Ok(read) => {
            if let Ok(written) = serde_json::to_value(&read) {
                find_unknown(path, value, &written, mistakes);
            }
            Some(read)
        }
        Err(error) => {
            mistakes.push(mistake(path, in_words(&error.to_string())));
            None
        }
    }
}

/// What serde says, without the names of Rust's types.
fn in_words(message: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("expected u32", "expected a whole number from 0"),
        ("expected u64", "expected a whole number from 0"),
        ("expected i64", "expected a whole number"),
        ("expected f64", "expected a number"),
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected an object"),
        ("invalid type: map", "invalid type: object"),
        ("invalid type: sequence", "invalid type: list"),
    ];
    let message = WORDS.iter().fold(message.to_owned(), |text, (rust, word)| text.replace(rust, word));
    match message.split_once("expected struct ").or_else(|| message.split_once("expected internally tagged enum ")) {
        Some((before, _)) => format!("{before}expected an object"),
        None => message,
    }
}

/// Reports fields that reading lost: they have a name that means nothing. A default may be lost, since it is not written.
fn find_unknown(path: &str, given: &Value, written: &Value, mistakes: &mut Vec<Mistake>) {
    match (given, written) {
        (Value::Object(given), Value::Object(written)) => {
            for (key, value) in given {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match written.get(key) {
                    Some(written) => find_unknown(&below, value, written, mistakes),
                    None if says_nothing(value) => {}
                    None => mistakes.push(mistake(&below, unknown_field(written))),
                }
            }
        }
        (Value::Array(given), Value::Array(written)) => {
            for (position, (given, written)) in given.iter().zip(written).enumerate() {
                find_unknown(&format!("{path}[{position}]"), given, written, mistakes);
            }
        }
        _ => {}
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn unknown_field(known: &Map<String, Value>) -> String {
    let names: Vec<&str> = known.keys().map(String::as_str).collect();
    format!("no such field; beside it there are {}", names.join(", "))
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
