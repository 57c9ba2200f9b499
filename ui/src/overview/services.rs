//! The table of services.

use std::sync::Arc;

use api::service::{ServiceList, ServiceSummary};
use leptos::prelude::*;

use crate::chart::Sparkline;
use crate::format;
use crate::part::{Column, Glyph, Icon, Table};
use crate::url::{Place, use_place};

fn columns(place: Place) -> Vec<Column<ServiceSummary>> {
    let share = |title, tone: &'static str, count: fn(&ServiceSummary) -> u64, class: &'static str| {
        Column::new(title, move |service: &ServiceSummary| {
            let part = count(service);
            let text = format::share(part, service.counts.total());
            if part == 0 {
                return view! { <span class="quiet">{text}</span> }.into_any();
            }
            let href = place.href("/traces", &[("service", &service.service), ("class", class)]);
            view! { <a class=tone href=href>{text}</a> }.into_any()
        })
        .numeric()
    };
    let latency = |title, read: fn(&ServiceSummary) -> f64| {
        Column::new(title, move |service: &ServiceSummary| format::duration(read(service)).into_any()).numeric()
    };
    vec![
        Column::new("Service", move |service: &ServiceSummary| name(place, service))
            .sorted_by(|a, b| a.service.cmp(&b.service)),
        Column::new("Requests", |service: &ServiceSummary| {
            view! { <Sparkline values=service.trend.clone() faults=service.fault_trend.clone() /> }.into_any()
        })
        .wide(),
        Column::new("Rate", |service: &ServiceSummary| format::rate(service.rate).into_any())
            .numeric()
            .sorted_by(|a, b| b.rate.total_cmp(&a.rate)),
        share("Faults", "tone-fault", |service| service.counts.fault, "fault")
            .sorted_by(|a, b| ratio(b, b.counts.fault).total_cmp(&ratio(a, a.counts.fault))),
        share("Errors", "tone-error", |service| service.counts.error, "error")
            .sorted_by(|a, b| ratio(b, b.counts.error).total_cmp(&ratio(a, a.counts.error))),
        share("Throttles", "tone-throttle", |service| service.counts.throttle, "throttle")
            .sorted_by(|a, b| ratio(b, b.counts.throttle).total_cmp(&ratio(a, a.counts.throttle))),
        latency("p50", |service| service.latency.p50_ns)
            .sorted_by(|a, b| b.latency.p50_ns.total_cmp(&a.latency.p50_ns)),
        latency("p99", |service| service.latency.p99_ns)
            .sorted_by(|a, b| b.latency.p99_ns.total_cmp(&a.latency.p99_ns)),
        Column::new("", move |service: &ServiceSummary| {
            let map = place.href("/map", &[("node", &format!("service:{}", service.service))]);
            let logs = place.href("/logs", &[("service", &service.service)]);
            view! { <span class="row-links"><a href=map title="On the map" aria-label="On the map"><Icon glyph=Glyph::Map /></a><a href=logs title="Logs" aria-label="Logs"><Icon glyph=Glyph::Logs /></a></span> }.into_any()
        }),
    ]
}

fn ratio(service: &ServiceSummary, part: u64) -> f64 {
    part as f64 / service.counts.total().max(1) as f64
}

fn name(place: Place, service: &ServiceSummary) -> AnyView {
    let href = place.href("/traces", &[("service", &service.service)]);
    let kind =
        service.function.then(|| view! { <span class="tag" title="A function: it has faas attributes">"fn"</span> });
    view! { <span class="row"><a class="cut strong" href=href>{service.service.clone()}</a>{kind}</span> }.into_any()
}

/// The table; a row leads to the service's traces.
#[component]
pub(super) fn ServiceTable(list: Signal<Arc<ServiceList>>) -> impl IntoView {
    let place = use_place();
    let rows = Signal::derive(move || list.get().services.iter().cloned().map(Arc::new).collect::<Vec<_>>());
    let open = Callback::new(move |service: Arc<ServiceSummary>| {
        place.go(&untrack(|| place.href("/traces", &[("service", &service.service)])))
    });
    view! { <Table rows columns=columns(place) label="Services" on_row=open testid="service-table" /> }
}
