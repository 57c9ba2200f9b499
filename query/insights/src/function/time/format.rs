//! What formats of dates are made of, and how they are written and read.

mod reading;
mod writing;

pub(super) use reading::parse;
pub(super) use writing::format;

/// A part of a format.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// These characters.
    Literal(String),
    /// A number with at least so many digits.
    Number(Number, usize),
    /// The second's fraction with so many digits.
    Fraction(usize),
    /// A name.
    Name(Name, Width),
    /// The offset of the zone.
    Offset(Offset),
    /// The zone: its short name, or its id.
    ZoneName,
    ZoneId,
    /// The rest may be missing, up to so many items.
    Optional(Vec<Item>),
}

/// What is written as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Year,
    /// The last two digits; read as 2000 to 2099.
    YearOfCentury,
    Quarter,
    Month,
    Day,
    DayOfYear,
    /// Monday is 1.
    Weekday,
    /// 0 to 23
    Hour,
    /// 1 to 24
    HourFrom1,
    /// 1 to 12
    HourOfHalf,
    /// 0 to 11
    HourOfHalfFrom0,
    Minute,
    Second,
    EpochSecond,
    EpochMillisecond,
}

/// What is written as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Month,
    Weekday,
    /// AM or PM.
    Half,
    /// AD or BC.
    Era,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    Short,
    Long,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offset {
    /// `+02`
    Hours,
    /// `+0200`
    Plain,
    /// `+02:00`
    Colon,
    /// `Z` for zero, else as the other.
    ZeroIsZ(Shape),
    /// `GMT+2`
    Gmt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Hours,
    Plain,
    Colon,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
