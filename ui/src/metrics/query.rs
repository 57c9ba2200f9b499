//! From the URL to the question, and from the answer to the chart.

use api::AttributeFilter;
use api::metric::{MetricInfo, MetricList, MetricQuery, MetricRequest, SeriesAnswer, Statistic};

use crate::chart::ChartData;
use crate::measure::lies_among_measurements;
use crate::nothing::Sought;
use crate::url::Place;

/// Statistics to choose from, and what they are called.
pub(crate) const STATISTICS: [(&str, &str); 11] = [
    ("Average", "Average"),
    ("Sum", "Sum"),
    ("Rate", "Rate (per second)"),
    ("Minimum", "Minimum"),
    ("Maximum", "Maximum"),
    ("SampleCount", "Sample count"),
    ("Last", "Last"),
    ("p50", "p50"),
    ("p90", "p90"),
    ("p99", "p99"),
    ("p99.9", "p99.9"),
];

/// The statistic that says most about a kind of metric. Pure.
pub(super) fn natural_statistic(info: Option<&MetricInfo>) -> &'static str {
    match info {
        Some(info) if info.kind.ends_with("histogram") => "p99",
        Some(info) if info.kind == "sum" && info.monotonic => "Sum",
        _ => "Average",
    }
}

/// The filters of the URL; what cannot be read is left out.
pub(super) fn filters(text: Option<&str>) -> Vec<AttributeFilter> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The query of the URL; tracked.
pub(super) fn read(place: Place, info: Option<&MetricInfo>) -> Option<MetricQuery> {
    let statistic: Statistic =
        place.get("stat").and_then(|text| text.parse().ok()).or_else(|| natural_statistic(info).parse().ok())?;
    Some(MetricQuery {
        metric: place.get("metric")?,
        statistic,
        service: place.get("service"),
        attributes: filters(place.get("filters").as_deref()),
        group_by: place.list("group"),
    })
}

/// What the URL looks for, in words; tracked. `list` are the metrics of the time range, once they are known.
pub(super) fn sought(place: Place, list: Option<&MetricList>) -> Sought {
    let metric = place.get("metric").unwrap_or_default();
    let service = place.get("service");
    Sought {
        known: list.map(|list| senders(&metric, service.as_deref(), list)).unwrap_or_default(),
        what: format!("values of {metric}"),
        services: service.into_iter().collect(),
        narrowed: !filters(place.get("filters").as_deref()).is_empty(),
        environment: None,
        first_step: "Choose a longer time range, or another metric.",
    }
}

/// Who sends a metric, where that is not the service that was chosen. Pure.
fn senders(metric: &str, service: Option<&str>, list: &MetricList) -> String {
    match (list.metrics.iter().find(|known| known.name == metric), service) {
        (None, _) if list.truncated.is_some() => String::new(),
        (None, _) => format!("Nothing sent {metric} in this time range."),
        (Some(info), Some(service)) if !info.services.iter().any(|known| known == service) => {
            format!("It comes from {}.", info.services.join(", "))
        }
        (Some(_), _) => String::new(),
    }
}

/// The request of the URL; tracked.
pub(super) fn request(place: Place, info: Option<&MetricInfo>) -> Option<MetricRequest> {
    let period_seconds = place.get("period").and_then(|text| text.parse().ok());
    Some(MetricRequest { range: place.range(), query: read(place, info)?, period_seconds, limit: None })
}

/// The chart of an answer. Counting statistics have no unit of the metric, and a rate is that unit per second. Pure.
pub(super) fn chart(answer: &SeriesAnswer, name: &str, statistic: Option<&str>) -> ChartData {
    let among = statistic.and_then(|name| name.parse().ok()).is_none_or(|known| lies_among_measurements(&known));
    let mut data = ChartData::of(answer, name).measuring(among);
    match statistic {
        Some("SampleCount") => data.unit.clear(),
        Some("Rate") if !data.unit.contains('/') => {
            data.unit = if data.unit == "By" { "By/s".to_owned() } else { "1/s".to_owned() }
        }
        _ => {}
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauge() -> MetricInfo {
        MetricInfo {
            name: String::new(),
            unit: String::new(),
            description: String::new(),
            kind: "gauge".to_owned(),
            temporality: None,
            monotonic: false,
            services: Vec::new(),
            series: 1,
        }
    }

    #[test]
    fn the_kind_chooses_the_statistic() {
        let info = |kind: &str, monotonic| MetricInfo { kind: kind.to_owned(), monotonic, ..gauge() };
        assert_eq!(natural_statistic(Some(&info("exponential_histogram", false))), "p99");
        assert_eq!(natural_statistic(Some(&info("sum", true))), "Sum");
        assert_eq!(natural_statistic(Some(&info("sum", false))), "Average");
        assert_eq!(natural_statistic(None), "Average");
    }

    #[test]
    fn who_sends_a_metric_is_told_where_the_chosen_service_does_not() {
        let info = MetricInfo { name: "m".to_owned(), services: vec!["a".to_owned(), "b".to_owned()], ..gauge() };
        let list = MetricList { metrics: vec![info], statistics: api::Statistics::default(), truncated: None };
        assert_eq!(senders("m", Some("c"), &list), "It comes from a, b.");
        assert_eq!(senders("m", Some("a"), &list), "");
        assert_eq!(senders("m", None, &list), "");
        assert_eq!(senders("n", None, &list), "Nothing sent n in this time range.");
    }

    #[test]
    fn every_statistic_on_offer_is_one() {
        for (name, _) in STATISTICS {
            assert_eq!(name.parse::<Statistic>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn filters_that_cannot_be_read_are_none() {
        assert_eq!(filters(Some(r#"[{"key":"http.route","op":"eq","value":"/"}]"#)).len(), 1);
        assert!(filters(Some("{")).is_empty());
        assert!(filters(None).is_empty());
    }
}
