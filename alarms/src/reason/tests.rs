use super::*;
use crate::state::{decide, next_state};

const NANOS_PER_MINUTE: i64 = 60_000_000_000;

/// The reason for the change that the values cause, one a minute from 2025-03-07T08:25:00Z on.
fn check(old: AlarmState, m: u32, treat: TreatMissingData, values: &[Option<f64>], expected: &str) {
    let first = api::time::parse("2025-03-07T08:25:00Z", 0).unwrap();
    let n = (1..=9).find(|n| crate::evaluation_range(*n) as usize == values.len()).expect("a length of some range");
    let criteria = Criteria {
        evaluation_periods: n,
        datapoints_to_alarm: m,
        comparison_operator: ComparisonOperator::GreaterThanThreshold,
        threshold: 31.0,
        treat_missing_data: treat,
    };
    let points: Vec<(i64, Option<f64>)> =
        values.iter().zip(0..).map(|(value, minute)| (first + minute * NANOS_PER_MINUTE, *value)).collect();
    let decision = decide(&criteria, values);
    let new = next_state(old, decision.verdict);
    assert_eq!(reason(old, new, &criteria, &decision, &points), expected);
}

#[test]
fn three_of_three() {
    check(
        AlarmState::Ok,
        3,
        TreatMissingData::Missing,
        &[Some(1.0), Some(2.0), Some(41.0), Some(33.8), Some(32.6)],
        "Threshold Crossed: 3 out of the last 3 datapoints [32.6 (07/03/25 08:29:00), 33.8 (07/03/25 08:28:00), \
         41.0 (07/03/25 08:27:00)] were greater than the threshold (31.0) (minimum 3 datapoints for OK -> ALARM transition).",
    );
}

#[test]
fn one_datapoint_is_singular() {
    check(
        AlarmState::InsufficientData,
        1,
        TreatMissingData::Missing,
        &[None, None, Some(40.0)],
        "Threshold Crossed: 1 out of the last 1 datapoints [40.0 (07/03/25 08:27:00)] was greater than the threshold (31.0) \
         (minimum 1 datapoint for OK -> ALARM transition).",
    );
}

#[test]
fn recovery_names_what_did_not_breach() {
    check(
        AlarmState::Alarm,
        2,
        TreatMissingData::Missing,
        &[Some(40.0), Some(40.0), Some(40.0), Some(0.0), Some(0.5)],
        "Threshold Crossed: 2 out of the last 3 datapoints [0.5 (07/03/25 08:29:00), 0.0 (07/03/25 08:28:00)] were not \
         greater than the threshold (31.0) (minimum 2 datapoints for ALARM -> OK transition).",
    );
}

#[test]
fn no_data_is_insufficient_or_treated() {
    let none = [None; 7];
    check(AlarmState::Ok, 5, TreatMissingData::Missing, &none, "Insufficient Data: 5 datapoints were unknown.");
    check(
        AlarmState::Ok,
        2,
        TreatMissingData::Breaching,
        &[None; 4],
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
    );
    check(
        AlarmState::Alarm,
        1,
        TreatMissingData::NotBreaching,
        &[None; 3],
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
    );
}

#[test]
fn gaps_that_were_filled_are_told() {
    check(
        AlarmState::Ok,
        2,
        TreatMissingData::Breaching,
        &[None, None, None, Some(40.0), None],
        "Threshold Crossed: 1 out of the last 3 datapoints [40.0 (07/03/25 08:28:00)] was greater than the threshold (31.0) \
         and 2 missing datapoints were treated as [Breaching] (minimum 2 datapoints for OK -> ALARM transition).",
    );
    check(
        AlarmState::Ok,
        2,
        TreatMissingData::Breaching,
        &[None, None, None, None, Some(1.0)],
        "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].",
    );
}

#[test]
fn many_datapoints_are_cut_to_the_newest_five() {
    check(
        AlarmState::Ok,
        5,
        TreatMissingData::Missing,
        &[Some(0.0), Some(32.0), Some(33.0), Some(34.0), Some(35.0), Some(36.0), Some(37.0)],
        "Threshold Crossed: 5 out of the last 5 datapoints were greater than the threshold (31.0). The most recent \
         datapoints which crossed the threshold: [37.0 (07/03/25 08:31:00), 36.0 (07/03/25 08:30:00), \
         35.0 (07/03/25 08:29:00), 34.0 (07/03/25 08:28:00), 33.0 (07/03/25 08:27:00)] (minimum 5 datapoints for OK -> \
         ALARM transition).",
    );
}

#[test]
fn not_yet_says_what_is_lacking() {
    check(
        AlarmState::InsufficientData,
        3,
        TreatMissingData::Missing,
        &[None, None, None, None, Some(40.0)],
        "Threshold Crossed: 1 out of the last 1 datapoints [40.0 (07/03/25 08:29:00)] was greater than the threshold (31.0), \
         too few for the minimum of 3 datapoints for OK -> ALARM transition.",
    );
}
