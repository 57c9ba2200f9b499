//! Reading the columns of a batch by name, row by row. A column that was not selected reads as null.

use api::trace::Attributes;
use arrow::array::{
    Array, AsArray, BinaryArray, BooleanArray, Float64Array, Int16Array, Int32Array, Int64Array, ListArray, MapArray,
    RecordBatch, StringArray, StructArray, TimestampMicrosecondArray,
};
use serde_json::Value;

/// A batch, by column name.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a>(pub(crate) &'a RecordBatch);

/// A column that may not be there.
pub(crate) struct Column<'a, A>(Option<&'a A>);

impl<'a> Columns<'a> {
    pub(crate) fn of<A: Array + 'static>(self, name: &str) -> Column<'a, A> {
        Column(self.0.column_by_name(name).and_then(|array| array.as_any().downcast_ref::<A>()))
    }

    pub(crate) fn text(self, name: &str) -> Column<'a, StringArray> {
        self.of(name)
    }

    pub(crate) fn int(self, name: &str) -> Column<'a, Int64Array> {
        self.of(name)
    }

    pub(crate) fn id(self, name: &str) -> Column<'a, BinaryArray> {
        self.of(name)
    }

    /// A time and the column with the nanoseconds below its microsecond.
    pub(crate) fn time(self, name: &str) -> Time<'a> {
        Time { micros: self.of(name), nanos: self.of(&format!("{name}_ns")) }
    }
}

/// The fields of a struct array, by name.
pub(crate) fn field<'a, A: Array + 'static>(array: &'a StructArray, name: &str) -> Column<'a, A> {
    Column(array.column_by_name(name).and_then(|array| array.as_any().downcast_ref::<A>()))
}

/// A time column of a struct array.
pub(crate) fn field_time<'a>(array: &'a StructArray, name: &str) -> Time<'a> {
    Time { micros: field(array, name), nanos: field(array, &format!("{name}_ns")) }
}

/// A time in two columns.
pub(crate) struct Time<'a> {
    micros: Column<'a, TimestampMicrosecondArray>,
    nanos: Column<'a, Int16Array>,
}

impl Time<'_> {
    /// Nanoseconds since the epoch.
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        let array = self.micros.0.filter(|array| array.is_valid(row))?;
        let below = self.nanos.0.filter(|nanos| nanos.is_valid(row)).map_or(0, |nanos| i64::from(nanos.value(row)));
        Some(array.value(row).saturating_mul(1_000).saturating_add(below))
    }

    /// The same, 0 where there is none.
    pub(crate) fn or_zero(&self, row: usize) -> i64 {
        self.get(row).unwrap_or(0)
    }
}

impl<'a> Column<'a, StringArray> {
    pub(crate) fn get(&self, row: usize) -> Option<&'a str> {
        self.0.filter(|array| array.is_valid(row)).map(|array| array.value(row))
    }

    pub(crate) fn or_empty(&self, row: usize) -> &'a str {
        self.get(row).unwrap_or_default()
    }

    pub(crate) fn owned(&self, row: usize) -> Option<String> {
        self.get(row).map(str::to_owned)
    }
}

impl<'a> Column<'a, BinaryArray> {
    pub(crate) fn get(&self, row: usize) -> Option<&'a [u8]> {
        self.0.filter(|array| array.is_valid(row)).map(|array| array.value(row))
    }

    /// An id of exactly `N` bytes.
    pub(crate) fn exact<const N: usize>(&self, row: usize) -> Option<[u8; N]> {
        self.get(row)?.try_into().ok()
    }

    pub(crate) fn hex(&self, row: usize) -> Option<String> {
        self.get(row).map(crate::hex::encode)
    }
}

macro_rules! primitive {
    ($array:ty, $value:ty) => {
        impl Column<'_, $array> {
            pub(crate) fn get(&self, row: usize) -> Option<$value> {
                self.0.filter(|array| array.is_valid(row)).map(|array| array.value(row))
            }
        }
    };
}

primitive!(Int64Array, i64);
primitive!(Int32Array, i32);
primitive!(Float64Array, f64);
primitive!(BooleanArray, bool);

impl Column<'_, ListArray> {
    /// The structs of the row's list; `None` where it is empty.
    pub(crate) fn structs(&self, row: usize) -> Option<StructArray> {
        let array = self.0.filter(|array| array.is_valid(row) && array.value_length(row) > 0)?;
        array.value(row).as_struct_opt().cloned()
    }

    pub(crate) fn floats(&self, row: usize) -> Vec<f64> {
        let Some(array) = self.0.filter(|array| array.is_valid(row)) else { return Vec::new() };
        let values = array.value(row);
        values.as_primitive_opt::<arrow::datatypes::Float64Type>().map_or_else(Vec::new, |v| v.values().to_vec())
    }

    pub(crate) fn ints(&self, row: usize) -> Vec<i64> {
        let Some(array) = self.0.filter(|array| array.is_valid(row)) else { return Vec::new() };
        let values = array.value(row);
        values.as_primitive_opt::<arrow::datatypes::Int64Type>().map_or_else(Vec::new, |v| v.values().to_vec())
    }
}

impl Column<'_, MapArray> {
    /// The attributes of the row, their JSON text read.
    pub(crate) fn attributes(&self, row: usize) -> Attributes {
        let mut attributes = Attributes::new();
        self.each(row, |key, json| {
            attributes.insert(key.to_owned(), read_json(json));
        });
        attributes
    }

    /// Each key and JSON text of the row.
    pub(crate) fn each(&self, row: usize, mut take: impl FnMut(&str, &str)) {
        let Some(map) = self.0.filter(|array| array.is_valid(row)) else { return };
        let (keys, values) = (map.keys().as_string_opt::<i32>(), map.values().as_string_opt::<i32>());
        let (Some(keys), Some(values)) = (keys, values) else { return };
        let offsets = map.value_offsets();
        for at in offsets[row]..offsets[row + 1] {
            let at = usize::try_from(at).unwrap_or_default();
            take(keys.value(at), if values.is_null(at) { "null" } else { values.value(at) });
        }
    }
}

/// A value of an attribute map; what is no JSON is shown as it is.
pub(crate) fn read_json(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()))
}

/// The promoted attributes of a row, put back under their stable names.
pub(crate) struct Promoted<'a> {
    columns: Vec<(&'a storage::promoted::Promoted, PromotedColumn<'a>)>,
}

enum PromotedColumn<'a> {
    Text(&'a StringArray),
    Int(&'a Int64Array),
    Double(&'a Float64Array),
    Bool(&'a BooleanArray),
}

impl<'a> Promoted<'a> {
    pub(crate) fn of(batch: Columns<'a>, set: &'a storage::promoted::PromotedSet) -> Self {
        use storage::promoted::ColumnType;
        let columns = set.all().filter_map(|promoted| {
            let column = match promoted.column_type {
                ColumnType::String => batch.text(&promoted.column).0.map(PromotedColumn::Text),
                ColumnType::Int => batch.int(&promoted.column).0.map(PromotedColumn::Int),
                ColumnType::Double => batch.of::<Float64Array>(&promoted.column).0.map(PromotedColumn::Double),
                ColumnType::Bool => batch.of::<BooleanArray>(&promoted.column).0.map(PromotedColumn::Bool),
            };
            column.map(|column| (promoted, column))
        });
        Self { columns: columns.collect() }
    }

    /// Adds the row's promoted attributes to the maps they were sent in.
    pub(crate) fn add_to(&self, row: usize, record: &mut Attributes, resource: &mut Attributes) {
        for (promoted, column) in &self.columns {
            let value = match column {
                PromotedColumn::Text(array) => array.is_valid(row).then(|| Value::from(array.value(row))),
                PromotedColumn::Int(array) => array.is_valid(row).then(|| Value::from(array.value(row))),
                PromotedColumn::Double(array) => array.is_valid(row).then(|| Value::from(array.value(row))),
                PromotedColumn::Bool(array) => array.is_valid(row).then(|| Value::from(array.value(row))),
            };
            let Some(value) = value else { continue };
            let attributes = match promoted.place {
                storage::promoted::Place::Record => &mut *record,
                storage::promoted::Place::Resource => &mut *resource,
            };
            attributes.insert(promoted.attribute.to_string(), value);
        }
    }

    /// Each promoted attribute of the row as text.
    pub(crate) fn each(&self, row: usize, mut take: impl FnMut(&str, &str)) {
        for (promoted, column) in &self.columns {
            let name = promoted.attribute.as_ref();
            match column {
                PromotedColumn::Text(array) if array.is_valid(row) => take(name, array.value(row)),
                PromotedColumn::Int(array) if array.is_valid(row) => take(name, &array.value(row).to_string()),
                PromotedColumn::Double(array) if array.is_valid(row) => take(name, &array.value(row).to_string()),
                PromotedColumn::Bool(array) if array.is_valid(row) => {
                    take(name, if array.value(row) { "true" } else { "false" });
                }
                _ => {}
            }
        }
    }

    /// Whether a promoted attribute has its value in its column.
    pub(crate) fn is_in_column(&self, row: usize, attribute: &storage::promoted::Promoted) -> bool {
        self.columns.iter().any(|(promoted, column)| {
            promoted.column == attribute.column
                && match column {
                    PromotedColumn::Text(array) => array.is_valid(row),
                    PromotedColumn::Int(array) => array.is_valid(row),
                    PromotedColumn::Double(array) => array.is_valid(row),
                    PromotedColumn::Bool(array) => array.is_valid(row),
                }
        })
    }
}
