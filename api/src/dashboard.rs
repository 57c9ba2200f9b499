//! Dashboards as the API lists and carries them; the document itself is the crate `dashboards`'.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::Nanos;

/// A dashboard in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardInfo {
    /// Part of its address; `a-z`, `0-9` and `-`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whether it came with Alidade; then it cannot be changed, only copied.
    pub builtin: bool,
    /// How many widgets.
    pub widgets: u64,
    /// When it last changed; absent for a built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at_unix_nano: Option<Nanos>,
}

/// Answer of `GET /api/v1/dashboards`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardList {
    /// Built-in ones first, then by title.
    pub dashboards: Vec<DashboardInfo>,
}

/// Answer of `GET /api/v1/dashboards/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DashboardAnswer {
    /// What the list says of it.
    #[serde(flatten)]
    pub info: DashboardInfo,
    /// Rises with each change; a PUT may name it in `If-Match`.
    pub version: u64,
    /// The document: `dashboards::Dashboard`.
    pub document: Value,
}
