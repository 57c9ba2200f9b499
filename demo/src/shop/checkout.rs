//! An order: the cart is read, stock is reserved, the payment host is asked, the order is written and queued.

use opentelemetry::logs::Severity;
use opentelemetry::trace::SpanKind;

use super::remotes::{Caller, PAYMENT_HOST, REGION, stack_trace};
use super::requests::Customer;
use super::story::{Ended, Span, Story};
use super::{Message, Service};
use crate::plan::Measured;

/// How often the payment host is asked before a checkout fails.
const PAYMENT_ATTEMPTS: i64 = 3;

/// `POST /checkout`
pub(super) fn order(story: &mut Story<'_>, gateway: Caller, customer: &Customer, at: f64) -> Ended {
    let customer = customer.clone();
    story.call(gateway, Service::Checkout, "http", at, |story, span, at| {
        let me = Caller { service: Service::Checkout, span };
        let order = story.shop.next_order;
        story.shop.next_order += 1;
        let amount = (story.millis(64.0, 0.8) * 100.0).round() / 100.0;
        story.note(span, "shop.order.id", format!("o-{order}"));
        story.note(span, "shop.order.amount", amount);
        story.note(span, "shop.cart.id", customer.cart.clone());
        story.note(span, "user.id", customer.user.clone());
        let ended = place(story, me, &customer, order, amount, at);
        let outcome = match ended.status {
            409 => "out_of_stock",
            402 => "declined",
            500.. => "failed",
            429 => "throttled",
            _ => "placed",
        };
        story.plan.measured.push(Measured::Order { outcome, region: customer.region, amount });
        ended
    })
}

fn place(story: &mut Story<'_>, me: Caller, customer: &Customer, order: u64, amount: f64, at: f64) -> Ended {
    let cart = story.call(me, Service::Cart, "other", at, |story, span, at| {
        story.dynamo(Caller { service: Service::Cart, span }, "GetItem", "carts", at)
    });
    if cart.failed() {
        return cart;
    }
    let stock = story.call(me, Service::Inventory, "other", cart.at, reserve);
    if stock.status >= 400 {
        return stock;
    }
    let paid =
        story.call(me, Service::Payment, "other", stock.at, |story, span, at| pay(story, span, order, amount, at));
    if paid.status >= 400 {
        let attributes =
            vec![("shop.order.id", format!("o-{order}").into()), ("user.id", customer.user.clone().into())];
        story.log(
            me.span,
            paid.at,
            Severity::Error,
            format!("checkout failed: payment answered {}", paid.status),
            attributes,
        );
        if paid.failed() {
            let message = format!("payment answered {}", paid.status);
            story.throw(
                me.span,
                paid.at,
                "CheckoutError",
                &message,
                stack_trace(me.service, "CheckoutError", &message, "checkout"),
            );
            story.fail(me.span, "CheckoutError", message);
        }
        return paid;
    }
    let text = "INSERT INTO orders (id, user_id, amount, region) VALUES ($1, $2, $3, $4)";
    let written = story.postgres(me, "INSERT", text, paid.at);
    if written.failed() {
        story.fail(me.span, "OperationalError", "the order could not be written");
        return written;
    }
    let end = queue(story, me, customer, order, written.at);
    let attributes = vec![
        ("shop.order.id", format!("o-{order}").into()),
        ("shop.order.amount", amount.into()),
        ("shop.region", customer.region.into()),
        ("user.id", customer.user.clone().into()),
    ];
    story.log(me.span, end, Severity::Info, format!("order o-{order} placed"), attributes);
    Ended { at: end, status: 201 }
}

fn reserve(story: &mut Story<'_>, span: Span, at: f64) -> Ended {
    let written = story.dynamo(Caller { service: Service::Inventory, span }, "UpdateItem", "stock", at);
    if !written.failed() && story.shop.chance.happens(0.02) {
        story.log(span, written.at, Severity::Warn, "out of stock", vec![("shop.stock.left", 0_i64.into())]);
        return Ended { status: 409, ..written };
    }
    written
}

/// The payment function: tries the host again after 503 and 429, waiting longer each time.
fn pay(story: &mut Story<'_>, span: Span, order: u64, amount: f64, at: f64) -> Ended {
    let me = Caller { service: Service::Payment, span };
    story.note(span, "shop.order.id", format!("o-{order}"));
    story.note(span, "shop.order.amount", amount);
    let mut at = at;
    for attempt in 0..PAYMENT_ATTEMPTS {
        let charged = story.charge(me, attempt, at);
        at = charged.at;
        if charged.status < 400 {
            story.log(span, at, Severity::Info, "charge accepted", vec![("shop.order.amount", amount.into())]);
            let declined = story.shop.chance.happens(0.015);
            return Ended { at, status: if declined { 402 } else { 201 } };
        }
        let attributes = vec![
            ("http.response.status_code", i64::from(charged.status).into()),
            ("server.address", PAYMENT_HOST.into()),
            ("attempt", (attempt + 1).into()),
        ];
        story.log(
            span,
            at,
            Severity::Warn,
            format!("{PAYMENT_HOST} answered {}, trying again", charged.status),
            attributes,
        );
        if attempt + 1 == PAYMENT_ATTEMPTS {
            return give_up(story, span, charged.status, at);
        }
        at += story.millis(60.0 * 2f64.powi(attempt as i32), 0.3);
    }
    Ended { at, status: 500 }
}

fn give_up(story: &mut Story<'_>, span: Span, status: u16, at: f64) -> Ended {
    let message = format!("{PAYMENT_HOST} answered {status} after {PAYMENT_ATTEMPTS} attempts");
    story.log(
        span,
        at,
        Severity::Error,
        message.clone(),
        vec![("http.response.status_code", i64::from(status).into())],
    );
    if status == 429 {
        return Ended { at, status: 429 };
    }
    let kind = "example.shop.payment.PaymentUnavailableException";
    story.throw(span, at, kind, &message, stack_trace(Service::Payment, kind, &message, "charge"));
    story.fail(span, kind, message);
    Ended { at, status: 502 }
}

/// Sends the order to `orders-queue`.
fn queue(story: &mut Story<'_>, me: Caller, customer: &Customer, order: u64, at: f64) -> f64 {
    let span = story.open(me.service, Some(me.span), SpanKind::Producer, "send orders-queue", at);
    let id = story.shop.chance.request_id();
    story.note(span, "messaging.system", "aws_sqs");
    story.note(span, "messaging.destination.name", "orders-queue");
    story.note(span, "messaging.operation.type", "send");
    story.note(span, "messaging.operation.name", "SendMessage");
    story.note(span, "messaging.message.id", id.clone());
    story.note(span, "aws.sqs.queue.url", format!("https://sqs.{REGION}.amazonaws.com/123456789012/orders-queue"));
    let end = at + story.millis(8.0, 0.4);
    story.close(span, end);
    let message = Message { sent_by: story.ids(span), sent: story.time(end), id, order, region: customer.region };
    story.shop.enqueue(message);
    end
}
