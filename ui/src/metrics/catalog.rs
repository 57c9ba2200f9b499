//! The list of metrics, searched by words.

use std::sync::Arc;

use api::metric::{MetricInfo, MetricList};
use leptos::prelude::*;

use crate::part::VirtualList;
use crate::url::use_place;

const ROW_PIXELS: u32 = 44;

/// Those whose name or description contains all words. Pure.
fn matching(metrics: &[MetricInfo], typed: &str) -> Vec<usize> {
    let typed = typed.to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let hit = |metric: &MetricInfo| {
        let text = format!("{} {}", metric.name, metric.description).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    metrics.iter().enumerate().filter(|(_, metric)| hit(metric)).map(|(at, _)| at).collect()
}

/// The list.
#[component]
pub(super) fn Catalog(list: Signal<Arc<MetricList>>) -> impl IntoView {
    let place = use_place();
    let typed = RwSignal::new(String::new());
    let shown = Memo::new(move |_| list.with(|list| matching(&list.metrics, &typed.read())));
    let row = move |at: usize| {
        let Some(metric) =
            shown.with(|shown| shown.get(at).and_then(|at| list.with(|list| list.metrics.get(*at).cloned())))
        else {
            return ().into_any();
        };
        let name = metric.name.clone();
        let current = move || (place.get("metric").as_deref() == Some(name.as_str())).then_some("true");
        let name = metric.name.clone();
        // Another metric has other attributes and another natural statistic.
        let choose =
            move |_| place.set(&[("metric", Some(name.clone())), ("stat", None), ("group", None), ("filters", None)]);
        let note = match metric.services.as_slice() {
            [one] => one.clone(),
            services => format!("{} services", services.len()),
        };
        view! {
            <button type="button" class="catalog-row" aria-current=current title=metric.description data-testid="metric" on:click=choose>
                <span class="cut mono">{metric.name}</span>
                <span class="cut quiet">{metric.kind.replace('_', " ")}" · "{metric.series}" series · "{note}</span>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="catalog-search">
            <input class="input" type="search" placeholder="Search metrics" aria-label="Search metrics" data-search="" data-testid="metric-search"
                on:input=move |event| typed.set(event_target_value(&event)) />
        </div>
        <VirtualList count=Signal::derive(move || shown.read().len()) row_height=ROW_PIXELS row label="Metrics" testid="metric-list" />
        <Show when=move || shown.read().is_empty()><p class="card-body quiet">"No metric has these words in its name or description."</p></Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_must_occur() {
        let metric = |name: &str, description: &str| MetricInfo {
            name: name.to_owned(),
            unit: String::new(),
            description: description.to_owned(),
            kind: "gauge".to_owned(),
            temporality: None,
            monotonic: false,
            services: Vec::new(),
            series: 1,
        };
        let metrics = [metric("http.server.duration", ""), metric("faas.errors", "Errors of the HTTP function")];
        assert_eq!(matching(&metrics, "HTTP"), [0, 1]);
        assert_eq!(matching(&metrics, "err http"), [1]);
        assert!(matching(&metrics, "queue").is_empty());
    }
}
