//! The rule while it is written: text fields, and the reading of them. Pure.

use api::AttributeFilter;
use api::alarm::{AlarmRule, AlarmSource, ComparisonOperator};
use api::log::{LogSearch, Severity};
use api::metric::MetricQuery;
use api::service::ServiceQuery;

use super::words::{MISSING, OPERATORS};
use crate::measure::{measure, measure_named};

/// Which of the three sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SourceKind {
    Service,
    Metric,
    Logs,
}

/// A field of the form that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Service,
    Measure,
    Metric,
    Statistic,
    Threshold,
    Period,
    Datapoints,
    Periods,
    Name,
}

impl Field {
    /// The id of its control.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Service => "alarm-service",
            Self::Measure => "alarm-measure",
            Self::Metric => "alarm-metric",
            Self::Statistic => "alarm-statistic",
            Self::Threshold => "alarm-threshold",
            Self::Period => "alarm-period",
            Self::Datapoints => "alarm-m",
            Self::Periods => "alarm-n",
            Self::Name => "alarm-name",
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) field: Field,
    pub(super) text: &'static str,
}

/// Everything the form holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) actions_enabled: bool,
    pub(super) kind: SourceKind,
    pub(super) service: String,
    pub(super) operation: String,
    pub(super) measure: String,
    pub(super) metric: String,
    pub(super) statistic: String,
    pub(super) text: String,
    pub(super) severity: String,
    pub(super) filters: Vec<AttributeFilter>,
    pub(super) period: String,
    pub(super) evaluation_periods: String,
    pub(super) datapoints_to_alarm: String,
    pub(super) operator: String,
    pub(super) threshold: String,
    pub(super) missing: String,
    pub(super) on_alarm: Vec<String>,
    pub(super) on_ok: Vec<String>,
    pub(super) on_insufficient: Vec<String>,
}

impl Default for Draft {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            name: String::new(),
            description: String::new(),
            actions_enabled: true,
            kind: SourceKind::Service,
            service: String::new(),
            operation: String::new(),
            measure: text("fault_rate"),
            metric: String::new(),
            statistic: text("Average"),
            text: String::new(),
            severity: text("error"),
            filters: Vec::new(),
            period: text("60"),
            evaluation_periods: text("3"),
            datapoints_to_alarm: text("2"),
            operator: text("GreaterThanThreshold"),
            threshold: text("5"),
            missing: text("missing"),
            on_alarm: Vec::new(),
            on_ok: Vec::new(),
            on_insufficient: Vec::new(),
        }
    }
}

fn severity_named(name: &str) -> Option<Severity> {
    Severity::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(name))
}

fn given(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Draft {
    /// The draft of a source, as a link from a chart gives it.
    pub(super) fn of_source(source: &AlarmSource) -> Self {
        let mut draft = Self::default();
        match source {
            AlarmSource::Service(query) => {
                draft.kind = SourceKind::Service;
                draft.service = query.service.clone().unwrap_or_default();
                draft.operation = query.operation.clone().unwrap_or_default();
                draft.measure = measure(query.measure).name.to_owned();
            }
            AlarmSource::Metric(query) => {
                draft.kind = SourceKind::Metric;
                draft.service = query.service.clone().unwrap_or_default();
                draft.metric.clone_from(&query.metric);
                draft.statistic = query.statistic.to_string();
                draft.filters.clone_from(&query.attributes);
            }
            AlarmSource::Logs(search) => {
                draft.kind = SourceKind::Logs;
                draft.service = search.services.first().cloned().unwrap_or_default();
                draft.text.clone_from(&search.text);
                draft.severity =
                    search.severity_min.map(|severity| severity.as_str().to_lowercase()).unwrap_or_default();
                draft.filters.clone_from(&search.attributes);
            }
        }
        draft
    }

    /// The draft of a stored rule.
    pub(super) fn of_rule(rule: &AlarmRule) -> Self {
        let name_of = |operator: ComparisonOperator| {
            OPERATORS.iter().find(|(.., known)| *known == operator).map_or(OPERATORS[0].0, |(name, ..)| *name)
        };
        Self {
            name: rule.name.clone(),
            description: rule.description.clone(),
            actions_enabled: rule.actions_enabled,
            period: rule.period_seconds.to_string(),
            evaluation_periods: rule.evaluation_periods.to_string(),
            datapoints_to_alarm: rule.datapoints_to_alarm.map(|m| m.to_string()).unwrap_or_default(),
            operator: name_of(rule.comparison_operator).to_owned(),
            threshold: rule.threshold.to_string(),
            missing: MISSING
                .iter()
                .find(|(.., known)| *known == rule.treat_missing_data)
                .map_or("missing", |(name, ..)| *name)
                .to_owned(),
            on_alarm: rule.alarm_actions.clone(),
            on_ok: rule.ok_actions.clone(),
            on_insufficient: rule.insufficient_data_actions.clone(),
            ..Self::of_source(&rule.source)
        }
    }

    /// What is watched, once enough is written.
    pub(super) fn source(&self) -> Result<AlarmSource, Mistake> {
        let missing = |field, text| Mistake { field, text };
        Ok(match self.kind {
            SourceKind::Service => AlarmSource::Service(ServiceQuery {
                service: Some(given(&self.service).ok_or(missing(Field::Service, "Choose a service."))?),
                operation: given(&self.operation),
                environment: None,
                measure: measure_named(&self.measure).ok_or(missing(Field::Measure, "Choose a measure."))?.measure,
            }),
            SourceKind::Metric => AlarmSource::Metric(MetricQuery {
                metric: given(&self.metric).ok_or(missing(Field::Metric, "Choose a metric."))?,
                statistic: self
                    .statistic
                    .parse()
                    .map_err(|_| missing(Field::Statistic, "Choose a statistic, such as Average or p99."))?,
                service: given(&self.service),
                attributes: self.filters.clone(),
                group_by: Vec::new(),
            }),
            SourceKind::Logs => AlarmSource::Logs(LogSearch {
                text: self.text.trim().to_owned(),
                severity_min: severity_named(&self.severity),
                services: given(&self.service).into_iter().collect(),
                attributes: self.filters.clone(),
                ..LogSearch::default()
            }),
        })
    }

    /// The threshold, if it is a number.
    pub(super) fn threshold(&self) -> Option<f64> {
        self.threshold.trim().parse().ok().filter(|threshold: &f64| threshold.is_finite())
    }

    /// How it is compared.
    pub(super) fn operator(&self) -> ComparisonOperator {
        OPERATORS
            .iter()
            .find(|(name, ..)| *name == self.operator)
            .map_or(ComparisonOperator::GreaterThanThreshold, |(.., operator)| *operator)
    }

    /// The rule, or everything that is wrong in it, from the top of the form to its end.
    pub(super) fn rule(&self) -> Result<AlarmRule, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let source = self.source().map_err(|mistake| mistakes.push(mistake)).ok();
        let mut check = |field, text, right: bool| {
            if !right {
                mistakes.push(Mistake { field, text });
            }
        };
        let threshold = self.threshold();
        check(Field::Threshold, "The threshold must be a number.", threshold.is_some());
        let period_seconds = self.period.parse().ok();
        check(Field::Period, "Choose a period.", period_seconds.is_some());
        let datapoints = self.datapoints_to_alarm.trim();
        let (datapoints, periods) = (Some(datapoints).filter(|text| !text.is_empty()), count(&self.evaluation_periods));
        let datapoints_to_alarm = datapoints.and_then(count).filter(|m| periods.is_none_or(|n| *m <= n));
        let datapoints_are_right = datapoints.is_none() || datapoints_to_alarm.is_some();
        check(Field::Datapoints, "Datapoints to alarm lie between 1 and the number of periods.", datapoints_are_right);
        check(Field::Periods, "Write how many periods are looked at: 1 or more.", periods.is_some());
        let name = given(&self.name);
        check(Field::Name, "Give the alarm a name.", name.is_some());
        let (Some(source), Some(threshold), Some(period_seconds), Some(evaluation_periods), Some(name), true) =
            (source, threshold, period_seconds, periods, name, datapoints_are_right)
        else {
            return Err(mistakes);
        };
        Ok(AlarmRule {
            name,
            description: self.description.trim().to_owned(),
            actions_enabled: self.actions_enabled,
            source,
            period_seconds,
            evaluation_periods,
            datapoints_to_alarm,
            comparison_operator: self.operator(),
            threshold,
            treat_missing_data: MISSING
                .iter()
                .find(|(name, ..)| *name == self.missing)
                .map(|(.., missing)| *missing)
                .unwrap_or_default(),
            alarm_actions: self.on_alarm.clone(),
            ok_actions: self.on_ok.clone(),
            insufficient_data_actions: self.on_insufficient.clone(),
        })
    }
}

/// A count of periods: 1 or more.
fn count(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_survives_the_form() {
        let mut draft = Draft { name: "a".to_owned(), service: "checkout".to_owned(), ..Draft::default() };
        for kind in [SourceKind::Service, SourceKind::Metric, SourceKind::Logs] {
            draft.kind = kind;
            draft.metric = "m".to_owned();
            let rule = draft.rule().unwrap();
            assert_eq!(Draft::of_rule(&rule).rule().unwrap(), rule);
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let with = |change: fn(&mut Draft)| {
            let mut draft = Draft { name: "a".to_owned(), service: "s".to_owned(), ..Draft::default() };
            change(&mut draft);
            let mistakes = draft.rule().unwrap_err();
            mistakes.into_iter().map(|mistake| (mistake.field, mistake.text)).collect::<Vec<_>>()
        };
        assert_eq!(with(|draft| draft.name.clear()), [(Field::Name, "Give the alarm a name.")]);
        assert_eq!(with(|draft| draft.service.clear()), [(Field::Service, "Choose a service.")]);
        assert_eq!(
            with(|draft| draft.threshold = "NaN".to_owned()),
            [(Field::Threshold, "The threshold must be a number.")]
        );
        assert_eq!(with(|draft| draft.datapoints_to_alarm = "4".to_owned())[0].0, Field::Datapoints);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_from_the_top() {
        let draft = Draft {
            kind: SourceKind::Metric,
            threshold: String::new(),
            evaluation_periods: "0".to_owned(),
            datapoints_to_alarm: "x".to_owned(),
            ..Draft::default()
        };
        let fields: Vec<Field> = draft.rule().unwrap_err().into_iter().map(|mistake| mistake.field).collect();
        assert_eq!(fields, [Field::Metric, Field::Threshold, Field::Datapoints, Field::Periods, Field::Name]);
    }
}
