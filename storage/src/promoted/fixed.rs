//! The attributes that every table has a column for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::{ColumnType, Place, Promoted};

const fn record(attribute: &'static str, column: &'static str, older: &'static [&'static str]) -> Promoted {
    of_place(Place::Record, attribute, column, older)
}

const fn resource(attribute: &'static str, column: &'static str, older: &'static [&'static str]) -> Promoted {
    of_place(Place::Resource, attribute, column, older)
}

const fn of_place(
    place: Place,
    attribute: &'static str,
    column: &'static str,
    older: &'static [&'static str],
) -> Promoted {
    let (attribute, column) = (Cow::Borrowed(attribute), Cow::Borrowed(column));
    Promoted { attribute, column, place, column_type: ColumnType::String, older }
}

const fn typed(mut promoted: Promoted, column_type: ColumnType) -> Promoted {
    promoted.column_type = column_type;
    promoted
}

/// Every attribute of the semantic conventions that is promoted, in the order of the columns. New ones come last: tables
/// that were begun without them get their columns with the next commit.
pub static PROMOTED: &[Promoted] = &[
    record("http.request.method", "http_request_method", &["http.method"]),
    typed(record("http.response.status_code", "http_response_status_code", &["http.status_code"]), ColumnType::Int),
    record("http.route", "http_route", &[]),
    record("url.full", "url_full", &["http.url"]),
    record("url.path", "url_path", &[]),
    record("server.address", "server_address", &["net.host.name", "net.peer.name"]),
    typed(record("server.port", "server_port", &["net.host.port", "net.peer.port"]), ColumnType::Int),
    record("client.address", "client_address", &["http.client_ip"]),
    record("user_agent.original", "user_agent_original", &["http.user_agent"]),
    record("peer.service", "peer_service", &[]),
    // The newer name came after the column.
    record("rpc.system", "rpc_system", &["rpc.system.name"]),
    record("rpc.service", "rpc_service", &[]),
    record("rpc.method", "rpc_method", &[]),
    typed(record("rpc.grpc.status_code", "rpc_grpc_status_code", &[]), ColumnType::Int),
    record("db.system.name", "db_system_name", &["db.system"]),
    record("db.namespace", "db_namespace", &["db.name"]),
    record("db.operation.name", "db_operation_name", &["db.operation"]),
    record(
        "db.collection.name",
        "db_collection_name",
        &["db.sql.table", "db.mongodb.collection", "db.cassandra.table"],
    ),
    record("db.query.text", "db_query_text", &["db.statement"]),
    record("messaging.system", "messaging_system", &[]),
    record("messaging.destination.name", "messaging_destination_name", &["messaging.destination"]),
    record("messaging.operation.name", "messaging_operation_name", &["messaging.operation"]),
    record("messaging.message.id", "messaging_message_id", &["messaging.message_id"]),
    record("faas.trigger", "faas_trigger", &[]),
    record("faas.invocation_id", "faas_invocation_id", &["faas.execution"]),
    typed(record("faas.coldstart", "faas_coldstart", &[]), ColumnType::Bool),
    record("faas.invoked_name", "faas_invoked_name", &[]),
    record("aws.request_id", "aws_request_id", &["aws.requestId"]),
    record("error.type", "error_type", &[]),
    record("exception.type", "exception_type", &[]),
    record("exception.message", "exception_message", &[]),
    record("user.id", "user_id", &["enduser.id"]),
    record("session.id", "session_id", &[]),
    resource("service.version", "service_version", &[]),
    resource("service.instance.id", "service_instance_id", &[]),
    resource("faas.name", "faas_name", &[]),
    resource("faas.version", "faas_version", &[]),
    resource("faas.instance", "faas_instance", &[]),
    typed(resource("faas.max_memory", "faas_max_memory", &[]), ColumnType::Int),
    resource("cloud.provider", "cloud_provider", &[]),
    resource("cloud.platform", "cloud_platform", &[]),
    resource("cloud.region", "cloud_region", &[]),
    resource("cloud.account.id", "cloud_account_id", &[]),
    resource("cloud.availability_zone", "cloud_availability_zone", &[]),
    resource("cloud.resource_id", "cloud_resource_id", &["faas.id"]),
    resource("host.name", "host_name", &[]),
    resource("container.id", "container_id", &[]),
    resource("k8s.cluster.name", "k8s_cluster_name", &[]),
    resource("k8s.namespace.name", "k8s_namespace_name", &[]),
    resource("k8s.deployment.name", "k8s_deployment_name", &[]),
    resource("k8s.pod.name", "k8s_pod_name", &[]),
    resource("k8s.container.name", "k8s_container_name", &[]),
    resource("telemetry.sdk.language", "telemetry_sdk_language", &[]),
];

/// The promoted attribute of the semantic conventions of this name, stable or older.
pub fn by_attribute(name: &str) -> Option<&'static Promoted> {
    // Asked for every attribute of every row that is indexed.
    static BY_NAME: LazyLock<HashMap<&str, &Promoted, foldhash::fast::FixedState>> = LazyLock::new(|| {
        let names = |promoted: &'static Promoted| {
            promoted.older.iter().copied().chain([promoted.attribute.as_ref()]).map(move |name| (name, promoted))
        };
        // Of two with one name the first counts.
        PROMOTED.iter().rev().flat_map(names).collect()
    });
    BY_NAME.get(name).copied()
}
