//! Sends a request and reads its answer. A dropped future aborts the request.

use api::{ApiError, ErrorKind};
use gloo_net::http::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortController;

use super::Answer;

/// A body that is already text, so that a failure to write it is met before anything is sent.
pub(super) struct Body(String);

impl Body {
    pub(super) fn of<T: Serialize>(value: &T) -> Answer<Self> {
        serde_json::to_string(value)
            .map(Self)
            .map_err(|error| ApiError::new(ErrorKind::Internal, format!("cannot write the request: {error}")))
    }
}

pub(super) async fn get<T: DeserializeOwned>(address: &str) -> Answer<T> {
    read(send(Method::GET, address, None, None).await?).await
}

pub(super) async fn post<T: DeserializeOwned>(address: &str, body: Body) -> Answer<T> {
    read(send(Method::POST, address, None, Some(body)).await?).await
}

pub(super) async fn put<T: DeserializeOwned>(address: &str, version: Option<u64>, body: Body) -> Answer<T> {
    read(send(Method::PUT, address, version, Some(body)).await?).await
}

pub(super) async fn delete(address: &str) -> Answer<()> {
    send_unanswered(Method::DELETE, address).await
}

/// For requests whose success has no body.
pub(super) async fn send_unanswered(method: Method, address: &str) -> Answer<()> {
    let response = send(method, address, None, None).await?;
    if response.ok() { Ok(()) } else { Err(failure(&response).await) }
}

struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

async fn send(method: Method, address: &str, version: Option<u64>, body: Option<Body>) -> Answer<Response> {
    let mut guard = AbortOnDrop(AbortController::new().ok());
    let signal = guard.0.as_ref().map(AbortController::signal);
    let mut builder =
        RequestBuilder::new(address).method(method).abort_signal(signal.as_ref()).header("Accept", "application/json");
    if let Some(version) = version {
        builder = builder.header("If-Match", &format!("\"{version}\""));
    }
    let request = match body {
        Some(Body(text)) => builder.header("Content-Type", "application/json").body(text),
        None => builder.build(),
    };
    let response = request
        .map_err(|error| unreachable_server(&error))?
        .send()
        .await
        .map_err(|error| unreachable_server(&error))?;
    // The head is here; from now on the body's own reading ends with the page at the latest.
    guard.0 = None;
    Ok(response)
}

fn unreachable_server(error: &gloo_net::Error) -> ApiError {
    let mut failure = ApiError::new(ErrorKind::Unavailable, "The server does not answer.");
    failure.error.hint = Some(format!("Check that alidade is running and reachable from this browser ({error})."));
    failure
}

async fn read<T: DeserializeOwned>(response: Response) -> Answer<T> {
    if !response.ok() {
        return Err(failure(&response).await);
    }
    let text = response.text().await.map_err(|error| unreachable_server(&error))?;
    serde_json::from_str(&text).map_err(|error| {
        let mut failure = ApiError::new(
            ErrorKind::Data,
            format!("The answer of {} cannot be read: {error}.", path_of(&response.url())),
        );
        failure.error.hint = Some("The page may be older than the server: reload it.".to_owned());
        failure
    })
}

async fn failure(response: &Response) -> ApiError {
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_else(|_| {
        let excerpt: String = text.trim().chars().take(200).collect();
        let said = if excerpt.is_empty() { String::new() } else { format!(": {excerpt}") };
        ApiError::new(kind_of(status), format!("{} answered {status}{said}", path_of(&response.url())))
    })
}

fn kind_of(status: u16) -> ErrorKind {
    match status {
        400 => ErrorKind::Invalid,
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        413 => ErrorKind::TooLarge,
        429 => ErrorKind::TooMany,
        502 | 503 => ErrorKind::Unavailable,
        504 => ErrorKind::Timeout,
        _ => ErrorKind::Internal,
    }
}

/// The path of an address, for a message.
fn path_of(address: &str) -> &str {
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let rest = &address[after_scheme..];
    let path = rest.find('/').map_or(rest, |at| &rest[at..]);
    path.split('?').next().unwrap_or(path)
}
