//! The state machine: from the datapoints of the evaluation range to a verdict, as CloudWatch's published tables have it.
//!
//! Pure. Missing points are `None`; the order is oldest first. Where the tables are silent, [`Verdict::NotYet`] says so
//! and [`next_state`] decides.

use api::alarm::{AlarmRule, AlarmState, ComparisonOperator, TreatMissingData};

/// What a rule asks of the datapoints.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Criteria {
    /// N: how many periods are looked at.
    pub evaluation_periods: u32,
    /// M: how many of them must breach.
    pub datapoints_to_alarm: u32,
    /// How a datapoint is compared.
    pub comparison_operator: ComparisonOperator,
    /// With what.
    pub threshold: f64,
    /// What a period without data counts as.
    pub treat_missing_data: TreatMissingData,
}

impl Criteria {
    /// The criteria of a rule.
    pub fn of(rule: &AlarmRule) -> Self {
        Self {
            evaluation_periods: rule.evaluation_periods,
            datapoints_to_alarm: rule.datapoints_to_alarm.unwrap_or(rule.evaluation_periods),
            comparison_operator: rule.comparison_operator,
            threshold: rule.threshold,
            treat_missing_data: rule.treat_missing_data,
        }
    }

    /// Whether a value breaches.
    pub fn breaches(&self, value: f64) -> bool {
        match self.comparison_operator {
            ComparisonOperator::GreaterThanOrEqualToThreshold => value >= self.threshold,
            ComparisonOperator::GreaterThanThreshold => value > self.threshold,
            ComparisonOperator::LessThanThreshold => value < self.threshold,
            ComparisonOperator::LessThanOrEqualToThreshold => value <= self.threshold,
        }
    }
}

/// What the datapoints say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// To ALARM.
    Alarm,
    /// To OK.
    Ok,
    /// To INSUFFICIENT_DATA.
    InsufficientData,
    /// The state stays.
    Keep,
    /// All the data there is breaches, but it is too young to be an alarm.
    NotYet,
}

/// A verdict, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What the datapoints say.
    pub verdict: Verdict,
    /// Positions of the points that were counted, oldest first.
    pub counted: Vec<usize>,
    /// How many of N periods had to be filled.
    pub filled: u32,
}

/// How many periods are fetched to evaluate N: more than N, so that late and missing points can be made up for.
pub fn evaluation_range(evaluation_periods: u32) -> u32 {
    evaluation_periods + (evaluation_periods / 3).max(2)
}

/// The verdict over the points of an evaluation range, oldest first. NaN counts as missing.
pub fn decide(criteria: &Criteria, points: &[Option<f64>]) -> Decision {
    let n = criteria.evaluation_periods as usize;
    let m = criteria.datapoints_to_alarm as usize;
    let real: Vec<(usize, f64)> = points
        .iter()
        .enumerate()
        .filter_map(|(position, point)| point.filter(|value| !value.is_nan()).map(|value| (position, value)))
        .collect();
    let newest = &real[real.len().saturating_sub(n)..];
    let breaching = newest.iter().filter(|(_, value)| criteria.breaches(*value)).count();
    let filled = n - newest.len();
    let verdict = match newest.first() {
        None => without_data(criteria.treat_missing_data),
        Some(_) if filled == 0 => alarm_if(breaching >= m),
        Some((oldest, _)) => {
            let age_of_oldest = points.len() - oldest;
            with_gaps(criteria, newest.len(), breaching, filled, age_of_oldest)
        }
    };
    let counted = newest.iter().map(|(position, _)| *position).collect();
    Decision { verdict, counted, filled: u32::try_from(filled).unwrap_or(u32::MAX) }
}

fn alarm_if(condition: bool) -> Verdict {
    if condition { Verdict::Alarm } else { Verdict::Ok }
}

fn without_data(treat: TreatMissingData) -> Verdict {
    match treat {
        TreatMissingData::Missing => Verdict::InsufficientData,
        TreatMissingData::Ignore => Verdict::Keep,
        TreatMissingData::Breaching => Verdict::Alarm,
        TreatMissingData::NotBreaching => Verdict::Ok,
    }
}

fn with_gaps(criteria: &Criteria, real: usize, breaching: usize, filled: usize, age_of_oldest: usize) -> Verdict {
    let m = criteria.datapoints_to_alarm as usize;
    let keeps = match criteria.treat_missing_data {
        TreatMissingData::Breaching => return alarm_if(breaching + filled >= m),
        TreatMissingData::NotBreaching => return alarm_if(breaching >= m),
        TreatMissingData::Missing => false,
        TreatMissingData::Ignore => true,
    };
    if breaching >= m {
        return Verdict::Alarm;
    }
    if breaching < real {
        return Verdict::Ok;
    }
    // Everything there is breaches: an alarm, though premature, once the oldest such point is M periods old.
    match (age_of_oldest >= m, keeps) {
        (true, false) => Verdict::Alarm,
        (true, true) => Verdict::Keep,
        (false, _) => Verdict::NotYet,
    }
}

/// The state after a verdict. [`Verdict::NotYet`] ends in OK, as far as is known of CloudWatch; but data that does
/// nothing but breach is no reason to leave ALARM.
pub(crate) fn next_state(current: AlarmState, verdict: Verdict) -> AlarmState {
    match verdict {
        Verdict::Alarm => AlarmState::Alarm,
        Verdict::Ok => AlarmState::Ok,
        Verdict::InsufficientData => AlarmState::InsufficientData,
        Verdict::Keep => current,
        Verdict::NotYet if current == AlarmState::Alarm => AlarmState::Alarm,
        Verdict::NotYet => AlarmState::Ok,
    }
}

#[cfg(test)]
mod tests;
