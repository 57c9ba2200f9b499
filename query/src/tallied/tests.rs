use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn each_wanted_time_is_counted_or_read(
        start in -50_i64..50,
        length in 1_i64..60,
        step in 1_i64..12,
        from in -60_i64..60,
        to in -60_i64..60,
    ) {
        let (of_segment, wanted) = (start..start + length, Wanted { times: Micros { from, to }, unit_us: None });
        let Some(times) = countable(of_segment.clone(), step, wanted) else { return Ok(()) };
        for time in of_segment {
            let begin = time.div_euclid(step) * step;
            let is_counted = times.from <= begin && begin < times.to;
            let is_outside = time < times.from || time >= times.to;
            prop_assert_ne!(is_counted, is_outside, "either counted or read");
            prop_assert!(!is_counted || (from <= time && time < to), "nothing is counted that is not wanted");
        }
    }
}

#[test]
fn a_segment_within_the_range_is_counted_whole() {
    let wanted = |from, to| Wanted { times: Micros { from, to }, unit_us: None };
    assert_eq!(countable(103..197, 10, wanted(103, 197)), Some(Micros::ALL));
    assert_eq!(countable(103..197, 10, wanted(104, 197)), Some(Micros { from: 110, to: i64::MAX }));
    assert_eq!(countable(103..197, 10, wanted(0, 196)), Some(Micros { from: i64::MIN, to: 190 }));
    assert_eq!(countable(103..197, 10, wanted(111, 119)), None);
    assert_eq!(countable(103..197, 10, wanted(500, 600)), None);
}

#[test]
fn steps_that_are_coarser_than_the_unit_do_not_help() {
    let wanted = |unit| Wanted { times: Micros::ALL, unit_us: Some(unit) };
    assert_eq!(countable(0..100, 10, wanted(20)), Some(Micros::ALL));
    assert_eq!(countable(0..100, 10, wanted(5)), None);
    assert_eq!(countable(0..100, 10, wanted(15)), None);
}

#[test]
fn a_microsecond_of_which_a_part_is_wanted_is_not_within() {
    assert_eq!(Micros::within_nanos((1_000, 5_000)), Micros { from: 1, to: 5 });
    assert_eq!(Micros::within_nanos((1_001, 5_999)), Micros { from: 2, to: 5 });
    assert_eq!(Micros::within_nanos((-1_001, -1)), Micros { from: -1, to: -1 });
}
