use super::*;
use crate::graph::infer::RemoteKind;

/// A span of trace 1; the tests change what they are about.
pub(crate) fn span(id: u8, parent: u8, kind: Kind, service: &str) -> GraphSpan {
    GraphSpan {
        trace: [1; 16],
        span: [id; 8],
        parent: (parent > 0).then_some([parent; 8]),
        kind,
        start: i64::from(id) * 1_000,
        duration: 500,
        class: Class::Ok,
        service: Arc::from(service),
        function: false,
        cold_start: false,
        phase: None,
        remote: None,
        links: Vec::new(),
    }
}

pub(crate) fn remote(kind: RemoteKind, name: &str) -> Option<Arc<Remote>> {
    Some(Arc::new(Remote { name: name.to_owned(), system: String::new(), kind, named_as_service: false }))
}

#[track_caller]
fn check(spans: &[GraphSpan], expected: &[&str]) {
    let mut found: Vec<String> = find(spans)
        .iter()
        .map(|call| {
            let arrow = if call.asynchronous { "~>" } else { "->" };
            format!("{}{arrow}{} by {}", call.caller.id(), call.callee.id(), call.measured)
        })
        .collect();
    found.sort();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_client_and_a_server_are_one_call_with_the_clients_numbers() {
    let spans = [
        span(1, 0, Kind::Server, "gateway"),
        GraphSpan { remote: remote(RemoteKind::Host, "orders.internal"), ..span(2, 1, Kind::Client, "gateway") },
        span(3, 2, Kind::Server, "orders"),
        span(4, 3, Kind::Internal, "orders"),
    ];
    check(&spans, &["client:client->service:gateway by 0", "service:gateway->service:orders by 1"]);
}

#[test]
fn an_unanswered_client_calls_what_is_inferred() {
    let spans = [
        span(1, 0, Kind::Server, "orders"),
        GraphSpan { remote: remote(RemoteKind::Database, "orders@db"), ..span(2, 1, Kind::Client, "orders") },
        // The HTTP client below the SDK is the same call.
        GraphSpan { remote: remote(RemoteKind::Host, "db.internal"), ..span(3, 2, Kind::Client, "orders") },
    ];
    check(&spans, &["client:client->service:orders by 0", "service:orders->database:orders@db by 1"]);
}

#[test]
fn an_sdk_over_an_http_client_is_one_call_to_the_service() {
    let spans = [
        GraphSpan { remote: remote(RemoteKind::Aws, "Lambda"), ..span(2, 0, Kind::Client, "a") },
        GraphSpan { remote: remote(RemoteKind::Host, "lambda.aws"), ..span(3, 2, Kind::Client, "a") },
        span(4, 3, Kind::Server, "b"),
    ];
    check(&spans, &["service:a->service:b by 0"]);
}

#[test]
fn a_peer_that_sends_spans_is_that_service() {
    let peer = Arc::new(Remote {
        name: "orders".to_owned(),
        system: String::new(),
        kind: RemoteKind::Host,
        named_as_service: true,
    });
    let spans =
        [GraphSpan { remote: Some(peer), ..span(2, 0, Kind::Client, "gateway") }, span(3, 0, Kind::Internal, "orders")];
    check(&spans, &["service:gateway->service:orders by 0"]);
}

#[test]
fn a_message_goes_through_its_queue_by_parent() {
    let spans = [
        GraphSpan { remote: remote(RemoteKind::Queue, "jobs"), ..span(2, 0, Kind::Producer, "orders") },
        GraphSpan { remote: remote(RemoteKind::Queue, "jobs"), ..span(3, 2, Kind::Consumer, "worker") },
    ];
    check(&spans, &["service:orders->queue:jobs by 0", "queue:jobs~>service:worker by 1"]);
    assert_eq!(find(&spans)[1].age_ns, Some(500));
}

#[test]
fn a_message_goes_through_its_queue_by_link_to_another_trace() {
    let spans = [
        GraphSpan { remote: remote(RemoteKind::Queue, "jobs"), ..span(2, 0, Kind::Producer, "orders") },
        GraphSpan { trace: [2; 16], links: vec![([1; 16], [2; 8])], ..span(5, 0, Kind::Consumer, "worker") },
        // A second consumer of the same message: one publish, two deliveries.
        GraphSpan { trace: [3; 16], links: vec![([1; 16], [2; 8])], ..span(6, 0, Kind::Consumer, "auditor") },
    ];
    check(
        &spans,
        &["service:orders->queue:jobs by 0", "queue:jobs~>service:worker by 1", "queue:jobs~>service:auditor by 2"],
    );
}

#[test]
fn a_topic_that_feeds_a_queue_is_two_nodes() {
    let spans = [
        GraphSpan { remote: remote(RemoteKind::Topic, "events"), ..span(2, 0, Kind::Producer, "orders") },
        GraphSpan {
            remote: remote(RemoteKind::Queue, "mail"),
            links: vec![([1; 16], [2; 8])],
            ..span(5, 0, Kind::Consumer, "mailer")
        },
    ];
    check(
        &spans,
        &["service:orders->topic:events by 0", "topic:events~>queue:mail by 1", "queue:mail~>service:mailer by 1"],
    );
}

#[test]
fn without_a_queue_the_services_are_joined() {
    let spans = [span(2, 0, Kind::Producer, "orders"), span(3, 2, Kind::Consumer, "worker")];
    check(&spans, &["service:orders~>service:worker by 1"]);
}

#[test]
fn a_parent_outside_of_the_range_is_nobody() {
    check(&[span(3, 2, Kind::Server, "orders")], &[]);
    let consumer = GraphSpan { remote: remote(RemoteKind::Queue, "jobs"), ..span(3, 2, Kind::Consumer, "worker") };
    check(&[consumer], &["queue:jobs~>service:worker by 0"]);
}

#[test]
fn a_span_sent_twice_is_one_call() {
    let client = GraphSpan { remote: remote(RemoteKind::Host, "pay"), ..span(2, 1, Kind::Client, "shop") };
    let server = span(1, 0, Kind::Server, "shop");
    check(
        &[server.clone(), client.clone(), server, client],
        &["client:client->service:shop by 0", "service:shop->remote:pay by 1"],
    );
}

#[test]
fn a_server_below_another_service_without_a_client_is_a_call_all_the_same() {
    let spans =
        [span(1, 0, Kind::Server, "gateway"), span(2, 1, Kind::Server, "orders"), span(3, 2, Kind::Server, "orders")];
    check(&spans, &["client:client->service:gateway by 0", "service:gateway->service:orders by 1"]);
}
