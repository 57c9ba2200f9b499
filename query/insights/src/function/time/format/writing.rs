//! A moment as text.

use chrono::{DateTime, Datelike, FixedOffset, Offset as _, Timelike};

use super::{Item, MONTHS, Name, Number, Offset, Shape, WEEKDAYS, Width};
use crate::function::time::zone::Zone;

/// The moment in the format; `None` beyond the calendar.
pub(in crate::function::time) fn format(items: &[Item], time_ms: i64, zone: Zone) -> Option<String> {
    let (local, zone_name) = zone.local(DateTime::from_timestamp_millis(time_ms)?);
    let mut text = String::new();
    write_items(items, &local, &zone_name, zone, &mut text);
    Some(text)
}

fn write_items(items: &[Item], local: &DateTime<FixedOffset>, zone_name: &str, zone: Zone, text: &mut String) {
    for item in items {
        match item {
            Item::Literal(literal) => text.push_str(literal),
            Item::Number(number, digits) => {
                let value = number_of(*number, local);
                let sign = if value < 0 { "-" } else { "" };
                let absolute = value.unsigned_abs();
                text.push_str(&format!("{sign}{absolute:0digits$}"));
            }
            Item::Fraction(digits) => {
                let nanoseconds = format!("{:09}", local.nanosecond() % 1_000_000_000);
                text.push_str(&nanoseconds[..(*digits).min(9)]);
            }
            Item::Name(name, width) => text.push_str(name_of(*name, *width, local)),
            Item::Offset(offset) => text.push_str(&offset_text(*offset, local.offset().fix().local_minus_utc())),
            Item::ZoneName => text.push_str(zone_name),
            Item::ZoneId => text.push_str(&zone.id()),
            Item::Optional(items) => write_items(items, local, zone_name, zone, text),
        }
    }
}

fn number_of(number: Number, local: &DateTime<FixedOffset>) -> i64 {
    let hour = i64::from(local.hour());
    match number {
        Number::Year => i64::from(local.year()),
        Number::YearOfCentury => i64::from(local.year().rem_euclid(100)),
        Number::Quarter => i64::from(local.month0() / 3 + 1),
        Number::Month => i64::from(local.month()),
        Number::Day => i64::from(local.day()),
        Number::DayOfYear => i64::from(local.ordinal()),
        Number::Weekday => i64::from(local.weekday().number_from_monday()),
        Number::Hour => hour,
        Number::HourFrom1 => {
            if hour == 0 {
                24
            } else {
                hour
            }
        }
        Number::HourOfHalf => (hour + 11) % 12 + 1,
        Number::HourOfHalfFrom0 => hour % 12,
        Number::Minute => i64::from(local.minute()),
        Number::Second => i64::from(local.second()),
        Number::EpochSecond => local.timestamp(),
        Number::EpochMillisecond => local.timestamp_millis(),
    }
}

fn name_of(name: Name, width: Width, local: &DateTime<FixedOffset>) -> &'static str {
    let long = match name {
        Name::Month => MONTHS[local.month0() as usize % 12],
        Name::Weekday => WEEKDAYS[local.weekday().num_days_from_monday() as usize % 7],
        Name::Half => return if local.hour() < 12 { "AM" } else { "PM" },
        Name::Era => return if local.year() > 0 { "AD" } else { "BC" },
    };
    if width == Width::Short { &long[..3] } else { long }
}

fn offset_text(offset: Offset, seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3_600, seconds.abs() / 60 % 60);
    match offset {
        Offset::ZeroIsZ(_) if seconds == 0 => "Z".to_owned(),
        Offset::Hours | Offset::ZeroIsZ(Shape::Hours) if minutes == 0 => format!("{sign}{hours:02}"),
        Offset::Hours | Offset::Plain | Offset::ZeroIsZ(Shape::Hours | Shape::Plain) => {
            format!("{sign}{hours:02}{minutes:02}")
        }
        Offset::Colon | Offset::ZeroIsZ(Shape::Colon) => format!("{sign}{hours:02}:{minutes:02}"),
        Offset::Gmt if seconds == 0 => "GMT".to_owned(),
        Offset::Gmt if minutes == 0 => format!("GMT{sign}{hours}"),
        Offset::Gmt => format!("GMT{sign}{hours}:{minutes:02}"),
    }
}
