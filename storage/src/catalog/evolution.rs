//! The schema of a table in the Delta log, and how it grows.
//!
//! A column that files are about to have is added, nullable, behind those that the table has, by the commit that adds
//! the first such file; no column ever goes. The column of an attribute beside the fixed ones says in its metadata which
//! one it is, so that the log alone tells what the columns of old files mean.

use std::borrow::Cow;
use std::collections::BTreeSet;

use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::{Action, DataType, MetadataExt, MetadataValue, StructField, StructType};
use deltalake_core::table::state::DeltaTableState;

use crate::error::{Error, ErrorKind};
use crate::promoted::{ColumnType, Known, Place, Promoted, PromotedSet};
use crate::row::Signal;
use crate::schema;

const ATTRIBUTE: &str = "alidade.attribute";
const PLACE: &str = "alidade.place";

/// The columns of a table without the partition column, in Delta's types.
pub(super) fn columns(signal: Signal, set: &PromotedSet) -> Result<Vec<StructField>, Error> {
    let converted: StructType = set
        .written(signal)
        .as_ref()
        .try_into_kernel()
        .map_err(|error| Error::new(ErrorKind::Internal, format!("the schema in Delta's types: {error}")))?;
    let column = |field: &StructField| match set.further().find(|promoted| promoted.column == *field.name()) {
        Some(promoted) => {
            field.clone().with_metadata([(ATTRIBUTE, promoted.attribute.as_ref()), (PLACE, promoted.place.name())])
        }
        None => field.clone(),
    };
    Ok(converted.fields().map(column).collect())
}

/// What gives the table the columns of the set that it lacks; `None` where it has them all.
pub(super) fn evolve(state: &DeltaTableState, signal: Signal, set: &PromotedSet) -> Result<Option<Action>, Error> {
    let failed = |what: String| Error::new(ErrorKind::Internal, format!("the table {}: {what}", signal.table()));
    let present = state.schema();
    let mut added = Vec::new();
    for column in columns(signal, set)? {
        match present.fields().find(|field| field.name().eq_ignore_ascii_case(column.name())) {
            None => added.push(column),
            Some(field) if is_promoted(set, column.name()) && field.data_type() != column.data_type() => {
                return Err(failed(format!("its column {} is of another type", column.name())));
            }
            Some(_) => {}
        }
    }
    if added.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = added.iter().map(|column| column.name().as_str()).collect();
    tracing::info!(table = signal.table(), columns = names.join(", "), "columns are added to the table's schema");
    let grown =
        StructType::try_new(present.fields().cloned().chain(added)).map_err(|error| failed(error.to_string()))?;
    let metadata = state.metadata().clone().with_schema(&grown).map_err(|error| failed(error.to_string()))?;
    Ok(Some(Action::Metadata(metadata)))
}

/// Only those may have been added by another program before.
fn is_promoted(set: &PromotedSet, column: &str) -> bool {
    set.active().iter().any(|promoted| promoted.column == column)
}

/// The columns beside the fixed ones that the table has or has had.
pub(super) fn known(state: &DeltaTableState, signal: Signal) -> Known {
    let fixed = schema::schema(signal);
    let mut known = Known { promoted: Vec::new(), others: BTreeSet::new() };
    for field in state.schema().fields().filter(|field| field.name() != schema::DAY) {
        if fixed.fields().iter().any(|own| own.name().eq_ignore_ascii_case(field.name())) {
            continue;
        }
        match promoted(field) {
            Some(promoted) => known.promoted.push(promoted),
            None => {
                known.others.insert(field.name().to_lowercase());
            }
        }
    }
    known
}

fn promoted(field: &StructField) -> Option<Promoted> {
    let text = |key: &str| match field.metadata().get(key) {
        Some(MetadataValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let column_type = match *field.data_type() {
        DataType::STRING => ColumnType::String,
        DataType::LONG => ColumnType::Int,
        DataType::DOUBLE => ColumnType::Double,
        DataType::BOOLEAN => ColumnType::Bool,
        _ => return None,
    };
    Some(Promoted {
        attribute: Cow::Owned(text(ATTRIBUTE)?),
        column: Cow::Owned(field.name().clone()),
        place: Place::of_name(&text(PLACE)?)?,
        column_type,
        older: &[],
    })
}
