//! Numbers and times as people read them. Pure: a time zone is an offset in minutes, now is an argument.
//!
//! A number and its unit are parted by a no-break space; digits keep their width (`tabular-nums` in the style sheet).

mod number;
mod time;

pub(crate) use number::{bytes, count, count_short, duration, rate, share, with_unit};
pub(crate) use time::{
    WallTime, ago, axis_label, date_time, date_time_precise, local_input, parse_local_input, range_label, time_of_day,
};

#[cfg(test)]
mod tests;
