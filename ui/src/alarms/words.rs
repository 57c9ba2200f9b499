//! An alarm in words. Pure.

use api::alarm::{AlarmRule, AlarmSource, ComparisonOperator, DeliveryState, TreatMissingData};

use crate::format;
use crate::measure::{lies_among_measurements, measure};

/// Comparisons: name in the API, sign, words.
pub(super) const OPERATORS: [(&str, &str, ComparisonOperator); 4] = [
    ("GreaterThanThreshold", ">", ComparisonOperator::GreaterThanThreshold),
    ("GreaterThanOrEqualToThreshold", "≥", ComparisonOperator::GreaterThanOrEqualToThreshold),
    ("LessThanThreshold", "<", ComparisonOperator::LessThanThreshold),
    ("LessThanOrEqualToThreshold", "≤", ComparisonOperator::LessThanOrEqualToThreshold),
];

/// What a period without data counts as: name in the API, words.
pub(super) const MISSING: [(&str, &str, TreatMissingData); 4] = [
    ("missing", "Missing: left out", TreatMissingData::Missing),
    ("ignore", "Ignore: keep the state", TreatMissingData::Ignore),
    ("breaching", "Breaching", TreatMissingData::Breaching),
    ("notBreaching", "Not breaching", TreatMissingData::NotBreaching),
];

pub(super) fn sign(operator: ComparisonOperator) -> &'static str {
    OPERATORS.iter().find(|(.., known)| *known == operator).map_or("?", |(_, sign, _)| *sign)
}

/// What is watched: `p99 of http.server.duration of checkout`.
pub(super) fn source_words(source: &AlarmSource) -> String {
    let of = |service: &Option<String>| service.as_ref().map(|service| format!(" of {service}")).unwrap_or_default();
    match source {
        AlarmSource::Metric(query) => format!("{} of {}{}", query.statistic, query.metric, of(&query.service)),
        AlarmSource::Service(query) => {
            let operation = query.operation.as_ref().map(|operation| format!(" {operation}")).unwrap_or_default();
            format!("{}{}{operation}", measure(query.measure).title, of(&query.service))
        }
        AlarmSource::Logs(search) => {
            let severity =
                search.severity_min.map(|severity| format!(" from {} up", severity.as_str())).unwrap_or_default();
            let text = if search.text.is_empty() { String::new() } else { format!(" with {}", search.text) };
            let services =
                if search.services.is_empty() { String::new() } else { format!(" of {}", search.services.join(", ")) };
            format!("Log records{severity}{text}{services}")
        }
    }
}

/// The unit of what is watched, where the source says it.
pub(super) fn unit(source: &AlarmSource) -> &'static str {
    match source {
        AlarmSource::Service(query) => measure(query.measure).unit,
        AlarmSource::Metric(_) | AlarmSource::Logs(_) => "",
    }
}

/// Whether the values of a source have the height of their exemplars.
pub(super) fn measures(source: &AlarmSource) -> bool {
    match source {
        AlarmSource::Service(query) => measure(query.measure).is_duration(),
        AlarmSource::Metric(query) => lies_among_measurements(&query.statistic),
        AlarmSource::Logs(_) => false,
    }
}

/// When it rings: `> 5 % for 2 of 3 periods of 1 min`.
pub(super) fn condition(rule: &AlarmRule) -> String {
    let n = rule.evaluation_periods;
    let m = rule.datapoints_to_alarm.unwrap_or(n);
    let threshold = format::with_unit(rule.threshold, unit(&rule.source));
    let period = format::duration(f64::from(rule.period_seconds) * 1e9);
    let span = match (m, n) {
        (1, 1) => format!("in 1 period of {period}"),
        (m, n) => format!("in {m} of {n} periods of {period}"),
    };
    format!("{} {threshold} {span}", sign(rule.comparison_operator))
}

pub(super) fn delivery_word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "Pending",
        DeliveryState::Delivered => "Delivered",
        DeliveryState::Failed => "Given up",
    }
}

#[cfg(test)]
mod tests {
    use api::service::{ServiceMeasure, ServiceQuery};

    use super::*;

    #[test]
    fn a_rule_is_a_sentence() {
        let query = ServiceQuery {
            service: Some("checkout".to_owned()),
            operation: None,
            environment: None,
            measure: ServiceMeasure::FaultRate,
        };
        let mut rule = AlarmRule {
            name: "n".to_owned(),
            description: String::new(),
            actions_enabled: true,
            source: AlarmSource::Service(query),
            period_seconds: 60,
            evaluation_periods: 3,
            datapoints_to_alarm: Some(2),
            comparison_operator: ComparisonOperator::GreaterThanThreshold,
            threshold: 5.0,
            treat_missing_data: TreatMissingData::Missing,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
        };
        assert_eq!(source_words(&rule.source), "Fault rate of checkout");
        assert_eq!(condition(&rule).replace('\u{a0}', " "), "> 5 % in 2 of 3 periods of 1 min");
        (rule.evaluation_periods, rule.datapoints_to_alarm) = (1, None);
        assert_eq!(condition(&rule).replace('\u{a0}', " "), "> 5 % in 1 period of 1 min");
    }

    #[test]
    fn names_are_those_of_the_api() {
        for (name, _, operator) in OPERATORS {
            assert_eq!(serde_json::to_value(operator).unwrap(), name);
        }
        for (name, _, missing) in MISSING {
            assert_eq!(serde_json::to_value(missing).unwrap(), name);
        }
    }
}
