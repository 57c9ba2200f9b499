use std::sync::atomic::Ordering;

use api::alarm::{Alarm, AlarmRule, Delivery, Notification};

use super::*;
use crate::Config;
use crate::signature;
use crate::testing::{Call, World, rule, webhook};

const BREACHING: [Option<f64>; 3] = [Some(20.0), Some(30.0), Some(40.0)];
const FINE: [Option<f64>; 3] = [Some(0.0); 3];

/// An alarm that calls the webhooks of these names on ALARM and OK, and their secrets.
async fn calling(world: &World, service: &str, names: &[&str]) -> (Alarm, Vec<String>) {
    let (mut ids, mut secrets) = (Vec::new(), Vec::new());
    for name in names {
        let hook = world.alarms.create_webhook(webhook(name)).await.unwrap();
        ids.push(hook.id);
        secrets.push(hook.secret.unwrap());
    }
    let rule = AlarmRule { alarm_actions: ids.clone(), ok_actions: ids, ..rule(service) };
    (world.alarms.create_alarm(rule).await.unwrap(), secrets)
}

/// ALARM, then OK ten seconds later: two notifications for each webhook.
async fn up_and_down(world: &World, service: &str) {
    world.ask.say(service, &BREACHING);
    world.evaluate().await;
    world.ask.say(service, &FINE);
    world.step().await;
}

async fn deliveries(world: &World, alarm: &Alarm) -> Vec<Delivery> {
    world.alarms.history(&alarm.id).await.unwrap().deliveries
}

/// The taken calls to a host: the new states they told.
fn told(calls: &[Call], name: &str) -> Vec<String> {
    let to = format!("https://{name}.example.com/hook");
    let taken = calls.iter().filter(|call| call.taken && call.url == to);
    let state =
        |call: &Call| serde_json::from_str::<serde_json::Value>(&call.body).unwrap()["data"]["new_state"].clone();
    taken.map(|call| state(call).as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_call_is_signed_and_tells_what_happened() {
    let world = World::new();
    let (alarm, secrets) = calling(&world, "checkout", &["pager"]).await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    world.deliver().await;

    let calls = world.deliver.calls();
    assert_eq!(calls.len(), 1);
    let Call { url, headers, body, .. } = &calls[0];
    assert_eq!(url, "https://pager.example.com/hook");
    assert_eq!(headers["content-type"], "application/json");
    let timestamp: i64 = headers["webhook-timestamp"].parse().unwrap();
    assert_eq!(timestamp, world.alarms.inner.now() / 1_000_000_000);
    let key = signature::key_of(&secrets[0]).unwrap();
    assert_eq!(headers["webhook-signature"], signature::sign(&key, &headers["webhook-id"], timestamp, body.as_bytes()));

    let notification: Notification = serde_json::from_str(body).unwrap();
    assert_eq!(notification.event_type, "alarm.state_changed");
    let data = notification.data;
    assert_eq!((data.alarm_id.as_str(), data.alarm_name.as_str()), (alarm.id.as_str(), "checkout"));
    assert_eq!((data.value, data.threshold, data.datapoints.len()), (Some(40.0), 5.0, 5));
    assert!(data.reason.starts_with("Threshold Crossed"), "{}", data.reason);
    // An hour before the window's end, since the evaluated range is shorter.
    let chart =
        format!("https://alidade.example.com/alarms/{}?from=2026-09-21T13:20:00Z&to=2026-09-21T14:20:00Z", alarm.id);
    assert_eq!(data.chart_url, chart);
    assert_eq!(data.trace_urls[1], format!("https://alidade.example.com/traces/{:032x}", 1));

    let done = deliveries(&world, &alarm).await;
    assert_eq!((done[0].state, done[0].attempts, done.len()), (DeliveryState::Delivered, 1, 1));
    assert_eq!(done[0].id, headers["webhook-id"]);
    assert_eq!(world.records.count(OUTBOX), 0);
}

#[tokio::test]
async fn refusals_are_tried_again_with_the_same_id_and_body() {
    let world = World::new();
    let (alarm, _) = calling(&world, "checkout", &["pager"]).await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    world.deliver.refuse(503, None, 2);
    world.deliver().await;
    let pending = deliveries(&world, &alarm).await.remove(0);
    assert_eq!((pending.state, pending.attempts), (DeliveryState::Pending, 1));
    assert_eq!(pending.last_error.as_deref(), Some("503 from the receiver"));
    let wait = world.deliver().await;
    assert_eq!(world.deliver.calls().len(), 1, "not before its time");
    assert!(wait <= world.alarms.inner.config.delivery_backoff_first && wait > Duration::ZERO, "{wait:?}");
    for _ in 0..2 {
        world.clock.advance(2);
        world.deliver().await;
    }
    let calls = world.deliver.calls();
    assert_eq!(calls.iter().map(|call| call.taken).collect::<Vec<_>>(), [false, false, true]);
    assert!(
        calls
            .iter()
            .all(|call| call.body == calls[0].body && call.headers["webhook-id"] == calls[0].headers["webhook-id"])
    );
    assert!(calls[0].headers["webhook-timestamp"] < calls[2].headers["webhook-timestamp"]);
    let done = deliveries(&world, &alarm).await.remove(0);
    assert_eq!((done.state, done.attempts), (DeliveryState::Delivered, 3));
}

#[tokio::test]
async fn each_webhook_is_told_in_order_and_none_holds_another() {
    let world = World::new();
    calling(&world, "checkout", &["first", "second"]).await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    world.deliver.refuse(500, Some(60), 1);
    world.deliver().await;
    world.ask.say("checkout", &FINE);
    world.step().await;
    world.deliver().await;
    let calls = world.deliver.calls();
    let (refused, other) = if told(&calls, "first").is_empty() { ("first", "second") } else { ("second", "first") };
    assert_eq!(told(&calls, other), ["ALARM", "OK"]);
    assert!(told(&calls, refused).is_empty(), "what is newer waits behind what was refused");
    world.clock.advance(60);
    world.deliver().await;
    assert_eq!(told(&world.deliver.calls(), refused), ["ALARM", "OK"]);
}

#[tokio::test]
async fn a_refusal_holds_what_was_queued_behind_it() {
    let world = World::new();
    calling(&world, "checkout", &["pager"]).await;
    up_and_down(&world, "checkout").await;
    world.deliver.refuse(503, None, 1);
    world.deliver().await;
    assert_eq!(world.deliver.calls().len(), 1, "the second one waits behind the refused first");
    world.clock.advance(2);
    world.deliver().await;
    assert_eq!(told(&world.deliver.calls(), "pager"), ["ALARM", "OK"]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_not_asked_again_for_that_one() {
    let world = World::new();
    let (alarm, _) = calling(&world, "checkout", &["pager"]).await;
    up_and_down(&world, "checkout").await;
    world.deliver.refuse(410, None, 1);
    world.deliver().await;
    let done = deliveries(&world, &alarm).await;
    assert_eq!(
        done.iter().map(|delivery| delivery.state).collect::<Vec<_>>(),
        [DeliveryState::Delivered, DeliveryState::Failed]
    );
    assert!(done[1].last_error.as_ref().is_some_and(|why| why.contains("gone")));
}

#[tokio::test]
async fn a_dead_receiver_is_given_up_after_the_last_try() {
    let world = World::with(Config { delivery_attempts_max: 3, ..Config::default() });
    let (alarm, _) = calling(&world, "checkout", &["pager"]).await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    world.deliver.refuse(500, None, 100);
    for _ in 0..10 {
        world.deliver().await;
        world.clock.advance(600);
    }
    assert_eq!(world.deliver.calls().len(), 3);
    let done = deliveries(&world, &alarm).await.remove(0);
    assert_eq!((done.state, done.attempts), (DeliveryState::Failed, 3));
    assert_eq!(done.last_error.as_deref(), Some("given up after 3 tries: 500 from the receiver"));
}

#[tokio::test]
async fn old_news_is_given_up_without_a_call() {
    let world = World::new();
    let (alarm, _) = calling(&world, "checkout", &["pager"]).await;
    up_and_down(&world, "checkout").await;
    world.clock.advance(86_400 + 11);
    world.deliver().await;
    assert_eq!(world.deliver.calls().len(), 0);
    let done = deliveries(&world, &alarm).await;
    assert!(done.iter().all(|delivery| delivery.state == DeliveryState::Failed && delivery.attempts == 0), "{done:?}");
}

#[tokio::test]
async fn a_kill_between_call_and_record_repeats_the_call() {
    let world = World::new();
    let (alarm, secrets) = calling(&world, "checkout", &["pager"]).await;
    up_and_down(&world, "checkout").await;
    let mut tasks = JoinSet::new();
    world.records.failing.store(usize::MAX, Ordering::SeqCst);
    world.alarms.inner.start_due_deliveries(&mut tasks).await;
    while world.deliver.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    tasks.abort_all();

    let after = world.restart();
    after.deliver().await;
    let (before, calls) = (world.deliver.calls(), after.deliver.calls());
    assert_eq!((before.len(), calls.len()), (1, 2));
    assert_eq!(before[0].headers["webhook-id"], calls[0].headers["webhook-id"]);
    assert_eq!(before[0].body, calls[0].body);
    assert!(signature::key_of(&secrets[0]).is_ok());
    assert_eq!(told(&calls, "pager"), ["ALARM", "OK"]);
    assert!(deliveries(&after, &alarm).await.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
}

#[tokio::test]
async fn a_kill_between_two_tries_goes_on_counting() {
    let world = World::new();
    let (alarm, _) = calling(&world, "checkout", &["pager"]).await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    world.deliver.refuse(500, None, 1);
    world.deliver().await;
    let after = world.restart();
    after.deliver().await;
    assert_eq!(after.deliver.calls().len(), 0, "the pause survives");
    after.clock.advance(2);
    after.deliver().await;
    let done = deliveries(&after, &alarm).await.remove(0);
    assert_eq!((done.state, done.attempts), (DeliveryState::Delivered, 2));
}

#[tokio::test]
async fn a_corrected_address_takes_what_waits() {
    let world = World::new();
    let (alarm, _) = calling(&world, "checkout", &["wrong"]).await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    world.deliver.refuse(404, None, 1);
    world.deliver().await;
    world.alarms.update_webhook(&alarm.rule.alarm_actions[0], webhook("right")).await.unwrap();
    world.clock.advance(2);
    world.deliver().await;
    assert_eq!(told(&world.deliver.calls(), "right"), ["ALARM"]);
}

#[tokio::test]
async fn what_waits_for_a_deleted_webhook_is_given_up() {
    let world = World::new();
    let (alarm, _) = calling(&world, "checkout", &["pager"]).await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    world.alarms.update_alarm(&alarm.id, rule("checkout"), None).await.unwrap();
    world.alarms.delete_webhook(&alarm.rule.alarm_actions[0]).await.unwrap();
    world.deliver().await;
    let done = deliveries(&world, &alarm).await.remove(0);
    assert_eq!((done.state, done.webhook_name.as_str()), (DeliveryState::Failed, "pager"));
    assert_eq!(done.last_error.as_deref(), Some("given up: the webhook was deleted"));
}

#[tokio::test]
async fn a_full_queue_says_so_in_the_history() {
    let world = World::with(Config { outbox_per_webhook_max: 1, ..Config::default() });
    let (alarm, _) = calling(&world, "checkout", &["pager"]).await;
    up_and_down(&world, "checkout").await;
    let deliveries = deliveries(&world, &alarm).await;
    assert_eq!(
        deliveries.iter().map(|delivery| delivery.state).collect::<Vec<_>>(),
        [DeliveryState::Failed, DeliveryState::Pending]
    );
    assert!(deliveries[0].last_error.as_ref().is_some_and(|why| why.contains("outbox_per_webhook_max")));
}
