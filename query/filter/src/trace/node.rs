//! What X-Ray calls the type of a node.
//!
//! A function is two nodes on X-Ray's map, `AWS::Lambda` (the service that invokes it) and `AWS::Lambda::Function`; here
//! it is one that has both types. Where AWS's own examples shorten a type (`AWS::DynamoDB`), both forms are its types.

use std::borrow::Cow;

use super::{Remote, RemoteKind, Span, field};

/// The types of a node: the one that is shown, and what else it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeType<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) other: &'static [&'static str],
}

/// The platform of a resource, its type, and what else it is called.
const PLATFORMS: [(&str, &str, &[&str]); 6] = [
    ("aws_ec2", "AWS::EC2::Instance", &[]),
    ("aws_ecs", "AWS::ECS::Container", &[]),
    ("aws_eks", "AWS::EKS::Container", &[]),
    ("aws_elastic_beanstalk", "AWS::ElasticBeanstalk::Environment", &[]),
    ("aws_app_runner", "AWS::AppRunner::Service", &[]),
    ("aws_lambda", "AWS::Lambda::Function", &["AWS::Lambda"]),
];

/// What the system of a remote has in its name, its type, and what else it is called.
const SYSTEMS: [(&str, &str, &[&str]); 7] = [
    ("dynamodb", "AWS::DynamoDB::Table", &["AWS::DynamoDB"]),
    ("sqs", "AWS::SQS::Queue", &["AWS::SQS"]),
    ("sns", "AWS::SNS::Topic", &["AWS::SNS"]),
    ("eventbridge", "AWS::Events", &["AWS::EventBridge"]),
    ("kinesis", "AWS::Kinesis::Stream", &["AWS::Kinesis"]),
    ("s3", "AWS::S3::Bucket", &["AWS::S3"]),
    ("lambda", "AWS::Lambda::Function", &["AWS::Lambda"]),
];

/// Parts of the names of SQL databases.
const SQL: [&str; 11] =
    ["sql", "mariadb", "oracle", "db2", "hive", "derby", "teradata", "postgres", "cockroachdb", "redshift", "aurora"];

/// The type of everything that is only known by its name.
const REMOTE: NodeType<'static> = NodeType { name: Cow::Borrowed("remote"), other: &[] };

impl<'a> NodeType<'a> {
    fn of(name: &'static str, other: &'static [&'static str]) -> Self {
        Self { name: Cow::Borrowed(name), other }
    }

    /// Of whoever calls from outside.
    pub(crate) fn client() -> Self {
        Self::of("client", &[])
    }

    /// All its names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_ref()).chain(self.other.iter().copied())
    }

    /// Of the service that sent the span; platforms outside of AWS are their own type.
    pub(crate) fn of_service(span: &'a Span<'_>) -> Option<Self> {
        let Some(platform) = field::text(span, &["cloud.platform"]) else {
            let faas = ["faas.name", "faas.trigger", "faas.invocation_id", "faas.coldstart"];
            let is_function = field::text(span, &faas).is_some();
            return is_function.then(|| Self::of("AWS::Lambda::Function", &["AWS::Lambda"]));
        };
        let normal = platform.replace('.', "_");
        if normal == "aws_ecs" {
            match field::text(span, &["aws.ecs.launchtype"]).map(|launched| launched.to_ascii_lowercase()).as_deref() {
                Some("fargate") => return Some(Self::of("AWS::ECS::Fargate", &["AWS::ECS::Container"])),
                Some("ec2") => return Some(Self::of("AWS::ECS::EC2", &["AWS::ECS::Container"])),
                _ => {}
            }
        }
        let known = PLATFORMS.iter().find(|(name, ..)| *name == normal);
        Some(known.map_or(Self { name: platform, other: &[] }, |(_, name, other)| Self::of(name, other)))
    }

    /// Of something that sends no spans.
    pub(crate) fn of_remote(remote: &'a Remote<'_>) -> Self {
        let system = remote.system.to_ascii_lowercase();
        let known = SYSTEMS.iter().find(|(part, ..)| system.contains(part));
        let known = known.map(|(_, name, other)| Self::of(name, other));
        match remote.kind {
            RemoteKind::Host => REMOTE,
            RemoteKind::Aws => known.unwrap_or_else(|| {
                let service = if remote.name.eq_ignore_ascii_case(&system) { &remote.name } else { &remote.system };
                let service: String = service.split_whitespace().collect();
                if service.is_empty() {
                    REMOTE
                } else {
                    Self { name: Cow::Owned(format!("AWS::{service}")), other: &[] }
                }
            }),
            RemoteKind::Database if system.contains("dynamodb") => known.unwrap_or(REMOTE),
            RemoteKind::Database if SQL.iter().any(|part| system.contains(part)) => Self::of("Database::SQL", &[]),
            RemoteKind::Database => REMOTE,
            RemoteKind::Queue | RemoteKind::Topic => known.unwrap_or(REMOTE),
        }
    }
}

#[cfg(test)]
mod tests;
