//! What customers do: look at products, fill a cart, ask for recommendations, order.

use std::time::{Duration, SystemTime};

use opentelemetry::logs::Severity;
use opentelemetry::trace::SpanKind;

use super::remotes::{Caller, stack_trace};
use super::story::{Ended, Span, Story};
use super::{Service, Shop, checkout};
use crate::plan::{Measured, Plan};

/// Who asks.
#[derive(Clone)]
pub(super) struct Customer {
    pub(super) user: String,
    pub(super) cart: String,
    pub(super) region: &'static str,
}

const REGIONS: [&str; 6] = ["de", "fr", "us", "us", "jp", "br"];
const AGENTS: [&str; 3] =
    ["Mozilla/5.0 (Macintosh) Firefox/147.0", "Mozilla/5.0 (Linux; Android 16) Chrome/146.0", "shop-ios/8.2.1"];

/// A request's method, route, and what answers it.
type Route = (&'static str, &'static str, fn(&mut Story<'_>, Caller, &Customer, f64) -> Ended);

/// One request, from the gateway on.
pub(super) fn one(shop: &mut Shop, at: SystemTime) -> Plan {
    let customer = Customer {
        user: format!("u-{:05}", shop.chance.below(3_000)),
        cart: format!("c-{:06}", shop.chance.below(9_000)),
        region: shop.chance.pick(&REGIONS),
    };
    let (method, route, act): Route = match shop.chance.below(100) {
        0..42 => ("GET", "/products/{id}", product),
        42..58 => ("GET", "/products", search),
        58..72 => ("GET", "/recommendations", recommendations),
        72..84 => ("POST", "/cart/items", add_to_cart),
        84..88 => ("GET", "/cart", read_cart),
        _ => ("POST", "/checkout", checkout::order),
    };
    let mut story = Story::begin(shop, at);
    let root = story.open(Service::Gateway, None, SpanKind::Server, format!("{method} {route}"), 0.0);
    describe(&mut story, root, method, route, &customer);
    let handler_at = story.millis(1.2, 0.4);
    let limited = story.shop.chance.happens(0.003);
    let ended = if limited {
        Ended { at: handler_at, status: 429 }
    } else {
        act(&mut story, Caller { service: Service::Gateway, span: root }, &customer, handler_at)
    };
    let end = ended.at + story.millis(0.7, 0.3);
    answer(&mut story, root, (method, route), &customer, Ended { at: end, ..ended });
    story.plan
}

fn describe(story: &mut Story<'_>, root: Span, method: &'static str, route: &'static str, customer: &Customer) {
    let path = match route {
        "/products/{id}" => format!("/products/p-{:04}", story.shop.chance.below(800)),
        other => other.to_owned(),
    };
    let agent = story.shop.chance.pick(&AGENTS);
    let client = format!("203.0.113.{}", story.shop.chance.below(254) + 1);
    story.note(root, "http.request.method", method);
    story.note(root, "http.route", route);
    story.note(root, "url.path", path);
    story.note(root, "url.scheme", "https");
    story.note(root, "server.address", "shop.example");
    story.note(root, "client.address", client);
    story.note(root, "user_agent.original", agent);
    story.note(root, "user.id", customer.user.clone());
    story.note(root, "shop.region", customer.region);
}

fn answer(
    story: &mut Story<'_>,
    root: Span,
    (method, route): (&'static str, &'static str),
    customer: &Customer,
    ended: Ended,
) {
    story.note(root, "http.response.status_code", i64::from(ended.status));
    if ended.failed() {
        let error_type = if ended.status == 504 { "504" } else { "502" };
        story.fail(root, error_type, format!("upstream answered {}", ended.status));
    }
    story.close(root, ended.at);
    let severity = match ended.status {
        500.. => Severity::Error,
        400.. => Severity::Warn,
        _ => Severity::Info,
    };
    let attributes = vec![
        ("http.request.method", method.into()),
        ("http.route", route.into()),
        ("http.response.status_code", i64::from(ended.status).into()),
        ("user.id", customer.user.clone().into()),
        ("shop.region", customer.region.into()),
    ];
    story.log(root, ended.at, severity, format!("{method} {route} {} in {:.0} ms", ended.status, ended.at), attributes);
    let duration = Duration::from_secs_f64(ended.at / 1000.0);
    story.plan.measured.push(Measured::Request { method, route, status: ended.status, duration });
}

fn product(story: &mut Story<'_>, gateway: Caller, _: &Customer, at: f64) -> Ended {
    story.call(gateway, Service::Catalog, "http", at, |story, span, at| {
        let me = Caller { service: Service::Catalog, span };
        let product = story.shop.chance.below(800);
        story.note(span, "shop.product.id", format!("p-{product:04}"));
        let (at, hit) = story.cache(me, format!("product:{product}"), 0.82, at);
        if story.shop.chance.happens(0.015) {
            let attributes = vec![("shop.product.id", format!("p-{product:04}").into())];
            story.log(span, at, Severity::Warn, "product not found", attributes);
            return Ended { at, status: 404 };
        }
        if hit { Ended { at, status: 200 } } else { story.dynamo(me, "GetItem", "products", at) }
    })
}

fn search(story: &mut Story<'_>, gateway: Caller, _: &Customer, at: f64) -> Ended {
    story.call(gateway, Service::Catalog, "http", at, |story, span, at| {
        let me = Caller { service: Service::Catalog, span };
        let words = story.shop.chance.pick(&["lamp", "garden chair", "teapot", "wool blanket", "desk"]);
        story.note(span, "shop.search.text", words);
        let found = story.dynamo(me, "Query", "products", at);
        let count = story.shop.chance.below(60) as i64;
        story.log(
            span,
            found.at,
            Severity::Info,
            format!("search for {words:?} found {count} products"),
            vec![("shop.search.count", count.into())],
        );
        found
    })
}

fn recommendations(story: &mut Story<'_>, gateway: Caller, customer: &Customer, at: f64) -> Ended {
    let user = customer.user.clone();
    story.call(gateway, Service::Recommend, "http", at, |story, span, at| {
        let me = Caller { service: Service::Recommend, span };
        let (at, hit) = story.cache(me, format!("recommend:{user}"), 0.6, at);
        if hit {
            return Ended { at, status: 200 };
        }
        let text = "SELECT product_id, count(*) FROM purchases WHERE user_id = $1 GROUP BY product_id";
        let read = story.postgres(me, "SELECT", text, at);
        if read.failed() {
            return read;
        }
        let ranking = story.open(Service::Recommend, Some(span), SpanKind::Internal, "rank", read.at);
        let end = read.at + story.millis(38.0, 0.4);
        story.note(ranking, "shop.model", "cf-2026-10");
        story.close(ranking, end);
        if story.shop.chance.happens(0.004) {
            let message = "cannot reshape array of size 0 into shape (1,64)";
            story.throw(
                span,
                end,
                "ValueError",
                message,
                stack_trace(Service::Recommend, "ValueError", message, "rank"),
            );
            story.fail(span, "ValueError", message);
            story.log(
                span,
                end,
                Severity::Error,
                format!("unhandled exception: {message}"),
                vec![("user.id", user.into())],
            );
            return Ended { at: end, status: 500 };
        }
        Ended { at: end, status: 200 }
    })
}

fn add_to_cart(story: &mut Story<'_>, gateway: Caller, customer: &Customer, at: f64) -> Ended {
    let customer = customer.clone();
    story.call(gateway, Service::Cart, "http", at, |story, span, at| {
        let me = Caller { service: Service::Cart, span };
        story.note(span, "shop.cart.id", customer.cart.clone());
        let known = story.call(me, Service::Catalog, "other", at, |story, span, at| {
            let (at, _) = story.cache(Caller { service: Service::Catalog, span }, "product:price".to_owned(), 0.95, at);
            Ended { at, status: 200 }
        });
        let written = story.dynamo(me, "UpdateItem", "carts", known.at);
        let attributes = vec![("shop.cart.id", customer.cart.into()), ("user.id", customer.user.into())];
        story.log(span, written.at, Severity::Info, "item added to cart", attributes);
        written
    })
}

fn read_cart(story: &mut Story<'_>, gateway: Caller, customer: &Customer, at: f64) -> Ended {
    let cart = customer.cart.clone();
    story.call(gateway, Service::Cart, "http", at, |story, span, at| {
        story.note(span, "shop.cart.id", cart);
        story.dynamo(Caller { service: Service::Cart, span }, "GetItem", "carts", at)
    })
}
