use super::{before, bin, ceil, floor, read, render};
use crate::function::tests::call;
use crate::period::Period;
use crate::value::Value;

/// A time written as results show it, in milliseconds.
fn at(text: &str) -> i64 {
    read(text).unwrap_or_else(|| panic!("{text} is no time"))
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

#[test]
fn times_round_to_periods() {
    let check = |time: &str, length: &str, below: &str, above: &str| {
        let found = (floor(at(time), period(length)).map(render), ceil(at(time), period(length)).map(render));
        assert_eq!(found, (Some(render(at(below))), Some(render(at(above)))), "{time} {length}");
    };
    check("2024-02-29 12:34:56.789", "5m", "2024-02-29 12:30:00", "2024-02-29 12:35:00");
    check("2024-02-29 12:34:56.789", "300s", "2024-02-29 12:30:00", "2024-02-29 12:35:00");
    check("2024-02-29 12:30:00", "5m", "2024-02-29 12:30:00", "2024-02-29 12:30:00");
    check("2024-02-29 12:34:56.789", "250ms", "2024-02-29 12:34:56.75", "2024-02-29 12:34:57");
    check("2024-02-29 12:34:56.789", "1d", "2024-02-29 00:00", "2024-03-01 00:00");
    // A Thursday; weeks begin on Monday.
    check("2024-02-29 12:34:56.789", "1w", "2024-02-26 00:00", "2024-03-04 00:00");
    check("2024-02-29 12:34:56.789", "1mo", "2024-02-01 00:00", "2024-03-01 00:00");
    check("2024-02-29 12:34:56.789", "1q", "2024-01-01 00:00", "2024-04-01 00:00");
    check("2024-02-29 12:34:56.789", "2mo", "2024-01-01 00:00", "2024-03-01 00:00");
    check("2024-02-29 12:34:56.789", "1y", "2024-01-01 00:00", "2025-01-01 00:00");
    check("1969-12-31 23:59:59", "1h", "1969-12-31 23:00", "1970-01-01 00:00");
    check("1969-12-31 23:59:59", "1y", "1969-01-01 00:00", "1970-01-01 00:00");
}

#[test]
fn an_offset_shifts_the_past_into_the_bins_of_the_present() {
    let check = |time: &str, offset: Option<&str>, expected: &str| {
        assert_eq!(bin(at(time), period("5m"), offset.map(period)), Some(at(expected)), "{time} {offset:?}");
    };
    check("2024-01-01 10:07:00", None, "2024-01-01 10:05:00");
    check("2024-01-01 10:07:00", Some("1h"), "2024-01-01 11:05:00");
    check("2024-01-31 10:07:00", Some("1mo"), "2024-02-29 10:05:00");
}

#[test]
fn functions_of_time() {
    let check = |name: &str, arguments: &[Value], expected: Value| {
        assert_eq!(call(name, arguments), expected, "{name} {arguments:?}");
    };
    check("bin", &[Value::Time(601_000), Value::text("300s")], Value::Time(600_000));
    check("bin", &[Value::Time(1), Value::text("x")], Value::Null);
    check("datefloor", &[Value::Number(3_700_000.0), Value::text("1h")], Value::Time(3_600_000));
    check("datefloor", &[Value::text("1970-01-01 01:30:00.000"), Value::text("1h")], Value::Time(3_600_000));
    check("dateceil", &[Value::Time(3_600_001), Value::text("1h")], Value::Time(7_200_000));
    check("dateceil", &[Value::Null, Value::text("1h")], Value::Null);
    check("fromMillis", &[Value::Number(5.0)], Value::Time(5));
    check("fromMillis", &[Value::text("x")], Value::Null);
    check("toMillis", &[Value::Time(5)], Value::Number(5.0));
    check("toMillis", &[Value::text("1970-01-01T00:00:01Z")], Value::Number(1_000.0));
    check("now", &[], Value::Number(70.0));
    check("queryStartTime", &[], Value::Number(1_000.0));
    check("queryEndTime", &[], Value::Number(61_000.0));
    check("queryTimeRange", &[], Value::Number(60_000.0));
}

#[test]
fn dates_are_written_in_formats_and_zones() {
    let check = |pattern: &str, zone: Option<&str>, expected: &str| {
        let time = Value::Time(at("2024-03-05 14:07:09.012"));
        let arguments: Vec<Value> =
            [Some(time), Some(Value::text(pattern)), zone.map(Value::text)].into_iter().flatten().collect();
        assert_eq!(call("formatDate", &arguments), Value::text(expected), "{pattern} {zone:?}");
        assert_eq!(call("strftime", &arguments), Value::text(expected), "{pattern} {zone:?}");
    };
    check("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", None, "2024-03-05T14:07:09.012Z");
    check("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Some("Europe/Berlin"), "2024-03-05T15:07:09.012+01:00");
    check("d.M.yy h:mm a", None, "5.3.24 2:07 PM");
    check("EEE, dd MMM yyyy HH:mm:ss Z", Some("+05:30"), "Tue, 05 Mar 2024 19:37:09 +0530");
    check("EEEE MMMM, 'day' D 'o''clock' kk", None, "Tuesday March, day 65 o'clock 14");
    check("Q z VV", Some("America/New_York"), "1 EST America/New_York");
    check("[yyyy]", None, "2024");
    check("%Y-%m-%dT%H:%M:%S.%3N%z", None, "2024-03-05T14:07:09.012+0000");
    check("%a %-d %b %y %I:%M %p %j %%", None, "Tue 5 Mar 24 02:07 PM 065 %");
    check("%F %T %s", Some("GMT+1"), "2024-03-05 15:07:09 1709647629");
}

#[test]
fn dates_are_read_in_formats_and_zones() {
    let check = |text: &str, pattern: &str, zone: Option<&str>, expected: Option<&str>| {
        let arguments: Vec<Value> = [Some(text), Some(pattern), zone].into_iter().flatten().map(Value::text).collect();
        let expected = expected.map_or(Value::Null, |expected| Value::Number(at(expected) as f64));
        assert_eq!(call("parseDate", &arguments), expected, "{text} {pattern}");
    };
    check("2024-03-05T14:07:09.012Z", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", None, Some("2024-03-05 14:07:09.012"));
    check("2024-03-05T14:07:09+02:00", "yyyy-MM-dd'T'HH:mm:ssXXX", None, Some("2024-03-05 12:07:09"));
    check("05/Mar/2024:14:07:09 +0100", "dd/MMM/yyyy:HH:mm:ss Z", None, Some("2024-03-05 13:07:09"));
    check("2024-07-01 12:00", "yyyy-MM-dd HH:mm", Some("Europe/Berlin"), Some("2024-07-01 10:00"));
    check("20240305", "yyyyMMdd", None, Some("2024-03-05 00:00"));
    check("20240305140709123", "yyyyMMddHHmmssSSS", None, Some("2024-03-05 14:07:09.123"));
    check("3/5/24 2:07 pm", "M/d/yy h:mm a", None, Some("2024-03-05 14:07"));
    check("12:30 AM", "hh:mm a", None, Some("1970-01-01 00:30"));
    check("2024-03-05", "yyyy-MM-dd['T'HH:mm]", None, Some("2024-03-05 00:00"));
    check("Tuesday, March 5 2024", "EEEE, MMMM d yyyy", None, Some("2024-03-05 00:00"));
    check("1709647629", "%s", None, Some("2024-03-05 14:07:09"));
    check("2024-03-05 14:07", "%F %R", None, Some("2024-03-05 14:07"));
    // The clocks jump over half past two.
    check("2024-03-31 02:30", "yyyy-MM-dd HH:mm", Some("Europe/Berlin"), Some("2024-03-31 01:30"));
    check("2024-13-05", "yyyy-MM-dd", None, None);
    check("2024-03-05 x", "yyyy-MM-dd", None, None);
    check("2024-03-05", "yyyy-MM-dd'", None, None);
    check("2024-03-05", "yyyy-bb", None, None);
    check("2024-03-05", "yyyy-MM-dd", Some("Nowhere/City"), None);
}

#[test]
fn times_before_others_and_times_as_text() {
    assert_eq!(before(at("2024-03-31 12:00"), period("1mo")), Some(at("2024-02-29 12:00")));
    assert_eq!(before(at("2024-03-31 12:00"), period("2d")), Some(at("2024-03-29 12:00")));
    assert_eq!(read("2024-03-31"), Some(at("2024-03-31 00:00")));
    assert_eq!(read("2024-03-31T02:00:00+02:00"), Some(at("2024-03-31 00:00")));
    assert_eq!(read("yesterday"), None);
}
