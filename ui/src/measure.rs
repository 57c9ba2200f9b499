//! The measures of a service: names, titles and units.

use api::metric::Statistic;
use api::service::ServiceMeasure;

/// A measure, its name in the API, on the screen, and its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measure {
    pub(crate) measure: ServiceMeasure,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
}

const fn of(measure: ServiceMeasure, name: &'static str, title: &'static str, unit: &'static str) -> Measure {
    Measure { measure, name, title, unit }
}

/// All of them.
pub(crate) const MEASURES: [Measure; 8] = [
    of(ServiceMeasure::FaultRate, "fault_rate", "Fault rate", "%"),
    of(ServiceMeasure::ErrorRate, "error_rate", "Error rate", "%"),
    of(ServiceMeasure::ThrottleRate, "throttle_rate", "Throttle rate", "%"),
    of(ServiceMeasure::Rate, "rate", "Requests a second", "1/s"),
    of(ServiceMeasure::Requests, "requests", "Requests", ""),
    of(ServiceMeasure::LatencyP50, "latency_p50", "Latency p50", "ms"),
    of(ServiceMeasure::LatencyP90, "latency_p90", "Latency p90", "ms"),
    of(ServiceMeasure::LatencyP99, "latency_p99", "Latency p99", "ms"),
];

impl Measure {
    /// Whether its values are durations of requests, as those of its exemplars are, and not shares or counts of them.
    pub(crate) fn is_duration(self) -> bool {
        self.unit == "ms"
    }
}

/// Whether values of a statistic lie among the measurements that it is made of.
pub(crate) fn lies_among_measurements(statistic: &Statistic) -> bool {
    !matches!(statistic, Statistic::SampleCount | Statistic::Sum | Statistic::Rate)
}

/// What is known of a measure.
pub(crate) fn measure(measure: ServiceMeasure) -> Measure {
    MEASURES.into_iter().find(|known| known.measure == measure).unwrap_or(MEASURES[0])
}

/// By its name in the API.
pub(crate) fn measure_named(name: &str) -> Option<Measure> {
    MEASURES.into_iter().find(|known| known.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_api() {
        for known in MEASURES {
            assert_eq!(serde_json::to_value(known.measure).unwrap(), known.name);
            assert_eq!(measure_named(known.name), Some(known));
            assert_eq!(measure(known.measure), known);
            assert_eq!(known.is_duration(), known.name.starts_with("latency"));
        }
    }
}
