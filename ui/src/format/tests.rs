use api::TimeRange;

use super::number::percent;
use super::*;

/// No-break spaces as spaces, to be readable here.
fn plain(text: String) -> String {
    text.replace('\u{a0}', " ")
}

#[test]
fn counts() {
    for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
        assert_eq!(count(number), text);
    }
    for (number, text) in [
        (0.0, "0"),
        (0.25, "0.25"),
        (812.0, "812"),
        (999.9, "1 k"),
        (1_500.0, "1.5 k"),
        (3_400_000.0, "3.4 M"),
        (0.0004, "0.0004"),
    ] {
        assert_eq!(plain(count_short(number)), text, "{number}");
    }
}

#[test]
fn rates_stay_readable_when_small() {
    for (number, text) in [(0.0, "0/s"), (12.42, "12.4/s"), (0.1, "0.1/s"), (0.05, "3/min"), (0.001, "3.6/h")] {
        assert_eq!(plain(rate(number)), text, "{number}");
    }
}

#[test]
fn durations() {
    for (nanos, text) in [
        (0.0, "0 ns"),
        (840.0, "840 ns"),
        (1_500.0, "1.5 µs"),
        (12_340_000.0, "12.3 ms"),
        (999_600_000.0, "1 s"),
        (1_240_000_000.0, "1.24 s"),
        (60e9, "1 min"),
        (125e9, "2 min 5 s"),
        (11_520e9, "3 h 12 min"),
        (90_000e9, "1 d 1 h"),
    ] {
        assert_eq!(plain(duration(nanos)), text, "{nanos}");
    }
}

#[test]
fn percents_and_bytes() {
    for (number, text) in [(0.0, "0 %"), (0.004, "< 0.01 %"), (0.12, "0.12 %"), (1.26, "1.3 %"), (99.96, "100 %")] {
        assert_eq!(plain(percent(number)), text, "{number}");
    }
    assert_eq!(share(1, 0), "–");
    assert_eq!(plain(share(1, 4)), "25 %");
    assert_eq!(plain(bytes(1_234_567)), "1.23 MB");
    assert_eq!(plain(bytes(12)), "12 B");
}

#[test]
fn units_of_metrics() {
    for (value, unit, text) in [
        (0.25, "s", "250 ms"),
        (1_500.0, "By", "1.5 kB"),
        (12.0, "{request}", "12"),
        (0.5, "1", "0.5"),
        (3.0, "Cel", "3 Cel"),
        (7.0, "%", "7 %"),
    ] {
        assert_eq!(plain(with_unit(value, unit)), text);
    }
}

const NOON: i64 = 1_769_860_805_123_456_789; // 2026-01-31T12:00:05.123456789Z

#[test]
fn times_in_a_zone() {
    assert_eq!(date_time(NOON, 0), "2026-01-31 12:00:05");
    assert_eq!(date_time(NOON, 60), "2026-01-31 13:00:05");
    assert_eq!(date_time_precise(NOON, -330), "2026-01-31 06:30:05.123");
    assert_eq!(time_of_day(NOON, 0), "12:00:05.123");
}

#[test]
fn what_a_field_holds_is_read_back() {
    for offset in [0, 60, -330] {
        let whole = NOON - NOON % 1_000_000_000;
        let shown = parse_local_input(&local_input(whole, offset)).map(WallTime::in_utc);
        assert_eq!(shown, Some(whole + i64::from(offset) * 60_000_000_000));
    }
    let summer = WallTime { year: 2026, month: 7, day: 1, hour: 8, minute: 30, second: 0 };
    assert_eq!(parse_local_input("2026-07-01T08:30"), Some(summer));
    assert_eq!(parse_local_input("2026-07-01T08:30:00.25"), Some(summer));
    assert_eq!(parse_local_input("2026-01-31T12:00").map(WallTime::in_utc), Some(1_769_860_800_000_000_000));
    for text in ["", "2026-01-31", "2026-13-01T00:00", "2026-01-31T24:00", "2026-01--1T00:00", "x"] {
        assert_eq!(parse_local_input(text), None, "{text}");
    }
}

#[test]
fn axis_labels_are_as_fine_as_their_step() {
    let midnight = 1_769_817_600_000_000_000;
    assert_eq!(axis_label(midnight, 3_600_000_000_000, 0), "31 Jan");
    assert_eq!(axis_label(NOON, 3_600_000_000_000, 0), "12:00");
    assert_eq!(axis_label(NOON, 5_000_000_000, 0), "12:00:05");
    assert_eq!(axis_label(NOON, 5_000_000, 0), "00:05.123");
}

#[test]
fn ages() {
    for (seconds, text) in [(0, "now"), (12, "12 s ago"), (200, "3 min ago"), (20_000, "5 h ago"), (200_000, "2 d ago")]
    {
        assert_eq!(plain(ago(NOON - seconds * 1_000_000_000, NOON)), text);
    }
}

#[test]
fn ranges_in_words() {
    let label =
        |from: &str, to: &str| plain(range_label(&TimeRange { from: from.to_owned(), to: to.to_owned() }, |_| 0));
    assert_eq!(label("now-15m", "now"), "Last 15 min");
    assert_eq!(label("now-1d", "now"), "Last 1 day");
    assert_eq!(label("2026-01-31T12:00:00Z", "2026-01-31T13:00:00Z"), "2026-01-31 12:00:00 – 13:00:00");
    assert_eq!(label("2026-01-30T12:00:00Z", "now"), "2026-01-30 12:00:00 – now");
}
