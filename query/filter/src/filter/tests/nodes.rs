//! Services, edges and ids.

use super::*;
use crate::trace::tests::{client, internal, server, span};
use crate::trace::{Class, Kind, RemoteKind};

/// A front calls a function, which reads a table, an SQL database and an API, and sends to a queue that a worker reads.
fn shop() -> Vec<Sample> {
    vec![
        server(1, "front", "GET /").at(0, 1_000).text("cloud.platform", "aws_ecs").text("cloud.account.id", "111"),
        client(2, "front", "invoke").below(1).at(10, 900).text("attempt", "1"),
        server(3, "fn", "fn").below(2).at(50, 800).text("faas.name", "fn").text("cloud.account.id", "222"),
        internal(4, "fn", "handler").below(3).at(60, 700).text("cart", "c-1"),
        client(5, "fn", "GetItem").below(4).at(70, 300).class(Class::Throttle).text("aws.account_id", "333").calls(
            RemoteKind::Database,
            "aws.dynamodb",
            "carts",
        ),
        client(6, "fn", "SELECT").below(4).at(400, 20).calls(RemoteKind::Database, "postgresql", "shop@db"),
        client(7, "fn", "GET").below(4).at(430, 20).class(Class::Fault).number("http.status_code", 503.0).calls(
            RemoteKind::Host,
            "",
            "api.example.com",
        ),
        span(8, Kind::Producer, "fn", "send").below(4).at(500, 5).calls(RemoteKind::Queue, "aws_sqs", "jobs"),
        span(9, Kind::Consumer, "worker", "receive").below(8).at(5_505, 100).text("batch", "b-1"),
    ]
}

#[test]
fn services_by_name() {
    check_all(
        &shop(),
        &[
            "service",
            "service()",
            "service(\"front\")",
            "service(front)",
            "service(\"fn\")",
            "service(\"worker\")",
            "service(\"carts\")",
            "service(\"shop@db\")",
            "service(\"api.example.com\")",
            "service(\"jobs\")",
            "service(\"client\")",
            "!service(\"other\")",
            "service(\"fn\") { annotation.cart = \"c-1\" }",
            "service(\"carts\") { throttle AND error AND responsetime = 0.3 }",
            "service(\"api.example.com\") { fault http.status = 503 }",
            "service(\"fn\") { ok }",
            "service(\"front\") { root = true and ok = true }",
            "service { fault }",
            "service(\"carts\") { name = \"carts\" type = \"AWS::DynamoDB\" }",
            "service(\"worker\") { responsetime = 0.1 }",
            "service(\"jobs\") { responsetime = 0.005 }",
        ],
        &[
            "service(\"Front\")",
            "service(\"handler\")",
            "!service(\"fn\")",
            "service(\"fn\") { fault }",
            "service(\"front\") { annotation.cart }",
            "service(\"fn\") { root }",
            "service(\"carts\") { ok }",
            "service(\"front\") { responsetime > 1 }",
            "service(\"other\") { ok }",
        ],
    );
}

#[test]
fn services_by_id() {
    check_all(
        &shop(),
        &[
            "service(id(name: \"fn\", type: \"AWS::Lambda::Function\"))",
            "service(id(name: \"fn\", type: \"AWS::Lambda\"))",
            "service(id(type: \"AWS::Lambda::Function\")) { ok }",
            "service(id(type: \"AWS::DynamoDB::Table\")) { throttle }",
            "service(id(type: \"AWS::DynamoDB\"))",
            "service(id(type: \"Database::SQL\"))",
            "service(id(type: \"AWS::SQS::Queue\"))",
            "service(id(type: \"AWS::ECS::Container\"))",
            "service(id(type: \"remote\")) { fault }",
            "service(id(type: \"client\"))",
            "service(id(name: \"front\", type: \"client\"))",
            "service(id(account.id: \"111\")) AND service(id(account.id: \"222\"))",
            "service(id(account.id: \"333\", type: \"AWS::DynamoDB::Table\"))",
            "service(id(name: \"fn\", account.id: \"222\"))",
        ],
        &[
            "service(id(name: \"front\", type: \"AWS::Lambda::Function\"))",
            "service(id(type: \"AWS::EC2::Instance\"))",
            "service(id(account.id: \"444\"))",
            "service(id(name: \"fn\", account.id: \"111\"))",
            "service(id(type: \"client\")) { fault }",
            "service(id(name: \"fn\", type: \"client\"))",
            "service(id(type: \"AWS::Lambda::Function\")) { fault }",
        ],
    );
}

#[test]
fn edges_as_the_caller_sees_them() {
    check_all(
        &shop(),
        &[
            "edge",
            "edge(\"front\", \"fn\")",
            "edge(front, fn) { responsetime = 0.9 }",
            "edge(\"client\", \"front\") { responsetime = 1 }",
            "edge(id(type: \"client\"), \"front\")",
            "edge(id(name: \"front\", type: \"client\"), \"front\")",
            "edge(\"fn\", \"carts\") { error AND throttle }",
            "edge(\"fn\", \"api.example.com\") { fault }",
            "edge(\"fn\", \"jobs\")",
            "edge(\"jobs\", \"worker\") { responsetime = 5 }",
            "edge(id(), id(type: \"AWS::DynamoDB::Table\")) { throttle }",
            "edge(id(account.id: \"111\"), id(account.id: \"222\"))",
            "edge { fault }",
            "!edge(\"front\", \"carts\")",
        ],
        &[
            "edge(\"fn\", \"front\")",
            "edge(\"front\", \"fn\") { fault }",
            "edge(\"fn\", \"worker\")",
            "edge(\"front\", \"front\")",
            "edge(\"front\", \"fn\") { responsetime < 0.9 }",
            "edge(\"a\", \"b\")",
        ],
    );
}

#[test]
fn annotations_of_both_ends_of_an_edge() {
    check_all(
        &shop(),
        &[
            "edge(\"front\", \"fn\") { annotation.attempt = \"1\" }",
            "edge(\"front\", \"fn\") { source.annotation.attempt = \"1\" destination.annotation[cart] = \"c-1\" }",
            "edge { source.annotation.cart = \"c-1\" }",
            "edge(\"jobs\", \"worker\") { destination.annotation.batch }",
            "edge(\"client\", \"front\") { destination.annotation.attempt !source.annotation.attempt }",
        ],
        &[
            "edge(\"front\", \"fn\") { source.annotation.cart }",
            "edge(\"front\", \"fn\") { destination.annotation.attempt }",
            "edge(\"front\", \"fn\") { annotation.cart }",
        ],
    );
}

#[test]
fn a_queue_that_only_delivers_is_a_node_without_segments() {
    let samples = [
        span(1, Kind::Producer, "a", "send").calls(RemoteKind::Topic, "aws_sns", "topic"),
        span(2, Kind::Consumer, "w", "receive").below(1).calls(RemoteKind::Queue, "aws_sqs", "inbox"),
    ];
    check_all(
        &samples,
        &[
            "service(\"topic\") { ok }",
            "service(\"inbox\")",
            "edge(\"topic\", \"inbox\") { ok }",
            "edge(\"inbox\", \"w\")",
        ],
        &["service(\"inbox\") { ok }", "service(\"inbox\") { fault }", "edge(\"topic\", \"w\")"],
    );
}
