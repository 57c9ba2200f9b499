//! Attributes: the promoted ones go to their columns, the rest into the maps.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use arrow::array::{
    Array, ArrayRef, BooleanBuilder, Int64Builder, MapBuilder, MapFieldNames, StringBuilder, UInt32Builder,
    new_null_array,
};
use arrow::compute::take;
use foldhash::fast::FixedState;

use crate::attributes::write_json;
use crate::promoted::{ColumnType, PROMOTED, Place};
use crate::row::{Attributes, Resource, Scope, Value};

/// Where a promoted name is looked for, its column, and how new the name is (0 is the stable one).
struct Target {
    place: Place,
    column: usize,
    age: usize,
}

/// Looked up for every attribute of every row, by names that an attacker gains nothing by choosing: it does not grow.
static TARGETS: LazyLock<HashMap<&'static str, Target, FixedState>> = LazyLock::new(|| {
    let mut targets = HashMap::default();
    for (column, promoted) in PROMOTED.iter().enumerate() {
        let names = std::iter::once(&promoted.attribute).chain(promoted.older);
        for (age, name) in names.enumerate() {
            targets.insert(*name, Target { place: promoted.place, column, age });
        }
    }
    targets
});

/// A map column of JSON texts.
pub(super) struct MapColumn {
    builder: MapBuilder<StringBuilder, StringBuilder>,
    text: String,
}

impl MapColumn {
    pub(super) fn new() -> Self {
        let names = MapFieldNames { entry: "key_value".into(), key: "key".into(), value: "value".into() };
        let builder = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
        Self { builder, text: String::new() }
    }

    pub(super) fn push<'a>(&mut self, attributes: impl IntoIterator<Item = &'a (Cow<'a, str>, Value<'a>)>) {
        let mut any = false;
        for (key, value) in attributes {
            any = true;
            self.text.clear();
            write_json(value, &mut self.text);
            self.builder.keys().append_value(key);
            self.builder.values().append_value(&self.text);
        }
        // A row without attributes is null: an empty map costs as much and says no more.
        self.builder.append(any).expect("keys and values were appended in pairs");
    }

    pub(super) fn finish(mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}

/// A promoted column. Most rows have no value in most of them, so nulls are added only before the next value.
struct PromotedColumn {
    values: Values,
    rows: usize,
}

enum Values {
    String(StringBuilder),
    Int(Int64Builder),
    Bool(BooleanBuilder),
}

impl PromotedColumn {
    fn new(column_type: ColumnType) -> Self {
        let values = match column_type {
            ColumnType::String => Values::String(StringBuilder::new()),
            ColumnType::Int => Values::Int(Int64Builder::new()),
            ColumnType::Bool => Values::Bool(BooleanBuilder::new()),
        };
        Self { values, rows: 0 }
    }

    fn takes(&self, value: &Value<'_>) -> bool {
        matches!(
            (&self.values, value),
            (Values::String(_), Value::String(_)) | (Values::Int(_), Value::Int(_)) | (Values::Bool(_), Value::Bool(_))
        )
    }

    /// The value of this row, the first of which is 0; it is one that [`Self::takes`].
    fn put(&mut self, row: usize, value: &Value<'_>) {
        self.fill_up_to(row);
        match (&mut self.values, value) {
            (Values::String(builder), Value::String(text)) => builder.append_value(text),
            (Values::Int(builder), Value::Int(number)) => builder.append_value(*number),
            (Values::Bool(builder), Value::Bool(flag)) => builder.append_value(*flag),
            _ => return,
        }
        self.rows = row + 1;
    }

    fn fill_up_to(&mut self, rows: usize) {
        let nulls = rows - self.rows;
        match &mut self.values {
            Values::String(builder) => builder.append_nulls(nulls),
            Values::Int(builder) => builder.append_nulls(nulls),
            Values::Bool(builder) => builder.append_nulls(nulls),
        }
        self.rows = rows;
    }

    fn finish(mut self, rows: usize) -> ArrayRef {
        self.fill_up_to(rows);
        match self.values {
            Values::String(mut builder) => Arc::new(builder.finish()),
            Values::Int(mut builder) => Arc::new(builder.finish()),
            Values::Bool(mut builder) => Arc::new(builder.finish()),
        }
    }
}

/// All promoted columns and the three maps.
pub(super) struct AttributeColumns<'a> {
    rows: usize,
    record: Split,
    /// One entry per distinct resource; the rows refer to it. A batch has few resources and many rows.
    resources: Shared<Resource<'a>>,
    scopes: Shared<Scope<'a>>,
}

impl<'a> AttributeColumns<'a> {
    pub(super) fn new(rows: usize) -> Self {
        Self {
            rows: 0,
            record: Split::new(Some(Place::Record)),
            resources: Shared::new(rows, Some(Place::Resource)),
            scopes: Shared::new(rows, None),
        }
    }

    pub(super) fn push(&mut self, attributes: &Attributes<'_>, resource: &Arc<Resource<'a>>, scope: &Arc<Scope<'a>>) {
        self.record.push(attributes);
        self.resources.push(resource, &resource.attributes);
        self.scopes.push(scope, &scope.attributes);
        self.rows += 1;
    }

    /// The promoted columns, then `attributes`, `resource_attributes`, `scope_attributes`.
    pub(super) fn finish(self) -> Vec<ArrayRef> {
        let (record, attributes) = self.record.finish();
        let (resource, resource_attributes) = self.resources.finish();
        let (_, scope_attributes) = self.scopes.finish();
        let (mut record, mut resource) = (record.into_iter(), resource.into_iter());
        let promoted = PROMOTED.iter().map(|promoted| match promoted.place {
            Place::Record => record.next(),
            Place::Resource => resource.next(),
        });
        let mut columns: Vec<ArrayRef> = promoted.map(|column| column.expect("each place has its columns")).collect();
        columns.extend([attributes, resource_attributes, scope_attributes]);
        columns
    }
}

/// Attributes of one place: the promoted ones in their columns, the rest in a map.
struct Split {
    place: Option<Place>,
    rows: usize,
    promoted: Vec<PromotedColumn>,
    /// Of each promoted column its number among those of this place.
    numbers: Vec<usize>,
    rest: MapColumn,
    /// For each column of the place which attribute of the row at hand it takes, and how old that one's name is.
    chosen: Vec<Option<(usize, usize)>>,
    /// The column that each attribute of the row at hand may go to.
    targets: Vec<Option<usize>>,
}

impl Split {
    fn new(place: Option<Place>) -> Self {
        let of_place = || PROMOTED.iter().filter(move |promoted| Some(promoted.place) == place);
        let mut next = 0;
        let numbers = PROMOTED.iter().map(|promoted| {
            let number = next;
            next += usize::from(Some(promoted.place) == place);
            number
        });
        Self {
            place,
            rows: 0,
            numbers: numbers.collect(),
            promoted: of_place().map(|promoted| PromotedColumn::new(promoted.column_type)).collect(),
            rest: MapColumn::new(),
            chosen: vec![None; of_place().count()],
            targets: Vec::new(),
        }
    }

    fn push(&mut self, attributes: &Attributes<'_>) {
        let Self { place, rows, promoted, numbers, rest, chosen, targets } = self;
        targets.clear();
        // Of the newest name whose value fits.
        for (position, (key, value)) in attributes.iter().enumerate() {
            let target = TARGETS.get(key.as_ref()).filter(|target| Some(target.place) == *place);
            let column = target.map(|target| (numbers[target.column], target.age));
            if let Some((column, age)) = column
                && chosen[column].is_none_or(|(_, chosen)| age < chosen)
                && promoted[column].takes(value)
            {
                chosen[column] = Some((position, age));
            }
            targets.push(column.map(|(column, _)| column));
        }
        let is_taken = |position: usize| {
            targets[position].is_some_and(|column| chosen[column].is_some_and(|(taken, _)| taken == position))
        };
        rest.push(attributes.iter().enumerate().filter(|(position, _)| !is_taken(*position)).map(|(_, entry)| entry));
        for column in targets.iter().flatten() {
            if let Some((position, _)) = chosen[*column].take() {
                promoted[*column].put(*rows, &attributes[position].1);
            }
        }
        *rows += 1;
    }

    fn finish(self) -> (Vec<ArrayRef>, ArrayRef) {
        let promoted = self.promoted.into_iter().map(|column| column.finish(self.rows)).collect();
        (promoted, self.rest.finish())
    }
}

/// Attributes that neighbouring rows share: they are split once and then taken by every row.
struct Shared<T> {
    distinct: Split,
    last: Option<Arc<T>>,
    rows: UInt32Builder,
}

impl<T> Shared<T> {
    fn new(rows: usize, place: Option<Place>) -> Self {
        Self { distinct: Split::new(place), last: None, rows: UInt32Builder::with_capacity(rows) }
    }

    fn push(&mut self, shared: &Arc<T>, attributes: &Attributes<'_>) {
        if !self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, shared)) {
            self.distinct.push(attributes);
            self.last = Some(shared.clone());
        }
        self.rows.append_value(self.distinct.rows as u32 - 1);
    }

    fn finish(mut self) -> (Vec<ArrayRef>, ArrayRef) {
        let rows = self.rows.finish();
        let of_rows = |column: ArrayRef| {
            if column.null_count() == column.len() {
                return new_null_array(column.data_type(), rows.len());
            }
            take(&column, &rows, None).expect("every index is that of a distinct entry")
        };
        let (promoted, rest) = self.distinct.finish();
        (promoted.into_iter().map(of_rows).collect(), of_rows(rest))
    }
}
