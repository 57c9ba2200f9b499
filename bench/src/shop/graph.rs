//! The simulated system: functions, what they call, and where they run.

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::resource::v1::Resource;

use ::tests::dice::Dice;

const NAMES: [&str; 24] = [
    "web-gateway",
    "mobile-gateway",
    "partner-api",
    "webhook-intake",
    "checkout",
    "cart",
    "search",
    "catalog",
    "pricing",
    "recommendations",
    "inventory",
    "payments",
    "fraud-check",
    "orders",
    "shipping",
    "tax",
    "user-profile",
    "auth-session",
    "loyalty",
    "notifications",
    "email-render",
    "media-resize",
    "audit-trail",
    "feature-flags",
];
const RUNTIMES: [(&str, &str, &str); 4] = [
    ("nodejs", "22.14.0", "nodejs"),
    ("cpython", "3.13.2", "python"),
    ("OpenJDK Runtime Environment", "21.0.6", "java"),
    ("rustc", "1.88.0", "rust"),
];
const VERBS: [(&str, &str); 6] = [
    ("GET", "/v1/{}/{id}"),
    ("GET", "/v1/{}"),
    ("POST", "/v1/{}"),
    ("PUT", "/v1/{}/{id}"),
    ("POST", "/v1/{}/{id}/confirm"),
    ("DELETE", "/v1/{}/{id}"),
];
const STORES: [&str; 4] = ["aws.dynamodb", "postgresql", "redis", "opensearch"];

/// What a function answers.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) route: String,
}

/// A function of the shop.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) operations: Vec<Operation>,
    /// Downstream functions, by index; always larger than this function's own index.
    pub(crate) calls: Vec<usize>,
    pub(crate) store: Option<&'static str>,
    pub(crate) median_ms: f64,
    pub(crate) error_rate: f64,
    /// Where it runs; each instance is a resource of its own.
    pub(crate) instances: Vec<Resource>,
}

/// All functions.
pub(crate) struct Graph {
    pub(crate) functions: Vec<Function>,
    /// The first `entries` functions take requests from outside.
    pub(crate) entries: usize,
}

impl Graph {
    pub(crate) fn new(seed: u64, functions: usize, instances: usize) -> Self {
        let mut dice = Dice::new(seed, u64::MAX);
        let entries = (functions / 5).max(1);
        let functions =
            (0..functions).map(|index| Self::function(&mut dice, index, functions, entries, instances)).collect();
        let mut graph = Graph { functions, entries };
        graph.connect(&mut dice);
        graph
    }

    /// Gives every function behind the entries a caller.
    fn connect(&mut self, dice: &mut Dice) {
        for callee in self.entries..self.functions.len() {
            if !self.functions.iter().any(|function| function.calls.contains(&callee)) {
                let caller = dice.below(callee);
                self.functions[caller].calls.push(callee);
            }
        }
    }

    fn function(dice: &mut Dice, index: usize, total: usize, entries: usize, instances: usize) -> Function {
        let mut name = NAMES[index % NAMES.len()].to_owned();
        if index >= NAMES.len() {
            name = format!("{name}-{}", index / NAMES.len() + 1);
        }
        let below = total.saturating_sub(index.max(entries - 1) + 1);
        let mut calls: Vec<usize> = (0..below.min(1 + dice.below(3))).map(|_| total - 1 - dice.below(below)).collect();
        calls.sort_unstable();
        calls.dedup();
        // Each once: two of the same route would be two streams of points with one identity.
        let mut verbs = VERBS.to_vec();
        let operations = (0..3)
            .map(|_| {
                let (method, route) = verbs.remove(dice.below(verbs.len()));
                Operation { method, route: route.replacen("{}", &name, 1) }
            })
            .collect();
        let runtime = *dice.pick(&RUNTIMES);
        let version = format!("{}.{}.{}", dice.below(4) + 1, dice.below(20), dice.below(10));
        let memory = *dice.pick(&[128i64, 256, 512, 1024, 2048]);
        let instances = (0..instances).map(|_| Self::instance(dice, &name, runtime, &version, memory)).collect();
        Function {
            calls,
            operations,
            store: (index >= entries && dice.chance(0.7)).then(|| *dice.pick(&STORES)),
            median_ms: 2.0 + 30.0 * dice.unit(),
            error_rate: if dice.chance(0.2) { 0.03 } else { 0.002 },
            instances,
            name,
        }
    }

    fn instance(dice: &mut Dice, name: &str, runtime: (&str, &str, &str), version: &str, memory: i64) -> Resource {
        let region = *dice.pick(&["eu-west-1", "eu-central-1", "us-east-1"]);
        let id = format!("2026/08/21/[{version}]{}", super::uuid(dice).replace('-', ""));
        Resource {
            attributes: vec![
                text("service.name", name),
                text("service.namespace", "shop"),
                text("service.version", version),
                text("service.instance.id", &id),
                text("deployment.environment.name", "production"),
                text("cloud.provider", "aws"),
                text("cloud.platform", "aws_lambda"),
                text("cloud.region", region),
                text("cloud.account.id", "123456789012"),
                text("faas.name", name),
                text("faas.version", version),
                text("faas.instance", &id),
                int("faas.max_memory", memory << 20),
                text("process.runtime.name", runtime.0),
                text("process.runtime.version", runtime.1),
                text("telemetry.sdk.name", "opentelemetry"),
                text("telemetry.sdk.language", runtime.2),
                text("telemetry.sdk.version", "1.30.1"),
            ],
            ..Default::default()
        }
    }
}

pub(crate) fn text(key: &str, value: impl Into<String>) -> KeyValue {
    attribute(key, Value::StringValue(value.into()))
}

pub(crate) fn int(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

pub(crate) fn double(key: &str, value: f64) -> KeyValue {
    attribute(key, Value::DoubleValue(value))
}

pub(crate) fn flag(key: &str, value: bool) -> KeyValue {
    attribute(key, Value::BoolValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..Default::default() }
}

#[cfg(test)]
mod tests;
