use std::time::Duration;

use super::{rate, time_span};

#[test]
fn reads_times_with_units() {
    assert_eq!(time_span("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(time_span("10m"), Ok(Duration::from_secs(600)));
    assert_eq!(time_span("1h"), Ok(Duration::from_secs(3600)));
    for wrong in ["", "h", "10", "1.5h", "-1s", "1d", "10µ", "99999999999999999999h"] {
        assert!(time_span(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn keeps_the_rate_within_its_limit() {
    assert_eq!(rate("0.5"), Ok(0.5));
    for wrong in ["0", "-1", "201", "NaN", "fast"] {
        assert!(rate(wrong).is_err(), "{wrong}");
    }
}
