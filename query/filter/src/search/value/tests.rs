use super::*;

#[test]
fn durations_with_every_unit() {
    for (text, nanos) in [
        ("1d", 86_400_000_000_000),
        ("2h", 7_200_000_000_000),
        ("2m", 120_000_000_000),
        ("1.5s", 1_500_000_000),
        ("250ms", 250_000_000),
        ("40us", 40_000),
        ("40µs", 40_000),
        ("7ns", 7),
        ("1h30m", 5_400_000_000_000),
        ("0s", 0),
        ("0.1ms", 100_000),
    ] {
        assert_eq!(duration(text), Some(nanos), "{text}");
    }
    for wrong in ["", "5", "ms", "1 s", "-5ms", "1.s", ".5s", "1..5s", "1e9h", "9999999999999h", "1parsec", "1hm", "5M"]
    {
        assert_eq!(duration(wrong), None, "{wrong}");
    }
}

#[test]
fn sizes_with_every_unit() {
    for (text, bytes) in [
        ("5B", 5),
        ("10KB", 10_000),
        ("10kb", 10_000),
        ("1.5MB", 1_500_000),
        ("2GB", 2_000_000_000),
        ("1TB", 1_000_000_000_000),
        ("1KiB", 1_024),
        ("0.5MiB", 524_288),
        ("1GiB", 1 << 30),
        ("1TiB", 1 << 40),
    ] {
        assert_eq!(size(text), Some(bytes), "{text}");
    }
    for wrong in ["", "5", "KB", "-5KB", "5 KB", "99999999999TB", "5XB"] {
        assert_eq!(size(wrong), None, "{wrong}");
    }
}

#[test]
fn numbers_as_json_has_them() {
    assert_eq!(number("5"), Some(Value::Int(5)));
    assert_eq!(number("-0"), Some(Value::Int(0)));
    assert_eq!(number("9223372036854775807"), Some(Value::Int(i64::MAX)));
    assert_eq!(number("9223372036854775808"), Some(Value::Double(9_223_372_036_854_775_808.0)));
    assert_eq!(number("-1.5e-3"), Some(Value::Double(-0.0015)));
    for wrong in ["", "-", "05", "+5", ".5", "5.", "1e", "1e+", "0x5", "1e999", "inf", "NaN", "5a", "1_000", "٣"] {
        assert_eq!(number(wrong), None, "{wrong}");
    }
}

#[test]
fn amounts_are_written_with_the_largest_unit_that_takes_them_whole() {
    for (value, text) in [
        (Value::Duration(250_000_000), "250ms"),
        (Value::Duration(1_500_000_000), "1500ms"),
        (Value::Duration(3_600_000_000_000), "1h"),
        (Value::Duration(0), "0ns"),
        (Value::Duration(7), "7ns"),
        (Value::Size(10_000), "10KB"),
        (Value::Size(2_048), "2KiB"),
        (Value::Size(0), "0B"),
        (Value::Size(1_500), "1500B"),
    ] {
        assert_eq!(with_unit(&value).as_deref(), Some(text));
        assert_eq!(sized(text), Some(value));
    }
}
