//! Time zones: by name (`Europe/Berlin`), by offset (`+02:00`), UTC.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Zone {
    Named(Tz),
    Fixed(FixedOffset),
}

impl Zone {
    pub(super) const UTC: Self = Self::Named(Tz::UTC);

    /// Reads a name, an offset, `Z`, `GMT+2`; `None` where there is no such zone.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        if name.eq_ignore_ascii_case("z") {
            return Some(Self::UTC);
        }
        let offset = ["UTC", "GMT"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        if let Some((seconds, "")) = offset_at(offset) {
            return FixedOffset::east_opt(seconds).map(Self::Fixed);
        }
        name.parse().ok().map(Self::Named)
    }

    /// The moment there, and the zone's short name.
    pub(super) fn local(self, time: DateTime<Utc>) -> (DateTime<FixedOffset>, String) {
        match self {
            Self::Named(zone) => {
                let local = time.with_timezone(&zone);
                (local.fixed_offset(), local.format("%Z").to_string())
            }
            Self::Fixed(offset) => (time.with_timezone(&offset), offset.to_string()),
        }
    }

    /// When the clocks there show this. The earlier of two moments; where the clocks jump over it, an hour later.
    pub(super) fn moment(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self {
            Self::Fixed(offset) => Some(offset.from_local_datetime(&local).single()?.to_utc()),
            Self::Named(zone) => {
                let found = zone.from_local_datetime(&local).earliest();
                let found = found.or_else(|| {
                    zone.from_local_datetime(&local.checked_add_signed(chrono::TimeDelta::hours(1))?).earliest()
                });
                Some(found?.to_utc())
            }
        }
    }

    /// Its id: `Europe/Berlin`, `+02:00`.
    pub(super) fn id(self) -> String {
        match self {
            Self::Named(zone) => zone.name().to_owned(),
            Self::Fixed(offset) => offset.to_string(),
        }
    }
}

/// The seconds of an offset (`+02:00`, `-0530`, `+2`) at the begin of a text, and the rest.
pub(super) fn offset_at(text: &str) -> Option<(i32, &str)> {
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let rest = &text[1..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count().min(4);
    let (hours, mut rest) = rest.split_at(if digits >= 3 { 2 } else { digits });
    let mut minutes = 0;
    let behind = rest.strip_prefix(':').unwrap_or(rest);
    if behind.len() >= 2 && behind.bytes().take(2).all(|byte| byte.is_ascii_digit()) {
        minutes = behind[..2].parse().ok()?;
        rest = &behind[2..];
    }
    let hours: i32 = hours.parse().ok()?;
    (hours <= 18 && minutes < 60).then_some((sign * (hours * 3_600 + minutes * 60), rest))
}
