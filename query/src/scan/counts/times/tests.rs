use std::sync::Arc;

use arrow::datatypes::IntervalMonthDayNano;
use datafusion::functions::expr_fn::{date_bin, date_trunc};
use datafusion::logical_expr::{cast, col, lit};

use super::*;

fn micros(number: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(number), Some(Arc::from("UTC"))))
}

fn nanos(number: i64) -> Expr {
    lit(ScalarValue::TimestampNanosecond(Some(number), None))
}

#[test]
fn a_comparison_bounds_the_time() {
    let times = |from: Option<i64>, to: Option<i64>| {
        Some(Micros { from: from.unwrap_or(i64::MIN), to: to.unwrap_or(i64::MAX) })
    };
    let fine = || cast(col("time"), DataType::Timestamp(TimeUnit::Nanosecond, None));
    let cases = [
        (col("time").gt_eq(micros(5)), times(Some(5), None)),
        (col("time").gt(micros(5)), times(Some(6), None)),
        (col("time").lt(micros(5)), times(None, Some(5))),
        (col("time").lt_eq(micros(5)), times(None, Some(6))),
        (micros(5).lt(col("time")), times(Some(6), None)),
        (micros(-5).gt_eq(col("time")), times(None, Some(-4))),
        (fine().gt_eq(nanos(5_001)), times(Some(6), None)),
        (fine().gt(nanos(5_001)), times(Some(6), None)),
        (fine().gt(nanos(5_000)), times(Some(6), None)),
        (fine().lt(nanos(5_001)), times(None, Some(6))),
        (fine().lt_eq(nanos(5_001)), times(None, Some(6))),
        (fine().lt_eq(nanos(-1)), times(None, Some(0))),
        (fine().lt(nanos(-1)), times(None, Some(0))),
        (col("time").eq(micros(5)), None),
        (col("observed_time").gt(micros(5)), None),
        (cast(col("time"), DataType::Date32).gt(micros(5)), None),
        (col("time").gt(col("observed_time")), None),
    ];
    for (filter, expected) in cases {
        assert_eq!(bound(&filter, "time"), expected, "{filter}");
    }
}

#[test]
fn groups_of_time_have_a_unit() {
    let interval = |months, days, nanoseconds| {
        lit(ScalarValue::IntervalMonthDayNano(Some(IntervalMonthDayNano { months, days, nanoseconds })))
    };
    const SECOND: i64 = 1_000_000_000;
    let cases = [
        (date_bin(interval(0, 0, 60 * SECOND), col("time"), micros(0)), Some(60_000_000)),
        (date_bin(interval(0, 0, 60 * SECOND), col("time"), micros(15_000_000)), Some(15_000_000)),
        (date_bin(interval(0, 0, 60 * SECOND), col("time"), nanos(15)), None),
        (date_bin(interval(0, 2, 0), col("time"), micros(0)), Some(2 * DAY_US)),
        (date_bin(interval(1, 0, 0), col("time"), micros(0)), None),
        (date_bin(interval(0, 0, 1), col("time"), micros(0)), None),
        (date_bin(interval(0, 0, 60 * SECOND), col("observed_time"), micros(0)), None),
        (date_trunc(lit("Hour"), col("time")), Some(3_600_000_000)),
        (date_trunc(lit("month"), col("time")), Some(DAY_US)),
        (date_trunc(lit("millisecond"), col("time")), None),
        (date_trunc(col("service_name"), col("time")), None),
        (col("time"), None),
    ];
    for (group, expected) in cases {
        assert_eq!(unit(&group, "time"), expected, "{group}");
    }
}
