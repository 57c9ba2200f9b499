//! Attributes: the promoted ones go to their columns, the rest into the maps.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, MapBuilder, MapFieldNames, StringBuilder, UInt32Builder, new_null_array};
use arrow::compute::take;

use super::recent::Recent;
use crate::attributes::write_json;
use crate::promoted::{Column, Place, PromotedSet};
use crate::row::{Attributes, Resource, Scope, Value};

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

/// All promoted columns and the three maps.
pub(super) struct AttributeColumns<'a> {
    set: Arc<PromotedSet>,
    rows: usize,
    record: Split,
    /// One entry per distinct resource; the rows refer to it. A batch has few resources and many rows.
    resources: Shared<Resource<'a>>,
    scopes: Shared<Scope<'a>>,
}

impl<'a> AttributeColumns<'a> {
    pub(super) fn new(rows: usize, set: &Arc<PromotedSet>) -> Self {
        Self {
            set: set.clone(),
            rows: 0,
            record: Split::new(Some(Place::Record), set),
            resources: Shared::new(rows, Some(Place::Resource), set),
            scopes: Shared::new(rows, None, set),
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
        let promoted = self.set.active().iter().map(|promoted| match promoted.place {
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
    set: Arc<PromotedSet>,
    place: Option<Place>,
    rows: usize,
    promoted: Vec<Column>,
    /// Of each promoted column its number among those of this place.
    numbers: Vec<usize>,
    rest: MapColumn,
    /// For each column of the place which attribute of the row at hand it takes, and how old that one's name is.
    chosen: Vec<Option<(usize, usize)>>,
    /// The column that each attribute of the row at hand may go to.
    targets: Vec<Option<usize>>,
}

impl Split {
    fn new(place: Option<Place>, set: &Arc<PromotedSet>) -> Self {
        let of_place = || set.active().iter().filter(move |promoted| Some(promoted.place) == place);
        let mut next = 0;
        let numbers = set.active().iter().map(|promoted| {
            let number = next;
            next += usize::from(Some(promoted.place) == place);
            number
        });
        Self {
            set: set.clone(),
            place,
            rows: 0,
            numbers: numbers.collect(),
            promoted: of_place().map(|promoted| Column::new(promoted.column_type)).collect(),
            rest: MapColumn::new(),
            chosen: vec![None; of_place().count()],
            targets: Vec::new(),
        }
    }

    fn push(&mut self, attributes: &Attributes<'_>) {
        let Self { set, place, rows, promoted, numbers, rest, chosen, targets } = self;
        targets.clear();
        // Of the newest name whose value fits.
        for (position, (key, value)) in attributes.iter().enumerate() {
            let target = set.target(key).filter(|target| Some(target.place) == *place);
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

/// Attributes that many rows share: they are split once and then taken by every row.
struct Shared<T> {
    distinct: Split,
    known: Recent<T, u32>,
    rows: UInt32Builder,
}

impl<T> Shared<T> {
    fn new(rows: usize, place: Option<Place>, set: &Arc<PromotedSet>) -> Self {
        Self { distinct: Split::new(place, set), known: Recent::new(), rows: UInt32Builder::with_capacity(rows) }
    }

    fn push(&mut self, shared: &Arc<T>, attributes: &Attributes<'_>) {
        let distinct = &mut self.distinct;
        let row = self.known.get_or_make(shared, || {
            distinct.push(attributes);
            distinct.rows as u32 - 1
        });
        self.rows.append_value(row);
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
