use super::*;
use crate::Config;
use crate::testing::{World, rule, webhook};

const DAY_SECONDS: i64 = 86_400;

/// One transition and one delivery a round, ten seconds apart.
async fn flap(world: &World, service: &str, rounds: usize) {
    for round in 0..rounds {
        let value = if round % 2 == 0 { 40.0 } else { 0.0 };
        world.ask.say(service, &[Some(value); 3]);
        world.step().await;
        world.deliver().await;
    }
}

async fn flapping_alarm(world: &World) -> String {
    let hook = world.alarms.create_webhook(webhook("pager")).await.unwrap();
    let mut rule = rule("checkout");
    (rule.alarm_actions, rule.ok_actions) = (vec![hook.id.clone()], vec![hook.id]);
    world.alarms.create_alarm(rule).await.unwrap().id
}

async fn lengths(world: &World, id: &str) -> (usize, usize) {
    let history = world.alarms.history(id).await.unwrap();
    (history.transitions.len(), history.deliveries.len())
}

#[tokio::test]
async fn what_is_too_old_goes() {
    let world = World::new();
    let id = flapping_alarm(&world).await;
    flap(&world, "checkout", 4).await;
    world.clock.advance(29 * DAY_SECONDS);
    flap(&world, "checkout", 2).await;
    world.alarms.inner.prune_history().await.unwrap();
    assert_eq!(lengths(&world, &id).await, (6, 6));
    world.clock.advance(2 * DAY_SECONDS);
    world.alarms.inner.prune_history().await.unwrap();
    assert_eq!(lengths(&world, &id).await, (2, 2));
}

#[tokio::test]
async fn what_is_too_much_goes_oldest_first() {
    let world = World::with(Config { history_entries_max: 3, ..Config::default() });
    let id = flapping_alarm(&world).await;
    flap(&world, "checkout", 8).await;
    let newest = world.alarms.history(&id).await.unwrap().transitions[0].clone();
    world.alarms.inner.prune_history().await.unwrap();
    assert_eq!(lengths(&world, &id).await, (3, 3));
    assert_eq!(world.alarms.history(&id).await.unwrap().transitions[0], newest);
}

#[tokio::test]
async fn the_history_of_a_deleted_alarm_is_kept_and_then_goes() {
    let world = World::new();
    let id = flapping_alarm(&world).await;
    flap(&world, "checkout", 2).await;
    world.alarms.delete_alarm(&id, None).await.unwrap();
    world.alarms.inner.prune_history().await.unwrap();
    assert_eq!(lengths(&world, &id).await, (2, 2));
    world.clock.advance(31 * DAY_SECONDS);
    world.alarms.inner.prune_history().await.unwrap();
    assert!(world.alarms.history(&id).await.is_err());
    assert_eq!((world.records.count(&transitions_of(&id)), world.records.count(&deliveries_of(&id))), (0, 0));
}
