//! What was promoted on demand, and since when, as a document.
//!
//! One for the whole store: the columns that a row may have, and the memory that they take, are the operator's affair, as
//! the configuration is, and not that of a tenant.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ColumnType, Place, PromotedAttribute};
use crate::documents::{Change, Documents, Expected};
use crate::error::{Error, ErrorKind};
use crate::row::TenantId;

const COLLECTION: &str = "promoted-attributes";
const ID: &str = "all";

/// The document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) on_demand: Vec<PromotedAttribute>,
    /// When each attribute that is promoted now came to be, by name: nanoseconds since the epoch.
    pub(crate) since: BTreeMap<String, i64>,
}

impl Saved {
    /// What was saved; nothing where nothing was.
    pub(crate) async fn load(documents: &dyn Documents) -> Result<Self, Error> {
        match documents.get(&TenantId::default_tenant(), COLLECTION, ID).await? {
            Some(document) => Self::of_json(&document.body).ok_or_else(|| {
                let message = "the document of the attributes that were promoted on demand cannot be read";
                Error::new(ErrorKind::Data, message)
            }),
            None => Ok(Self::default()),
        }
    }

    /// Saves it durably.
    pub(crate) async fn save(&self, documents: &dyn Documents) -> Result<(), Error> {
        let change = Change::Put {
            collection: COLLECTION.to_owned(),
            id: ID.to_owned(),
            expected: Expected::Any,
            body: self.to_json(),
        };
        documents.apply(&TenantId::default_tenant(), vec![change]).await
    }

    /// Notes since when these are promoted, and forgets the others. Whether something is new.
    pub(crate) fn note<'a>(&mut self, names: impl Iterator<Item = &'a str>, now_unix_nano: i64) -> bool {
        let since = names.map(|name| (name.to_owned(), self.since.get(name).copied().unwrap_or(now_unix_nano)));
        let since = since.collect();
        let is_new = since != self.since;
        self.since = since;
        is_new
    }

    fn to_json(&self) -> String {
        let attribute = |attribute: &PromotedAttribute| {
            json!({
                "name": attribute.name,
                "type": attribute.column_type.name(),
                "place": attribute.place.name(),
            })
        };
        json!({ "on_demand": self.on_demand.iter().map(attribute).collect::<Vec<_>>(), "since": self.since })
            .to_string()
    }

    fn of_json(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let attribute = |value: &Value| {
            Some(PromotedAttribute {
                name: value["name"].as_str()?.to_owned(),
                column_type: ColumnType::of_name(value["type"].as_str()?)?,
                place: Place::of_name(value["place"].as_str()?)?,
            })
        };
        Some(Self {
            on_demand: value["on_demand"].as_array()?.iter().map(attribute).collect::<Option<_>>()?,
            since: serde_json::from_value(value["since"].clone()).ok()?,
        })
    }
}
