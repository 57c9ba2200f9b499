//! The arguments of a call, measured.

use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, IntervalMonthDayNanoType, IntervalUnit, TimeUnit};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

/// The arguments of a call.
pub(super) struct Arguments<'a> {
    args: &'a [ColumnarValue],
    numbers: Vec<Option<Int64Array>>,
    rows: usize,
    /// Whether the call is made once and not for each row.
    pub(super) constant: bool,
}

impl<'a> Arguments<'a> {
    pub(super) fn of(args: &'a ScalarFunctionArgs) -> Result<Self> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let numbers = args.args.iter().map(as_numbers).collect::<Result<_>>()?;
        Ok(Self { args: &args.args, numbers, rows: if constant { 1 } else { args.number_rows }, constant })
    }

    pub(super) fn count(&self) -> usize {
        self.args.len()
    }

    /// The sum of something over the rows.
    pub(super) fn sum(&self, of_row: impl Fn(usize) -> u64) -> u64 {
        (0..self.rows).fold(0, |sum: u64, row| sum.saturating_add(of_row(row)))
    }

    /// Bytes of a value: exactly for texts, the mean for others.
    pub(super) fn length(&self, at: usize, row: usize) -> u64 {
        match self.args.get(at) {
            None => 0,
            Some(ColumnarValue::Scalar(value)) => {
                let text = value.try_as_str().flatten().map(str::len);
                text.unwrap_or_else(|| value.size()) as u64
            }
            Some(ColumnarValue::Array(array)) => length_in(array, row),
        }
    }

    /// A number of an argument, times and durations in nanoseconds; 0 where it is none.
    pub(super) fn number(&self, at: usize, row: usize) -> i64 {
        let Some(Some(numbers)) = self.numbers.get(at) else { return 0 };
        let row = if numbers.len() == 1 { 0 } else { row };
        if row < numbers.len() && numbers.is_valid(row) { numbers.value(row) } else { 0 }
    }

    /// A number that counts something.
    pub(super) fn whole(&self, at: usize, row: usize) -> u64 {
        u64::try_from(self.number(at, row)).unwrap_or(0)
    }
}

fn length_in(array: &ArrayRef, row: usize) -> u64 {
    if row >= array.len() || array.is_null(row) {
        return 0;
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).len() as u64,
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).len() as u64,
        DataType::Utf8View => array.as_string_view().value(row).len() as u64,
        _ => (array.to_data().get_slice_memory_size().unwrap_or(usize::MAX) / array.len().max(1)) as u64,
    }
}

/// An argument's values as whole numbers, if they are numbers or times.
fn as_numbers(arg: &ColumnarValue) -> Result<Option<Int64Array>> {
    let array = match arg {
        ColumnarValue::Scalar(value) => value.to_array()?,
        ColumnarValue::Array(array) => array.clone(),
    };
    let numbers = match array.data_type() {
        data_type if data_type.is_integer() || *data_type == DataType::Duration(TimeUnit::Nanosecond) => array,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            cast(&array, &DataType::Timestamp(TimeUnit::Nanosecond, None))?
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let intervals = array.as_primitive::<IntervalMonthDayNanoType>();
            const DAY: i64 = 86_400_000_000_000;
            return Ok(Some(intervals.unary::<_, Int64Type>(|interval| {
                let days = i64::from(interval.months) * 28 + i64::from(interval.days);
                days.saturating_mul(DAY).saturating_add(interval.nanoseconds)
            })));
        }
        _ => return Ok(None),
    };
    let numbers = cast(&numbers, &DataType::Int64)?;
    Ok(Some(numbers.as_primitive::<Int64Type>().clone()))
}
