//! What happens to orders after the customer has gone: batches from the queue, parcels, and events to a topic.

use std::time::SystemTime;

use opentelemetry::logs::Severity;
use opentelemetry::trace::SpanKind;

use super::remotes::Caller;
use super::story::{Ended, Span, Story};
use super::{Message, Service, Shop};
use crate::args::Incident;
use crate::plan::{Ids, Plan};

/// Messages a batch may have, as SQS has it.
const BATCH_MAX: usize = 10;

/// An event for which a receipt is written.
struct Published {
    by: Ids,
    at: SystemTime,
    order: u64,
}

/// Takes a batch from the queue if there is one: its own trace, linked to the ones that sent the messages, and one more
/// trace for each receipt.
pub(super) fn poll(shop: &mut Shop, at: SystemTime) -> Vec<Plan> {
    let batch = take(shop, at);
    if batch.is_empty() {
        return Vec::new();
    }
    let mut published = Vec::new();
    let mut story = Story::begin(shop, at);
    story.invoke(Service::Fulfilment, None, "pubsub", 0.0, |story, span, at| {
        fulfil(story, span, &batch, at, &mut published)
    });
    let mut plans = vec![story.plan];
    plans.extend(published.into_iter().map(|event| receipt(shop, &event)));
    plans
}

fn take(shop: &mut Shop, at: SystemTime) -> Vec<Message> {
    // During the backlog the consumer gets one message in every third poll.
    let limit = match shop.incident {
        Some(Incident::QueueBacklog) if shop.chance.happens(0.67) => 0,
        Some(Incident::QueueBacklog) => 1,
        _ => BATCH_MAX,
    };
    let mut batch = Vec::new();
    while batch.len() < limit && shop.queue.front().is_some_and(|message| message.sent <= at) {
        batch.extend(shop.queue.pop_front());
    }
    batch
}

fn fulfil(story: &mut Story<'_>, span: Span, batch: &[Message], at: f64, published: &mut Vec<Published>) -> Ended {
    let me = Caller { service: Service::Fulfilment, span };
    story.note(span, "messaging.system", "aws_sqs");
    story.note(span, "messaging.destination.name", "orders-queue");
    story.note(span, "messaging.operation.type", "process");
    story.note(span, "messaging.operation.name", "process");
    story.note(span, "messaging.batch.message_count", batch.len() as i64);
    let now = story.time(at);
    let ages = batch.iter().filter_map(|message| now.duration_since(message.sent).ok());
    let oldest = ages.max().unwrap_or_default().as_secs_f64();
    story.note(span, "shop.message.age_max_s", oldest);
    story.log(
        span,
        at,
        Severity::Info,
        format!("{} orders, the oldest {oldest:.1} s old", batch.len()),
        vec![("messaging.batch.message_count", (batch.len() as i64).into())],
    );
    let mut at = at;
    let mut failed = 0;
    for message in batch {
        story.link(span, message.sent_by);
        let done = fulfil_one(story, me, message, at, published);
        at = done.at;
        failed += i64::from(done.failed());
    }
    if failed == 0 {
        return Ended { at, status: 200 };
    }
    story.log(
        span,
        at,
        Severity::Error,
        format!("{failed} of {} orders go back to the queue", batch.len()),
        vec![("shop.failed", failed.into())],
    );
    story.fail(span, "BatchItemFailures", format!("{failed} orders could not be fulfilled"));
    Ended { at, status: 500 }
}

fn fulfil_one(story: &mut Story<'_>, me: Caller, message: &Message, at: f64, published: &mut Vec<Published>) -> Ended {
    let written = story.postgres(me, "UPDATE", "UPDATE orders SET state = 'accepted' WHERE id = $1", at);
    if written.failed() {
        return written;
    }
    let (order, region) = (message.order, message.region);
    let shipped = story.call(me, Service::Shipping, "other", written.at, |story, span, at| {
        story.note(span, "shop.order.id", format!("o-{order}"));
        story.note(span, "shop.region", region);
        let label = story.dynamo(Caller { service: Service::Shipping, span }, "PutItem", "parcels", at);
        story.log(
            span,
            label.at,
            Severity::Info,
            format!("parcel for o-{order} to {region}"),
            vec![("shop.region", region.into())],
        );
        label
    });
    if shipped.failed() {
        return shipped;
    }
    let span = story.open(me.service, Some(me.span), SpanKind::Producer, "publish order-events", shipped.at);
    story.note(span, "messaging.system", "aws.sns");
    story.note(span, "messaging.destination.name", "order-events");
    story.note(span, "messaging.operation.type", "publish");
    story.note(span, "messaging.operation.name", "Publish");
    story.note(span, "messaging.message.id", message.id.clone());
    story.note(span, "aws.sns.topic.arn", "arn:aws:sns:eu-central-1:123456789012:order-events");
    let end = shipped.at + story.millis(11.0, 0.4);
    story.close(span, end);
    published.push(Published { by: story.ids(span), at: story.time(end), order });
    let delivered_at = end + story.millis(45.0, 0.5);
    story.invoke(Service::Notify, Some(span), "pubsub", delivered_at, |story, span, at| notify(story, span, order, at));
    Ended { at: end, status: 200 }
}

/// Subscribed to the topic; continues the publisher's trace.
fn notify(story: &mut Story<'_>, span: Span, order: u64, at: f64) -> Ended {
    from_topic(story, span);
    let (mail, end) = story.aws(Caller { service: Service::Notify, span }, "SESv2", "SendEmail", 42.0, at);
    story.note(mail, "server.address", "email.eu-central-1.amazonaws.com");
    story.log(span, end, Severity::Info, "mail sent", vec![("shop.order.id", format!("o-{order}").into())]);
    Ended { at: end, status: 200 }
}

/// Subscribed to the topic too; begins a trace of its own that is linked to the publisher's.
fn receipt(shop: &mut Shop, event: &Published) -> Plan {
    let delivery = shop.chance.millis(70.0, 0.5);
    let mut story = Story::begin(shop, event.at + std::time::Duration::from_secs_f64(delivery / 1000.0));
    story.invoke(Service::Receipts, None, "pubsub", 0.0, |story, span, at| {
        from_topic(story, span);
        story.link(span, event.by);
        let me = Caller { service: Service::Receipts, span };
        let drawing = story.open(Service::Receipts, Some(span), SpanKind::Internal, "draw receipt", at);
        let drawn_at = at + story.millis(85.0, 0.3);
        story.close(drawing, drawn_at);
        let (put, end) = story.aws(me, "S3", "PutObject", 28.0, drawn_at);
        story.note(put, "aws.s3.bucket", "shop-receipts");
        story.note(put, "aws.s3.key", format!("2026/o-{}.pdf", event.order));
        let order = format!("o-{}", event.order);
        story.log(
            span,
            end,
            Severity::Info,
            format!("receipt for {order} written"),
            vec![("shop.order.id", order.into())],
        );
        Ended { at: end, status: 200 }
    });
    story.plan
}

fn from_topic(story: &mut Story<'_>, span: Span) {
    story.note(span, "messaging.system", "aws.sns");
    story.note(span, "messaging.destination.name", "order-events");
    story.note(span, "messaging.operation.type", "process");
    story.note(span, "messaging.operation.name", "process");
}
