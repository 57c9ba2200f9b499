//! The browser's clock and time zone. The only place that reads them; everything else is given a time.

use js_sys::Date;

use crate::format::WallTime;

/// Now, epoch nanoseconds (the browser knows milliseconds).
pub(crate) fn now_unix_nano() -> i64 {
    millis_to_nanos(Date::now())
}

/// Minutes to add to UTC for the reader's local time at this moment.
pub(crate) fn zone_offset_minutes(unix_nano: i64) -> i32 {
    let date = Date::new(&wasm_bindgen::JsValue::from_f64((unix_nano / 1_000_000) as f64));
    -(date.get_timezone_offset() as i32)
}

/// The moment at which the reader's clock shows this, by the offset that holds then: summer and winter differ. Of an hour
/// that passes twice it is the first; one that is left out is counted on from the hour before.
pub(crate) fn moment_of(wall: WallTime) -> i64 {
    let (month, day) = (i32::from(wall.month) - 1, i32::from(wall.day));
    let (hour, minute, second) = (i32::from(wall.hour), i32::from(wall.minute), i32::from(wall.second));
    let date = Date::new_with_year_month_day_hr_min_sec(u32::from(wall.year), month, day, hour, minute, second);
    millis_to_nanos(date.get_time())
}

fn millis_to_nanos(millis: f64) -> i64 {
    (millis as i64).saturating_mul(1_000_000)
}
