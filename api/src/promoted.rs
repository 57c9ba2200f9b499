//! Promoted attributes: those with a column of their own in every table.

use serde::{Deserialize, Serialize};

use crate::time::Nanos;

/// Answer of `GET` and `PUT /api/v1/promoted-attributes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotedAttributes {
    /// Built-in ones first.
    pub attributes: Vec<PromotedAttribute>,
    /// Why some that are wanted are not promoted, each a sentence that says what to change.
    pub problems: Vec<String>,
    /// How many columns beside the built-in ones there are, those of attributes that are promoted no more included.
    pub columns: u64,
    /// How many there may be (`storage.promoted_attributes_max`).
    pub columns_max: u64,
}

/// An attribute with a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotedAttribute {
    /// Its name, for example `http.request.method`.
    pub name: String,
    /// Its column in the tables and in SQL, for example `http_request_method`.
    pub column: String,
    /// The type of the column.
    #[serde(rename = "type")]
    pub column_type: PromotedType,
    /// Where it is looked for.
    pub place: PromotedPlace,
    /// Older names that are folded into it.
    pub older_names: Vec<String>,
    /// By whom it was promoted.
    pub source: PromotedSource,
    /// Since when, for those of the configuration and on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_unix_nano: Option<Nanos>,
    /// How much of each table has the column; the rest answers from the map of attributes.
    pub coverage: Vec<PromotedCoverage>,
}

/// The type of a column. A value of another type stays in the map of attributes, and is found there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromotedType {
    /// Text.
    #[default]
    Text,
    /// 64-bit integer.
    Integer,
    /// 64-bit floating point; integers stay in the map.
    Double,
    /// Boolean.
    Boolean,
}

/// Where an attribute is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromotedPlace {
    /// Among the attributes of the span, log record or data point.
    #[default]
    Record,
    /// Among the attributes of the resource.
    Resource,
}

/// By whom an attribute was promoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromotedSource {
    /// Every table has it: a name of the semantic conventions.
    BuiltIn,
    /// `storage.promoted_attributes`.
    Configuration,
    /// `PUT /api/v1/promoted-attributes`.
    OnDemand,
    /// Nobody any more: older files have its column, newer ones have it in the map.
    Retired,
}

/// How much of a table's files has a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotedCoverage {
    /// `spans`, `logs`, `metrics`.
    pub table: String,
    /// Files of the table.
    pub segments: u64,
    /// Those with the column.
    pub segments_with_column: u64,
    /// Rows in all files.
    pub rows: u64,
    /// Rows in files with the column.
    pub rows_with_column: u64,
}

/// Body of `PUT /api/v1/promoted-attributes`: the whole list of what is promoted on demand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotedRequest {
    /// What is to be promoted, beside the built-in ones and those of the configuration; what is not here is no more.
    pub attributes: Vec<PromotedSpec>,
}

/// An attribute that is to have a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotedSpec {
    /// Its name, for example `app.plan`.
    pub name: String,
    /// The type of the column; text where it is left out.
    #[serde(default, rename = "type")]
    pub column_type: PromotedType,
    /// Where it is looked for; the record where it is left out.
    #[serde(default)]
    pub place: PromotedPlace,
}
