//! Ingest keys and API tokens.

use std::sync::Arc;

use api::auth::{CredentialList, NewCredential};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get};
use axum::{Extension, Json};
use http::StatusCode;
use http::header::CACHE_CONTROL;

use super::{Answer, Parts};
use crate::door::{CredentialKind, Visitor};
use crate::extract::{Body, Part};
use crate::failure::Failure;

pub(super) fn all(kind: CredentialKind) -> MethodRouter<Arc<Parts>> {
    get(move |state| list(kind, state)).post(move |state, visitor, body| make(kind, state, visitor, body))
}

pub(super) fn one(kind: CredentialKind) -> MethodRouter<Arc<Parts>> {
    delete(move |state, id| remove(kind, state, id))
}

async fn list(kind: CredentialKind, State(parts): State<Arc<Parts>>) -> Answer<CredentialList> {
    Ok(Json(parts.door.list_credentials(kind).await?))
}

async fn make(
    kind: CredentialKind,
    State(parts): State<Arc<Parts>>,
    Extension(visitor): Extension<Visitor>,
    Body(new): Body<NewCredential>,
) -> Result<Response, Failure> {
    let credential = parts.door.make_credential(kind, &new, &visitor).await?;
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(credential)).into_response())
}

async fn remove(
    kind: CredentialKind,
    State(parts): State<Arc<Parts>>,
    Part(id): Part<String>,
) -> Result<StatusCode, Failure> {
    parts.door.delete_credential(kind, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
