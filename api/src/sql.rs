//! Read-only SQL.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::statistics::{Statistics, Truncation};

/// Body of `POST /api/v1/sql`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlRequest {
    /// One SELECT, or EXPLAIN, DESCRIBE, SHOW TABLES.
    pub query: String,
    /// At most so many rows, up to 100,000. Absent: as many as the LIMIT of the statement says, else 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A column of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlColumn {
    /// Its name.
    pub name: String,
    /// Its Arrow type.
    #[serde(rename = "type")]
    pub data_type: String,
}

/// Answer of `POST /api/v1/sql`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SqlAnswer {
    /// In the order of the SELECT.
    pub columns: Vec<SqlColumn>,
    /// One array a row. Binary is lower-case hex, a timestamp RFC 3339, an integer beyond 2^53 a string.
    pub rows: Vec<Vec<Value>>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether rows were left out.
    pub truncated: Option<Truncation>,
}
