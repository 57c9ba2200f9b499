//! Whose name a request came by, and from whose page. Pure.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, Uri};

/// Where people reach this server, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicUrl {
    authority: String,
    host: String,
    pub(super) is_https: bool,
}

impl PublicUrl {
    pub(super) fn new(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let authority = uri.authority()?;
        Some(Self {
            authority: authority.as_str().to_ascii_lowercase(),
            host: authority.host().to_ascii_lowercase(),
            is_https: uri.scheme_str() == Some("https"),
        })
    }
}

/// `Host`, or HTTP/2's `:authority`.
pub(super) fn authority<'request>(uri: &'request Uri, headers: &'request HeaderMap) -> Option<&'request str> {
    let header = headers.get(HOST).and_then(|value| value.to_str().ok());
    header.or_else(|| uri.authority().map(http::uri::Authority::as_str))
}

/// Whether a request without login came by a name of this machine. A page of another site that made its own name
/// resolve to 127.0.0.1 has that name here.
pub(super) fn names_this_machine(authority: &str, public: Option<&PublicUrl>) -> bool {
    let host = without_port(authority).trim_end_matches('.').to_ascii_lowercase();
    let is_loopback = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_loopback
        || host == "localhost"
        || host.ends_with(".localhost")
        || public.is_some_and(|public| public.host == host)
}

fn without_port(authority: &str) -> &str {
    match authority.rfind(':') {
        // The last colon of a bare IPv6 address is inside the brackets.
        Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
        _ => authority,
    }
}

/// Whose page sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// A page of ours, or the person at the address bar.
    Ours,
    /// A page of another site.
    Foreign,
    /// It does not say: not a browser, or an old one.
    Unknown,
}

pub(super) fn sender(uri: &Uri, headers: &HeaderMap, public: Option<&PublicUrl>) -> Sender {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return Sender::Ours,
        Some(_) => return Sender::Foreign,
        None => {}
    }
    let Some(origin) = text(ORIGIN.as_str()) else { return Sender::Unknown };
    let Some(origin) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else {
        return Sender::Foreign;
    };
    let is_host = authority(uri, headers).is_some_and(|authority| authority.eq_ignore_ascii_case(origin));
    let is_public = public.is_some_and(|public| public.authority.eq_ignore_ascii_case(origin));
    if is_host || is_public { Sender::Ours } else { Sender::Foreign }
}

/// Whether a method may change something.
pub(super) fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

#[cfg(test)]
mod tests;
