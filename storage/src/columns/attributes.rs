//! Attributes: the promoted ones go to their columns, the rest into the maps.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, BooleanBuilder, Int64Builder, MapBuilder, MapFieldNames, StringBuilder, UInt32Builder};
use arrow::compute::take;

use crate::attributes::write_json;
use crate::promoted::{ColumnType, PROMOTED, Place};
use crate::row::{Attributes, Resource, Scope, Value};

/// Where a promoted name is looked for, its column, and how new the name is (0 is the stable one).
struct Target {
    place: Place,
    column: usize,
    age: usize,
}

static TARGETS: LazyLock<HashMap<&'static str, Target>> = LazyLock::new(|| {
    let mut targets = HashMap::new();
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

    pub(super) fn push<'a>(&mut self, attributes: impl IntoIterator<Item = &'a (String, Value)>) {
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

enum PromotedColumn {
    String(StringBuilder),
    Int(Int64Builder),
    Bool(BooleanBuilder),
}

impl PromotedColumn {
    fn new(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::String => Self::String(StringBuilder::new()),
            ColumnType::Int => Self::Int(Int64Builder::new()),
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
        }
    }

    fn takes(&self, value: &Value) -> bool {
        matches!(
            (self, value),
            (Self::String(_), Value::String(_)) | (Self::Int(_), Value::Int(_)) | (Self::Bool(_), Value::Bool(_))
        )
    }

    fn push(&mut self, value: Option<&Value>) {
        match (self, value) {
            (Self::String(builder), Some(Value::String(text))) => builder.append_value(text),
            (Self::String(builder), _) => builder.append_null(),
            (Self::Int(builder), Some(Value::Int(number))) => builder.append_value(*number),
            (Self::Int(builder), _) => builder.append_null(),
            (Self::Bool(builder), Some(Value::Bool(flag))) => builder.append_value(*flag),
            (Self::Bool(builder), _) => builder.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::String(mut builder) => Arc::new(builder.finish()),
            Self::Int(mut builder) => Arc::new(builder.finish()),
            Self::Bool(mut builder) => Arc::new(builder.finish()),
        }
    }
}

/// All promoted columns and the three maps.
pub(super) struct AttributeColumns {
    promoted: Vec<PromotedColumn>,
    record: MapColumn,
    /// One entry per distinct resource; the rows refer to it. A batch has few resources and many rows.
    resources: Distinct<Resource>,
    scopes: Distinct<Scope>,
    /// For each promoted column which attribute of the record it takes, for the row at hand.
    chosen: Vec<Option<(usize, usize)>>,
}

impl AttributeColumns {
    pub(super) fn new(rows: usize) -> Self {
        Self {
            promoted: PROMOTED.iter().map(|promoted| PromotedColumn::new(promoted.column_type)).collect(),
            record: MapColumn::new(),
            resources: Distinct::new(rows),
            scopes: Distinct::new(rows),
            chosen: vec![None; PROMOTED.len()],
        }
    }

    pub(super) fn push(&mut self, attributes: &Attributes, resource: &Arc<Resource>, scope: &Arc<Scope>) {
        let Self { promoted, record, resources, scopes, chosen } = self;
        chosen.fill(None);
        choose(promoted, chosen, attributes, Place::Record);
        record.push(left_over(chosen, attributes, Place::Record));

        choose(promoted, chosen, &resource.attributes, Place::Resource);
        resources.push(resource, || left_over(chosen, &resource.attributes, Place::Resource));
        scopes.push(scope, || scope.attributes.iter());

        for ((builder, chosen), target) in promoted.iter_mut().zip(chosen).zip(PROMOTED) {
            let from = match target.place {
                Place::Record => attributes,
                Place::Resource => &resource.attributes,
            };
            builder.push(chosen.map(|(position, _)| &from[position].1));
        }
    }

    /// The promoted columns, then `attributes`, `resource_attributes`, `scope_attributes`.
    pub(super) fn finish(self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = self.promoted.into_iter().map(PromotedColumn::finish).collect();
        columns.push(self.record.finish());
        columns.push(self.resources.finish());
        columns.push(self.scopes.finish());
        columns
    }
}

/// Finds for each promoted column of this place the attribute that it takes: of the newest name whose value fits.
fn choose(columns: &[PromotedColumn], chosen: &mut [Option<(usize, usize)>], attributes: &Attributes, place: Place) {
    for (position, (key, value)) in attributes.iter().enumerate() {
        let Some(target) = TARGETS.get(key.as_str()).filter(|target| target.place == place) else { continue };
        let is_newer = chosen[target.column].is_none_or(|(_, age)| target.age < age);
        if is_newer && columns[target.column].takes(value) {
            chosen[target.column] = Some((position, target.age));
        }
    }
}

/// The attributes that no promoted column took.
fn left_over<'a>(
    chosen: &[Option<(usize, usize)>],
    attributes: &'a Attributes,
    place: Place,
) -> impl Iterator<Item = &'a (String, Value)> {
    attributes
        .iter()
        .enumerate()
        .filter(move |(position, (key, _))| {
            !TARGETS.get(key.as_str()).is_some_and(|target| {
                target.place == place && chosen[target.column].is_some_and(|(taken, _)| taken == *position)
            })
        })
        .map(|(_, attribute)| attribute)
}

/// A map column in which neighbouring rows share their map: it is made once and then taken by every row.
struct Distinct<T> {
    maps: MapColumn,
    count: u32,
    last: Option<Arc<T>>,
    rows: UInt32Builder,
}

impl<T> Distinct<T> {
    fn new(rows: usize) -> Self {
        Self { maps: MapColumn::new(), count: 0, last: None, rows: UInt32Builder::with_capacity(rows) }
    }

    fn push<'a, I: Iterator<Item = &'a (String, Value)>>(&mut self, shared: &Arc<T>, attributes: impl FnOnce() -> I) {
        if !self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, shared)) {
            self.maps.push(attributes());
            self.count += 1;
            self.last = Some(shared.clone());
        }
        self.rows.append_value(self.count - 1);
    }

    fn finish(mut self) -> ArrayRef {
        take(&self.maps.finish(), &self.rows.finish(), None).expect("every index is that of a map")
    }
}
