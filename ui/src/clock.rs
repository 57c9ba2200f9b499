//! The browser's clock and time zone. The only place that reads them; everything else is given a time.

use js_sys::Date;

/// Now, epoch nanoseconds (the browser knows milliseconds).
pub(crate) fn now_unix_nano() -> i64 {
    millis_to_nanos(Date::now())
}

/// Minutes to add to UTC for the reader's local time at this moment.
pub(crate) fn zone_offset_minutes(unix_nano: i64) -> i32 {
    let date = Date::new(&wasm_bindgen::JsValue::from_f64((unix_nano / 1_000_000) as f64));
    -(date.get_timezone_offset() as i32)
}

fn millis_to_nanos(millis: f64) -> i64 {
    (millis as i64).saturating_mul(1_000_000)
}
