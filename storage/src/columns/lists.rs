//! List columns.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ListArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};

/// How many items each row has, and whether the row has a list at all.
#[derive(Default)]
pub(super) struct Lengths {
    lengths: Vec<usize>,
    valid: Vec<bool>,
}

impl Lengths {
    pub(super) fn push(&mut self, length: Option<usize>) {
        self.lengths.push(length.unwrap_or(0));
        self.valid.push(length.is_some());
    }

    /// The list column of these items.
    pub(super) fn list(self, items: ArrayRef) -> ArrayRef {
        let field = Arc::new(Field::new("element", items.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths(self.lengths);
        Arc::new(ListArray::new(field, offsets, items, Some(NullBuffer::from(self.valid))))
    }

    /// The list column of structs with these fields, of which the columns hold the items.
    pub(super) fn list_of_structs(self, fields: &Fields, columns: Vec<ArrayRef>) -> ArrayRef {
        self.list(Arc::new(StructArray::new(fields.clone(), columns, None)))
    }
}

/// The fields of the structs in a list column.
pub(super) fn struct_fields(list: &Field) -> &Fields {
    match list.data_type() {
        DataType::List(element) => match element.data_type() {
            DataType::Struct(fields) => fields,
            other => unreachable!("the schema has a list of structs here, not of {other}"),
        },
        other => unreachable!("the schema has a list here, not {other}"),
    }
}
