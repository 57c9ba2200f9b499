//! Log records and alarms on a board.

use std::sync::Arc;

use api::alarm::{Alarm, AlarmList, AlarmState};
use api::log::{LogPage, LogSearch};
use api::{TimeRange, Truncation};
use leptos::prelude::*;

use crate::client;
use crate::dashboards::series::in_environment;
use crate::format;
use crate::load::load;
use crate::part::{AlarmBadge, Cuts, Loaded, Moment, SeverityBadge, page_cut};
use crate::safe_text;
use crate::search_box;
use crate::text;
use crate::url::use_place;

/// The search over the range of the page and in its environment. Pure.
fn on_page(mut search: LogSearch, range: TimeRange, environment: Option<String>) -> LogSearch {
    search.range = range;
    in_environment(&mut search.attributes, environment);
    search
}

/// The search as the screen "Logs" has it in its URL. Pure.
fn parameters(search: &LogSearch) -> Vec<(&'static str, String)> {
    let words = search.attributes.iter().map(search_box::word_of);
    let query: Vec<String> =
        Some(search.text.clone()).filter(|text| !text.is_empty()).into_iter().chain(words).collect();
    let all = [
        ("q", query.join(" ")),
        ("severity", search.severity_min.map(|severity| severity.as_str().to_lowercase()).unwrap_or_default()),
        ("service", search.services.join(",")),
        ("trace_id", search.trace_id.clone().unwrap_or_default()),
        ("span_id", search.span_id.clone().unwrap_or_default()),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// What of a page is not shown. Pure.
fn cut_of(page: &LogPage, search: &LogSearch) -> Option<Truncation> {
    page_cut(page.truncated.clone(), page.cursor.is_some(), || {
        let end = if search.oldest_first { "oldest" } else { "newest" };
        format!("the {} {end} records are shown, there are more", format::count(page.records.len() as u64))
    })
}

/// The newest records of a search.
#[component]
pub(super) fn Records(search: LogSearch) -> impl IntoView {
    let place = use_place();
    let asked = search.clone();
    let page = load(move || client::logs_search(on_page(asked.clone(), place.range(), place.env())));
    let draw = move |page: Signal<Arc<LogPage>>| {
        let told = search.clone();
        let cuts = Signal::derive(move || cut_of(&page.read(), &told).into_iter().collect::<Vec<_>>());
        let wanted = parameters(&search);
        let all = move || {
            let parameters: Vec<(&str, &str)> = wanted.iter().map(|(key, value)| (*key, value.as_str())).collect();
            place.href("/logs", &parameters)
        };
        let rows = move || {
            let page = page.get();
            if page.records.is_empty() {
                return view! { <p class="quiet">"No records in this time range"</p> }.into_any();
            }
            let row = |record: &api::log::LogRecord| {
                let href = match &record.trace_id {
                    Some(trace_id) => place.href(&format!("/traces/{trace_id}"), &[]),
                    None => place.href("/logs", &[("service", &record.service_name)]),
                };
                view! {
                    <li><a class="record-row" href=href>
                        <span class="quiet"><Moment at=record.time_unix_nano /></span><SeverityBadge number=record.severity_number bare=true />
                        <span class="quiet cut">{record.service_name.clone()}</span><span class="cut mono safe">{safe_text::draw(&text::of_value(&record.body), &[])}</span>
                    </a></li>
                }
            };
            view! { <ul class="lines flat">{page.records.iter().map(row).collect_view()}</ul> }.into_any()
        };
        let more =
            move || (!cuts.read().is_empty()).then(|| view! { <p><a href=all.clone()>"Show all in Logs"</a></p> });
        view! { {rows}{more}<Cuts cuts /> }.into_any()
    };
    view! { <Loaded load=page view=draw /> }
}

/// Whether an alarm is wanted on the board. Pure.
fn wanted(alarm: &Alarm, names: &[String], states: &[AlarmState]) -> bool {
    (names.is_empty() || names.contains(&alarm.rule.name))
        && (states.is_empty() || states.contains(&alarm.status.state))
}

/// Alarms and their states.
#[component]
pub(super) fn AlarmStates(names: Vec<String>, states: Vec<AlarmState>) -> impl IntoView {
    let place = use_place();
    let alarms = load(client::alarms);
    let draw = move |list: Signal<Arc<AlarmList>>| {
        let (names, states) = (names.clone(), states.clone());
        let rows = move || {
            let list = list.get();
            let shown: Vec<_> = list.alarms.iter().filter(|alarm| wanted(alarm, &names, &states)).collect();
            if shown.is_empty() {
                return view! { <p class="quiet">"No alarms of this kind"</p> }.into_any();
            }
            let row = |alarm: &&Alarm| {
                let href = place.href(&format!("/alarms/{}", alarm.id), &[]);
                view! { <li><a class="record-row" href=href><AlarmBadge state=alarm.status.state /><span class="cut">{alarm.rule.name.clone()}</span></a></li> }
            };
            view! { <ul class="lines flat">{shown.iter().map(row).collect_view()}</ul> }.into_any()
        };
        rows.into_any()
    };
    view! { <Loaded load=alarms view=draw lines=3 /> }
}

#[cfg(test)]
mod tests {
    use api::TruncationReason;
    use api::log::Severity;

    use super::*;

    #[test]
    fn the_screen_of_logs_reads_what_the_widget_asks() {
        let search = LogSearch {
            text: "timeout".to_owned(),
            severity_min: Some(Severity::Error),
            services: vec!["cart".to_owned(), "checkout".to_owned()],
            attributes: search_box::in_environment(Some("prod".to_owned())).into_iter().collect(),
            ..LogSearch::default()
        };
        let parameters = parameters(&search);
        let get = |key: &str| parameters.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone());
        let filter = crate::logs::Filter::read(get);
        let read = filter.search(TimeRange::default(), None);
        assert_eq!(LogSearch { limit: None, ..read }, search);
    }

    #[test]
    fn a_full_page_says_which_end_is_shown() {
        let cut = Some(Truncation { reason: TruncationReason::Limit, limit: Some(2), message: "cursor".to_owned() });
        let page = |cursor: Option<&str>| LogPage {
            records: Vec::new(),
            cursor: cursor.map(str::to_owned),
            histogram: None,
            statistics: api::Statistics::default(),
            truncated: cut.clone(),
        };
        let message = |page: &LogPage, oldest_first| {
            cut_of(page, &LogSearch { oldest_first, ..LogSearch::default() }).unwrap().message
        };
        assert!(message(&page(Some("c")), false).contains("newest"));
        assert!(message(&page(Some("c")), true).contains("oldest"));
        assert_eq!(message(&page(None), false), "cursor");
    }
}
