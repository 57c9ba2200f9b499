//! Times in a zone that is given as minutes to add to UTC.

use api::TimeRange;
use api::time::{civil_from_days, days_from_civil};

const SECOND: i64 = 1_000_000_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

struct Civil {
    year: i64,
    month: u8,
    day: u8,
    hour: i64,
    minute: i64,
    second: i64,
    nano: i64,
}

fn civil(unix_nano: i64, offset_minutes: i32) -> Civil {
    let shifted = unix_nano.saturating_add(i64::from(offset_minutes) * 60 * SECOND);
    let seconds = shifted.div_euclid(SECOND);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    Civil {
        year,
        month,
        day,
        hour: of_day / 3_600,
        minute: of_day / 60 % 60,
        second: of_day % 60,
        nano: shifted.rem_euclid(SECOND),
    }
}

/// `2026-01-31 12:00:05`.
pub(crate) fn date_time(unix_nano: i64, offset_minutes: i32) -> String {
    let at = civil(unix_nano, offset_minutes);
    format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

/// `2026-01-31 12:00:05.123`.
pub(crate) fn date_time_precise(unix_nano: i64, offset_minutes: i32) -> String {
    let millis = unix_nano.rem_euclid(SECOND) / 1_000_000;
    format!("{}.{millis:03}", date_time(unix_nano, offset_minutes))
}

/// `12:00:05.123`.
pub(crate) fn time_of_day(unix_nano: i64, offset_minutes: i32) -> String {
    let at = civil(unix_nano, offset_minutes);
    format!("{:02}:{:02}:{:02}.{:03}", at.hour, at.minute, at.second, at.nano / 1_000_000)
}

/// A label of a time axis, as fine as its step; midnight is the date.
pub(crate) fn axis_label(unix_nano: i64, step_nanos: i64, offset_minutes: i32) -> String {
    let at = civil(unix_nano, offset_minutes);
    let midnight = at.hour == 0 && at.minute == 0 && at.second == 0;
    if midnight || step_nanos >= 86_400 * SECOND {
        return format!("{} {}", at.day, MONTHS[usize::from(at.month.clamp(1, 12)) - 1]);
    }
    if step_nanos >= 60 * SECOND {
        return format!("{:02}:{:02}", at.hour, at.minute);
    }
    if step_nanos >= SECOND {
        return format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second);
    }
    format!("{:02}:{:02}.{:03}", at.minute, at.second, at.nano / 1_000_000)
}

/// How long ago, coarsely: `now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`.
pub(crate) fn ago(unix_nano: i64, now_unix_nano: i64) -> String {
    let seconds = (now_unix_nano - unix_nano).div_euclid(SECOND);
    match seconds {
        ..2 => "now".to_owned(),
        2..60 => format!("{seconds}\u{a0}s ago"),
        60..3_600 => format!("{}\u{a0}min ago", seconds / 60),
        3_600..86_400 => format!("{}\u{a0}h ago", seconds / 3_600),
        _ => format!("{}\u{a0}d ago", seconds / 86_400),
    }
}

/// What an `<input type="datetime-local">` holds: `2026-01-31T12:00:05`.
pub(crate) fn local_input(unix_nano: i64, offset_minutes: i32) -> String {
    date_time(unix_nano, offset_minutes).replace(' ', "T")
}

/// A date and time as a clock on the wall shows it; which moment that is depends on the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WallTime {
    /// From 1970 to 2261.
    pub(crate) year: u16,
    /// From 1.
    pub(crate) month: u8,
    /// From 1.
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
}

impl WallTime {
    /// The moment at which clocks in UTC show this.
    pub(crate) fn in_utc(self) -> i64 {
        let days = days_from_civil(i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let seconds = i64::from(self.hour) * 3_600 + i64::from(self.minute) * 60 + i64::from(self.second);
        (days * 86_400 + seconds) * SECOND
    }
}

/// Reads what [`local_input`] writes, with or without seconds.
pub(crate) fn parse_local_input(text: &str) -> Option<WallTime> {
    let (date, time) = text.split_once(['T', ' '])?;
    let date: Vec<&str> = date.split('-').collect();
    let time: Vec<&str> = time.split(':').collect();
    let [year, month, day] = date[..] else { return None };
    let (hour, minute, second) = match time[..] {
        [hour, minute] => (hour, minute, "0"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let wall = WallTime {
        year: year.parse().ok()?,
        month: month.parse().ok()?,
        day: day.parse().ok()?,
        hour: hour.parse().ok()?,
        minute: minute.parse().ok()?,
        second: second.split('.').next()?.parse().ok()?,
    };
    let is_date = (1970..2262).contains(&wall.year) && (1..=12).contains(&wall.month) && (1..=31).contains(&wall.day);
    (is_date && wall.hour < 24 && wall.minute < 60 && wall.second < 60).then_some(wall)
}

/// A range in words: `Last 1 h`, or both ends.
pub(crate) fn range_label(range: &TimeRange, offset: impl Fn(i64) -> i32) -> String {
    if range.to == "now"
        && let Some(back) = range.from.strip_prefix("now-")
    {
        return format!("Last {}", spoken(back));
    }
    let end = |text: &str| match api::time::parse(text, 0) {
        Ok(nanos) if !text.starts_with("now") => date_time(nanos, offset(nanos)),
        _ => text.to_owned(),
    };
    let (from, to) = (end(&range.from), end(&range.to));
    // The same day is not said twice.
    match (from.split_once(' '), to.split_once(' ')) {
        (Some((day, _)), Some((other, time))) if day == other => format!("{from} – {time}"),
        _ => format!("{from} – {to}"),
    }
}

/// `15m` → `15 min`.
fn spoken(text: &str) -> String {
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let word = match (unit, number) {
        ("s", _) => "s",
        ("m", _) => "min",
        ("h", _) => "h",
        ("d", "1") => "day",
        ("d", _) => "days",
        ("w", "1") => "week",
        ("w", _) => "weeks",
        (other, _) => other,
    };
    format!("{number}\u{a0}{word}")
}
