use api::alarm::Notification;

use super::*;
use crate::Config;
use crate::testing::{World, rule, webhook};

fn kind<T: std::fmt::Debug>(result: Result<T, ApiError>) -> ErrorKind {
    result.unwrap_err().error.kind
}

#[tokio::test]
async fn a_secret_is_shown_once() {
    let world = World::new();
    let created = world.alarms.create_webhook(webhook("pager")).await.unwrap();
    let secret = created.secret.clone().expect("the answer of the creation shows it");
    assert!(signature::key_of(&secret).is_ok());
    let shown = world.alarms.get_webhook(&created.id).await.unwrap();
    let updated = world.alarms.update_webhook(&created.id, webhook("pager")).await.unwrap();
    let listed = world.alarms.list_webhooks().await.unwrap();
    assert_eq!((shown.secret, updated.secret, &listed.webhooks[0].secret), (None, None, &None));
    assert!(world.records.dump().contains(&secret), "an update without a secret keeps it");
}

#[tokio::test]
async fn an_update_may_change_the_secret() {
    let world = World::new();
    let created = world.alarms.create_webhook(webhook("pager")).await.unwrap();
    let secret = ids::webhook_secret().unwrap();
    let spec = WebhookSpec { secret: Some(secret.clone()), ..webhook("pager") };
    assert_eq!(world.alarms.update_webhook(&created.id, spec).await.unwrap().secret, None);
    world.alarms.test_webhook(&created.id).await.unwrap();
    let call = world.deliver.calls().remove(0);
    let timestamp = call.headers["webhook-timestamp"].parse().unwrap();
    let expected = signature::sign(
        &signature::key_of(&secret).unwrap(),
        &call.headers["webhook-id"],
        timestamp,
        call.body.as_bytes(),
    );
    assert_eq!(call.headers["webhook-signature"], expected);
}

#[tokio::test]
async fn names_are_unique() {
    let world = World::new();
    let first = world.alarms.create_webhook(webhook("a")).await.unwrap();
    assert_eq!(kind(world.alarms.create_webhook(webhook("a")).await), ErrorKind::Conflict);
    world.alarms.update_webhook(&first.id, webhook("b")).await.unwrap();
    world.alarms.create_webhook(webhook("a")).await.unwrap();
}

#[tokio::test]
async fn a_webhook_in_use_is_not_deleted() {
    let world = World::new();
    let hook = world.alarms.create_webhook(webhook("pager")).await.unwrap();
    let with_action = AlarmRule { ok_actions: vec![hook.id.clone()], ..rule("checkout") };
    let alarm = world.alarms.create_alarm(with_action).await.unwrap();
    let error = world.alarms.delete_webhook(&hook.id).await.unwrap_err();
    assert_eq!(error.error.kind, ErrorKind::Conflict);
    assert!(error.error.message.contains("\"checkout\""), "{error}");
    world.alarms.delete_alarm(&alarm.id, None).await.unwrap();
    world.alarms.delete_webhook(&hook.id).await.unwrap();
    assert_eq!(kind(world.alarms.get_webhook(&hook.id).await), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_test_call_says_what_the_receiver_answered() {
    let world = World::new();
    let hook = world.alarms.create_webhook(webhook("pager")).await.unwrap();
    world.alarms.test_webhook(&hook.id).await.unwrap();
    world.deliver.refuse(404, None, 1);
    let error = world.alarms.test_webhook(&hook.id).await.unwrap_err();
    assert!(error.error.message.contains("404 from the receiver"), "{error}");
    let calls = world.deliver.calls();
    assert_eq!(calls.len(), 2, "a test is not retried");
    let notification: Notification = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!(notification.event_type, "webhook.test");
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_cut_off() {
    let delivery_timeout = std::time::Duration::from_millis(20);
    let world = World::with(Config { delivery_timeout, ..Config::default() });
    let hook = world.alarms.create_webhook(webhook("pager")).await.unwrap();
    *world.deliver.stuck.lock().unwrap() = true;
    let error = world.alarms.test_webhook(&hook.id).await.unwrap_err();
    assert!(error.error.message.contains("no answer within 0.02 s"), "{error}");
}

#[tokio::test]
async fn the_limit_is_named_when_it_is_reached() {
    let world = World::with(Config { webhooks_max: 1, ..Config::default() });
    world.alarms.create_webhook(webhook("a")).await.unwrap();
    let error = world.alarms.create_webhook(webhook("b")).await.unwrap_err();
    assert!(error.error.message.contains("webhooks_max"), "{error}");
}
