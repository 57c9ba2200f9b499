//! Promoted attributes: those with a column of their own in every table.
//!
//! The list is the part of the OpenTelemetry semantic conventions that the product's views filter and group by.
//! An attribute is promoted from its own place (record or resource) and only if its value has the column's type;
//! otherwise it stays in the map, so nothing is lost. An older name is folded into the stable one.

use arrow::datatypes::DataType;

/// Where an attribute is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Among the attributes of the span, log record or data point.
    Record,
    /// Among the attributes of the resource.
    Resource,
}

/// The type of a promoted column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    String,
    /// 64-bit integer.
    Int,
    /// Boolean.
    Bool,
}

impl ColumnType {
    /// The Arrow type of the column.
    pub fn data_type(self) -> DataType {
        match self {
            Self::String => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Bool => DataType::Boolean,
        }
    }
}

/// An attribute with a column of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promoted {
    /// The stable name, for example `http.request.method`.
    pub attribute: &'static str,
    /// The column, for example `http_request_method`.
    pub column: &'static str,
    /// Where it is looked for.
    pub place: Place,
    /// Its type.
    pub column_type: ColumnType,
    /// Older names that are folded into this one, newest first.
    pub older: &'static [&'static str],
}

const fn record(attribute: &'static str, column: &'static str, older: &'static [&'static str]) -> Promoted {
    Promoted { attribute, column, place: Place::Record, column_type: ColumnType::String, older }
}

const fn resource(attribute: &'static str, column: &'static str, older: &'static [&'static str]) -> Promoted {
    Promoted { attribute, column, place: Place::Resource, column_type: ColumnType::String, older }
}

const fn typed(promoted: Promoted, column_type: ColumnType) -> Promoted {
    Promoted { column_type, ..promoted }
}

/// Every promoted attribute, in the order of the columns.
pub const PROMOTED: &[Promoted] = &[
    record("http.request.method", "http_request_method", &["http.method"]),
    typed(record("http.response.status_code", "http_response_status_code", &["http.status_code"]), ColumnType::Int),
    record("http.route", "http_route", &[]),
    record("url.full", "url_full", &["http.url"]),
    record("url.path", "url_path", &[]),
    record("server.address", "server_address", &[]),
    typed(record("server.port", "server_port", &[]), ColumnType::Int),
    record("client.address", "client_address", &["http.client_ip"]),
    record("user_agent.original", "user_agent_original", &["http.user_agent"]),
    record("peer.service", "peer_service", &[]),
    record("rpc.system", "rpc_system", &[]),
    record("rpc.service", "rpc_service", &[]),
    record("rpc.method", "rpc_method", &[]),
    typed(record("rpc.grpc.status_code", "rpc_grpc_status_code", &[]), ColumnType::Int),
    record("db.system.name", "db_system_name", &["db.system"]),
    record("db.namespace", "db_namespace", &["db.name"]),
    record("db.operation.name", "db_operation_name", &["db.operation"]),
    record("db.collection.name", "db_collection_name", &["db.sql.table"]),
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

/// The promoted attribute of this name, stable or older.
pub fn by_attribute(name: &str) -> Option<&'static Promoted> {
    PROMOTED.iter().find(|promoted| promoted.attribute == name || promoted.older.contains(&name))
}
