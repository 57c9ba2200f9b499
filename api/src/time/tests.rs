use super::*;

const NOW: i64 = 1_790_000_000_000_000_000;

#[test]
fn reads_what_it_writes() {
    for nanos in [0, 1, -1, NOW, NOW + 123_456_789, -2_208_988_800_000_000_000, 4_102_444_800_000_000_000] {
        assert_eq!(parse(&format_rfc3339(nanos), NOW), Ok(nanos), "{}", format_rfc3339(nanos));
    }
}

#[test]
fn reads_every_accepted_form() {
    let cases = [
        ("now", NOW),
        ("now-1h", NOW - 3_600 * NANOS_PER_SECOND),
        ("now-1d+30m", NOW - 86_400 * NANOS_PER_SECOND + 1_800 * NANOS_PER_SECOND),
        ("now-250ms", NOW - 250_000_000),
        ("1790000000000000001", NOW + 1),
        ("1970-01-02", 86_400 * NANOS_PER_SECOND),
        ("1970-01-01T00:00:01.000000001Z", NANOS_PER_SECOND + 1),
        ("1970-01-01T01:00:00+01:00", 0),
        ("2024-02-29T00:00:00Z", 1_709_164_800 * NANOS_PER_SECOND),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text, NOW), Ok(expected), "{text}");
    }
}

#[test]
fn says_what_is_accepted() {
    for text in [
        "",
        "yesterday",
        "now-",
        "now-1",
        "now-1y",
        "now1h",
        "2023-02-29",
        "2024-13-01T00:00:00Z",
        "2024-01-01T00:00:00",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:00+25:00",
        "9999999999999999999999",
        "2024-01-01T00:00:00.Z",
        "é",
        "2024-01-01T00:00:00+é0:0",
    ] {
        assert!(parse(text, NOW).is_err(), "{text:?} was read");
    }
}

#[test]
fn a_range_must_run_forward() {
    let range = |from: &str, to: &str| TimeRange { from: from.into(), to: to.into() }.resolve(NOW);
    assert_eq!(range("now-1m", "now"), Ok((NOW - 60 * NANOS_PER_SECOND, NOW)));
    assert!(range("now", "now-1m").is_err());
    assert!(range("now", "now").is_err());
}

#[test]
fn nanos_are_strings_in_json() {
    assert_eq!(serde_json::to_string(&Nanos(NOW)).unwrap(), "\"1790000000000000000\"");
    assert_eq!(serde_json::from_str::<Nanos>("\"-5\"").unwrap(), Nanos(-5));
    assert_eq!(serde_json::from_str::<Nanos>("5").unwrap(), Nanos(5));
}

#[test]
fn a_time_that_cannot_be_stored_is_not_called_unreadable() {
    for text in ["9999999999999999999999", "2263-01-01", "3000-01-01T00:00:00Z", "1600-01-01", "now+99999w"] {
        let reason = parse(text, NOW).unwrap_err();
        assert!(reason.contains("between the years 1677 and 2262"), "{reason}");
    }
}
