use super::*;

#[track_caller]
fn check(hints: Hints<'_>, kind: RemoteKind, name: &str, system: &str) {
    let found = callee(&hints);
    assert_eq!((found.kind, found.name.as_str(), found.system.as_str()), (kind, name, system));
}

#[test]
fn databases() {
    let postgres = Hints {
        db_system: Some("postgresql"),
        db_namespace: Some("shop"),
        server_address: Some("db1"),
        ..Hints::default()
    };
    check(postgres, RemoteKind::Database, "shop@db1", "postgresql");
    check(Hints { peer_service: Some("orders-db"), ..postgres }, RemoteKind::Database, "orders-db", "postgresql");
    check(
        Hints { db_system: Some("redis"), server_address: Some("cache"), ..Hints::default() },
        RemoteKind::Database,
        "cache",
        "redis",
    );
    check(Hints { db_system: Some("redis"), ..Hints::default() }, RemoteKind::Database, "redis", "redis");
    let dynamo = Hints {
        db_system: Some("aws.dynamodb"),
        db_collection: Some("orders"),
        rpc_system: Some("aws-api"),
        rpc_service: Some("DynamoDB"),
        server_address: Some("dynamodb.eu-central-1.amazonaws.com"),
        ..Hints::default()
    };
    check(dynamo, RemoteKind::Database, "orders", "aws.dynamodb");
}

#[test]
fn queues_and_topics() {
    let sqs = Hints {
        messaging_system: Some("aws_sqs"),
        messaging_destination: Some("https://sqs.eu-central-1.amazonaws.com/123456789012/orders"),
        ..Hints::default()
    };
    check(sqs, RemoteKind::Queue, "orders", "aws_sqs");
    let sns = Hints {
        messaging_system: Some("aws_sns"),
        messaging_destination: Some("arn:aws:sns:eu-central-1:1:events"),
        ..Hints::default()
    };
    check(sns, RemoteKind::Topic, "events", "aws_sns");
    check(Hints { messaging_system: Some("kafka"), ..Hints::default() }, RemoteKind::Topic, "kafka", "kafka");
}

#[test]
fn aws_and_hosts() {
    check(
        Hints { rpc_system: Some("aws-api"), rpc_service: Some("S3"), ..Hints::default() },
        RemoteKind::Aws,
        "S3",
        "s3",
    );
    let http =
        Hints { url_full: Some("https://user@pay.example:8443/charge?x=1"), span_name: "POST", ..Hints::default() };
    check(http, RemoteKind::Host, "pay.example", "");
    check(Hints { server_address: Some("pay"), ..http }, RemoteKind::Host, "pay", "");
    check(Hints { span_name: "work", ..Hints::default() }, RemoteKind::Host, "work", "");
}
