use std::collections::BTreeMap;

use super::*;

fn line(values: &[Option<f64>]) -> Series {
    Series { labels: BTreeMap::new(), values: values.to_vec() }
}

#[test]
fn gaps_count_for_nothing() {
    let values = [None, Some(3.0), None, Some(1.0), Some(f64::NAN), None];
    let cases = [
        (Summary::Last, 1.0),
        (Summary::Sum, 4.0),
        (Summary::Average, 2.0),
        (Summary::Minimum, 1.0),
        (Summary::Maximum, 3.0),
    ];
    for (summary, expected) in cases {
        assert_eq!(summarize(&values, summary), Some(expected), "{summary:?}");
        assert_eq!(summarize(&[None, None], summary), None, "{summary:?}");
    }
}

#[test]
fn of_several_lines() {
    let lines = [line(&[Some(1.0), Some(2.0)]), line(&[None]), line(&[Some(6.0)]), line(&[Some(1.0)])];
    let cases = [
        (Across::Sum, (9.0, None)),
        (Across::Average, (3.0, None)),
        (Across::Maximum, (6.0, Some(2))),
        (Across::Minimum, (1.0, Some(3))),
    ];
    for (across, expected) in cases {
        assert_eq!(summarize_all(&lines, Summary::Last, across), Some(expected), "{across:?}");
        assert_eq!(summarize_all(&[], Summary::Last, across), None, "{across:?}");
    }
}
