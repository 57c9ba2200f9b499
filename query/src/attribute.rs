//! Conditions on attributes, and their values, as expressions over a table's columns.
//!
//! An attribute is looked for in this order: a column of the data model (`service.name`, a span's `name`), a promoted
//! column by its stable or an older name, the record's map, the resource's map. A promoted attribute whose value had
//! another type, or that came from the other place, is in a map; so both are looked at, and the column goes first.

use std::collections::BTreeSet;

use api::{AttributeFilter, FilterOperator};
use arrow::datatypes::DataType;
use datafusion::functions::expr_fn::{coalesce, contains};
use datafusion::logical_expr::{Expr, cast, col, lit};
use serde_json::Value;
use storage::promoted::{ColumnType, Place, PromotedSet};
use storage::{IndexQuery, Signal};

use crate::error::Error;
use crate::function;

/// Where the value of an attribute is found.
struct Source {
    column: Option<(String, Kind)>,
    /// The map from which a promoted attribute is taken.
    map: &'static str,
    /// Names to look for in the maps, best first; empty for a column of the data model.
    names: Vec<String>,
    key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Int,
    Double,
    Bool,
    Id,
}

/// The condition as an expression over the columns of the signal's table.
pub(crate) fn condition(set: &PromotedSet, signal: Signal, filter: &AttributeFilter) -> Result<Expr, Error> {
    Source::of(set, signal, &filter.key).condition(filter)
}

/// The condition where no map has a value of the attribute, and its stable name; `None` where it has no column of its own.
pub(crate) fn condition_of_column(
    set: &PromotedSet,
    signal: Signal,
    filter: &AttributeFilter,
) -> Result<Option<(Expr, String)>, Error> {
    let mut source = Source::of(set, signal, &filter.key);
    let own = set.by_attribute(&filter.key).filter(|_| source.column.is_some() && !source.names.is_empty());
    let Some(promoted) = own else { return Ok(None) };
    source.names.clear();
    Ok(Some((source.condition(filter)?, promoted.attribute.to_string())))
}

/// What the condition says of the attribute's own column, where it has one and maps besides: a row that meets the condition
/// has the value there or nothing. It costs little to ask, and leaves few rows whose maps are read.
pub(crate) fn in_column(set: &PromotedSet, signal: Signal, filter: &AttributeFilter) -> Result<Option<Expr>, Error> {
    let source = Source::of(set, signal, &filter.key);
    match (source.column, filter.operator) {
        (Some((column, kind)), FilterOperator::Eq) if !source.names.is_empty() => {
            let value = scalar(filter)?;
            let text = plain(value).unwrap_or_default();
            Ok(Some(column_equals(&column, kind, value, &text)?.or(col(column).is_null())))
        }
        _ => Ok(None),
    }
}

/// What the index may be asked for the condition: its answer holds every match, and perhaps more.
pub(crate) fn index(set: &PromotedSet, signal: Signal, filter: &AttributeFilter) -> Option<IndexQuery> {
    let source = Source::of(set, signal, &filter.key);
    if source.names.is_empty() && source.column.is_some() {
        let service = source.column.as_ref().is_some_and(|(column, _)| column == "service_name");
        let value = plain(&filter.value).filter(|_| service && filter.operator == FilterOperator::Eq);
        return value.map(IndexQuery::Service);
    }
    let asked: Vec<IndexQuery> = match filter.operator {
        FilterOperator::Eq => {
            let texts = stored_texts(&filter.value);
            let pair =
                |name: &str, value: &String| IndexQuery::Attribute { key: name.to_owned(), value: value.clone() };
            source.map_names().flat_map(|name| texts.iter().map(move |value| pair(name, value))).collect()
        }
        FilterOperator::Missing => return None,
        // All the others want it to be there.
        _ => source.map_names().map(|name| IndexQuery::AttributeExists(name.to_owned())).collect(),
    };
    Some(IndexQuery::Any(asked))
}

/// The plain texts under which a value equal to this one may be stored: 5 as `5` and as `5.0`.
fn stored_texts(value: &Value) -> BTreeSet<String> {
    let mut texts: BTreeSet<String> = plain(value).into_iter().collect();
    if let (Value::Number(_), Some(number)) = (value, value.as_f64()) {
        texts.insert(format!("{number:?}"));
        if number.fract() == 0.0 && number.abs() < 9e18 {
            texts.insert(format!("{}", number as i64));
        }
    }
    texts
}

/// The value of an attribute as text (`abc`, `5`, `true`), null where it is missing.
pub(crate) fn text(set: &PromotedSet, signal: Signal, key: &str) -> Expr {
    Source::of(set, signal, key).text()
}

impl Source {
    fn condition(&self, filter: &AttributeFilter) -> Result<Expr, Error> {
        match filter.operator {
            FilterOperator::Exists => Ok(self.exists()),
            FilterOperator::Missing => Ok(!self.exists()),
            FilterOperator::Eq => self.equals(scalar(filter)?),
            FilterOperator::Ne => Ok(self.exists().and(!self.equals(scalar(filter)?)?)),
            FilterOperator::Contains => {
                let Value::String(part) = &filter.value else {
                    return Err(Error::invalid(format!("the value of {} contains must be text", filter.key)));
                };
                Ok(defined(contains(self.text(), lit(part.clone()))))
            }
            FilterOperator::Gt | FilterOperator::Ge | FilterOperator::Lt | FilterOperator::Le => {
                let bound = lit(number(filter)?);
                let value = self.number();
                Ok(defined(match filter.operator {
                    FilterOperator::Gt => value.gt(bound),
                    FilterOperator::Ge => value.gt_eq(bound),
                    FilterOperator::Lt => value.lt(bound),
                    _ => value.lt_eq(bound),
                }))
            }
        }
    }

    fn of(set: &PromotedSet, signal: Signal, key: &str) -> Self {
        let (map, key) = (Place::Record.map(), key.to_owned());
        if let Some((column, kind)) = model_column(signal, &key) {
            return Self { column: Some((column.to_owned(), kind)), map, names: Vec::new(), key };
        }
        let Some(promoted) = set.by_attribute(&key) else {
            return Self { column: None, map, names: Vec::new(), key };
        };
        let kind = match promoted.column_type {
            ColumnType::String => Kind::Text,
            ColumnType::Int => Kind::Int,
            ColumnType::Double => Kind::Double,
            ColumnType::Bool => Kind::Bool,
        };
        let names = promoted.names().map(str::to_owned).collect();
        Self { column: Some((promoted.column.to_string(), kind)), map: promoted.place.map(), names, key }
    }

    /// The names under which the maps may hold it.
    fn map_names(&self) -> impl Iterator<Item = &str> {
        let own = (self.column.is_none()).then_some(self.key.as_str());
        self.names.iter().map(String::as_str).chain(own)
    }

    fn in_maps(&self, read: fn(Expr, &str) -> Expr) -> Vec<Expr> {
        let maps = ["attributes", "resource_attributes"];
        maps.iter().flat_map(|map| self.map_names().map(|name| read(col(*map), name))).collect()
    }

    fn exists(&self) -> Expr {
        let in_column = self.column.as_ref().map(|(column, _)| col(column).is_not_null());
        let in_maps = self.in_maps(function::attr).into_iter().map(Expr::is_not_null);
        in_column.into_iter().chain(in_maps).reduce(Expr::or).expect("every attribute has a column or a name")
    }

    fn text(&self) -> Expr {
        let in_column = self.column.as_ref().map(|(column, kind)| match kind {
            Kind::Text => col(column),
            Kind::Id => function::hex(col(column)),
            // Written as in a map.
            Kind::Double => function::attr_or_column(col(self.map), &self.key, col(column)),
            Kind::Int | Kind::Bool => cast(col(column), DataType::Utf8),
        });
        first(in_column.into_iter().chain(self.in_maps(function::attr)).collect())
    }

    fn number(&self) -> Expr {
        let in_column = self.column.as_ref().filter(|(_, kind)| matches!(kind, Kind::Int | Kind::Double));
        let in_column = in_column.map(|(column, _)| cast(col(column), DataType::Float64));
        let all: Vec<Expr> = in_column.into_iter().chain(self.in_maps(function::attr_number)).collect();
        if all.is_empty() { lit(datafusion::scalar::ScalarValue::Float64(None)) } else { first(all) }
    }

    fn equals(&self, value: &Value) -> Result<Expr, Error> {
        let text = plain(value).unwrap_or_default();
        let in_column = match &self.column {
            Some((column, kind)) => Some(column_equals(column, *kind, value, &text)?),
            None => None,
        };
        let texts = self.in_maps(function::attr);
        if texts.is_empty() {
            return Ok(in_column.unwrap_or_else(|| lit(false)));
        }
        let mut in_maps = defined(first(texts).eq(lit(text)));
        if let Some(number) = value.as_f64() {
            in_maps = in_maps.or(defined(first(self.in_maps(function::attr_number)).eq(lit(number))));
        }
        Ok(match (&self.column, in_column) {
            (Some((column, _)), Some(in_column)) => defined(in_column).or(col(column).is_null().and(in_maps)),
            _ => in_maps,
        })
    }
}

/// As in a map: a text equals a number that is written so, and a number equals what is as large.
fn column_equals(column: &str, kind: Kind, value: &Value, text: &str) -> Result<Expr, Error> {
    Ok(match kind {
        Kind::Text => col(column).eq(lit(text)),
        Kind::Id => col(column).eq(lit(function::id_bytes(text)?)),
        Kind::Int => match (value.as_f64(), text.parse::<i64>()) {
            (None, Ok(number)) if number.to_string() == text => col(column).eq(lit(number)),
            (Some(number), _) if number.fract() == 0.0 && number.abs() < 9e15 => col(column).eq(lit(number as i64)),
            (Some(number), _) => cast(col(column), DataType::Float64).eq(lit(number)),
            (None, _) => lit(false),
        },
        Kind::Double => match (value.as_f64(), text.parse::<f64>()) {
            (None, Ok(number)) if format!("{number:?}") == text => col(column).eq(lit(number)),
            (Some(number), _) => col(column).eq(lit(number)),
            (None, _) => lit(false),
        },
        Kind::Bool if text == "true" => col(column).eq(lit(true)),
        Kind::Bool if text == "false" => col(column).eq(lit(false)),
        Kind::Bool => lit(false),
    })
}

fn first(mut all: Vec<Expr>) -> Expr {
    if all.len() == 1 { all.remove(0) } else { coalesce(all) }
}

/// Null counts as false, so that a negation of the condition is right as well.
fn defined(condition: Expr) -> Expr {
    condition.is_true()
}

fn scalar(filter: &AttributeFilter) -> Result<&Value, Error> {
    match &filter.value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(&filter.value),
        _ => Err(Error::invalid(format!(
            "the value of the condition on {} must be text, a number or a boolean",
            filter.key
        ))),
    }
}

fn number(filter: &AttributeFilter) -> Result<f64, Error> {
    let number = match &filter.value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| {
        Error::invalid(format!(
            "{} is compared by size, so its value must be a number, not {}",
            filter.key, filter.value
        ))
    })
}

/// A value as `attr` shows it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Columns of the data model that can be filtered by name like attributes.
fn model_column(signal: Signal, key: &str) -> Option<(&'static str, Kind)> {
    let of_all = match key {
        "service.name" | "service_name" => Some(("service_name", Kind::Text)),
        "service.namespace" => Some(("service_namespace", Kind::Text)),
        "deployment.environment.name" | "deployment.environment" | "environment" => Some(("environment", Kind::Text)),
        "otel.scope.name" | "scope.name" => Some(("scope_name", Kind::Text)),
        "otel.scope.version" | "scope.version" => Some(("scope_version", Kind::Text)),
        _ => None,
    };
    of_all.or(match (signal, key) {
        (Signal::Spans | Signal::Metrics, "name") => Some(("name", Kind::Text)),
        (Signal::Spans | Signal::Metrics, "kind") => Some(("kind", Kind::Text)),
        (Signal::Spans, "status" | "status_code" | "otel.status_code") => Some(("status_code", Kind::Text)),
        (Signal::Spans, "status_message" | "otel.status_description") => Some(("status_message", Kind::Text)),
        (Signal::Spans, "duration_ns") => Some(("duration_ns", Kind::Int)),
        (Signal::Spans, "parent_span_id") => Some(("parent_span_id", Kind::Id)),
        (Signal::Spans | Signal::Logs, "trace_id") => Some(("trace_id", Kind::Id)),
        (Signal::Spans | Signal::Logs, "span_id") => Some(("span_id", Kind::Id)),
        (Signal::Logs, "event_name" | "event.name") => Some(("event_name", Kind::Text)),
        (Signal::Logs, "severity_text") => Some(("severity_text", Kind::Text)),
        (Signal::Logs, "severity_number") => Some(("severity_number", Kind::Int)),
        (Signal::Logs, "body") => Some(("body", Kind::Text)),
        (Signal::Metrics, "unit") => Some(("unit", Kind::Text)),
        (Signal::Metrics, "temporality") => Some(("temporality", Kind::Text)),
        _ => None,
    })
}
