//! Random small traces, of the names and keys that random expressions have too.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const SERVICES: &[&str] = &["a", "b", "fn", "client"];
const CLASSES: &[Class] = &[Class::Ok, Class::Error, Class::Throttle, Class::Fault];
const KINDS: &[Kind] = &[Kind::Server, Kind::Client, Kind::Producer, Kind::Consumer, Kind::Internal];
const REMOTES: &[(RemoteKind, &str, &str)] = &[
    (RemoteKind::Database, "postgresql", "db"),
    (RemoteKind::Database, "dynamodb", "a"),
    (RemoteKind::Queue, "aws_sqs", "db"),
    (RemoteKind::Topic, "aws_sns", "b"),
    (RemoteKind::Host, "", "b"),
    (RemoteKind::Aws, "s3", "S3"),
];

/// One to eight spans. Parents may be missing or go in circles.
pub(crate) fn samples() -> impl Strategy<Value = Vec<Sample>> {
    prop::collection::vec(one(), 1..8)
}

fn one() -> impl Strategy<Value = Sample> {
    let names = (1u8..8, prop::option::weighted(0.7, 1u8..9), select(KINDS), select(SERVICES), select(CLASSES));
    let times = (0i64..3_000, select(&[0i64, 500, 1_000, 2_000, 3_000, 2_500][..]));
    let attributes = prop::collection::vec(attribute(), 0..5);
    let ends = (prop::option::weighted(0.4, select(REMOTES)), any::<bool>(), prop::option::weighted(0.2, 1u8..8));
    (names, times, attributes, ends).prop_map(|((id, parent, kind, service, class), times, attributes, ends)| {
        let mut sample = span(id, kind, service, "GET").at(times.0, times.1).class(class);
        sample.parent = parent;
        sample.attributes = attributes.into_iter().collect();
        let (remote, named_as_service, link) = ends;
        if let Some((kind, system, name)) = remote {
            sample = sample.calls(kind, system, name);
        }
        if named_as_service {
            sample = sample.named_as_service();
        }
        sample.links = link.into_iter().collect();
        if class == Class::Fault { sample.threw("X", "a") } else { sample }
    })
}

fn attribute() -> impl Strategy<Value = (String, AttributeValue<'static>)> {
    let keys = &[
        "k",
        "n",
        "http.route",
        "user.id",
        "enduser.id",
        "http.request.method",
        "http.status_code",
        "http.response.status_code",
        "url.full",
        "url.path",
        "server.address",
        "client.address",
        "host.id",
        "cloud.account.id",
        "aws.account_id",
        "cloud.resource_id",
        "faas.name",
        "cloud.platform",
        "aws.xray.inprogress",
    ][..];
    let texts = &["", "a", "b", "db", "GET", "/a", "http://a/a", "alice", "5", "true", "1", "aws_lambda"][..];
    let values = prop_oneof![
        3 => select(texts).prop_map(|text| AttributeValue::Text(Cow::Borrowed(text))),
        2 => select(&[0.0, 1.0, 2.0, 200.0, 404.0, 500.0][..]).prop_map(AttributeValue::Number),
        1 => any::<bool>().prop_map(AttributeValue::Bool),
    ];
    (select(keys).prop_map(str::to_owned), values)
}
