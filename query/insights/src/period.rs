//! Lengths of time as a query writes them: `5m`, `300s`, `2 mo`.
//!
//! `300s` is five minutes. CloudWatch caps a count at its unit (`bin(300s)` silently becomes 60 s there); here a period
//! is what it says. Months, quarters and years are calendar units: their length depends on where they begin.

use std::fmt;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// `ms`, `msec`, `millisecond`
    Millisecond,
    /// `s`, `sec`, `second`
    Second,
    /// `m`, `min`, `minute`
    Minute,
    /// `h`, `hr`, `hour`
    Hour,
    /// `d`, `day`
    Day,
    /// `w`, `week`
    Week,
    /// `mo`, `mon`, `month`
    Month,
    /// `q`, `qtr`, `quarter`
    Quarter,
    /// `y`, `yr`, `year`
    Year,
}

/// A count of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many; at least 1, at most [`COUNT_MAX`].
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Length {
    /// Always so many milliseconds.
    Milliseconds(i64),
    /// So many calendar months.
    Months(i64),
}

/// The largest count of a period, so that no length overflows.
pub const COUNT_MAX: u32 = 100_000_000;

const UNITS: [(Unit, &[&str]); 9] = [
    (Unit::Millisecond, &["ms", "msec", "msecs", "millisecond", "milliseconds"]),
    (Unit::Second, &["s", "sec", "secs", "second", "seconds"]),
    (Unit::Minute, &["m", "min", "mins", "minute", "minutes"]),
    (Unit::Hour, &["h", "hr", "hrs", "hour", "hours"]),
    (Unit::Day, &["d", "day", "days"]),
    (Unit::Week, &["w", "week", "weeks"]),
    (Unit::Month, &["mo", "mos", "mon", "mons", "month", "months"]),
    (Unit::Quarter, &["q", "qtr", "qtrs", "quarter", "quarters"]),
    (Unit::Year, &["y", "yr", "yrs", "year", "years"]),
];

impl Unit {
    /// Reads a unit's name or abbreviation, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        UNITS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(unit, _)| *unit)
    }

    /// All names and abbreviations.
    pub fn names() -> impl Iterator<Item = &'static str> {
        UNITS.iter().flat_map(|(_, names)| names.iter().copied())
    }
}

impl Period {
    /// How long it is.
    pub fn length(self) -> Length {
        const SECOND_MS: i64 = 1_000;
        let count = i64::from(self.count);
        let milliseconds = |each: i64| Length::Milliseconds(count.saturating_mul(each));
        match self.unit {
            Unit::Millisecond => milliseconds(1),
            Unit::Second => milliseconds(SECOND_MS),
            Unit::Minute => milliseconds(60 * SECOND_MS),
            Unit::Hour => milliseconds(3_600 * SECOND_MS),
            Unit::Day => milliseconds(86_400 * SECOND_MS),
            Unit::Week => milliseconds(7 * 86_400 * SECOND_MS),
            Unit::Month => Length::Months(count),
            Unit::Quarter => Length::Months(count * 3),
            Unit::Year => Length::Months(count * 12),
        }
    }

    /// Its length in milliseconds; a month counts as a twelfth of 365.25 days.
    pub fn milliseconds_about(self) -> f64 {
        match self.length() {
            Length::Milliseconds(milliseconds) => milliseconds as f64,
            Length::Months(months) => months as f64 * 365.25 / 12.0 * 86_400_000.0,
        }
    }

    /// Reads `5m`, `1 hour`, `90 sec`; `None` where it is no period.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = (text.get(..digits)?, text.get(digits..)?);
        let count: u32 = count.parse().ok().filter(|count| (1..=COUNT_MAX).contains(count))?;
        Some(Self { count, unit: Unit::named(unit.trim_start())? })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = UNITS.iter().find(|(unit, _)| *unit == self.unit).map_or("", |(_, names)| names[0]);
        write!(formatter, "{}{short}", self.count)
    }
}

#[cfg(test)]
mod tests;
