use super::super::tests::{Sample, server, trace};
use super::*;

#[track_caller]
fn check(sample: Sample, expected: &[&str]) {
    let samples = [sample];
    let trace = trace(&samples);
    let node_type = NodeType::of_service(trace.root());
    let names: Vec<&str> = node_type.iter().flat_map(NodeType::names).collect();
    assert_eq!(names, expected);
}

#[test]
fn services_by_their_platform() {
    let on = |platform: &str| server(1, "a", "r").text("cloud.platform", platform);
    check(server(1, "a", "r"), &[]);
    check(on("aws_ec2"), &["AWS::EC2::Instance"]);
    check(on("aws_ecs"), &["AWS::ECS::Container"]);
    check(on("aws_ecs").text("aws.ecs.launchtype", "FARGATE"), &["AWS::ECS::Fargate", "AWS::ECS::Container"]);
    check(on("aws_ecs").text("aws.ecs.launchtype", "ec2"), &["AWS::ECS::EC2", "AWS::ECS::Container"]);
    check(on("aws_eks"), &["AWS::EKS::Container"]);
    check(on("aws_elastic_beanstalk"), &["AWS::ElasticBeanstalk::Environment"]);
    check(on("aws_app_runner"), &["AWS::AppRunner::Service"]);
    check(on("aws_lambda"), &["AWS::Lambda::Function", "AWS::Lambda"]);
    check(on("aws.lambda"), &["AWS::Lambda::Function", "AWS::Lambda"]);
    check(on("gcp_cloud_run"), &["gcp_cloud_run"]);
    check(server(1, "a", "r").text("faas.name", "f"), &["AWS::Lambda::Function", "AWS::Lambda"]);
    check(server(1, "a", "r").flag("faas.coldstart", false), &["AWS::Lambda::Function", "AWS::Lambda"]);
}

#[test]
fn remotes_by_what_they_are() {
    let of = |kind: RemoteKind, system: &'static str, name: &'static str| {
        let remote = Remote { name: name.into(), system: system.into(), kind, named_as_service: false };
        NodeType::of_remote(&remote).names().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of(RemoteKind::Database, "aws.dynamodb", "t"), ["AWS::DynamoDB::Table", "AWS::DynamoDB"]);
    assert_eq!(of(RemoteKind::Database, "postgresql", "db@h"), ["Database::SQL"]);
    assert_eq!(of(RemoteKind::Database, "redis", "h"), ["remote"]);
    assert_eq!(of(RemoteKind::Queue, "aws_sqs", "q"), ["AWS::SQS::Queue", "AWS::SQS"]);
    assert_eq!(of(RemoteKind::Queue, "rabbitmq", "q"), ["remote"]);
    assert_eq!(of(RemoteKind::Topic, "aws.sns", "t"), ["AWS::SNS::Topic", "AWS::SNS"]);
    assert_eq!(of(RemoteKind::Aws, "s3", "S3"), ["AWS::S3::Bucket", "AWS::S3"]);
    assert_eq!(of(RemoteKind::Aws, "secrets manager", "Secrets Manager"), ["AWS::SecretsManager"]);
    assert_eq!(of(RemoteKind::Aws, "", "x"), ["remote"]);
    assert_eq!(of(RemoteKind::Host, "", "api.example.com"), ["remote"]);
}
