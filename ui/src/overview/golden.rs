//! Three charts: traffic, faults, latency, each a line a service.

use std::sync::Arc;

use api::metric::SeriesAnswer;
use api::service::{ServiceMeasure, ServiceQuery, ServiceRequest};
use leptos::prelude::*;

use crate::chart::{ChartData, ChartKind, TimeSeries};
use crate::client;
use crate::load::load;
use crate::measure::measure;
use crate::part::{Loaded, Skeleton};
use crate::url::use_place;

/// The charts.
#[component]
pub(super) fn GoldenSignals() -> impl IntoView {
    view! {
        <div class="overview-charts">
            <Golden title="Requests" of=ServiceMeasure::Rate kind=ChartKind::Stacked testid="chart-requests" />
            <Golden title="Fault rate" of=ServiceMeasure::FaultRate kind=ChartKind::Line testid="chart-faults" />
            <Golden title="Latency p99" of=ServiceMeasure::LatencyP99 kind=ChartKind::Line testid="chart-latency" />
        </div>
    }
}

#[component]
fn Golden(title: &'static str, of: ServiceMeasure, kind: ChartKind, testid: &'static str) -> impl IntoView {
    let place = use_place();
    let answer = load(move || {
        let query = ServiceQuery { service: None, operation: None, environment: place.env(), measure: of };
        client::services_query(ServiceRequest { range: place.range(), query, period_seconds: None })
    });
    let draw = move |answer: Signal<Arc<SeriesAnswer>>| {
        let data = Signal::derive(move || {
            let of = measure(of);
            Arc::new(ChartData::of(&answer.get(), title).in_unit(of.unit).measuring(of.is_duration()))
        });
        view! { <TimeSeries data kind=kind height=168 label=title testid=testid /> }.into_any()
    };
    view! {
        <section class="card">
            <header class="card-head"><h2>{title}</h2><span class="quiet">"by service"</span></header>
            <div class="chart-card"><Loaded load=answer view=draw waiting=|| view! { <div class="chart-wait"><Skeleton lines=4 /></div> }.into_any() /></div>
        </section>
    }
}
