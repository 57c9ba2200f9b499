//! A text as a moment.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{Item, MONTHS, Name, Number, WEEKDAYS};
use crate::function::time::zone::{Zone, offset_at};

/// The moment, in milliseconds, that the whole text is in the format; `None` where it is not.
pub(in crate::function::time) fn parse(items: &[Item], text: &str, zone: Zone) -> Option<i64> {
    let mut parts = Parts { zone: Some(zone), ..Parts::default() };
    let rest = read_items(items, text, &mut parts)?;
    if !rest.trim().is_empty() {
        return None;
    }
    parts.moment()
}

/// What was read so far.
#[derive(Debug, Clone, Default)]
struct Parts {
    year: Option<i32>,
    quarter: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    day_of_year: Option<u32>,
    hour: Option<u32>,
    hour_of_half: Option<u32>,
    is_pm: Option<bool>,
    minute: Option<u32>,
    second: Option<u32>,
    nanosecond: Option<u32>,
    epoch_ms: Option<i64>,
    zone: Option<Zone>,
}

fn read_items<'a>(items: &[Item], mut rest: &'a str, parts: &mut Parts) -> Option<&'a str> {
    for (index, item) in items.iter().enumerate() {
        rest = match item {
            Item::Literal(literal) if literal.trim().is_empty() => {
                let behind = rest.trim_start();
                if behind.len() == rest.len() && !literal.is_empty() {
                    return None;
                }
                behind
            }
            Item::Literal(literal) => rest.strip_prefix(literal.as_str())?,
            Item::Number(number, digits) => {
                // Numbers that touch each other (`yyyyMMdd`) have as many digits as the format has letters.
                let touches = matches!(items.get(index + 1), Some(Item::Number(..) | Item::Fraction(_)));
                let most = if touches { (*digits).max(1) } else { usize::MAX };
                read_number(*number, rest, most, parts)?
            }
            Item::Fraction(_) => read_fraction(rest, parts)?,
            Item::Name(name, _) => read_name(*name, rest, parts)?,
            Item::Offset(_) => {
                if let Some(behind) = rest.strip_prefix(['Z', 'z']) {
                    parts.zone = Some(Zone::UTC);
                    behind
                } else {
                    let (seconds, behind) = offset_at(rest.strip_prefix("GMT").unwrap_or(rest))?;
                    parts.zone = Some(Zone::Fixed(chrono::FixedOffset::east_opt(seconds)?));
                    behind
                }
            }
            Item::ZoneName | Item::ZoneId => {
                let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-:".contains(&byte);
                let length = rest.bytes().take_while(|byte| is_part(*byte)).count();
                parts.zone = Some(Zone::named(&rest[..length])?);
                &rest[length..]
            }
            Item::Optional(inner) => {
                let mut tried = parts.clone();
                match read_items(inner, rest, &mut tried) {
                    Some(behind) => {
                        *parts = tried;
                        behind
                    }
                    None => rest,
                }
            }
        };
    }
    Some(rest)
}

fn read_number<'a>(number: Number, text: &'a str, digits_max: usize, parts: &mut Parts) -> Option<&'a str> {
    let signed = matches!(number, Number::Year | Number::EpochSecond | Number::EpochMillisecond);
    let negative = signed && text.starts_with('-');
    let digits = if negative { &text[1..] } else { text };
    let length = digits.bytes().take_while(u8::is_ascii_digit).count().min(digits_max);
    let value: i64 = digits[..length].parse().ok()?;
    let value = if negative { -value } else { value };
    let small = || u32::try_from(value).ok();
    match number {
        Number::Year => parts.year = Some(i32::try_from(value).ok()?),
        Number::YearOfCentury => parts.year = Some(2_000 + i32::try_from(value).ok().filter(|year| *year < 100)?),
        Number::Quarter => parts.quarter = Some(small().filter(|quarter| (1..=4).contains(quarter))?),
        Number::Month => parts.month = small(),
        Number::Day => parts.day = small(),
        Number::DayOfYear => parts.day_of_year = small(),
        Number::Weekday => {}
        Number::Hour => parts.hour = small(),
        Number::HourFrom1 => parts.hour = small().map(|hour| hour % 24),
        Number::HourOfHalf | Number::HourOfHalfFrom0 => parts.hour_of_half = small().filter(|hour| *hour <= 12),
        Number::Minute => parts.minute = small(),
        Number::Second => parts.second = small(),
        Number::EpochSecond => parts.epoch_ms = Some(value.checked_mul(1_000)?),
        Number::EpochMillisecond => parts.epoch_ms = Some(value),
    }
    Some(&digits[length..])
}

fn read_fraction<'a>(text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 {
        return None;
    }
    let padded = format!("{:0<9}", &text[..length.min(9)]);
    parts.nanosecond = Some(padded.parse().ok()?);
    Some(&text[length..])
}

fn read_name<'a>(name: Name, text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let strip = |word: &str| {
        let begins = text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
        begins.then(|| &text[word.len()..])
    };
    let among = |words: &[&str]| {
        words
            .iter()
            .enumerate()
            .find_map(|(index, word)| strip(word).or_else(|| strip(&word[..3])).map(|rest| (index as u32, rest)))
    };
    match name {
        Name::Month => {
            let (index, rest) = among(&MONTHS)?;
            parts.month = Some(index + 1);
            Some(rest)
        }
        Name::Weekday => among(&WEEKDAYS).map(|(_, rest)| rest),
        Name::Half => {
            let is_pm = strip("PM").is_some();
            parts.is_pm = Some(is_pm);
            strip(if is_pm { "PM" } else { "AM" })
        }
        Name::Era => strip("AD").or_else(|| strip("BC")),
    }
}

impl Parts {
    fn moment(self) -> Option<i64> {
        if let Some(milliseconds) = self.epoch_ms {
            return milliseconds.checked_add(i64::from(self.nanosecond.unwrap_or(0) / 1_000_000));
        }
        let local = NaiveDateTime::new(self.date()?, NaiveTime::MIN).checked_add_signed(self.time_of_day()?)?;
        Some(self.zone?.moment(local)?.timestamp_millis())
    }

    fn date(&self) -> Option<NaiveDate> {
        let year = self.year.unwrap_or(1_970);
        if let Some(day) = self.day_of_year {
            return NaiveDate::from_yo_opt(year, day);
        }
        let month = self.month.or(self.quarter.map(|quarter| quarter * 3 - 2)).unwrap_or(1);
        NaiveDate::from_ymd_opt(year, month, self.day.unwrap_or(1))
    }

    fn time_of_day(&self) -> Option<TimeDelta> {
        let hour = match (self.hour, self.hour_of_half) {
            (Some(hour), _) => hour,
            (None, Some(hour)) => hour % 12 + if self.is_pm == Some(true) { 12 } else { 0 },
            (None, None) => 0,
        };
        let (minute, second) = (self.minute.unwrap_or(0), self.second.unwrap_or(0));
        // 24:00 is the next day's 0:00, and a leap second the next minute.
        let fits = hour <= 24 && minute < 60 && second <= 60;
        let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
        let nanoseconds = i64::from(self.nanosecond.unwrap_or(0));
        fits.then(|| TimeDelta::seconds(seconds) + TimeDelta::nanoseconds(nanoseconds))
    }
}
