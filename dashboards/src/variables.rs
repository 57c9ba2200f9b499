//! Variables: `$service` or `${service}` in a query or text stands for what the reader chose. `$$` is a dollar sign.
//!
//! The empty choice means all. A condition that consists of nothing but such a variable is then left out, so a query
//! for `"service": "$service"` asks for every service; inside a text it reads `all`. Pure.

use std::collections::BTreeMap;

use api::log::LogSearch;
use api::search::AttributeFilter;
use serde_json::Value;

use crate::model::{Column, Dashboard, Line, Query, Widget, WidgetKind};

/// What `$name` reads inside a text when all are chosen.
const ALL: &str = "all";

/// The values of all variables: as chosen, else the default. What is chosen for a variable that does not exist is ignored.
pub fn values(dashboard: &Dashboard, chosen: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let value = |name: &String, default: &String| chosen.get(name).unwrap_or(default).clone();
    dashboard
        .variables
        .iter()
        .map(|variable| (variable.name.clone(), value(&variable.name, &variable.default)))
        .collect()
}

/// The dashboard as it is drawn: with the chosen values, or the defaults, in place of the variables.
pub fn substitute(dashboard: &Dashboard, chosen: &BTreeMap<String, String>) -> Dashboard {
    let values = values(dashboard, chosen);
    let mut filled = dashboard.clone();
    filled.title = text(&dashboard.title, &values);
    filled.description = text(&dashboard.description, &values);
    for widget in &mut filled.widgets {
        fill_widget(widget, &values);
    }
    filled
}

/// The names that a text refers to, in order.
pub(crate) fn references(text: &str) -> Vec<&str> {
    parts(text)
        .into_iter()
        .filter_map(|part| match part {
            Part::Reference(name) => Some(name),
            Part::Text(_) => None,
        })
        .collect()
}

/// Every text of a widget that may refer to variables, with its path below the widget.
pub(crate) fn texts(widget: &Widget) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut probe = widget.clone();
    visit_widget(&mut probe, &mut |path, text| {
        found.push((path.to_owned(), text.clone()));
        Keep::Yes
    });
    found
}

enum Part<'a> {
    Text(&'a str),
    Reference(&'a str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        if at > 0 {
            parts.push(Part::Text(&rest[..at]));
        }
        let after = &rest[at + 1..];
        let (part, used) = if after.starts_with('$') {
            (Part::Text("$"), 1)
        } else if let Some(name) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')).map(|(name, _)| name)
        {
            (Part::Reference(name), name.len() + 2)
        } else {
            let begins = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let length = after.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
            if begins { (Part::Reference(&after[..length]), length) } else { (Part::Text("$"), 0) }
        };
        parts.push(part);
        rest = &after[used..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn text(text: &str, values: &BTreeMap<String, String>) -> String {
    join(text, values, ALL)
}

fn join(text: &str, values: &BTreeMap<String, String>, all: &str) -> String {
    parts(text)
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => text.to_owned(),
            Part::Reference(name) => match values.get(name).map(String::as_str) {
                Some("") => all.to_owned(),
                Some(value) => value.to_owned(),
                // Validation refuses it; drawn as it was written, it shows what is wrong.
                None => format!("${name}"),
            },
        })
        .collect()
}

/// Whether a condition stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Yes,
    No,
}

fn fill_widget(widget: &mut Widget, values: &BTreeMap<String, String>) {
    visit_widget(widget, &mut |path, written| {
        let is_text = matches!(path, "title" | "markdown") || path.ends_with("label");
        if is_text {
            *written = text(written, values);
            return Keep::Yes;
        }
        let stands_for_all = matches!(parts(written).as_slice(), [Part::Reference(name)] if values.get(*name).is_some_and(String::is_empty));
        *written = join(written, values, "");
        if stands_for_all { Keep::No } else { Keep::Yes }
    });
}

type Visit<'a> = dyn FnMut(&str, &mut String) -> Keep + 'a;

fn visit_widget(widget: &mut Widget, visit: &mut Visit<'_>) {
    visit("title", &mut widget.title);
    match &mut widget.kind {
        WidgetKind::Timeseries { lines, thresholds, .. } => {
            for (position, line) in lines.iter_mut().enumerate() {
                visit_line(&format!("lines[{position}]"), line, visit);
            }
            for (position, threshold) in thresholds.iter_mut().enumerate() {
                visit(&format!("thresholds[{position}].label"), &mut threshold.label);
            }
        }
        WidgetKind::Value { line, thresholds, .. } => {
            visit_line("line", line, visit);
            for (position, threshold) in thresholds.iter_mut().enumerate() {
                visit(&format!("thresholds[{position}].label"), &mut threshold.label);
            }
        }
        WidgetKind::Top { line, .. } => visit_line("line", line, visit),
        WidgetKind::Table { columns, .. } => {
            for (position, Column { line, .. }) in columns.iter_mut().enumerate() {
                visit_line(&format!("columns[{position}].line"), line, visit);
            }
        }
        WidgetKind::Logs { search } => visit_search(search, visit),
        WidgetKind::Alarms { names, .. } => visit_list("names", names, visit),
        WidgetKind::Text { markdown } => {
            visit("markdown", markdown);
        }
        WidgetKind::ServiceMap { environment, service } => {
            visit_option("environment", environment, visit);
            visit_option("service", service, visit);
        }
    }
}

fn visit_line(path: &str, line: &mut Line, visit: &mut Visit<'_>) {
    visit(&format!("{path}.label"), &mut line.label);
    match &mut line.query {
        Query::Metric(query) => {
            visit(&format!("{path}.query.metric"), &mut query.metric);
            visit_option(&format!("{path}.query.service"), &mut query.service, visit);
            visit_filters(&format!("{path}.query.attributes"), &mut query.attributes, visit);
            visit_list(&format!("{path}.query.group_by"), &mut query.group_by, visit);
        }
        Query::Service(query) => {
            visit_option(&format!("{path}.query.service"), &mut query.service, visit);
            visit_option(&format!("{path}.query.operation"), &mut query.operation, visit);
            visit_option(&format!("{path}.query.environment"), &mut query.environment, visit);
        }
    }
}

fn visit_search(search: &mut LogSearch, visit: &mut Visit<'_>) {
    visit("search.text", &mut search.text);
    visit_list("search.services", &mut search.services, visit);
    visit_filters("search.attributes", &mut search.attributes, visit);
}

fn visit_option(path: &str, option: &mut Option<String>, visit: &mut Visit<'_>) {
    if let Some(written) = option
        && visit(path, written) == Keep::No
    {
        *option = None;
    }
}

fn visit_list(path: &str, list: &mut Vec<String>, visit: &mut Visit<'_>) {
    let mut position = 0;
    list.retain_mut(|written| {
        let keep = visit(&format!("{path}[{position}]"), written);
        position += 1;
        keep == Keep::Yes
    });
}

fn visit_filters(path: &str, filters: &mut Vec<AttributeFilter>, visit: &mut Visit<'_>) {
    let mut position = 0;
    filters.retain_mut(|filter| {
        let at = format!("{path}[{position}].value");
        position += 1;
        match &mut filter.value {
            Value::String(written) => visit(&at, written) == Keep::Yes,
            _ => true,
        }
    });
}

#[cfg(test)]
mod tests;
