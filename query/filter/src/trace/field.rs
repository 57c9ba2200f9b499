//! What X-Ray calls by one name and OpenTelemetry by several: the fields of a span behind the keywords.

use std::borrow::Cow;
use std::net::IpAddr;

use super::{AttributeValue, Kind, Span};

/// Attributes that each is the whole of a field.
pub(crate) const URL: &[&str] = &["url.full", "http.url"];
pub(crate) const METHOD: &[&str] = &["http.request.method", "http.method"];
pub(crate) const STATUS: &[&str] = &["http.response.status_code", "http.status_code"];
pub(crate) const USER_AGENT: &[&str] = &["user_agent.original", "http.user_agent"];
pub(crate) const CLIENT_IP: &[&str] = &["http.client_ip", "client.address", "net.peer.ip", "network.peer.address"];
pub(crate) const USER: &[&str] = &["enduser.id", "user.id"];
pub(crate) const INSTANCE: &[&str] = &["host.id"];
pub(crate) const ZONE: &[&str] = &["cloud.availability_zone"];
pub(crate) const ARN: &[&str] = &["cloud.resource_id", "faas.id", "aws.lambda.invoked_arn", "aws.xray.resource_arn"];
pub(crate) const ACCOUNT: &[&str] = &["cloud.account.id"];
pub(crate) const CALLED_ACCOUNT: &[&str] = &["aws.account_id", "cloud.account.id"];
/// What a URL is put together from where no attribute has it whole.
pub(crate) const PATH: &[&str] = &["http.target", "url.path"];
const SERVER_HOST: &[&str] = &["http.host", "http.server_name", "net.host.name", "server.address", "host.name"];
const CLIENT_HOST: &[&str] = &["http.host", "net.peer.name", "server.address", "net.peer.ip"];
const SERVER_PORT: &[&str] = &["net.host.port", "server.port"];
const CLIENT_PORT: &[&str] = &["net.peer.port", "server.port"];
const IN_PROGRESS: &str = "aws.xray.inprogress";

/// The first of the attributes that is there, as text.
pub(crate) fn text<'s>(span: &'s Span<'_>, keys: &[&str]) -> Option<Cow<'s, str>> {
    keys.iter().find_map(|key| span.attributes.get(key)).map(plain)
}

/// The first of the attributes that is a number.
pub(crate) fn number(span: &Span<'_>, keys: &[&str]) -> Option<f64> {
    keys.iter().find_map(|key| match span.attributes.get(key)? {
        AttributeValue::Number(number) => Some(number),
        AttributeValue::Text(_) | AttributeValue::Bool(_) => None,
    })
}

/// The value as text.
pub(crate) fn plain(value: AttributeValue<'_>) -> Cow<'_, str> {
    match value {
        AttributeValue::Text(text) => text,
        AttributeValue::Number(number) => Cow::Owned(number.to_string()),
        AttributeValue::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
    }
}

/// The address that was asked for: as an attribute has it, or put together from its parts.
pub(crate) fn url<'s>(span: &'s Span<'_>) -> Option<Cow<'s, str>> {
    if let Some(whole) = text(span, URL) {
        return Some(whole);
    }
    let path = text(span, PATH);
    let is_http = path.is_some() || text(span, METHOD).is_some() || text(span, STATUS).is_some();
    if !is_http {
        return None;
    }
    let is_caller = span.kind == Kind::Client;
    let (hosts, ports) = if is_caller { (CLIENT_HOST, CLIENT_PORT) } else { (SERVER_HOST, SERVER_PORT) };
    let host = text(span, hosts)?;
    let scheme = text(span, &["http.scheme", "url.scheme"]).unwrap_or(Cow::Borrowed("http"));
    let port = text(span, ports).filter(|port| *port != "80" && *port != "443" && !host.contains(':'));
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let path = path.unwrap_or(Cow::Borrowed("/"));
    let query = text(span, &["url.query"]).filter(|query| !query.is_empty() && !path.contains('?'));
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Some(Cow::Owned(format!("{scheme}://{host}{port}{path}{query}")))
}

/// The client's address. `client.address` may be a name as well, which is none.
pub(crate) fn client_ip<'s>(span: &'s Span<'_>) -> Option<Cow<'s, str>> {
    CLIENT_IP.iter().find_map(|key| {
        let value = plain(span.attributes.get(key)?);
        (*key != "client.address" || value.parse::<IpAddr>().is_ok()).then_some(value)
    })
}

/// Whether the span was sent before it ended.
pub(crate) fn is_in_progress(span: &Span<'_>) -> bool {
    span.attributes.get(IN_PROGRESS) == Some(AttributeValue::Bool(true))
}
