use super::super::tests::{Sample, client, internal, server, span, trace};
use super::super::{Kind, RemoteKind, Trace};
use super::*;

/// Calls as `caller -> callee`, with `~` for deliveries and the id of the span that has the numbers.
#[track_caller]
fn check(samples: &[Sample], expected: &[&str]) {
    let trace = trace(samples);
    let end = |end: End| match end {
        End::Client => "client".to_owned(),
        End::Service(at) => trace.spans[at].service.to_owned(),
        End::Remote(at) => format!("[{}]", trace.spans[at].remote.as_ref().expect("a remote has a name").name),
    };
    let written = |call: &Call| {
        let arrow = if call.asynchronous { "~>" } else { "->" };
        format!("{} {arrow} {} {}", end(call.caller), end(call.callee), trace.spans[call.measured].id[7])
    };
    let mut found: Vec<String> = trace.calls().iter().map(written).collect();
    found.sort();
    assert_eq!(found, expected);
}

fn producer(id: u8, service: &str) -> Sample {
    span(id, Kind::Producer, service, "send").calls(RemoteKind::Queue, "aws_sqs", "jobs")
}

fn consumer(id: u8, service: &str) -> Sample {
    span(id, Kind::Consumer, service, "receive")
}

#[test]
fn requests() {
    check(&[server(1, "a", "r")], &["client -> a 1"]);
    check(
        &[server(1, "a", "r"), client(2, "a", "c").below(1), server(3, "b", "s").below(2)],
        &["a -> b 2", "client -> a 1"],
    );
    // The SDK's span around the HTTP client's counts.
    check(
        &[
            server(1, "a", "r"),
            client(2, "a", "sdk").below(1),
            client(3, "a", "http").below(2),
            server(4, "b", "s").below(3),
        ],
        &["a -> b 2", "client -> a 1"],
    );
    check(
        &[server(1, "a", "r"), internal(2, "a", "i").below(1), server(3, "b", "s").below(2)],
        &["a -> b 3", "client -> a 1"],
    );
    check(&[server(1, "a", "r"), server(2, "a", "inner").below(1)], &["client -> a 1"]);
    check(&[server(1, "a", "r").below(9)], &[]);
}

#[test]
fn what_nobody_answers() {
    let db =
        |id: u8, parent: u8| client(id, "a", "query").below(parent).calls(RemoteKind::Database, "postgresql", "db");
    check(&[server(1, "a", "r"), db(2, 1)], &["a -> [db] 2", "client -> a 1"]);
    check(&[server(1, "a", "r"), db(2, 1), db(3, 2)], &["a -> [db] 2", "client -> a 1"]);
    let named = client(2, "a", "c").below(1).calls(RemoteKind::Host, "", "b").named_as_service();
    check(&[server(1, "a", "r"), named.clone()], &["a -> [b] 2", "client -> a 1"]);
    check(
        &[server(1, "a", "r"), named, server(3, "b", "other").at(9, 1)],
        &["a -> b 2", "client -> a 1", "client -> b 3"],
    );
    check(&[server(1, "a", "r"), client(2, "a", "c").below(1)], &["client -> a 1"]);
}

#[test]
fn messages() {
    check(
        &[server(1, "a", "r"), producer(2, "a").below(1), consumer(3, "w").below(2)],
        &["[jobs] ~> w 3", "a -> [jobs] 2", "client -> a 1"],
    );
    check(
        &[server(1, "a", "r"), producer(2, "a").below(1), consumer(3, "w").links_to(2)],
        &["[jobs] ~> w 3", "a -> [jobs] 2", "client -> a 1"],
    );
    let queue = consumer(3, "w").below(2).calls(RemoteKind::Queue, "aws_sqs", "inbox");
    check(&[producer(2, "a"), queue], &["[inbox] ~> w 3", "[jobs] ~> [inbox] 3", "a -> [jobs] 2"]);
    let nameless = span(2, Kind::Producer, "a", "send");
    check(&[nameless.clone(), consumer(3, "w").below(2)], &["a ~> w 3"]);
    let named_by_consumer = consumer(3, "w").below(2).calls(RemoteKind::Queue, "", "inbox");
    check(&[nameless, named_by_consumer.clone()], &["[inbox] ~> w 3", "a -> [inbox] 2"]);
    check(&[named_by_consumer], &["[inbox] ~> w 3"]);
    check(&[consumer(1, "w")], &[]);
}

#[test]
fn a_delivery_takes_the_age_of_its_message() {
    let samples = [producer(1, "a").at(0, 10), consumer(2, "w").below(1).at(250, 5)];
    let trace: Trace<'_> = trace(&samples);
    let delivery = trace.calls().iter().find(|call| call.asynchronous).expect("there is a delivery");
    assert_eq!(delivery.time_ns, 240_000_000);
}
