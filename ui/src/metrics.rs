//! The screen "Metrics": what is measured, and a statistic of it over time.
//!
//! The query stands in the URL: `metric`, `stat`, `service`, `filters` (JSON of the API's attribute filters), `group`
//! (keys parted by commas), `period` (seconds), `chart`.

mod builder;
mod catalog;
mod filters;
mod query;

use std::sync::Arc;

use api::alarm::AlarmSource;
use api::metric::{MetricInfo, MetricList, SeriesAnswer};
use leptos::prelude::*;

use crate::chart::{ChartKind, LegendKind, TimeSeries};
use crate::client;
use crate::load::{Load, load, load_if};
use crate::nothing::Nothing;
use crate::part::{EmptyState, Glyph, LinkButton, Loaded, Skeleton, StatisticsLine};
use crate::shell::ScreenHead;
use crate::url::use_place;

pub(crate) use builder::options;
pub(crate) use filters::FilterList;
pub(crate) use query::STATISTICS;

/// The screen.
#[component]
pub(crate) fn MetricsScreen() -> impl IntoView {
    let place = use_place();
    let list = load(move || client::metrics(place.range()));
    let info = Memo::new(move |_| {
        let name = place.get("metric")?;
        list.value.get()?.metrics.iter().find(|metric| metric.name == name).cloned()
    });
    let chosen = place.param("metric");
    let alarm = Signal::derive(move || {
        let source = query::read(place, info.get().as_ref()).map(|mut query| {
            // An alarm watches one line.
            query.group_by.clear();
            AlarmSource::Metric(query)
        });
        place.href(
            "/alarms/new",
            &[("source", &source.and_then(|source| serde_json::to_string(&source).ok()).unwrap_or_default())],
        )
    });
    view! {
        <ScreenHead title="Metrics">
            <Show when=move || chosen.read().is_some()>
                <LinkButton text="Create alarm" href=alarm icon=Glyph::Bell testid="create-alarm" />
            </Show>
        </ScreenHead>
        <div class="metrics-columns">
            <section class="card catalog" aria-label="Metrics"><Loaded load=list lines=10 view=catalog_or_empty /></section>
            <div class="stack">
                <builder::Builder list info />
                <Show when=move || chosen.read().is_some() fallback=|| view! {
                    <section class="card"><EmptyState icon=Glyph::Metrics title="Choose a metric" hint="Take one from the list, or type its name above. Then choose the statistic and what to group by." /></section>
                }>
                    <Chart list info />
                </Show>
            </div>
        </div>
    }
}

fn catalog_or_empty(list: Signal<Arc<MetricList>>) -> AnyView {
    view! {
        <Show when=move || list.with(|list| !list.metrics.is_empty()) fallback=|| view! {
            <EmptyState title="No metrics in this time range" hint="Choose a longer range, or let a service export metrics over OTLP: OTEL_METRICS_EXPORTER=otlp." />
        }>
            <catalog::Catalog list />
        </Show>
    }
    .into_any()
}

#[component]
fn Chart(list: Load<MetricList>, info: Memo<Option<MetricInfo>>) -> impl IntoView {
    let place = use_place();
    let answer = load_if(move || query::request(place, info.get().as_ref()).map(client::metrics_query));
    let kind = Memo::new(move |_| ChartKind::named(&place.get("chart").unwrap_or_default()));
    let draw = move |answer: Signal<Arc<SeriesAnswer>>| {
        let name = move || place.get("metric").unwrap_or_default();
        let data = Signal::derive(move || Arc::new(query::chart(&answer.get(), &name(), place.get("stat").as_deref())));
        let period = move || crate::format::duration(f64::from(answer.with(|answer| answer.period_seconds)) * 1e9);
        let statistics = Signal::derive(move || answer.with(|answer| answer.statistics.clone()));
        let truncated = Signal::derive(move || answer.with(|answer| answer.truncated.clone()));
        let empty = Memo::new(move |_| data.with(|data| !data.has_values()));
        // What the answer was about, which a new query is not until it is answered too.
        let sought = Memo::new(move |_| {
            answer.track();
            let list = list.value.get();
            untrack(|| query::sought(place, list.as_deref()))
        });
        let nothing = move || {
            view! { {move || view! { <Nothing sought=sought.get() service=&["service"] conditions=&["filters"] /> }} }
        };
        view! {
            <Show when=move || !empty.get() fallback=nothing>
                <TimeSeries data kind height=300 legend=LegendKind::Figures label="Metric over time" testid="metric-chart" />
            </Show>
            <div class="row wrap chart-foot"><span class="quiet">"Period "{period}</span><StatisticsLine statistics truncated /></div>
        }
        .into_any()
    };
    view! { <section class="card"><div class="card-body"><Loaded load=answer view=draw waiting=|| view! { <div class="metric-wait"><Skeleton lines=8 /></div> }.into_any() /></div></section> }
}
