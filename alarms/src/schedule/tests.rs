use super::*;
use crate::testing::rule;

const GRACE: i64 = 5 * NANOS_PER_SECOND;
const T0: i64 = 1_790_000_000 * NANOS_PER_SECOND;

fn seconds(count: i64) -> i64 {
    count * NANOS_PER_SECOND
}

fn rule_of(period_seconds: u32, evaluation_periods: u32) -> AlarmRule {
    AlarmRule { period_seconds, evaluation_periods, ..rule("a") }
}

#[test]
fn longer_ranges_have_longer_steps() {
    let cases = [
        ((10, 1), 10),
        ((60, 1), 10),
        ((60, 180), 10),
        ((60, 181), 60),
        ((3_600, 24), 60),
        ((3_600, 25), 300),
        ((86_400, 7), 300),
    ];
    for ((period, n), step) in cases {
        assert_eq!(step_seconds(&rule_of(period, n)), step, "{n} periods of {period} s");
    }
}

#[test]
fn a_step_is_due_once_its_grace_is_over() {
    let rule = rule_of(60, 1);
    let last = Some(T0 - seconds(10));
    assert_eq!(due(&rule, last, T0 + GRACE - 1, GRACE), None);
    assert_eq!(due(&rule, last, T0 + GRACE, GRACE), Some(T0));
    assert_eq!(due(&rule, Some(T0), T0 + GRACE + seconds(9), GRACE), None);
    assert_eq!(due(&rule, Some(T0), T0 + GRACE + seconds(10), GRACE), Some(T0 + seconds(10)));
}

#[test]
fn a_new_alarm_is_due_at_once_and_missed_steps_are_not_made_up_for() {
    let rule = rule_of(60, 1);
    assert_eq!(due(&rule, None, T0 + seconds(7), GRACE), Some(T0));
    assert_eq!(due(&rule, Some(T0), T0 + seconds(1_000) + GRACE, GRACE), Some(T0 + seconds(1_000)));
}

#[test]
fn a_clock_set_back_does_not_silence_an_alarm() {
    let rule = rule_of(60, 1);
    assert_eq!(due(&rule, Some(T0 + seconds(3_600)), T0 + GRACE, GRACE), Some(T0));
}

#[test]
fn every_step_of_a_minute_is_due_exactly_once() {
    let rule = rule_of(10, 3);
    let mut last = Some(newest_step(T0, 10, GRACE));
    let mut evaluated = Vec::new();
    let mut now = T0;
    while now < T0 + seconds(60) {
        if let Some(step) = due(&rule, last, now, GRACE) {
            evaluated.push((step - T0) / NANOS_PER_SECOND);
            last = Some(step);
        }
        now += NANOS_PER_SECOND / 4;
    }
    assert_eq!(evaluated, [0, 10, 20, 30, 40, 50]);
}

#[test]
fn the_loop_wakes_when_the_next_step_is_due() {
    for offset in [0, 1, seconds(4), GRACE - 1, GRACE, GRACE + 1, seconds(9)] {
        let now = T0 + offset;
        let wait = nanos_to_next_step(now, GRACE);
        assert!(wait > 0 && wait <= seconds(10), "{offset}: {wait}");
        assert!(newest_step(now + wait, 10, GRACE) > newest_step(now, 10, GRACE));
        assert_eq!(newest_step(now + wait - 1, 10, GRACE), newest_step(now, 10, GRACE));
    }
}

#[test]
fn the_window_covers_the_evaluation_range() {
    let window = window(&rule_of(60, 3), T0);
    assert_eq!(window, Window { start_unix_nano: T0 - seconds(300), end_unix_nano: T0, periods: 5 });
}
