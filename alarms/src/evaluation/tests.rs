use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use api::alarm::Alarm;
use tokio::sync::Semaphore;

use super::*;
use crate::Config;
use crate::testing::{SECOND, T0, World, rule, webhook};

const BREACHING: [Option<f64>; 3] = [Some(20.0), Some(30.0), Some(40.0)];
const FINE: [Option<f64>; 3] = [Some(0.0), Some(1.0), Some(0.0)];

async fn status(world: &World, alarm: &Alarm) -> (AlarmState, Option<String>) {
    let status = world.alarms.get_alarm(&alarm.id).await.unwrap().status;
    (status.state, status.evaluation_error)
}

/// An alarm on the service `name` that calls one webhook on every state.
async fn calling_alarm(world: &World, name: &str) -> Alarm {
    let hook = world.alarms.create_webhook(webhook(name)).await.unwrap();
    let actions = vec![hook.id];
    let rule = AlarmRule {
        alarm_actions: actions.clone(),
        ok_actions: actions.clone(),
        insufficient_data_actions: actions,
        ..rule(name)
    };
    world.alarms.create_alarm(rule).await.unwrap()
}

#[tokio::test]
async fn a_transition_holds_everything_that_is_told_of_it() {
    let world = World::new();
    let alarm = calling_alarm(&world, "checkout").await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;

    assert_eq!(*world.ask.asked.lock().unwrap(), [("checkout".to_owned(), T0 - 5 * 60 * SECOND, 60, 5)]);
    let shown = world.alarms.get_alarm(&alarm.id).await.unwrap().status;
    assert_eq!(shown.state, AlarmState::Alarm);
    assert_eq!(shown.evaluated_at_unix_nano, Some(Nanos(world.alarms.inner.now())));
    assert_eq!(shown.datapoints.len(), 5);
    assert_eq!(shown.datapoints[4].time_unix_nano, Nanos(T0 - 60 * SECOND));
    assert!(shown.datapoints[4].breaching && !shown.datapoints[0].breaching);

    let transitions = world.alarms.history(&alarm.id).await.unwrap().transitions;
    assert_eq!(transitions.len(), 1);
    let transition = &transitions[0];
    assert_eq!((transition.old_state, transition.new_state), (AlarmState::InsufficientData, AlarmState::Alarm));
    assert_eq!((transition.value, transition.trace_ids.len()), (Some(40.0), EXAMPLE_TRACES_MAX));
    assert_eq!((transition.start_unix_nano, transition.end_unix_nano), (Nanos(T0 - 300 * SECOND), Nanos(T0)));
    assert_eq!(transition.reason, shown.reason);
    assert!(
        transition.reason.starts_with("Threshold Crossed: 3 out of the last 3 datapoints [40.0 ("),
        "{}",
        transition.reason
    );
    assert_eq!(world.records.count(OUTBOX), 1);
}

#[tokio::test]
async fn only_transitions_call() {
    let world = World::new();
    let alarm = calling_alarm(&world, "checkout").await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    for _ in 0..5 {
        world.step().await;
    }
    assert_eq!((world.ask.count(), world.records.count(OUTBOX)), (6, 1));
    world.ask.say("checkout", &FINE);
    world.step().await;
    world.ask.say("checkout", &[]);
    world.step().await;
    let states: Vec<AlarmState> = world
        .alarms
        .history(&alarm.id)
        .await
        .unwrap()
        .transitions
        .iter()
        .map(|transition| transition.new_state)
        .collect();
    assert_eq!(states, [AlarmState::InsufficientData, AlarmState::Ok, AlarmState::Alarm], "newest first");
    assert_eq!(world.records.count(OUTBOX), 3);
}

#[tokio::test]
async fn disabled_actions_call_nobody() {
    let world = World::new();
    let alarm = calling_alarm(&world, "checkout").await;
    let quiet = AlarmRule { actions_enabled: false, ..alarm.rule.clone() };
    world.alarms.update_alarm(&alarm.id, quiet, None).await.unwrap();
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    assert_eq!(status(&world, &alarm).await.0, AlarmState::Alarm);
    assert_eq!(world.records.count(OUTBOX), 0);
}

#[tokio::test]
async fn a_failed_question_keeps_the_state_and_is_shown() {
    let world = World::new();
    let alarm = world.alarms.create_alarm(rule("checkout")).await.unwrap();
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    world.ask.fail("checkout", "the query ran out of memory");
    world.step().await;
    assert_eq!(status(&world, &alarm).await, (AlarmState::Alarm, Some("the query ran out of memory".to_owned())));
    world.ask.say("checkout", &FINE);
    world.step().await;
    assert_eq!(status(&world, &alarm).await, (AlarmState::Ok, None));
}

#[tokio::test]
async fn a_slow_alarm_holds_back_only_itself() {
    let evaluation_timeout = Duration::from_millis(50);
    let world = World::with(Config { evaluation_timeout, ..Config::default() });
    let slow = world.alarms.create_alarm(rule("slow")).await.unwrap();
    let quick = world.alarms.create_alarm(rule("quick")).await.unwrap();
    world.ask.stuck.lock().unwrap().push("slow".to_owned());
    world.ask.say("quick", &BREACHING);
    world.evaluate().await;
    assert_eq!(status(&world, &quick).await, (AlarmState::Alarm, None));
    let (state, error) = status(&world, &slow).await;
    assert_eq!(state, AlarmState::InsufficientData);
    assert_eq!(error.as_deref(), Some("no answer within evaluation_timeout (0.05 s)"));
}

/// Lets every task run until it waits.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn evaluations_are_bounded_and_none_runs_twice() {
    let world = World::with(Config { evaluations_concurrent_max: 4, ..Config::default() });
    for number in 0..10 {
        world.alarms.create_alarm(rule(&format!("a{number}"))).await.unwrap();
    }
    let gate = Arc::new(Semaphore::new(0));
    *world.ask.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let mut tasks = JoinSet::new();
    world.alarms.inner.start_due_evaluations(&mut tasks).await;
    settle().await;
    assert_eq!(world.ask.count(), 4);
    world.clock.advance(10);
    world.alarms.inner.start_due_evaluations(&mut tasks).await;
    assert_eq!(tasks.len(), 10, "what still runs is not started again");
    gate.add_permits(10);
    while tasks.join_next().await.is_some() {}
    assert_eq!(world.ask.count(), 10);
    gate.add_permits(10);
    world.evaluate().await;
    assert_eq!(world.ask.count(), 20, "afterwards they are due again");
}

#[tokio::test]
async fn an_edit_during_an_evaluation_makes_it_void() {
    let world = World::new();
    let alarm = calling_alarm(&world, "checkout").await;
    world.ask.say("checkout", &BREACHING);
    let gate = Arc::new(Semaphore::new(0));
    *world.ask.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let mut tasks = JoinSet::new();
    world.alarms.inner.start_due_evaluations(&mut tasks).await;
    settle().await;
    let raised = AlarmRule { threshold: 99.0, ..alarm.rule.clone() };
    world.alarms.update_alarm(&alarm.id, raised, None).await.unwrap();
    gate.add_permits(10);
    while tasks.join_next().await.is_some() {}
    assert_eq!(status(&world, &alarm).await, (AlarmState::InsufficientData, None));
    assert_eq!(world.records.count(OUTBOX), 0);
    world.evaluate().await;
    assert_eq!(status(&world, &alarm).await, (AlarmState::Ok, None));
}

#[tokio::test]
async fn a_deletion_during_an_evaluation_leaves_nothing_behind() {
    let world = World::new();
    let alarm = calling_alarm(&world, "checkout").await;
    world.ask.say("checkout", &BREACHING);
    let gate = Arc::new(Semaphore::new(0));
    *world.ask.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let mut tasks = JoinSet::new();
    world.alarms.inner.start_due_evaluations(&mut tasks).await;
    settle().await;
    world.alarms.delete_alarm(&alarm.id, None).await.unwrap();
    gate.add_permits(10);
    while tasks.join_next().await.is_some() {}
    assert_eq!([RULES, STATES, OUTBOX].map(|collection| world.records.count(collection)), [0, 0, 0]);
}

#[tokio::test]
async fn a_transition_that_cannot_be_stored_is_made_at_the_next_step() {
    let world = World::new();
    let alarm = calling_alarm(&world, "checkout").await;
    world.ask.say("checkout", &BREACHING);
    world.records.failing.store(1, Ordering::SeqCst);
    world.evaluate().await;
    let (state, error) = status(&world, &alarm).await;
    assert_eq!(state, AlarmState::InsufficientData);
    assert!(error.is_some_and(|error| error.contains("the disk is full")));
    assert_eq!(world.records.count(OUTBOX), 0);
    world.step().await;
    assert_eq!(status(&world, &alarm).await, (AlarmState::Alarm, None));
    assert_eq!(world.records.count(OUTBOX), 1);
}

#[tokio::test]
async fn state_and_datapoints_survive_a_kill() {
    let world = World::new();
    let alarm = calling_alarm(&world, "checkout").await;
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    let before = world.alarms.get_alarm(&alarm.id).await.unwrap().status;

    let after = world.restart();
    let mut expected = before.clone();
    expected.evaluated_at_unix_nano = None;
    assert_eq!(after.alarms.get_alarm(&alarm.id).await.unwrap().status, expected);
    after.ask.say("checkout", &BREACHING);
    after.evaluate().await;
    assert_eq!(after.alarms.history(&alarm.id).await.unwrap().transitions.len(), 1, "no second transition");
}

#[tokio::test]
async fn an_unreadable_rule_does_not_hold_back_the_others() {
    let world = World::new();
    world.records.overwrite(RULES, "0", "{torn");
    let alarm = world.alarms.create_alarm(rule("checkout")).await;
    // The owner is told which document it is; the loop goes on without it.
    assert!(alarm.unwrap_err().error.message.contains("alarms/0"));
    let body = serde_json::json!({"rule": rule("checkout"), "created_at_unix_nano": "0", "updated_at_unix_nano": "0"});
    world.records.overwrite(RULES, "1", &body.to_string());
    world.ask.say("checkout", &BREACHING);
    world.evaluate().await;
    assert_eq!(world.records.count(STATES), 1);
}

#[tokio::test]
async fn long_ranges_show_the_newest_datapoints() {
    let world = World::new();
    let long = AlarmRule { evaluation_periods: 150, datapoints_to_alarm: None, ..rule("checkout") };
    let alarm = world.alarms.create_alarm(long).await.unwrap();
    world.ask.say("checkout", &[Some(1.0); 150]);
    world.evaluate().await;
    let datapoints = world.alarms.get_alarm(&alarm.id).await.unwrap().status.datapoints;
    assert_eq!(datapoints.len(), DATAPOINTS_SHOWN_MAX);
    assert_eq!(datapoints.last().unwrap().time_unix_nano, Nanos(T0 - 60 * SECOND));
}
