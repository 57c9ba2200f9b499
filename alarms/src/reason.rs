//! Why a state changed, in CloudWatch's words, so that what reads CloudWatch's reasons reads these.
//!
//! Pure. Datapoints are listed newest first with the begin of their period in UTC; from five on, only the newest five.

use api::alarm::{AlarmState, ComparisonOperator, TreatMissingData};

use crate::state::{Criteria, Decision, Verdict};

/// The reason of a new alarm.
pub(crate) const UNCHECKED: &str = "Unchecked: Initial alarm creation";

/// From this many datapoints on, only this many are listed.
const LISTED: usize = 5;

/// The reason for a change from `old` to what the decision says. `times` are the begins of the periods of `points`.
pub(crate) fn reason(
    old: AlarmState,
    new: AlarmState,
    criteria: &Criteria,
    decision: &Decision,
    points: &[(i64, Option<f64>)],
) -> String {
    let n = criteria.evaluation_periods;
    if decision.counted.is_empty() && new == AlarmState::InsufficientData {
        return format!("Insufficient Data: {} {} unknown.", datapoints(n), was(n));
    }
    let treated = treated_as(criteria.treat_missing_data, decision.filled);
    let wanted_breach = new == AlarmState::Alarm || decision.verdict == Verdict::NotYet;
    let named: Vec<(i64, f64)> = decision
        .counted
        .iter()
        .rev()
        .filter_map(|position| points.get(*position).and_then(|(time, value)| value.map(|value| (*time, value))))
        .filter(|(_, value)| criteria.breaches(*value) == wanted_breach)
        .collect();
    let received = u32::try_from(decision.counted.len()).unwrap_or(u32::MAX);
    if named.is_empty() {
        let periods = if n == 1 { "1 period".to_owned() } else { format!("{n} periods") };
        let arrived = if received == 0 {
            "no datapoints were".to_owned()
        } else {
            format!("{} {}", datapoints(received), was(received))
        };
        return format!("Threshold Crossed: {arrived} received for {periods}{treated}.");
    }
    let count = u32::try_from(named.len()).unwrap_or(u32::MAX);
    let last = if treated.is_empty() { received } else { n };
    let not = if wanted_breach { "" } else { "not " };
    let relation = relation(criteria.comparison_operator);
    let threshold = criteria.threshold;
    let listed = list(&named);
    let crossing = if named.len() < LISTED {
        format!("datapoints [{listed}] {} {not}{relation} the threshold ({threshold:?}){treated}", was(count))
    } else {
        format!(
            "datapoints {} {not}{relation} the threshold ({threshold:?}){treated}. The most recent datapoints which crossed the threshold: [{listed}]",
            was(count)
        )
    };
    let minimum = minimum(old, new, decision.verdict, criteria);
    format!("Threshold Crossed: {count} out of the last {last} {crossing}{minimum}.")
}

fn minimum(old: AlarmState, new: AlarmState, verdict: Verdict, criteria: &Criteria) -> String {
    let (n, m) = (criteria.evaluation_periods, criteria.datapoints_to_alarm);
    match (old, new) {
        (_, AlarmState::Alarm) => format!(" (minimum {} for OK -> ALARM transition)", datapoints(m)),
        (_, AlarmState::Ok) if verdict == Verdict::NotYet => {
            format!(", too few for the minimum of {} for OK -> ALARM transition", datapoints(m))
        }
        (AlarmState::Alarm, AlarmState::Ok) => {
            format!(" (minimum {} for ALARM -> OK transition)", datapoints(n.saturating_sub(m) + 1))
        }
        _ => String::new(),
    }
}

fn treated_as(treat: TreatMissingData, filled: u32) -> String {
    let name = match treat {
        TreatMissingData::Breaching => "Breaching",
        TreatMissingData::NotBreaching => "NonBreaching",
        TreatMissingData::Missing | TreatMissingData::Ignore => return String::new(),
    };
    match filled {
        0 => String::new(),
        1 => format!(" and 1 missing datapoint was treated as [{name}]"),
        _ => format!(" and {filled} missing datapoints were treated as [{name}]"),
    }
}

fn list(named: &[(i64, f64)]) -> String {
    let texts: Vec<String> =
        named.iter().take(LISTED).map(|(time, value)| format!("{value:?} ({})", date(*time))).collect();
    texts.join(", ")
}

/// `dd/MM/yy HH:mm:ss` in UTC.
fn date(unix_nano: i64) -> String {
    let seconds = unix_nano.div_euclid(1_000_000_000);
    let (year, month, day) = api::time::civil_from_days(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{day:02}/{month:02}/{:02} {hour:02}:{minute:02}:{:02}", year.rem_euclid(100), second % 60)
}

fn relation(operator: ComparisonOperator) -> &'static str {
    match operator {
        ComparisonOperator::GreaterThanOrEqualToThreshold => "greater than or equal to",
        ComparisonOperator::GreaterThanThreshold => "greater than",
        ComparisonOperator::LessThanThreshold => "less than",
        ComparisonOperator::LessThanOrEqualToThreshold => "less than or equal to",
    }
}

fn datapoints(count: u32) -> String {
    if count == 1 { "1 datapoint".to_owned() } else { format!("{count} datapoints") }
}

fn was(count: u32) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

#[cfg(test)]
mod tests;
