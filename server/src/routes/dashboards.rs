//! Dashboards: the built-in ones, which nobody can change, and those of the document store.

use api::dashboard::{DashboardAnswer, DashboardInfo, DashboardList};
use api::{Nanos, paths};
use axum::routing::get;
use axum::{Extension, Json};
use dashboards::Dashboard;
use http::StatusCode;
use serde_json::Value;
use storage::{Change, Document, Expected, TenantId};

use super::{Answer, Routes, Shared, Versioned};
use crate::extract::{Body, IfMatch, Part};
use crate::failure::Failure;

const COLLECTION: &str = "dashboards";
/// How many dashboards there may be; the list carries all of them.
const DASHBOARDS_MAX: usize = 1_000;
const ID_CHARS_MAX: usize = 60;

pub(super) fn routes() -> Routes {
    vec![(paths::DASHBOARDS, get(list).post(make)), (paths::DASHBOARD, get(one).put(change).delete(remove))]
}

type Tenant = Extension<TenantId>;
type OneDashboard = Result<Versioned<DashboardAnswer>, Failure>;

fn versioned(dashboard: DashboardAnswer) -> Versioned<DashboardAnswer> {
    Versioned { version: dashboard.version, answer: dashboard }
}

async fn list(state: Shared, Extension(tenant): Tenant) -> Answer<DashboardList> {
    let builtin = dashboards::BUILTIN_IDS.iter().filter_map(|id| Some(builtin_info(id, &dashboards::builtin(id)?)));
    let mut list: Vec<DashboardInfo> = builtin.collect();
    let documents = state.store.documents().list(&tenant, COLLECTION).await?;
    let mut stored: Vec<DashboardInfo> =
        documents.iter().map(|document| Ok(info(document, &body(document)?))).collect::<Result<_, Failure>>()?;
    stored.sort_by(|left, right| (&left.title, &left.id).cmp(&(&right.title, &right.id)));
    list.append(&mut stored);
    Ok(Json(DashboardList { dashboards: list }))
}

async fn one(state: Shared, Extension(tenant): Tenant, Part(id): Part<String>) -> OneDashboard {
    if let Some(board) = dashboards::builtin(&id) {
        let document = serde_json::to_value(&board).map_err(|error| Failure::internal(error.to_string()))?;
        return Ok(versioned(DashboardAnswer { info: builtin_info(&id, &board), version: 1, document }));
    }
    stored(&state, &tenant, &id).await
}

async fn make(
    state: Shared,
    Extension(tenant): Tenant,
    Body(document): Body<Value>,
) -> Result<(StatusCode, Versioned<DashboardAnswer>), Failure> {
    let board = valid(&document)?;
    let documents = state.store.documents();
    let present = documents.list(&tenant, COLLECTION).await?;
    if present.len() >= DASHBOARDS_MAX {
        return Err(Failure::conflict(format!("there are {DASHBOARDS_MAX} dashboards already: delete some first")));
    }
    let taken = |id: &str| dashboards::builtin(id).is_some() || present.iter().any(|document| document.id == id);
    let id = free_id(&board.title, taken);
    documents.apply(&tenant, vec![put(&id, Expected::Absent, &document)]).await?;
    Ok((StatusCode::CREATED, stored(&state, &tenant, &id).await?))
}

async fn change(
    state: Shared,
    Extension(tenant): Tenant,
    Part(id): Part<String>,
    IfMatch(version): IfMatch,
    Body(document): Body<Value>,
) -> OneDashboard {
    refuse_builtin(&id)?;
    valid(&document)?;
    let present = stored(&state, &tenant, &id).await?;
    let expected = version.unwrap_or(present.version);
    if expected != present.version {
        return Err(conflict(&id, expected, present.version));
    }
    let applied = state.store.documents().apply(&tenant, vec![put(&id, Expected::Version(expected), &document)]).await;
    match applied {
        Err(error) if error.kind() == storage::ErrorKind::Conflict => Err(conflict(&id, expected, expected + 1)),
        other => {
            other?;
            stored(&state, &tenant, &id).await
        }
    }
}

async fn remove(
    state: Shared,
    Extension(tenant): Tenant,
    Part(id): Part<String>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Failure> {
    refuse_builtin(&id)?;
    // Removing what does not exist is told, not passed over.
    let present = stored(&state, &tenant, &id).await?.version;
    let expected = version.unwrap_or(present);
    if expected != present {
        return Err(conflict(&id, expected, present));
    }
    let expected = version.map_or(Expected::Any, Expected::Version);
    let change = Change::Delete { collection: COLLECTION.to_owned(), id, expected };
    state.store.documents().apply(&tenant, vec![change]).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn stored(state: &Shared, tenant: &TenantId, id: &str) -> OneDashboard {
    let found = state.store.documents().get(tenant, COLLECTION, id).await?;
    let document = found.ok_or_else(|| Failure::not_found(format!("there is no dashboard {id}")))?;
    let body = body(&document)?;
    Ok(versioned(DashboardAnswer { info: info(&document, &body), version: document.version, document: body }))
}

fn refuse_builtin(id: &str) -> Result<(), Failure> {
    if dashboards::builtin(id).is_none() {
        return Ok(());
    }
    Err(Failure::forbidden(format!("dashboard {id} came with Alidade and cannot be changed"))
        .with_hint("copy it: POST its document to /api/v1/dashboards"))
}

fn conflict(id: &str, expected: u64, present: u64) -> Failure {
    Failure::conflict(format!(
        "dashboard {id} is in version {present} by now, the change was made to version {expected}: load it again"
    ))
}

fn valid(document: &Value) -> Result<Dashboard, Failure> {
    dashboards::read(document).map_err(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Failure::invalid(lines.join("; "))
    })
}

fn put(id: &str, expected: Expected, document: &Value) -> Change {
    Change::Put { collection: COLLECTION.to_owned(), id: id.to_owned(), expected, body: document.to_string() }
}

fn body(document: &Document) -> Result<Value, Failure> {
    serde_json::from_str(&document.body)
        .map_err(|error| Failure::data(format!("dashboard {} cannot be read: {error}", document.id)))
}

fn info(document: &Document, body: &Value) -> DashboardInfo {
    DashboardInfo {
        id: document.id.clone(),
        title: body["title"].as_str().unwrap_or(&document.id).to_owned(),
        builtin: false,
        widgets: body["widgets"].as_array().map_or(0, Vec::len) as u64,
        updated_at_unix_nano: Some(Nanos(document.updated_at_unix_nano)),
    }
}

fn builtin_info(id: &str, board: &Dashboard) -> DashboardInfo {
    DashboardInfo {
        id: id.to_owned(),
        title: board.title.clone(),
        builtin: true,
        widgets: board.widgets.len() as u64,
        updated_at_unix_nano: None,
    }
}

/// An id that people can read in an address, made of the title.
fn free_id(title: &str, taken: impl Fn(&str) -> bool) -> String {
    let letters =
        title.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' });
    let words: String = letters.collect();
    let joined: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    let base: String = joined.join("-").chars().take(ID_CHARS_MAX).collect();
    let base = if base.is_empty() { "dashboard".to_owned() } else { base.trim_end_matches('-').to_owned() };
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_titles() {
        assert_eq!(free_id("Shop: p99 & faults", |_| false), "shop-p99-faults");
        assert_eq!(free_id("Shop", |id| id == "shop" || id == "shop-2"), "shop-3");
        assert_eq!(free_id("–", |_| false), "dashboard");
        assert_eq!(free_id(&"a b".repeat(100), |_| false).len(), ID_CHARS_MAX);
    }
}
