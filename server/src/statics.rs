//! The embedded UI: files of `ui/dist`, compressed copies, caching, and the page for the UI's own routes.
//!
//! What it leaves out: building the UI, which `cargo xtask` does. A binary built without it says so on a plain page.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::failure::Failure;

#[derive(RustEmbed)]
#[folder = "../ui/dist"]
#[allow_missing = true]
struct Dist;

/// Where the files come from; tests have a few of their own.
pub(crate) trait Files: Send + Sync {
    /// A file by its path below the folder.
    fn file(&self, path: &str) -> Option<EmbeddedFile>;
}

/// The files that are part of this binary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Embedded;

impl Files for Embedded {
    fn file(&self, path: &str) -> Option<EmbeddedFile> {
        Dist::get(path)
    }
}

/// What a page may load, and who may frame it.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     connect-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// First parts of the UI's own routes.
const SCREENS: [&str; 13] = [
    "",
    "map",
    "services",
    "functions",
    "traces",
    "logs",
    "metrics",
    "dashboards",
    "alarms",
    "settings",
    "login",
    "setup",
    "overview",
];

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Alidade</title>\
     <h1>Alidade runs, without its UI</h1><p>This binary was built before the UI was. Run <code>cargo xtask up</code>, \
     which builds both. The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p></html>";

/// Answers what no route has taken.
pub(crate) fn serve(files: &dyn Files, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path();
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/v1/") {
        return Failure::not_found(format!("there is nothing at {path}; the API is described at /api/openapi.json"))
            .into_response();
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Failure::method_not_allowed(format!("{method} is not possible on {path}")).into_response();
    }
    let name = path.trim_start_matches('/');
    if !name.is_empty() && name != "index.html" && files.file(name).is_some() {
        return file(files, name, StatusCode::OK, headers);
    }
    let is_screen = name == "index.html" || SCREENS.contains(&name.split('/').next().unwrap_or_default());
    match (is_screen, wants_page(headers)) {
        (true, _) => page(files, StatusCode::OK, headers),
        // The UI says that there is no such screen.
        (false, true) => page(files, StatusCode::NOT_FOUND, headers),
        (false, false) => Failure::not_found(format!("there is nothing at {path}")).into_response(),
    }
}

/// Whether a browser asks for a page to show.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|value| value.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

fn page(files: &dyn Files, status: StatusCode, headers: &HeaderMap) -> Response {
    if files.file("index.html").is_some() {
        return file(files, "index.html", status, headers);
    }
    let status = if status == StatusCode::OK { StatusCode::SERVICE_UNAVAILABLE } else { status };
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")], NOT_BUILT).into_response()
}

/// A file that exists, compressed as the browser likes it.
fn file(files: &dyn Files, name: &str, status: StatusCode, headers: &HeaderMap) -> Response {
    let accepted = accepted_encodings(headers);
    let copies = [("br", ".br"), ("gzip", ".gz")].into_iter().filter(|(encoding, _)| accepted.contains(encoding));
    let compressed = copies.filter_map(|(encoding, end)| Some((encoding, files.file(&format!("{name}{end}"))?))).next();
    let (encoding, content) = match compressed {
        Some((encoding, content)) => (Some(encoding), Some(content)),
        None => (None, files.file(name)),
    };
    let Some(content) = content else {
        return Failure::not_found(format!("there is nothing at /{name}")).into_response();
    };
    let hash: String = content.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}\"");
    let is_known =
        headers.get(IF_NONE_MATCH).is_some_and(|known| known.to_str().is_ok_and(|known| known.contains(&etag)));
    let mut response = if is_known && status == StatusCode::OK {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, Body::from(content.data)).into_response()
    };
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(caching(name)));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    answer.extend(HeaderValue::from_str(&etag).ok().map(|etag| (ETAG, etag)));
    answer.extend(encoding.map(|encoding| (CONTENT_ENCODING, HeaderValue::from_static(encoding))));
    response
}

/// The encodings that a browser takes, those with `q=0` left out.
fn accepted_encodings(headers: &HeaderMap) -> Vec<&str> {
    let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let offers = lines.flat_map(|line| line.split(',')).map(|offer| offer.split_once(';').unwrap_or((offer, "")));
    let taken = offers.filter(|(_, quality)| !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
    taken.map(|(encoding, _)| encoding.trim()).collect()
}

/// A name with a hash of its content never changes what it means.
fn caching(name: &str) -> &'static str {
    let is_hash = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let file_name = name.rsplit('/').next().unwrap_or(name);
    if file_name.split(['-', '_', '.']).skip(1).any(is_hash) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
