//! What trace and log searches share: conditions on attributes, keys and values that exist.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::statistics::{Statistics, Truncation};

/// How an attribute is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterOperator {
    /// Equal. A number equals a number whatever its type; text equals text exactly.
    Eq,
    /// Present and different.
    Ne,
    /// Greater; numbers only.
    Gt,
    /// Greater or equal; numbers only.
    Ge,
    /// Less; numbers only.
    Lt,
    /// Less or equal; numbers only.
    Le,
    /// The text contains the value, case-sensitive.
    Contains,
    /// Present; takes no value.
    Exists,
    /// Absent; takes no value.
    Missing,
}

/// A condition on an attribute of the record or its resource, by the attribute's own name (`http.route`), either
/// generation of a name that the semantic conventions changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeFilter {
    /// The attribute.
    pub key: String,
    /// How it is compared.
    #[serde(rename = "op")]
    pub operator: FilterOperator,
    /// A string, number or boolean.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

/// An attribute key that occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCount {
    /// The attribute.
    pub key: String,
    /// In how many rows.
    pub count: u64,
}

/// A value that occurs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueCount {
    /// The value.
    pub value: Value,
    /// In how many rows.
    pub count: u64,
}

/// Answer of `GET /api/v1/attributes`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeysAnswer {
    /// Most frequent first.
    pub keys: Vec<KeyCount>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether keys were left out.
    pub truncated: Option<Truncation>,
}

/// Answer of `GET /api/v1/attributes/{key}/values`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValuesAnswer {
    /// Most frequent first.
    pub values: Vec<ValueCount>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether values were left out.
    pub truncated: Option<Truncation>,
}
