//! Arrow values as JSON: ids in hex, times as RFC 3339, integers beyond 2^53 as text, maps as objects.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow::util::display::array_value_to_string;
use serde_json::{Map, Value};

use crate::columns::read_json;
use crate::error::{Error, ErrorKind};
use crate::hex;

/// The largest integer that a JavaScript number holds exactly.
const EXACT_MAX: u64 = 1 << 53;

/// Rows of an answer, as many as fit.
pub(super) struct Rows {
    /// The rows.
    pub(super) rows: Vec<Vec<Value>>,
    /// Whether a row did not fit.
    pub(super) full: bool,
    bytes_left: usize,
}

impl Rows {
    /// Room for so many bytes of values.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { rows: Vec::new(), full: false, bytes_left: bytes_max }
    }

    /// Appends a batch's rows, up to the first that does not fit.
    pub(super) fn append(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        for row in 0..batch.num_rows() {
            let cells: Vec<Value> =
                batch.columns().iter().map(|column| cell(column.as_ref(), row)).collect::<Result<_, _>>()?;
            let bytes: usize = cells.iter().map(bytes_of).sum();
            let Some(left) = self.bytes_left.checked_sub(bytes) else {
                self.full = true;
                return Ok(());
            };
            self.bytes_left = left;
            self.rows.push(cells);
        }
        Ok(())
    }
}

/// About as many bytes as its JSON.
fn bytes_of(value: &Value) -> usize {
    /// Commas, quotation marks, digits of a number.
    const AROUND: usize = 8;
    AROUND
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(bytes_of).sum(),
            Value::Object(fields) => fields.iter().map(|(key, value)| key.len() + bytes_of(value)).sum(),
        }
}

fn cell(array: &dyn Array, row: usize) -> Result<Value, Error> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match array.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).into(),
        DataType::Utf8View => array.as_string_view().value(row).into(),
        DataType::Binary => hex::encode(array.as_binary::<i32>().value(row)).into(),
        DataType::BinaryView => hex::encode(array.as_binary_view().value(row)).into(),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => unsigned(array.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => double(f64::from(array.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => double(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, _) => array.as_primitive::<Decimal128Type>().value_as_string(row).into(),
        DataType::Timestamp(unit, _) => time(array, *unit, row),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(row);
            let date = chrono::DateTime::from_timestamp(i64::from(days) * 86_400, 0);
            date.map_or(Value::Null, |date| date.format("%Y-%m-%d").to_string().into())
        }
        DataType::Duration(TimeUnit::Microsecond) => {
            integer(array.as_primitive::<DurationMicrosecondType>().value(row))
        }
        DataType::List(_) => list(array.as_list::<i32>().value(row).as_ref())?,
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row).as_ref())?,
        DataType::Struct(fields) => {
            let structs = array.as_struct();
            let mut object = Map::new();
            for (at, field) in fields.iter().enumerate() {
                object.insert(field.name().clone(), cell(structs.column(at).as_ref(), row)?);
            }
            Value::Object(object)
        }
        DataType::Map(..) => map(&array.as_map().value(row))?,
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = dictionary.normalized_keys()[row];
            cell(dictionary.values().as_ref(), key)?
        }
        _ => array_value_to_string(array, row)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("a value cannot be shown: {error}")))?
            .into(),
    })
}

fn list(values: &dyn Array) -> Result<Value, Error> {
    (0..values.len()).map(|at| cell(values, at)).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

/// Attribute maps hold JSON text; the object holds the values.
fn map(entries: &dyn Array) -> Result<Value, Error> {
    let entries = entries.as_struct();
    let mut object = Map::new();
    for at in 0..entries.len() {
        let key = match cell(entries.column(0).as_ref(), at)? {
            Value::String(key) => key,
            other => other.to_string(),
        };
        let value = match cell(entries.column(1).as_ref(), at)? {
            Value::String(json) => read_json(&json),
            other => other,
        };
        object.insert(key, value);
    }
    Ok(Value::Object(object))
}

fn integer(value: i64) -> Value {
    if value.unsigned_abs() <= EXACT_MAX { value.into() } else { value.to_string().into() }
}

fn unsigned(value: u64) -> Value {
    if value <= EXACT_MAX { value.into() } else { value.to_string().into() }
}

/// JSON has no NaN and no infinity.
fn double(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or_else(|| value.to_string().into(), Value::Number)
}

fn time(array: &dyn Array, unit: TimeUnit, row: usize) -> Value {
    let nanos = match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row).checked_mul(1_000_000_000),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row).checked_mul(1_000_000),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row).checked_mul(1_000),
        TimeUnit::Nanosecond => Some(array.as_primitive::<TimestampNanosecondType>().value(row)),
    };
    let Some(nanos) = nanos else { return Value::Null };
    let time = chrono::DateTime::from_timestamp_nanos(nanos);
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into()
}
