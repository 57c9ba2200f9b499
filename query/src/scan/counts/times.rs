//! What conditions and groups say of a time column. Pure.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::scalar::ScalarValue;

use crate::tallied::Micros;

const NANOS_PER_MICRO: i64 = 1_000;
const DAY_US: i64 = 86_400_000_000;

/// The microseconds for which a comparison of the column with a time holds, if it is one.
pub(super) fn bound(filter: &Expr, time: &str) -> Option<Micros> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = filter else { return None };
    let (op, nanos) = match (is_time(left, time), is_time(right, time)) {
        (true, false) => (*op, nanos(right)?),
        (false, true) => (op.swap()?, nanos(left)?),
        _ => return None,
    };
    // The first microsecond that is not earlier, and the first that is later.
    let (not_earlier, later) = (ceiling(nanos), i64::try_from(nanos.div_euclid(NANOS_PER_MICRO.into()) + 1).ok()?);
    let not_earlier = i64::try_from(not_earlier).ok()?;
    match op {
        Operator::GtEq => Some(Micros { from: not_earlier, ..Micros::ALL }),
        Operator::Gt => Some(Micros { from: later, ..Micros::ALL }),
        Operator::Lt => Some(Micros { to: not_earlier, ..Micros::ALL }),
        Operator::LtEq => Some(Micros { to: later, ..Micros::ALL }),
        _ => None,
    }
}

/// `date_bin(interval, time)` and `date_trunc('hour', time)`: microseconds of which each group is a multiple and at a
/// multiple of which it begins.
pub(super) fn unit(group: &Expr, time: &str) -> Option<i64> {
    let Expr::ScalarFunction(call) = group else { return None };
    match (call.name(), call.args.as_slice()) {
        ("date_bin", [width, source]) if is_time(source, time) => width_us(width),
        ("date_bin", [width, source, origin]) if is_time(source, time) => {
            let origin = nanos(origin)?;
            if origin % i128::from(NANOS_PER_MICRO) != 0 {
                return None;
            }
            let origin = i64::try_from(origin / i128::from(NANOS_PER_MICRO)).ok()?;
            Some(common_divisor(width_us(width)?, origin.checked_abs()?))
        }
        ("date_trunc", [Expr::Literal(precision, _), source]) if is_time(source, time) => {
            match precision.try_as_str()??.to_lowercase().as_str() {
                "second" => Some(1_000_000),
                "minute" => Some(60_000_000),
                "hour" => Some(3_600_000_000),
                // All of them begin with a day.
                "day" | "week" | "month" | "quarter" | "year" => Some(DAY_US),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The largest number that divides both; neither is negative, and the first is not 0.
pub(super) fn common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// The time column, also as nanoseconds.
fn is_time(expr: &Expr, time: &str) -> bool {
    match expr {
        Expr::Column(column) => column.name == time,
        Expr::Cast(cast) => {
            let is_finer =
                matches!(cast.field.data_type(), DataType::Timestamp(TimeUnit::Microsecond | TimeUnit::Nanosecond, _));
            is_finer && is_time(&cast.expr, time)
        }
        _ => false,
    }
}

/// A time as nanoseconds.
fn nanos(expr: &Expr) -> Option<i128> {
    let Expr::Literal(value, _) = expr else { return None };
    let (number, nanos_each) = match value {
        ScalarValue::TimestampSecond(Some(number), _) => (*number, 1_000_000_000),
        ScalarValue::TimestampMillisecond(Some(number), _) => (*number, 1_000_000),
        ScalarValue::TimestampMicrosecond(Some(number), _) => (*number, 1_000),
        ScalarValue::TimestampNanosecond(Some(number), _) => (*number, 1),
        _ => return None,
    };
    Some(i128::from(number) * nanos_each)
}

fn ceiling(nanos: i128) -> i128 {
    -(-nanos).div_euclid(NANOS_PER_MICRO.into())
}

/// An interval of fixed length.
fn width_us(expr: &Expr) -> Option<i64> {
    let Expr::Literal(value, _) = expr else { return None };
    let nanos = match value {
        ScalarValue::IntervalMonthDayNano(Some(width)) if width.months == 0 => {
            i128::from(width.days) * i128::from(DAY_US * NANOS_PER_MICRO) + i128::from(width.nanoseconds)
        }
        ScalarValue::IntervalDayTime(Some(width)) => {
            i128::from(width.days) * i128::from(DAY_US * NANOS_PER_MICRO) + i128::from(width.milliseconds) * 1_000_000
        }
        _ => return None,
    };
    let is_whole = nanos > 0 && nanos % i128::from(NANOS_PER_MICRO) == 0;
    is_whole.then(|| i64::try_from(nanos / i128::from(NANOS_PER_MICRO)).ok())?
}

#[cfg(test)]
mod tests;
