use super::*;

fn criteria(n: u32, m: u32, treat: TreatMissingData) -> Criteria {
    Criteria {
        evaluation_periods: n,
        datapoints_to_alarm: m,
        comparison_operator: ComparisonOperator::GreaterThanThreshold,
        threshold: 0.5,
        treat_missing_data: treat,
    }
}

/// `X` breaches, `0` does not, `-` is missing; oldest first.
fn points(text: &str) -> Vec<Option<f64>> {
    text.split_whitespace()
        .map(|point| match point {
            "X" => Some(1.0),
            "0" => Some(0.0),
            "-" => None,
            other => panic!("{other:?} is not a point"),
        })
        .collect()
}

fn verdict(n: u32, m: u32, data: &str, treat: TreatMissingData) -> Verdict {
    let points = points(data);
    assert_eq!(points.len(), evaluation_range(n) as usize, "{data}");
    decide(&criteria(n, m, treat), &points).verdict
}

#[test]
fn every_cell_of_the_published_tables() {
    use TreatMissingData::{Breaching, Ignore, Missing, NotBreaching};
    use Verdict::{Alarm, InsufficientData, Keep, Ok};
    // M, data, then the state for: missing, ignore, breaching, notBreaching. N is 3.
    let cells = [
        (3, "0 - X - X", [Ok, Ok, Ok, Ok]),
        (3, "0 - - - -", [Ok, Ok, Ok, Ok]),
        (3, "- - - - -", [InsufficientData, Keep, Alarm, Ok]),
        (3, "0 X X - X", [Alarm, Alarm, Alarm, Alarm]),
        (3, "- - X - -", [Alarm, Keep, Alarm, Ok]),
        (2, "0 - X - X", [Alarm, Alarm, Alarm, Alarm]),
        (2, "0 0 X 0 X", [Alarm, Alarm, Alarm, Alarm]),
        (2, "0 - X - -", [Ok, Ok, Alarm, Ok]),
        (2, "- - - - 0", [Ok, Ok, Alarm, Ok]),
        (2, "- - - X -", [Alarm, Keep, Alarm, Ok]),
    ];
    for (m, data, expected) in cells {
        for (treat, expected) in [Missing, Ignore, Breaching, NotBreaching].into_iter().zip(expected) {
            assert_eq!(verdict(3, m, data, treat), expected, "M={m} `{data}` {treat:?}");
        }
    }
}

#[test]
fn young_data_that_only_breaches_is_not_yet_an_alarm() {
    for data in ["- - - - X", "- - - X -"] {
        for treat in [TreatMissingData::Missing, TreatMissingData::Ignore] {
            assert_eq!(verdict(3, 3, data, treat), Verdict::NotYet, "`{data}` {treat:?}");
        }
    }
    assert_eq!(next_state(AlarmState::InsufficientData, Verdict::NotYet), AlarmState::Ok);
    assert_eq!(next_state(AlarmState::Ok, Verdict::NotYet), AlarmState::Ok);
    assert_eq!(next_state(AlarmState::Alarm, Verdict::NotYet), AlarmState::Alarm);
}

#[test]
fn one_of_one() {
    assert_eq!(verdict(1, 1, "0 0 X", TreatMissingData::Missing), Verdict::Alarm);
    assert_eq!(verdict(1, 1, "X X 0", TreatMissingData::Missing), Verdict::Ok);
    // The newest real point counts while it is in the range.
    assert_eq!(verdict(1, 1, "X - -", TreatMissingData::NotBreaching), Verdict::Alarm);
    assert_eq!(verdict(1, 1, "- - -", TreatMissingData::NotBreaching), Verdict::Ok);
}

#[test]
fn ignored_gaps_keep_every_state() {
    for state in [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData] {
        assert_eq!(next_state(state, verdict(3, 3, "- - - - -", TreatMissingData::Ignore)), state);
    }
}

#[test]
fn nan_counts_as_missing() {
    let points = [Some(f64::NAN); 5];
    assert_eq!(decide(&criteria(3, 3, TreatMissingData::Missing), &points).verdict, Verdict::InsufficientData);
}

#[test]
fn the_decision_says_what_it_counted() {
    let criteria = criteria(3, 2, TreatMissingData::Breaching);
    let decision = decide(&criteria, &points("X 0 X X X"));
    assert_eq!((decision.counted, decision.filled), (vec![2, 3, 4], 0));
    let decision = decide(&criteria, &points("X - - - X"));
    assert_eq!((decision.counted, decision.filled), (vec![0, 4], 1));
}

#[test]
fn every_operator_at_below_and_above_the_threshold() {
    use ComparisonOperator::{
        GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanOrEqualToThreshold, LessThanThreshold,
    };
    let cases = [
        (GreaterThanOrEqualToThreshold, [false, true, true]),
        (GreaterThanThreshold, [false, false, true]),
        (LessThanThreshold, [true, false, false]),
        (LessThanOrEqualToThreshold, [true, true, false]),
    ];
    for (operator, expected) in cases {
        let criteria = Criteria { comparison_operator: operator, ..criteria(1, 1, TreatMissingData::Missing) };
        assert_eq!([0.4, 0.5, 0.6].map(|value| criteria.breaches(value)), expected, "{operator:?}");
    }
}

#[test]
fn the_evaluation_range_is_larger_than_n() {
    let cases = [(1, 3), (2, 4), (3, 5), (5, 7), (6, 8), (9, 12), (60, 80)];
    for (n, range) in cases {
        assert_eq!(evaluation_range(n), range, "N={n}");
    }
}
