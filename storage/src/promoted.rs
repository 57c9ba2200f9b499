//! Promoted attributes: those with a column of their own in every table.
//!
//! [`PROMOTED`] is the part of the OpenTelemetry semantic conventions that the product's views filter and group by; an
//! operator adds others by configuration or on demand. An attribute is promoted from its own place (record or resource)
//! and only if its value has the column's type; otherwise it stays in the map, so nothing is lost. An older name is
//! folded into the stable one.
//!
//! A file or batch either has the column of an attribute, and then every value that fits is in it, or does not have it,
//! and then all values are in the map. So a set of promoted attributes may change at any time: what was written before
//! is read through [`values_in_map`], and compaction moves the values when it rewrites. A column that a table has had
//! once stays in its schema; an attribute that is promoted no more is *retired*: it is read, and written to the map.

mod adapt;
mod column;
mod fixed;
mod report;
mod saved;
mod set;
mod wanted;

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use arrow::datatypes::DataType;

pub(crate) use adapt::adapt;
pub use adapt::values_in_map;
pub(crate) use column::Column;
pub use fixed::{PROMOTED, by_attribute};
pub use report::{Coverage, Origin, Report, Status};
pub(crate) use saved::Saved;
pub use set::PromotedSet;
pub(crate) use wanted::{Chosen, Known, choose};
pub use wanted::{PromotedAttribute, mistakes};

/// Where an attribute is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Among the attributes of the span, log record or data point.
    Record,
    /// Among the attributes of the resource.
    Resource,
}

impl Place {
    /// `record`, `resource`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Resource => "resource",
        }
    }

    /// The place of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Record, Self::Resource].into_iter().find(|place| place.name() == name)
    }

    /// The map column of a table that holds the attributes of this place.
    pub fn map(self) -> &'static str {
        match self {
            Self::Record => "attributes",
            Self::Resource => "resource_attributes",
        }
    }
}

/// The type of a promoted column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Text.
    String,
    /// 64-bit integer.
    Int,
    /// 64-bit floating point; takes no integers, which stay what they are in the map.
    Double,
    /// Boolean.
    Bool,
}

impl ColumnType {
    const ALL: [Self; 4] = [Self::String, Self::Int, Self::Double, Self::Bool];

    /// The Arrow type of the column.
    pub fn data_type(self) -> DataType {
        match self {
            Self::String => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Bool => DataType::Boolean,
        }
    }

    /// `text`, `integer`, `double`, `boolean`.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "text",
            Self::Int => "integer",
            Self::Double => "double",
            Self::Bool => "boolean",
        }
    }

    /// The type of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column_type| column_type.name() == name)
    }
}

/// An attribute with a column of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Promoted {
    /// The stable name, for example `http.request.method`.
    pub attribute: Cow<'static, str>,
    /// The column, for example `http_request_method`.
    pub column: Cow<'static, str>,
    /// Where it is looked for.
    pub place: Place,
    /// Its type.
    pub column_type: ColumnType,
    /// Older names that are folded into this one, newest first.
    pub older: &'static [&'static str],
}

impl Promoted {
    /// All its names, the stable one first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.attribute.as_ref()).chain(self.older.iter().copied())
    }
}

/// The set that holds at the moment. What is written from now on is written by it.
#[derive(Debug)]
pub(crate) struct Current(RwLock<Arc<PromotedSet>>);

impl Current {
    pub(crate) fn get(&self) -> Arc<PromotedSet> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn replace(&self, set: Arc<PromotedSet>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = set;
    }
}

impl Default for Current {
    fn default() -> Self {
        Self(RwLock::new(PromotedSet::fixed()))
    }
}

#[cfg(test)]
mod tests;
