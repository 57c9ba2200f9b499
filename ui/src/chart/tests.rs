use super::data::{ChartData, ChartKind, ChartLine, Threshold};
use super::path::{area, bars, line, points, stacked, thinned};
use super::scale::{Scale, period_at, value_domain};
use super::ticks::{time_ticks, value_ticks};

const SECOND: i64 = 1_000_000_000;

fn data(lines: &[&[Option<f64>]]) -> ChartData {
    let lines = lines.iter().enumerate().map(|(at, values)| ChartLine {
        label: at.to_string(),
        colour: String::new(),
        values: values.to_vec(),
    });
    ChartData { start: 0, step: 60 * SECOND, lines: lines.collect(), ..ChartData::default() }
}

#[test]
fn a_scale_goes_there_and_back() {
    let scale = Scale { domain: (10.0, 20.0), range: (100.0, 0.0) };
    assert_eq!(scale.at(15.0), 50.0);
    assert_eq!(scale.invert(scale.at(12.5)), 12.5);
}

#[test]
fn ticks_are_round_and_inside() {
    assert_eq!(value_ticks((0.0, 100.0), 5), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
    assert_eq!(value_ticks((0.0, 0.9), 4), [0.0, 0.5]);
    assert_eq!(value_ticks((-7.0, 7.0), 4), [-5.0, 0.0, 5.0]);
    assert!(value_ticks((1.0, 1.0), 4).is_empty());
}

#[test]
fn times_are_round_in_the_readers_zone() {
    let hour = 3_600 * SECOND;
    let (ticks, step) = time_ticks(hour / 2, 7 * hour, 6, 0);
    assert_eq!((ticks[0], step), (2 * hour, 2 * hour));
    // Half past the hour in UTC is the full hour in India.
    let (ticks, _) = time_ticks(0, 6 * hour, 6, 330);
    assert_eq!(ticks[0], hour / 2);
    let (ticks, step) = time_ticks(0, SECOND, 5, 0);
    assert_eq!((ticks.len(), step), (6, SECOND / 5));
}

#[test]
fn zero_is_in_sight_unless_it_is_far() {
    let near = data(&[&[Some(2.0), Some(10.0)]]);
    assert_eq!(value_domain(&near, &[], ChartKind::Line, &[]).0, 0.0);
    let far = data(&[&[Some(98.0), Some(100.0)]]);
    assert!(value_domain(&far, &[], ChartKind::Line, &[]).0 > 90.0);
    assert_eq!(value_domain(&far, &[], ChartKind::Area, &[]).0, 0.0);
    assert_eq!(value_domain(&data(&[]), &[], ChartKind::Line, &[]), (0.0, 1.0));
}

#[test]
fn the_domain_holds_the_sum_and_the_threshold_and_not_what_is_hidden() {
    let two = data(&[&[Some(2.0)], &[Some(3.0)]]);
    let high = |kind, hidden: &[String], thresholds: &[Threshold]| value_domain(&two, hidden, kind, thresholds).1;
    assert!(high(ChartKind::Stacked, &[], &[]) > 5.0);
    assert!(high(ChartKind::Line, &[], &[]) < 4.0);
    assert!(high(ChartKind::Line, &["1".to_owned()], &[]) < 3.0);
    let threshold =
        Threshold { value: 50.0, operator: api::alarm::ComparisonOperator::GreaterThanThreshold, class: "fault" };
    assert!(high(ChartKind::Line, &[], &[threshold]) > 50.0);
}

#[test]
fn a_gap_parts_a_line() {
    let x = Scale { domain: (0.0, 1.0), range: (0.0, 40.0) };
    let y = Scale { domain: (0.0, 1.0), range: (10.0, 0.0) };
    let points = points(&[Some(0.0), None, Some(1.0), Some(1.0)], 4, &x, &y);
    assert_eq!(line(&points), "M5.0 10.0m-2 0a2 2 0 1 0 4 0a2 2 0 1 0 -4 0M25.0 0.0L35.0 0.0");
    assert_eq!(area(&points, &|_| 10.0), "M5.0 10.0L5.0 10.0ZM25.0 0.0L35.0 0.0L35.0 10.0L25.0 10.0Z");
}

#[test]
fn thinning_keeps_every_peak() {
    let mut series: Vec<_> = (0..10_000).map(|at| Some((at as f64 / 100.0, 1.0))).collect();
    series[5_555] = Some((55.55, 100.0));
    series[7_777] = None;
    let thin = thinned(&series, 100.0);
    assert!(thin.len() < 500, "{}", thin.len());
    assert!(thin.contains(&Some((55.55, 100.0))));
    assert!(thin.contains(&None));
    assert_eq!((thin[0], thin.last()), (series[0], series.last()));
}

#[test]
fn layers_stand_on_each_other() {
    let stack = stacked(&[&[Some(1.0), None], &[Some(2.0), Some(3.0)]], 2);
    assert_eq!(stack, [[(0.0, 1.0), (0.0, 0.0)], [(1.0, 3.0), (0.0, 3.0)]]);
}

#[test]
fn bars_leave_a_hairline_where_there_is_room() {
    assert_eq!(bars(&[(0.0, 10.0, 2.0, 8.0)]), "M0.0 8.0V2.0H9.0V8.0Z");
    assert_eq!(bars(&[(0.0, 2.0, 2.0, 8.0)]), "M0.0 8.0V2.0H2.0V8.0Z");
}

#[test]
fn a_pixel_lies_in_a_period() {
    let x = Scale { domain: (0.0, 1.0), range: (50.0, 150.0) };
    assert_eq!([50.0, 74.9, 75.0, 150.0].map(|at| period_at(at, &x, 4)), [Some(0), Some(0), Some(1), Some(3)]);
    assert_eq!([49.0, 151.0].map(|at| period_at(at, &x, 4)), [None, None]);
    assert_eq!(period_at(60.0, &x, 0), None);
}
