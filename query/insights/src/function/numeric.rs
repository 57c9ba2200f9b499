//! Functions of numbers. What is no number gives nothing.

use super::{Context, Function, Kind, also_called, function, number_at, with_optional, with_rest};
use crate::value::Value;

/// The earth's mean radius.
const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// Decimals beyond which `round` changes nothing.
const DECIMALS_MAX: f64 = 15.0;

pub(super) const FUNCTIONS: &[Function] = &[
    function("abs", &[Kind::Number], Kind::Number, |arguments, _| of_one(arguments, f64::abs)),
    function("ceil", &[Kind::Number], Kind::Number, |arguments, _| of_one(arguments, f64::ceil)),
    function("floor", &[Kind::Number], Kind::Number, |arguments, _| of_one(arguments, f64::floor)),
    function("sqrt", &[Kind::Number], Kind::Number, |arguments, _| of_one(arguments, f64::sqrt)),
    also_called(function("log", &[Kind::Number], Kind::Number, |arguments, _| of_one(arguments, f64::ln)), &["ln"]),
    with_optional(function("round", &[Kind::Number], Kind::Number, round), &[Kind::Number]),
    with_rest(
        function("greatest", &[Kind::Number], Kind::Number, |arguments, _| of_all(arguments, f64::max)),
        Kind::Number,
    ),
    with_rest(
        function("least", &[Kind::Number], Kind::Number, |arguments, _| of_all(arguments, f64::min)),
        Kind::Number,
    ),
    function("haversine", &[Kind::Number, Kind::Number, Kind::Number, Kind::Number], Kind::Number, haversine),
    also_called(
        function("toNumber", &[Kind::Any], Kind::Number, |arguments, _| of_one(arguments, |a| a)),
        &["toDouble"],
    ),
    also_called(
        function("toLong", &[Kind::Any], Kind::Number, |arguments, _| of_one(arguments, f64::trunc)),
        &["toInt"],
    ),
];

fn of_one(arguments: &[Value], apply: impl Fn(f64) -> f64) -> Value {
    number_at(arguments, 0).map(apply).into()
}

/// Of all that are numbers.
fn of_all(arguments: &[Value], better: impl Fn(f64, f64) -> f64) -> Value {
    arguments.iter().filter_map(Value::as_number).reduce(better).into()
}

/// `round(a[, decimals])`: halves away from zero. Negative decimals round to tens, hundreds.
fn round(arguments: &[Value], _: &Context) -> Value {
    let Some(number) = number_at(arguments, 0) else { return Value::Null };
    let decimals = match arguments.get(1) {
        None => 0.0,
        Some(decimals) => match decimals.as_number() {
            Some(decimals) => decimals.trunc().clamp(-DECIMALS_MAX, DECIMALS_MAX),
            None => return Value::Null,
        },
    };
    let scale = 10f64.powf(decimals.abs());
    Value::number(if decimals >= 0.0 {
        let scaled = number * scale;
        if scaled.is_finite() { scaled.round() / scale } else { number }
    } else {
        (number / scale).round() * scale
    })
}

/// `haversine(latitude, longitude, latitude, longitude)`: kilometres along the earth, of degrees.
fn haversine(arguments: &[Value], _: &Context) -> Value {
    let degrees = |position| number_at(arguments, position).map(f64::to_radians);
    let (Some(a), Some(b), Some(c), Some(d)) = (degrees(0), degrees(1), degrees(2), degrees(3)) else {
        return Value::Null;
    };
    let half_chord = ((c - a) / 2.0).sin().powi(2) + a.cos() * c.cos() * ((d - b) / 2.0).sin().powi(2);
    Value::number(2.0 * EARTH_RADIUS_KM * half_chord.sqrt().min(1.0).asin())
}

#[cfg(test)]
mod tests;
