//! Durations as a person writes them into a field and as they stand in the URL: `250ms`, `1.5s`, `2m`, `40us`.

const UNITS: [(&str, i64); 7] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("ns", 1),
];

/// Reads a duration in nanoseconds; a number without a unit is milliseconds. Empty is none.
pub(crate) fn parse(text: &str) -> Result<Option<i64>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || format!("{text:?} is not a duration; write 250ms, 1.5s or 2m");
    let number_end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..number_end].parse().map_err(|_| wrong())?;
    let unit = text[number_end..].trim();
    let unit = if unit.is_empty() { "ms" } else { unit };
    let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor).ok_or_else(wrong)?;
    let nanos = number * factor as f64;
    if nanos < i64::MAX as f64 { Ok(Some(nanos.round() as i64)) } else { Err(wrong()) }
}

/// The shortest exact text.
pub(crate) fn write(nanos: i64) -> String {
    let whole = UNITS.iter().find(|(_, factor)| nanos >= *factor && nanos % *factor == 0);
    let tenths =
        UNITS[2..].iter().find(|(_, factor)| nanos >= *factor && *factor >= 1_000 && nanos % (*factor / 1_000) == 0);
    match (whole, tenths) {
        (Some((unit, factor)), _) if nanos / factor < 1_000 => format!("{}{unit}", nanos / factor),
        (_, Some((unit, factor))) => format!("{}{unit}", nanos as f64 / *factor as f64),
        (Some((unit, factor)), None) => format!("{}{unit}", nanos / factor),
        (None, None) => format!("{nanos}ns"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read() {
        assert_eq!(parse("250ms"), Ok(Some(250_000_000)));
        assert_eq!(parse(" 1.5 s "), Ok(Some(1_500_000_000)));
        assert_eq!(parse("2m"), Ok(Some(120_000_000_000)));
        assert_eq!(parse("40µs"), parse("40us"));
        assert_eq!(parse("30"), Ok(Some(30_000_000)));
        assert_eq!(parse(""), Ok(None));
        for wrong in ["fast", "1 parsec", "-5ms", "1e9h", "9999999999999h"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(write(250_000_000), "250ms");
        assert_eq!(write(1_500_000_000), "1.5s");
        assert_eq!(write(3_600_000_000_000), "1h");
        for nanos in [0, 1, 999, 1_000, 1_234_567, 12_345_678_901, 90_000_000_000, 86_400_000_000_000] {
            assert_eq!(parse(&write(nanos)), Ok(Some(nanos)), "{}", write(nanos));
        }
    }
}
