//! Calls to what the shop uses and does not own: databases, the cache, AWS services, the payment host.

use opentelemetry::logs::Severity;
use opentelemetry::trace::SpanKind;

use super::Service;
use super::service::Runtime;
use super::story::{Ended, Span, Story};
use crate::args::Incident;

/// The region everything runs in.
pub(crate) const REGION: &str = "eu-central-1";
/// The external payment host.
pub(crate) const PAYMENT_HOST: &str = "api.payments.example";

/// Where a call comes from.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) service: Service,
    pub(crate) span: Span,
}

impl Story<'_> {
    /// A call to DynamoDB.
    pub(crate) fn dynamo(&mut self, from: Caller, operation: &'static str, table: &'static str, at: f64) -> Ended {
        let span = self.open(from.service, Some(from.span), SpanKind::Client, format!("{operation} {table}"), at);
        self.note(span, "db.system.name", "aws.dynamodb");
        self.note(span, "db.operation.name", operation);
        self.note(span, "db.collection.name", table);
        self.note(span, "rpc.system", "aws-api");
        self.note(span, "rpc.service", "DynamoDB");
        self.note(span, "rpc.method", operation);
        self.note(span, "cloud.region", REGION);
        self.note(span, "server.address", "dynamodb.eu-central-1.amazonaws.com");
        let request_id = self.shop.chance.request_id();
        self.note(span, "aws.request_id", request_id);
        let end = at + self.millis(if operation == "Query" { 9.0 } else { 4.5 }, 0.45);
        let throttled = self.shop.chance.happens(0.004);
        self.note(span, "http.response.status_code", if throttled { 400_i64 } else { 200_i64 });
        if throttled {
            self.fail(span, "ProvisionedThroughputExceededException", "the table's capacity is used up");
        }
        self.close(span, end);
        Ended { at: end, status: if throttled { 500 } else { 200 } }
    }

    /// A statement on PostgreSQL.
    pub(crate) fn postgres(&mut self, from: Caller, operation: &'static str, text: &'static str, at: f64) -> Ended {
        let table = text.split_whitespace().find(|word| ["orders", "order_items", "purchases"].contains(word));
        let name = format!("{operation} {}", table.unwrap_or("shop"));
        let span = self.open(from.service, Some(from.span), SpanKind::Client, name, at);
        self.note(span, "db.system.name", "postgresql");
        self.note(span, "db.namespace", "shop");
        self.note(span, "db.operation.name", operation);
        self.note(span, "db.query.text", text);
        self.note(span, "server.address", "orders-db.internal");
        self.note(span, "server.port", 5432_i64);
        if let Some(table) = table {
            self.note(span, "db.collection.name", table);
        }
        let slow = self.during(Incident::SlowDatabase);
        let took = if slow { self.millis(2200.0, 0.6) } else { self.millis(7.0, 0.6) };
        const CANCELLED_AFTER_MS: f64 = 5000.0;
        if took < CANCELLED_AFTER_MS {
            if took > 1000.0 {
                let attributes = vec![("db.duration_ms", took.into()), ("db.query.text", text.into())];
                self.log(from.span, at + took, Severity::Warn, format!("slow query: {took:.0} ms"), attributes);
            }
            self.close(span, at + took);
            return Ended { at: at + took, status: 200 };
        }
        let end = at + CANCELLED_AFTER_MS;
        let message = "canceling statement due to statement timeout";
        self.note(span, "db.response.status_code", "57014");
        self.fail(span, "57014", message);
        let stack = stack_trace(from.service, "OperationalError", message, "query");
        self.throw(span, end, "OperationalError", message, stack);
        self.log(from.span, end, Severity::Error, format!("database: {message}"), vec![("db.query.text", text.into())]);
        self.close(span, end);
        Ended { at: end, status: 504 }
    }

    /// A look into the cache; answers whether it was there.
    pub(crate) fn cache(&mut self, from: Caller, key: String, hit_share: f64, at: f64) -> (f64, bool) {
        let span = self.open(from.service, Some(from.span), SpanKind::Client, "GET", at);
        let hit = self.shop.chance.happens(hit_share);
        self.note(span, "db.system.name", "redis");
        self.note(span, "db.operation.name", "GET");
        self.note(span, "db.query.text", format!("GET {key}"));
        self.note(span, "server.address", "cache.internal");
        self.note(span, "server.port", 6379_i64);
        self.note(span, "cache.hit", hit);
        let end = at + self.millis(0.6, 0.4);
        self.close(span, end);
        self.log(
            from.span,
            end,
            Severity::Debug,
            if hit { "cache hit" } else { "cache miss" },
            vec![("cache.key", key.into())],
        );
        (end, hit)
    }

    /// A call of an AWS service that answers at once.
    pub(crate) fn aws(
        &mut self,
        from: Caller,
        service: &'static str,
        method: &'static str,
        median_ms: f64,
        at: f64,
    ) -> (Span, f64) {
        let span = self.open(from.service, Some(from.span), SpanKind::Client, format!("{service}.{method}"), at);
        self.note(span, "rpc.system", "aws-api");
        self.note(span, "rpc.service", service);
        self.note(span, "rpc.method", method);
        self.note(span, "cloud.region", REGION);
        self.note(span, "http.response.status_code", 200_i64);
        let end = at + self.millis(median_ms, 0.4);
        self.close(span, end);
        (span, end)
    }

    /// One function calls another one and waits for it.
    pub(crate) fn call(
        &mut self,
        from: Caller,
        to: Service,
        trigger: &'static str,
        at: f64,
        act: impl FnOnce(&mut Self, Span, f64) -> Ended,
    ) -> Ended {
        let name = to.facts().name;
        let span = self.open(from.service, Some(from.span), SpanKind::Client, format!("Invoke {name}"), at);
        self.note(span, "faas.invoked_name", name);
        self.note(span, "faas.invoked_provider", "aws");
        self.note(span, "faas.invoked_region", REGION);
        self.note(span, "rpc.system", "aws-api");
        self.note(span, "rpc.service", "Lambda");
        self.note(span, "rpc.method", "Invoke");
        let network = self.millis(1.8, 0.3);
        let ended = self.invoke(to, Some(span), trigger, at + network, act);
        let end = ended.at + self.millis(2.6, 0.3);
        self.note(span, "http.response.status_code", i64::from(ended.status));
        if ended.failed() {
            self.fail(span, "FunctionError", format!("{name} answered {}", ended.status));
        }
        self.close(span, end);
        Ended { at: end, ..ended }
    }

    /// One attempt at the external payment host.
    pub(crate) fn charge(&mut self, from: Caller, attempt: i64, at: f64) -> Ended {
        let span = self.open(from.service, Some(from.span), SpanKind::Client, "POST", at);
        let (status, took) = if self.during(Incident::PaymentDown) {
            (503, self.millis(35.0, 0.4))
        } else if self.during(Incident::PaymentThrottled) && self.shop.chance.happens(0.75) {
            (429, self.millis(15.0, 0.3))
        } else if self.shop.chance.happens(0.012) {
            (503, self.millis(60.0, 0.5))
        } else if self.shop.chance.happens(0.012) {
            (429, self.millis(15.0, 0.3))
        } else if self.shop.chance.happens(0.03) {
            (201, self.millis(1900.0, 0.3))
        } else {
            (201, self.millis(140.0, 0.35))
        };
        self.note(span, "http.request.method", "POST");
        self.note(span, "url.full", format!("https://{PAYMENT_HOST}/v1/charges"));
        self.note(span, "server.address", PAYMENT_HOST);
        self.note(span, "server.port", 443_i64);
        self.note(span, "network.protocol.version", "2");
        self.note(span, "http.response.status_code", i64::from(status));
        if attempt > 0 {
            self.note(span, "http.request.resend_count", attempt);
        }
        match status {
            503 => self.fail(span, "503", "Service Unavailable"),
            429 => self.fail(span, "429", "Too Many Requests"),
            _ => {}
        }
        self.close(span, at + took);
        Ended { at: at + took, status }
    }
}

/// What the runtime of a service prints for an exception.
pub(crate) fn stack_trace(service: Service, kind: &str, message: &str, at: &str) -> String {
    let name = service.facts().name;
    match service.facts().runtime {
        Runtime::Node => format!(
            "{kind}: {message}\n    at {at} (/var/task/src/{at}.js:58:13)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n    at async handler (/var/task/{name}.js:31:18)\n    at async Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)"
        ),
        Runtime::Python => format!(
            "Traceback (most recent call last):\n  File \"/var/task/{name}/handler.py\", line 42, in handler\n    return {at}(event)\n  File \"/var/task/{name}/{at}.py\", line 117, in {at}\n    raise {kind}(message)\n{kind}: {message}"
        ),
        Runtime::Java => format!(
            "{kind}: {message}\n\tat example.shop.payment.PaymentClient.{at}(PaymentClient.java:88)\n\tat example.shop.payment.Handler.handleRequest(Handler.java:41)\n\tat com.amazonaws.services.lambda.runtime.api.client.AWSLambda.startRuntime(AWSLambda.java:301)"
        ),
    }
}
