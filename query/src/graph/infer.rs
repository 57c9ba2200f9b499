//! What a CLIENT or PRODUCER span calls where nobody at the other end sends spans. Pure.
//!
//! The kind: messaging, then database, then AWS, then another host. The name, first that is there: `peer.service`; for a
//! database `namespace@address`, its table (DynamoDB), its address, its system; for messaging the destination; for AWS
//! `rpc.service`; `faas.invoked_name`; `server.address`; the host of `url.full`; the span's name.

use api::service::NodeKind;

/// What of a span names the other end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The span's name.
    pub span_name: &'a str,
    /// `peer.service`.
    pub peer_service: Option<&'a str>,
    /// `db.system.name`.
    pub db_system: Option<&'a str>,
    /// `db.namespace`.
    pub db_namespace: Option<&'a str>,
    /// `db.collection.name`.
    pub db_collection: Option<&'a str>,
    /// `messaging.system`.
    pub messaging_system: Option<&'a str>,
    /// `messaging.destination.name`.
    pub messaging_destination: Option<&'a str>,
    /// `rpc.system`.
    pub rpc_system: Option<&'a str>,
    /// `rpc.service`.
    pub rpc_service: Option<&'a str>,
    /// `faas.invoked_name`.
    pub faas_invoked_name: Option<&'a str>,
    /// `server.address`.
    pub server_address: Option<&'a str>,
    /// `url.full`.
    pub url_full: Option<&'a str>,
}

/// The other end of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Remote {
    /// What is written below the node.
    pub name: String,
    /// `dynamodb`, `redis`, `aws_sqs`, …; may be empty.
    pub system: String,
    /// Database, queue, topic, AWS or another host.
    pub kind: RemoteKind,
    /// Whether `peer.service` named it, so that it may be a service that sends spans.
    pub named_as_service: bool,
}

/// The kinds that are inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RemoteKind {
    /// A database or cache.
    Database,
    /// A queue.
    Queue,
    /// A topic.
    Topic,
    /// An AWS service.
    Aws,
    /// Another host.
    Host,
}

impl RemoteKind {
    /// The kind of the node.
    pub fn node_kind(self) -> NodeKind {
        match self {
            Self::Database => NodeKind::Database,
            Self::Queue => NodeKind::Queue,
            Self::Topic => NodeKind::Topic,
            Self::Aws => NodeKind::Aws,
            Self::Host => NodeKind::Remote,
        }
    }

    /// The begin of the node's id.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Aws => "aws",
            Self::Host => "remote",
        }
    }
}

/// What the span calls.
pub fn callee(hints: &Hints<'_>) -> Remote {
    let (kind, system, own_name) = if hints.messaging_system.is_some() || hints.messaging_destination.is_some() {
        let system = hints.messaging_system.unwrap_or_default();
        let name = hints.messaging_destination.map(destination_name).or(hints.messaging_system);
        (messaging_kind(system), system, name.map(str::to_owned))
    } else if let Some(system) = hints.db_system {
        (RemoteKind::Database, system, Some(database_name(hints, system)))
    } else if hints.rpc_system == Some("aws-api") {
        let service = hints.rpc_service.unwrap_or_default();
        (RemoteKind::Aws, service, hints.rpc_service.map(str::to_owned))
    } else {
        (RemoteKind::Host, "", None)
    };
    let name = hints
        .peer_service
        .map(str::to_owned)
        .or(own_name)
        .or_else(|| hints.faas_invoked_name.map(str::to_owned))
        .or_else(|| hints.server_address.map(str::to_owned))
        .or_else(|| hints.url_full.and_then(host_of).map(str::to_owned))
        .unwrap_or_else(|| hints.span_name.to_owned());
    let system = system.to_ascii_lowercase();
    Remote { name, system, kind, named_as_service: hints.peer_service.is_some() }
}

/// The queue or topic that a message went through, where a span names one.
pub fn channel(hints: &Hints<'_>) -> Option<Remote> {
    let destination = hints.messaging_destination?;
    let system = hints.messaging_system.unwrap_or_default();
    Some(Remote {
        name: destination_name(destination).to_owned(),
        system: system.to_ascii_lowercase(),
        kind: messaging_kind(system),
        named_as_service: false,
    })
}

fn messaging_kind(system: &str) -> RemoteKind {
    let lower = system.to_ascii_lowercase();
    let topics =
        ["sns", "kafka", "pubsub", "eventbridge", "eventgrid", "event_hubs", "eventhubs", "kinesis", "nats", "mqtt"];
    if topics.iter().any(|topic| lower.contains(topic)) { RemoteKind::Topic } else { RemoteKind::Queue }
}

/// The last part of a queue's URL or an ARN; other names as they are.
fn destination_name(destination: &str) -> &str {
    let last = if destination.starts_with("arn:") {
        destination.rsplit(':').next()
    } else if destination.contains("://") {
        destination.rsplit('/').next()
    } else {
        None
    };
    last.filter(|name| !name.is_empty()).unwrap_or(destination)
}

fn database_name(hints: &Hints<'_>, system: &str) -> String {
    match (hints.db_namespace, hints.server_address) {
        (Some(namespace), Some(address)) => format!("{namespace}@{address}"),
        (Some(namespace), None) => namespace.to_owned(),
        (None, address) => {
            let table = hints.db_collection.filter(|_| system.to_ascii_lowercase().contains("dynamodb"));
            table.or(address).unwrap_or(system).to_owned()
        }
    }
}

fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(host, _)| host);
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests;
