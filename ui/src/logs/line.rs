//! A log line: time, severity, service, body; opened, everything the record carries and what can be done with it.

use std::sync::Arc;

use api::log::{LogRecord, Severity};
use leptos::prelude::*;
use serde_json::Value;

use crate::attribute_list::{Actions, AttributeList};
use crate::format;
use crate::part::{CopyButton, Moment, Pair, Pairs, use_zone};
use crate::safe_text::{SafeText, draw};
use crate::text;
use crate::url::use_place;

/// So much of a body is in the closed line; the opened one has all of it.
const LINE_CHARACTERS: usize = 1_000;

/// Key, value, and whether it is excluded.
pub(crate) type FilterBy = Callback<(String, Value, bool)>;

/// A line.
#[component]
pub(crate) fn LogLine(
    record: Arc<LogRecord>,
    #[prop(into)] open: Signal<bool>,
    on_toggle: Callback<()>,
    /// Words to mark, in lower case.
    #[prop(optional, into)]
    words: Signal<Vec<String>>,
    /// Attributes shown in the closed line.
    #[prop(optional, into)]
    columns: Signal<Vec<String>>,
    #[prop(default = true)] with_service: bool,
    /// With links to the trace and the span.
    #[prop(default = true)]
    linked: bool,
    #[prop(optional)] on_filter: Option<FilterBy>,
    #[prop(optional)] on_column: Option<Callback<String>>,
) -> impl IntoView {
    let zone = use_zone();
    let time = record.time_unix_nano.0;
    let severity = severity_word(&record);
    let tone = severity_class(record.severity_number);
    let body = body_text(&record);
    let head: String = body.chars().take(LINE_CHARACTERS).collect();
    let cut = head.len() < body.len();
    let for_cells = record.clone();
    let cells = move || {
        let cell = |key: String| {
            let value = value_of(&for_cells, &key).map(text::of_value);
            view! { <span class="log-cell"><span class="log-key">{key}</span>{value.map_or_else(|| "–".into_any(), |value| draw(&value, &[]))}</span> }
        };
        columns.get().into_iter().map(cell).collect_view()
    };
    let service = record.service_name.clone();
    let opened =
        move || open.get().then(|| view! { <Opened record=record.clone() words linked on_filter on_column columns /> });
    view! {
        <div class=format!("log {tone}") class:open=move || open.get() role="listitem" data-testid="log-line">
            <button type="button" class="log-head" aria-expanded=move || open.get().to_string() on:click=move |_| on_toggle.run(())>
                <span class="log-time" title=api::time::format_rfc3339(time)>{move || format::time_of_day(time, zone.offset(time))}</span>
                <span class="log-severity">{severity}</span>
                {with_service.then(|| view! { <span class="log-service cut">{service}</span> })}
                <span class="log-body safe">{cells}{move || draw(&head, &words.get())}{cut.then_some("…")}</span>
            </button>
            {opened}
        </div>
    }
}

#[component]
fn Opened(
    record: Arc<LogRecord>,
    words: Signal<Vec<String>>,
    linked: bool,
    on_filter: Option<FilterBy>,
    on_column: Option<Callback<String>>,
    columns: Signal<Vec<String>>,
) -> impl IntoView {
    let body = body_text(&record);
    let actions = actions(on_filter, on_column, columns);
    let structured = !matches!(record.body, Value::String(_));
    let shown =
        if structured { serde_json::to_string_pretty(&record.body).unwrap_or(body.clone()) } else { body.clone() };
    let mut known = record.attributes.clone();
    if !record.event_name.is_empty() {
        known.insert("event.name".to_owned(), Value::String(record.event_name.clone()));
    }
    let service = Value::String(record.service_name.clone());
    let by_service = actions.as_ref().map(|actions| actions("service", &service));
    let service =
        view! { <span class="pre">{record.service_name.clone()}</span><span class="pair-actions">{by_service}</span> };
    let mut pairs = vec![
        Pair::new("Time", view! { <Moment at=record.time_unix_nano precise=true /> }),
        Pair::new("Observed", view! { <Moment at=record.observed_time_unix_nano precise=true /> }),
        Pair::new("Service", service),
    ];
    pairs.extend(record.environment.clone().map(|environment| Pair::new("Environment", environment)));
    pairs.extend((!record.scope_name.is_empty()).then(|| Pair::new("Scope", record.scope_name.clone())));
    pairs.extend(trace_link(&record).filter(|_| linked));
    view! {
        <div class="log-open" data-testid="log-open">
            <pre class="log-full"><SafeText text=shown words=words.get_untracked() /><CopyButton text=body what="body" /></pre>
            <Pairs pairs />
            <AttributeList title="Attributes" attributes=known actions=actions.clone() testid="log-attributes" />
            <AttributeList title="Resource" attributes=record.resource_attributes.clone() actions=actions testid="log-resource" />
        </div>
    }
}

fn trace_link(record: &LogRecord) -> Option<Pair> {
    let place = use_place();
    let trace = record.trace_id.clone()?;
    let span = record.span_id.clone().unwrap_or_default();
    let href = untrack(|| place.href(&format!("/traces/{trace}"), &[("span", &span)]));
    let link =
        view! { <a href=href data-testid="log-trace">{trace.clone()}</a><CopyButton text=trace what="trace id" /> };
    Some(Pair::new("Trace", link).raw())
}

fn actions(
    on_filter: Option<FilterBy>,
    on_column: Option<Callback<String>>,
    columns: Signal<Vec<String>>,
) -> Option<Actions> {
    let on_filter = on_filter?;
    Some(Arc::new(move |key: &str, value: &Value| {
        if !matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_)) {
            return ().into_any();
        }
        let button = |text: &'static str, exclude: bool, testid: &'static str| {
            let (key, value) = (key.to_owned(), value.clone());
            view! { <button type="button" class="link-button" data-testid=testid on:click=move |_| on_filter.run((key.clone(), value.clone(), exclude))>{text}</button> }
        };
        let column = on_column.filter(|_| key != "service").map(|on_column| {
            let (key, name) = (key.to_owned(), key.to_owned());
            let text = move || if columns.with(|columns| columns.contains(&name)) { "hide column" } else { "column" };
            view! { <button type="button" class="link-button" data-testid="as-column" on:click=move |_| on_column.run(key.clone())>{text}</button> }
        });
        view! { {button("filter", false, "filter-by")}{button("exclude", true, "exclude")}{column} }.into_any()
    }))
}

/// The body as text.
pub(crate) fn body_text(record: &LogRecord) -> String {
    match (&record.body, record.event_name.is_empty()) {
        (Value::Null, true) => String::new(),
        (Value::Null, false) => record.event_name.clone(),
        (body, _) => text::of_value(body),
    }
}

fn value_of<'a>(record: &'a LogRecord, key: &str) -> Option<&'a Value> {
    record.attributes.get(key).or_else(|| record.resource_attributes.get(key))
}

fn severity_word(record: &LogRecord) -> String {
    let known = Severity::from_number(record.severity_number).map(|severity| severity.as_str().to_owned());
    known.unwrap_or_else(|| if record.severity_text.is_empty() { "–".to_owned() } else { record.severity_text.clone() })
}

/// The class of a line in the style sheet.
pub(crate) fn severity_class(number: u8) -> &'static str {
    match Severity::from_number(number) {
        None => "severity-0",
        Some(Severity::Trace) => "severity-1",
        Some(Severity::Debug) => "severity-2",
        Some(Severity::Info) => "severity-3",
        Some(Severity::Warn) => "severity-4",
        Some(Severity::Error) => "severity-5",
        Some(Severity::Fatal) => "severity-6",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::logs::lines::tests::record;

    #[test]
    fn a_structured_body_and_a_bare_event_have_a_text() {
        let mut one = record(1, "x");
        assert_eq!(body_text(&one), "x");
        one.body = json!({"a": 1});
        assert_eq!(body_text(&one), "{\"a\":1}");
        (one.body, one.event_name) = (Value::Null, "order.placed".to_owned());
        assert_eq!(body_text(&one), "order.placed");
    }

    #[test]
    fn severities_have_a_word_and_a_class() {
        let mut one = record(1, "x");
        assert_eq!((severity_word(&one).as_str(), severity_class(9)), ("INFO", "severity-3"));
        (one.severity_number, one.severity_text) = (0, "notice".to_owned());
        assert_eq!((severity_word(&one).as_str(), severity_class(0)), ("notice", "severity-0"));
    }

    #[test]
    fn a_column_is_found_on_the_record_or_its_resource() {
        let mut one = record(1, "x");
        one.resource_attributes.insert("host".to_owned(), json!("a"));
        assert_eq!(value_of(&one, "host"), Some(&json!("a")));
        assert_eq!(value_of(&one, "none"), None);
    }
}
