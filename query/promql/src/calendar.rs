//! Dates of times in UTC, in the proleptic Gregorian calendar.

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    DaysInMonth,
    Hour,
    Minute,
    Month,
    Year,
}

const DAY_SECONDS: i64 = 86_400;

impl Field {
    /// The part of the date of a time in seconds since 1970.
    pub(crate) fn of(self, seconds: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, reason = "a time outside of the range is taken for its end")]
        let seconds = seconds as i64;
        let days = seconds.div_euclid(DAY_SECONDS);
        let second_of_day = seconds.rem_euclid(DAY_SECONDS);
        let (year, month, day) = date(days);
        let number = match self {
            Self::DayOfMonth => day,
            // 1970 began on a Thursday.
            Self::DayOfWeek => (days + 4).rem_euclid(7),
            Self::DayOfYear => days - days_before(year, 1) + 1,
            Self::DaysInMonth => {
                let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                days_before(next_year, next) - days_before(year, month)
            }
            Self::Hour => second_of_day / 3600,
            Self::Minute => second_of_day % 3600 / 60,
            Self::Month => month,
            Self::Year => year,
        };
        #[expect(clippy::cast_precision_loss, reason = "a year of more than 53 bits is of no use")]
        let number = number as f64;
        number
    }
}

/// Year, month and day of a day counted from 1970: years begin in March here, so that the day of a leap year is last.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Days from 1970 to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// A time in RFC 3339 with seconds.
pub(crate) fn rfc3339(milliseconds: i64) -> String {
    let seconds = milliseconds.div_euclid(1000);
    let (year, month, day) = date(seconds.div_euclid(DAY_SECONDS));
    let rest = seconds.rem_euclid(DAY_SECONDS);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest % 3600 / 60, rest % 60)
}

#[cfg(test)]
mod tests;
