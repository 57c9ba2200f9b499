//! What would have been right, where a name is wrong.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use storage::Signal;
use storage::promoted::PromotedSet;

use crate::error::Error;

/// The error of a plan, with the nearest name as a hint.
pub(super) fn explain(error: DataFusionError, state: &SessionState, set: &PromotedSet) -> Error {
    let hint = hint(error.find_root(), state, set);
    let mut error = Error::from(error);
    if hint.is_some() {
        error.hint = hint;
    }
    error
}

fn hint(error: &DataFusionError, state: &SessionState, set: &PromotedSet) -> Option<String> {
    if let DataFusionError::SchemaError(schema_error, _) = error
        && let SchemaError::FieldNotFound { field, valid_fields } = schema_error.as_ref()
    {
        let names = valid_fields.iter().map(|column| column.name.as_str());
        if let Some(promoted) = set.by_attribute(&field.name) {
            return Some(format!("the attribute {} is the column {}", field.name, promoted.column));
        }
        return match nearest(&field.name, names) {
            Some(name) => Some(format!("did you mean {name}?")),
            None => Some(format!("an attribute without a column is attr(attributes, '{}')", field.name)),
        };
    }
    let text = error.strip_backtrace();
    if text.contains("not found") && text.contains("table") {
        let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.table()).collect();
        return Some(format!("the tables are {}", names.join(", ")));
    }
    if let Some(name) = text.split("Invalid function '").nth(1).and_then(|rest| rest.split('\'').next()) {
        let names = state.scalar_functions().keys().chain(state.aggregate_functions().keys()).map(String::as_str);
        return nearest(name, names).map(|nearest| format!("did you mean {nearest}?"));
    }
    None
}

/// The name with the fewest edits, if they are few.
pub(super) fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let allowed = (wrong.chars().count() / 3).max(1);
    let distances = names.map(|name| (distance(&wrong, &name.to_lowercase()), name));
    distances.filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
