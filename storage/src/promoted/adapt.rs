//! Values move between the maps and the columns: of batches and files that were written under another set.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, MapArray, MapBuilder, MapFieldNames, RecordBatch, StringArray, StringBuilder,
    new_null_array,
};
use arrow::datatypes::{Float64Type, Int64Type, SchemaRef};

use super::column::{Column, fits};
use super::{ColumnType, Place, Promoted, PromotedSet};
use crate::attributes::write_json;
use crate::row::Value;

/// What the column of a promoted attribute would hold, from the map of a batch that lacks the column: of the newest name
/// whose value fits, as for rows that come in.
pub fn values_in_map(map: &MapArray, promoted: &Promoted) -> ArrayRef {
    let entries = Entries::of(map);
    let mut column = Column::new(promoted.column_type);
    for row in 0..map.len() {
        if let Some(at) = entries.best(row, promoted) {
            column.put_json(row, entries.values.value(at));
        }
    }
    column.finish(map.len())
}

/// The batch as the set writes it: a column that it lacks is taken out of the map, and what is in the column of a retired
/// attribute goes back into the map. Any other column that it lacks is null.
pub(crate) fn adapt(batch: &RecordBatch, schema: &SchemaRef, set: &PromotedSet) -> Result<RecordBatch, String> {
    if batch.schema_ref() == schema {
        return Ok(batch.clone());
    }
    let mut replaced: HashMap<&str, ArrayRef> = HashMap::new();
    for place in [Place::Record, Place::Resource] {
        let of_place = |promoted: &&Promoted| promoted.place == place;
        let has = |promoted: &Promoted| batch.column_by_name(&promoted.column);
        let take: Vec<&Promoted> =
            set.active().iter().filter(of_place).filter(|promoted| has(promoted).is_none()).collect();
        let give: Vec<(&Promoted, &ArrayRef)> =
            set.retired().iter().filter(of_place).filter_map(|promoted| Some((promoted, has(promoted)?))).collect();
        if take.is_empty() && give.is_empty() {
            continue;
        }
        let map = batch.column_by_name(place.map()).and_then(|map| map.as_map_opt());
        let Some(map) = map else { return Err(format!("it has no {} that is a map", place.map())) };
        check_types(&give)?;
        let (columns, map) = moved(map, &take, &give);
        replaced.extend(take.iter().map(|promoted| promoted.column.as_ref()).zip(columns));
        replaced.insert(place.map(), map);
    }
    let columns = schema.fields().iter().map(|field| {
        let column = replaced.get(field.name().as_str()).or_else(|| batch.column_by_name(field.name()));
        match column {
            Some(column) if column.data_type() == field.data_type() => Ok(column.clone()),
            Some(column) => Err(format!("its column {} is of type {}", field.name(), column.data_type())),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        }
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema.clone(), columns).map_err(|error| error.to_string())
}

fn check_types(give: &[(&Promoted, &ArrayRef)]) -> Result<(), String> {
    let wrong = give.iter().find(|(promoted, column)| *column.data_type() != promoted.column_type.data_type());
    match wrong {
        Some((promoted, column)) => Err(format!("its column {} is of type {}", promoted.column, column.data_type())),
        None => Ok(()),
    }
}

/// The columns that are taken out of the map, and the map without them and with what is given back.
fn moved(map: &MapArray, take: &[&Promoted], give: &[(&Promoted, &ArrayRef)]) -> (Vec<ArrayRef>, ArrayRef) {
    let entries = Entries::of(map);
    let mut columns: Vec<Column> = take.iter().map(|promoted| Column::new(promoted.column_type)).collect();
    let mut rest = Rest::new();
    let mut taken = Vec::with_capacity(take.len());
    for row in 0..map.len() {
        taken.clear();
        for (column, promoted) in columns.iter_mut().zip(take) {
            if let Some(at) = entries.best(row, promoted) {
                column.put_json(row, entries.values.value(at));
                taken.push(at);
            }
        }
        for at in entries.range(row).filter(|at| !taken.contains(at)) {
            rest.entry(entries.keys.value(at), entries.value(at));
        }
        for (promoted, column) in give {
            if let Some(value) = value_of(column, promoted.column_type, row) {
                rest.value(&promoted.attribute, &value);
            }
        }
        rest.end_row();
    }
    (columns.into_iter().map(|column| column.finish(map.len())).collect(), rest.finish())
}

fn value_of(column: &ArrayRef, column_type: ColumnType, row: usize) -> Option<Value<'_>> {
    column.is_valid(row).then(|| match column_type {
        ColumnType::String => Value::String(column.as_string::<i32>().value(row).into()),
        ColumnType::Int => Value::Int(column.as_primitive::<Int64Type>().value(row)),
        ColumnType::Double => Value::Double(column.as_primitive::<Float64Type>().value(row)),
        ColumnType::Bool => Value::Bool(column.as_boolean().value(row)),
    })
}

/// The entries of a map column.
struct Entries<'a> {
    map: &'a MapArray,
    keys: &'a StringArray,
    values: &'a StringArray,
}

impl<'a> Entries<'a> {
    fn of(map: &'a MapArray) -> Self {
        Self { map, keys: map.keys().as_string(), values: map.values().as_string() }
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        if self.map.is_null(row) {
            return 0..0;
        }
        let offsets = self.map.value_offsets();
        usize::try_from(offsets[row]).unwrap_or(0)..usize::try_from(offsets[row + 1]).unwrap_or(0)
    }

    fn value(&self, at: usize) -> Option<&'a str> {
        self.values.is_valid(at).then(|| self.values.value(at))
    }

    /// Where the row's value of a promoted attribute is: under the newest name whose value fits.
    fn best(&self, row: usize, promoted: &Promoted) -> Option<usize> {
        let fitting = self.range(row).filter_map(|at| {
            let key = self.keys.value(at);
            let age = promoted.names().position(|name| name == key)?;
            fits(promoted.column_type, self.value(at)?).then_some((age, at))
        });
        fitting.min().map(|(_, at)| at)
    }
}

/// A map column that is built anew.
struct Rest {
    builder: MapBuilder<StringBuilder, StringBuilder>,
    text: String,
    any: bool,
}

impl Rest {
    fn new() -> Self {
        let names = MapFieldNames { entry: "key_value".into(), key: "key".into(), value: "value".into() };
        let builder = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
        Self { builder, text: String::new(), any: false }
    }

    fn entry(&mut self, key: &str, json: Option<&str>) {
        self.any = true;
        self.builder.keys().append_value(key);
        self.builder.values().append_option(json);
    }

    fn value(&mut self, key: &str, value: &Value<'_>) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        write_json(value, &mut text);
        self.entry(key, Some(&text));
        self.text = text;
    }

    /// A row without attributes is null, as where rows become columns.
    fn end_row(&mut self) {
        self.builder.append(std::mem::take(&mut self.any)).expect("keys and values were appended in pairs");
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}
