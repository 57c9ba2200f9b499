//! Promoted attributes.
//!
//! They are those of the whole store and not of a tenant: what a row may take in memory is the operator's affair.

use std::sync::Arc;

use api::Nanos;
use api::promoted::{
    PromotedAttribute, PromotedAttributes, PromotedCoverage, PromotedPlace, PromotedRequest, PromotedSource,
    PromotedSpec, PromotedType,
};
use axum::extract::State;
use axum::routing::{MethodRouter, get};
use axum::{Extension, Json};
use storage::TenantId;
use storage::promoted::{ColumnType, Coverage, Origin, Place, Report, Status};

use super::{Answer, Parts};
use crate::extract::Body;

pub(super) fn route() -> MethodRouter<Arc<Parts>> {
    get(list).put(promote)
}

async fn list(State(parts): State<Arc<Parts>>, Extension(tenant): Extension<TenantId>) -> Answer<PromotedAttributes> {
    Ok(Json(answer(&parts.store.promoted(&tenant))))
}

async fn promote(
    State(parts): State<Arc<Parts>>,
    Extension(tenant): Extension<TenantId>,
    Body(request): Body<PromotedRequest>,
) -> Answer<PromotedAttributes> {
    let wanted = request.attributes.iter().map(wanted).collect();
    let report = parts.store.promote(&tenant, wanted).await?;
    Ok(Json(answer(&report)))
}

fn wanted(spec: &PromotedSpec) -> storage::promoted::PromotedAttribute {
    storage::promoted::PromotedAttribute {
        name: spec.name.clone(),
        column_type: match spec.column_type {
            PromotedType::Text => ColumnType::String,
            PromotedType::Integer => ColumnType::Int,
            PromotedType::Double => ColumnType::Double,
            PromotedType::Boolean => ColumnType::Bool,
        },
        place: match spec.place {
            PromotedPlace::Record => Place::Record,
            PromotedPlace::Resource => Place::Resource,
        },
    }
}

fn answer(report: &Report) -> PromotedAttributes {
    PromotedAttributes {
        attributes: report.attributes.iter().map(attribute).collect(),
        problems: report.problems.clone(),
        columns: report.columns as u64,
        columns_max: report.columns_max as u64,
    }
}

fn attribute(status: &Status) -> PromotedAttribute {
    let promoted = &status.promoted;
    PromotedAttribute {
        name: promoted.attribute.to_string(),
        column: promoted.column.to_string(),
        column_type: match promoted.column_type {
            ColumnType::String => PromotedType::Text,
            ColumnType::Int => PromotedType::Integer,
            ColumnType::Double => PromotedType::Double,
            ColumnType::Bool => PromotedType::Boolean,
        },
        place: match promoted.place {
            Place::Record => PromotedPlace::Record,
            Place::Resource => PromotedPlace::Resource,
        },
        older_names: promoted.older.iter().map(|name| (*name).to_owned()).collect(),
        source: match status.origin {
            Origin::BuiltIn => PromotedSource::BuiltIn,
            Origin::Configured => PromotedSource::Configuration,
            Origin::OnDemand => PromotedSource::OnDemand,
            Origin::Retired => PromotedSource::Retired,
        },
        since_unix_nano: status.since_unix_nano.map(Nanos),
        coverage: status.coverage.iter().map(coverage).collect(),
    }
}

fn coverage(coverage: &Coverage) -> PromotedCoverage {
    PromotedCoverage {
        table: coverage.signal.table().to_owned(),
        segments: coverage.segments as u64,
        segments_with_column: coverage.segments_with_column as u64,
        rows: coverage.rows,
        rows_with_column: coverage.rows_with_column,
    }
}
