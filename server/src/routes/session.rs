//! Setup, login, logout, who am I.

use std::net::SocketAddr;
use std::sync::Arc;

use api::auth::{LoginRequest, SessionInfo, SetupRequest};
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Json};
use http::StatusCode;
use http::header::{CACHE_CONTROL, SET_COOKIE};

use super::{Answer, Parts};
use crate::door::{LoggedIn, Visitor};
use crate::extract::Body;
use crate::failure::Failure;

pub(super) fn session() -> MethodRouter<Arc<Parts>> {
    get(info).post(log_in).delete(log_out)
}

pub(super) fn setup() -> MethodRouter<Arc<Parts>> {
    post(set_up)
}

/// Where the connection came from; absent where there is no connection.
type From = Option<Extension<ConnectInfo<SocketAddr>>>;

async fn info(State(parts): State<Arc<Parts>>, Extension(visitor): Extension<Visitor>) -> Answer<SessionInfo> {
    Ok(Json(parts.door.session_info(&visitor).await?))
}

async fn log_in(
    State(parts): State<Arc<Parts>>,
    from: From,
    Body(request): Body<LoginRequest>,
) -> Result<Response, Failure> {
    let logged_in = parts.door.log_in(&request, address(from)).await?;
    Ok(with_cookie(logged_in))
}

async fn set_up(
    State(parts): State<Arc<Parts>>,
    from: From,
    Body(request): Body<SetupRequest>,
) -> Result<Response, Failure> {
    let logged_in = parts.door.set_up(&request, address(from)).await?;
    tracing::info!(user = request.user.trim(), "the administrator's account was made");
    Ok(with_cookie(logged_in))
}

async fn log_out(State(parts): State<Arc<Parts>>, Extension(visitor): Extension<Visitor>) -> Result<Response, Failure> {
    let cookie = parts.door.log_out(&visitor).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

fn with_cookie(logged_in: LoggedIn) -> Response {
    let headers = [(SET_COOKIE, logged_in.cookie), (CACHE_CONTROL, "no-store".to_owned())];
    (headers, Json(logged_in.answer)).into_response()
}

fn address(from: From) -> Option<std::net::IpAddr> {
    from.map(|Extension(ConnectInfo(address))| address.ip())
}
