//! The query builder: metric, statistic, service, filters, group by, period, kind of chart.

use api::metric::{MetricInfo, MetricList};
use leptos::prelude::*;

use super::filters::FilterList;
use super::query::{STATISTICS, filters, natural_statistic};
use crate::chart::ChartKind;
use crate::client::{self, Signal as Table};
use crate::load::{Load, load};
use crate::part::{Chip, Choice, Combobox, Select};
use crate::url::use_place;

const PERIODS: [(&str, &str); 9] = [
    ("", "Automatic"),
    ("10", "10 seconds"),
    ("30", "30 seconds"),
    ("60", "1 minute"),
    ("300", "5 minutes"),
    ("900", "15 minutes"),
    ("3600", "1 hour"),
    ("21600", "6 hours"),
    ("86400", "1 day"),
];

/// Options of a list from pairs of name and text.
pub(crate) fn options(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect()
}

/// The builder.
#[component]
pub(super) fn Builder(list: Load<MetricList>, info: Memo<Option<MetricInfo>>) -> impl IntoView {
    let place = use_place();
    let value = move |key: &'static str| Signal::derive(move || place.get(key).unwrap_or_default());
    let metrics = Signal::derive(move || {
        let list = list.value.get();
        let choice = |metric: &MetricInfo| Choice { value: metric.name.clone(), note: metric.unit.clone() };
        list.map(|list| list.metrics.iter().map(choice).collect()).unwrap_or_default()
    });
    let services = Signal::derive(move || {
        let known = info.get().map(|info| info.services).unwrap_or_default();
        let mut options = vec![(String::new(), "All services".to_owned())];
        options.extend(known.into_iter().map(|service| (service.clone(), service)));
        options
    });
    let statistic =
        Signal::derive(move || place.get("stat").unwrap_or_else(|| natural_statistic(info.get().as_ref()).to_owned()));
    let kinds: Vec<(&str, &str)> = ChartKind::ALL.iter().map(|(_, name, title)| (*name, *title)).collect();
    let kind = Signal::derive(move || place.get("chart").unwrap_or_else(|| "line".to_owned()));
    let choose_metric = Callback::new(move |name: String| {
        place.set(&[("metric", Some(name)), ("stat", None), ("group", None), ("filters", None)])
    });
    view! {
        <section class="card builder" aria-label="Query" data-testid="builder">
            <div class="builder-row">
                <label class="field builder-metric"><span class="field-name">"Metric"</span>
                    <Combobox value=value("metric") choices=metrics on_change=choose_metric label="Metric" placeholder="Name of a metric" testid="metric-name" />
                </label>
                <label class="field"><span class="field-name">"Statistic"</span>
                    <Select value=statistic options=options(&STATISTICS) label="Statistic" testid="statistic" on_change=move |text| place.set(&[("stat", Some(text))]) />
                </label>
                <label class="field"><span class="field-name">"Service"</span>
                    <Select value=value("service") options=services label="Service" testid="metric-service" on_change=move |text| place.set(&[("service", Some(text))]) />
                </label>
                <label class="field"><span class="field-name">"Period"</span>
                    <Select value=value("period") options=options(&PERIODS) label="Period" testid="period" on_change=move |text| place.set(&[("period", Some(text))]) />
                </label>
                <label class="field"><span class="field-name">"Chart"</span>
                    <Select value=kind options=options(&kinds) label="Chart" testid="chart-kind" on_change=move |text| place.set(&[("chart", Some(text))]) />
                </label>
            </div>
            <Show when=move || place.get("metric").is_some()><Narrowing /></Show>
        </section>
    }
}

/// Filters and grouping.
#[component]
fn Narrowing() -> impl IntoView {
    let place = use_place();
    let keys = load(move || client::attributes(Table::Metrics, place.range(), String::new()));
    let choices = Signal::derive(move || {
        let mut choices = vec![Choice::plain("service.name")];
        if let Some(answer) = keys.value.get() {
            let known = answer.keys.iter().filter(|key| key.key != "service.name");
            choices.extend(
                known.map(|key| Choice { value: key.key.clone(), note: crate::format::count_short(key.count as f64) }),
            );
        }
        choices
    });
    let group = move |text: String| {
        let mut keys = place.list("group");
        if !text.is_empty() && !keys.contains(&text) {
            keys.push(text);
            place.set(&[("group", Some(keys.join(",")))]);
        }
    };
    let ungroup = move |key: &str| {
        let mut keys = place.list("group");
        keys.retain(|present| present != key);
        place.set(&[("group", Some(keys.join(",")))]);
    };
    let chips = move || {
        let chip = |key: String| {
            let text = key.clone();
            view! { <Chip remove=format!("Do not group by {text}") text raw=true on_remove=move || ungroup(&key) testid="group-key" /> }
        };
        place.list("group").into_iter().map(chip).collect_view()
    };
    let present = Signal::derive(move || filters(place.get("filters").as_deref()));
    let change = Callback::new(move |filters: Vec<api::AttributeFilter>| {
        let text = (!filters.is_empty()).then(|| serde_json::to_string(&filters).unwrap_or_default());
        place.set(&[("filters", text)]);
    });
    view! {
        <div class="builder-row narrow">
            <div class="row wrap"><span class="field-name">"Where"</span><FilterList filters=present on_change=change keys=choices signal=Table::Metrics /></div>
            <div class="row wrap"><span class="field-name">"Group by"</span>{chips}
                <div class="builder-key"><Combobox value=Signal::derive(String::new) choices on_change=Callback::new(group) label="Group by" placeholder="attribute" testid="group-by" /></div>
            </div>
        </div>
    }
}
