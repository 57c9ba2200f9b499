//! Times: RFC 3339, epoch nanoseconds as a string, or relative to now (`now`, `now-1h`, `now-15m+10s`).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// A point in time: nanoseconds since the Unix epoch. In JSON a string of digits, because JavaScript's numbers end
/// at 2^53; a number is accepted too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Nanos(pub i64);

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Nanos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Nanos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Nanos;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("epoch nanoseconds as a string")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Nanos, E> {
                Ok(Nanos(value))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Nanos, E> {
                i64::try_from(value).map(Nanos).map_err(|_| E::custom("a time beyond the year 2262"))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Nanos, E> {
                value.parse().map(Nanos).map_err(|_| E::custom("not a number of nanoseconds"))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A range of time as it is asked for, start inclusive, end exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    /// RFC 3339, epoch nanoseconds, or relative. Default `now-1h`.
    #[serde(default = "default_from")]
    pub from: String,
    /// RFC 3339, epoch nanoseconds, or relative. Default `now`.
    #[serde(default = "default_to")]
    pub to: String,
}

fn default_from() -> String {
    "now-1h".to_owned()
}

fn default_to() -> String {
    "now".to_owned()
}

impl Default for TimeRange {
    fn default() -> Self {
        Self { from: default_from(), to: default_to() }
    }
}

impl TimeRange {
    /// Both ends in nanoseconds, or what is wrong with them.
    pub fn resolve(&self, now_unix_nano: i64) -> Result<(i64, i64), String> {
        let from = parse(&self.from, now_unix_nano).map_err(|reason| format!("from: {reason}"))?;
        let to = parse(&self.to, now_unix_nano).map_err(|reason| format!("to: {reason}"))?;
        if from >= to {
            return Err(format!("from ({}) must lie before to ({})", self.from, self.to));
        }
        Ok((from, to))
    }
}

/// Reads a time; the error says what is accepted.
pub fn parse(text: &str, now_unix_nano: i64) -> Result<i64, String> {
    let text = text.trim();
    if let Some(offsets) = text.strip_prefix("now") {
        let time = relative(offsets, now_unix_nano).ok_or_else(|| unreadable(text))?;
        return storable(text, time);
    }
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return storable(text, text.parse().unwrap_or(i128::MAX));
    }
    storable(text, rfc3339(text).ok_or_else(|| unreadable(text))?)
}

fn storable(text: &str, unix_nano: i128) -> Result<i64, String> {
    i64::try_from(unix_nano).map_err(|_| format!("{text:?} does not lie between the years 1677 and 2262"))
}

fn unreadable(text: &str) -> String {
    format!("{text:?} is not a time; use RFC 3339 (2026-01-31T12:00:00Z), epoch nanoseconds, or now-1h")
}

fn relative(mut rest: &str, now: i64) -> Option<i128> {
    let mut time = i128::from(now);
    while !rest.is_empty() {
        let sign = match rest.as_bytes()[0] {
            b'-' => -1,
            b'+' => 1,
            _ => return None,
        };
        let body = &rest[1..];
        let digits = body.bytes().take_while(u8::is_ascii_digit).count();
        let number = i128::from(body.get(..digits)?.parse::<i64>().ok()?);
        let unit_text = &body[digits..];
        let letters = unit_text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = unit_nanos(&unit_text[..letters])?;
        time = time.checked_add(number * i128::from(unit) * sign)?;
        rest = &unit_text[letters..];
    }
    Some(time)
}

fn unit_nanos(unit: &str) -> Option<i64> {
    Some(match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => NANOS_PER_SECOND,
        "m" => 60 * NANOS_PER_SECOND,
        "h" => 3_600 * NANOS_PER_SECOND,
        "d" => 86_400 * NANOS_PER_SECOND,
        "w" => 7 * 86_400 * NANOS_PER_SECOND,
        _ => return None,
    })
}

/// `2026-01-31T12:00:00[.fraction](Z|±hh:mm)`; a date alone is its first moment in UTC.
fn rfc3339(text: &str) -> Option<i128> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let is = |at: usize, accepted: &[u8]| text.as_bytes().get(at).is_some_and(|b| accepted.contains(b));
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    if !is(4, b"-") || !is(7, b"-") || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let nanos = |seconds: i64| i128::from(seconds) * i128::from(NANOS_PER_SECOND);
    let date = days_from_civil(year, month, day) * 86_400;
    if text.len() == 10 {
        return Some(nanos(date));
    }
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !is(10, b"Tt ") || !is(13, b":") || !is(16, b":") || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut zone_at = 19;
    let mut fraction = 0;
    if is(19, b".") {
        let digits = text[20..].bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        let kept = &text[20..20 + digits.min(9)];
        fraction = kept.parse::<i64>().ok()? * 10_i64.pow(9 - u32::try_from(kept.len()).ok()?);
        zone_at = 20 + digits;
    }
    let offset = zone_offset_seconds(text.get(zone_at..)?)?;
    let seconds = date + hour * 3_600 + minute * 60 + second - offset;
    Some(nanos(seconds) + i128::from(fraction))
}

fn zone_offset_seconds(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let bytes = zone.as_bytes();
    if bytes.len() != 6 || bytes[3] != b':' || !zone.is_ascii() {
        return None;
    }
    let sign = match bytes[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes): (i64, i64) = (zone[1..3].parse().ok()?, zone[4..6].parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date (year, month, day) of a day since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}

/// RFC 3339 in UTC with as many digits as are needed: `2026-01-31T12:00:00.5Z`.
pub fn format_rfc3339(unix_nano: i64) -> String {
    let seconds = unix_nano.div_euclid(NANOS_PER_SECOND);
    let fraction = unix_nano.rem_euclid(NANOS_PER_SECOND);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let second_of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if fraction != 0 {
        let digits = format!("{fraction:09}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

#[cfg(test)]
mod tests;
