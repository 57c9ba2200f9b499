//! The layers at the edge. What passes them has a [`storage::TenantId`] and, for the API, a [`Visitor`] in its
//! extensions.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, COOKIE as COOKIE_HEADER};
use http::{HeaderMap, Method};

use super::hosts::{self, Sender};
use super::signing::{TokenUse, Visitor};
use super::{Door, refusal, secrets};
use crate::failure::Failure;

/// The name of the session's cookie.
pub(super) const COOKIE: &str = "alidade_session";

/// Routes that a stranger may use: to log in, to see whether the server is up, to read what the API is.
const OPEN_PATHS: [&str; 5] = [api::paths::SESSION, api::paths::SETUP, api::paths::OPENAPI, "/healthz", "/readyz"];

/// For everything on the UI's listener: without auth, only requests that name this machine.
pub(crate) async fn guard_host(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    match door.check_host(&request) {
        Ok(()) => next.run(request).await,
        Err(failure) if is_otlp(&request) => refusal::ingest(&failure, request.headers()),
        Err(failure) => failure.into_response(),
    }
}

/// For the API.
pub(crate) async fn guard_api(State(door): State<Arc<Door>>, mut request: Request, next: Next) -> Response {
    match door.admit_visitor(&request) {
        Ok(visitor) => {
            request.extensions_mut().insert(door.tenant.clone());
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(failure) => failure.into_response(),
    }
}

/// For OTLP.
pub(crate) async fn guard_ingest(State(door): State<Arc<Door>>, mut request: Request, next: Next) -> Response {
    match door.check_host(&request).and_then(|()| door.admit_exporter(request.headers())) {
        Ok(()) => {
            request.extensions_mut().insert(door.tenant.clone());
            next.run(request).await
        }
        Err(failure) => {
            door.refused.count(request.uri().path(), failure.kind());
            refusal::ingest(&failure, request.headers())
        }
    }
}

impl Door {
    fn check_host(&self, request: &Request) -> Result<(), Failure> {
        if self.config.enabled {
            return Ok(());
        }
        match hosts::authority(request.uri(), request.headers()) {
            Some(authority) if !hosts::names_this_machine(authority, self.public.as_ref()) => {
                Err(Failure::forbidden(format!(
                    "the request came for host {authority:?}, which is not this machine: without login only localhost is \
                     served; set public_url (ALIDADE_PUBLIC_URL) to the address people use"
                )))
            }
            _ => Ok(()),
        }
    }

    fn admit_visitor(&self, request: &Request) -> Result<Visitor, Failure> {
        let (headers, method) = (request.headers(), request.method());
        let sender = hosts::sender(request.uri(), headers, self.public.as_ref());
        if hosts::is_write(method) && sender == Sender::Foreign {
            return Err(Failure::forbidden("a page of another site may not change anything here"));
        }
        if !self.config.enabled {
            return Ok(Visitor::Anybody);
        }
        let is_open = OPEN_PATHS.contains(&request.uri().path());
        let (token, is_cookie) = match (bearer(headers), cookie(headers)) {
            (Some(token), _) => (token, false),
            (None, Some(token)) => (token, true),
            (None, None) if is_open => return Ok(Visitor::Stranger),
            (None, None) => {
                return Err(Failure::unauthenticated("log in first, or send an API token as Authorization: Bearer"));
            }
        };
        let Some(visitor) = self.visitor_of(token) else {
            return if is_open {
                Ok(Visitor::Stranger)
            } else {
                Err(Failure::unauthenticated("the login or token has ended or was revoked: log in again"))
            };
        };
        if is_cookie && is_strict(method, sender) {
            return Err(Failure::forbidden(
                "a write with the session's cookie must say which page sent it (Origin or Sec-Fetch-Site); \
                 scripts use an API token as Authorization: Bearer",
            ));
        }
        Ok(visitor)
    }

    fn visitor_of(&self, token: &str) -> Option<Visitor> {
        let claims = self.signing.verify(token, self.now_seconds())?;
        if !self.credentials.accepts(&claims) {
            return None;
        }
        Some(match claims.token_use {
            TokenUse::Session => Visitor::Person { user: claims.sub, session: claims.jti, ends: claims.exp },
            TokenUse::Api => Visitor::Script { user: claims.sub },
        })
    }

    fn admit_exporter(&self, headers: &HeaderMap) -> Result<(), Failure> {
        if !self.config.enabled {
            return Ok(());
        }
        let api_key = headers.get("x-api-key").and_then(|value| value.to_str().ok());
        let Some(key) = api_key.or_else(|| bearer(headers)) else {
            return Err(Failure::unauthenticated(
                "an ingest key is needed: make one in the UI under Settings and send it as x-api-key or Authorization: Bearer",
            ));
        };
        if self.credentials.accepts_ingest_key(key.trim(), self.now_seconds()) {
            return Ok(());
        }
        let hint = if key.starts_with(secrets::INGEST_PREFIX) {
            "the ingest key is unknown, revoked or has ended"
        } else {
            "this is not an ingest key; one begins with ald_"
        };
        Err(Failure::unauthenticated(format!("{hint}: make one in the UI under Settings")))
    }
}

/// Whether a write by cookie does not say that it came from our own page.
fn is_strict(method: &Method, sender: Sender) -> bool {
    hosts::is_write(method) && sender != Sender::Ours
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs =
        headers.get_all(COOKIE_HEADER).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';'));
    let named = pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE);
    named.map(|(_, token)| token).filter(|token| !token.is_empty())
}

fn is_otlp(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/v1/") || path.starts_with("/opentelemetry.proto.")
}
