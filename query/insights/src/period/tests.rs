use super::{Length, Period, Unit};

#[test]
fn a_period_is_what_it_says() {
    let check = |text: &str, expected: Length| {
        assert_eq!(Period::parse(text).map(Period::length), Some(expected), "{text}");
    };
    check("300s", Length::Milliseconds(300_000));
    check("5m", Length::Milliseconds(300_000));
    check("5 minutes", Length::Milliseconds(300_000));
    check("250msec", Length::Milliseconds(250));
    check("36hrs", Length::Milliseconds(129_600_000));
    check("2W", Length::Milliseconds(1_209_600_000));
    check("1mo", Length::Months(1));
    check("2qtr", Length::Months(6));
    check("3yr", Length::Months(36));
}

#[test]
fn what_is_no_period_is_none() {
    for text in ["", "5", "m", "0s", "5x", "-5m", "99999999999s", "5.5m"] {
        assert_eq!(Period::parse(text), None, "{text}");
    }
}

#[test]
fn a_period_prints_with_the_short_unit() {
    assert_eq!(Period { count: 90, unit: Unit::Minute }.to_string(), "90m");
    assert_eq!(Period { count: 1, unit: Unit::Month }.to_string(), "1mo");
}
