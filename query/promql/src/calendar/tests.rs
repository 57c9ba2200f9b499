use super::*;

fn check(seconds: f64, expected: [(Field, f64); 3]) {
    for (field, number) in expected {
        assert_eq!(field.of(seconds), number, "{field:?} of {seconds}");
    }
}

#[test]
fn parts_of_dates() {
    check(0.0, [(Field::Year, 1970.0), (Field::DayOfWeek, 4.0), (Field::DayOfYear, 1.0)]);
    // 2016-02-29T11:59:59Z
    check(1_456_747_199.0, [(Field::DayOfMonth, 29.0), (Field::DaysInMonth, 29.0), (Field::Hour, 11.0)]);
    // 2023-12-31T23:59:00Z
    check(1_704_067_140.0, [(Field::DayOfYear, 365.0), (Field::Minute, 59.0), (Field::DaysInMonth, 31.0)]);
    check(-1.0, [(Field::Year, 1969.0), (Field::Month, 12.0), (Field::DayOfMonth, 31.0)]);
}

#[test]
fn times_are_printed() {
    assert_eq!(rfc3339(1_456_747_199_999), "2016-02-29T11:59:59Z");
}

#[test]
fn no_time_makes_it_panic() {
    for seconds in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e18, -1e18] {
        Field::DayOfWeek.of(seconds);
        Field::Year.of(seconds);
    }
}
