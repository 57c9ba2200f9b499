//! What traces are looked for: read from the URL, written to it, turned into the API's search.
//!
//! Parameters: `service`, `operation`, `class` (comma-separated), `duration_min`, `duration_max` (`250ms`), `where`
//! (conditions in the grammar of [`crate::search_box`]), `text`, `callee`, `filter` (an X-Ray filter expression). The time range is shared by all screens.

use api::trace::{Class, TraceSearch};
use api::{AttributeFilter, TimeRange};

use super::duration_text;
use crate::nothing::Sought;
use crate::part::class_name;
use crate::search_box;

/// Traces on a page.
pub(crate) const PAGE: u32 = 100;

/// The parameters beside that of the service.
pub(crate) const CONDITIONS: &[&str] =
    &["operation", "class", "duration_min", "duration_max", "where", "text", "callee", "filter"];

/// The filter bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filter {
    /// Of the matching span.
    pub(crate) service: Option<String>,
    /// Of the matching span.
    pub(crate) operation: Option<String>,
    /// Of the matching span; empty for any.
    pub(crate) classes: Vec<Class>,
    /// Nanoseconds.
    pub(crate) duration_min: Option<i64>,
    /// Nanoseconds.
    pub(crate) duration_max: Option<i64>,
    /// All of them hold for the matching span.
    pub(crate) conditions: Vec<AttributeFilter>,
    /// Words of its name, status message or exceptions.
    pub(crate) text: String,
    /// The service or remote that it calls.
    pub(crate) callee: Option<String>,
    /// An X-Ray filter expression that the trace as a whole meets; the server reads it.
    pub(crate) expression: String,
}

impl Filter {
    /// From the query of the URL. What cannot be read is left out and told.
    pub(crate) fn read(get: impl Fn(&str) -> Option<String>) -> (Self, Vec<String>) {
        let mut mistakes = Vec::new();
        let mut duration = |key: &str| {
            let read = duration_text::parse(&get(key).unwrap_or_default());
            read.unwrap_or_else(|mistake| {
                mistakes.push(mistake);
                None
            })
        };
        let (duration_min, duration_max) = (duration("duration_min"), duration("duration_max"));
        let mut classes = Vec::new();
        for word in get("class").unwrap_or_default().split(',').filter(|word| !word.is_empty()) {
            match class_of(word) {
                Some(class) => classes.push(class),
                None => mistakes.push(format!("{word:?} is not a class; use ok, error, throttle or fault")),
            }
        }
        let conditions = search_box::parse(&get("where").unwrap_or_default()).map(|query| query.attributes);
        let filter = Self {
            service: get("service"),
            operation: get("operation"),
            classes,
            duration_min,
            duration_max,
            conditions: conditions.unwrap_or_else(|mistake| {
                mistakes.push(mistake);
                Vec::new()
            }),
            text: get("text").unwrap_or_default(),
            callee: get("callee"),
            expression: get("filter").unwrap_or_default(),
        };
        (filter, mistakes)
    }

    /// The query of the URL; `None` where there is no such condition.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, Option<String>)> {
        let some = |text: String| (!text.is_empty()).then_some(text);
        let classes: Vec<&str> = self.classes.iter().map(|class| class_name(*class)).collect();
        let conditions: Vec<String> = self.conditions.iter().map(search_box::word_of).collect();
        vec![
            ("service", self.service.clone()),
            ("operation", self.operation.clone()),
            ("class", some(classes.join(","))),
            ("duration_min", self.duration_min.map(duration_text::write)),
            ("duration_max", self.duration_max.map(duration_text::write)),
            ("where", some(conditions.join(" "))),
            ("text", some(self.text.clone())),
            ("callee", self.callee.clone()),
            ("filter", some(self.expression.clone())),
        ]
    }

    /// The search for the first page.
    pub(crate) fn search(&self, range: TimeRange, environment: Option<String>) -> TraceSearch {
        let environment = search_box::in_environment(environment);
        TraceSearch {
            range,
            service: self.service.clone(),
            operation: self.operation.clone(),
            kinds: Vec::new(),
            classes: self.classes.clone(),
            duration_min_ns: self.duration_min,
            duration_max_ns: self.duration_max,
            attributes: self.conditions.iter().cloned().chain(environment).collect(),
            text: self.text.clone(),
            callee: self.callee.clone(),
            filter: self.expression.clone(),
            limit: Some(PAGE),
            cursor: None,
        }
    }

    /// What is looked for, in words.
    pub(crate) fn sought(&self, environment: Option<String>) -> Sought {
        Sought {
            what: "traces".to_owned(),
            services: self.service.iter().cloned().collect(),
            narrowed: Self { service: None, ..self.clone() } != Self::default(),
            environment,
            first_step: "Choose a longer time range, or point an OTLP exporter at port 4317 (gRPC) or 4318 (HTTP).",
            ..Sought::default()
        }
    }

    /// Whether it asks for anything.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The class of a word.
fn class_of(word: &str) -> Option<Class> {
    [Class::Ok, Class::Error, Class::Throttle, Class::Fault].into_iter().find(|class| class_name(*class) == word)
}

#[cfg(test)]
mod tests;
