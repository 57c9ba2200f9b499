use api::alarm::AlarmSource;
use api::log::LogSearch;

use super::*;
use crate::Config;
use crate::testing::{WRONG_TEXT, World, rule};

fn kind<T: std::fmt::Debug>(result: Result<T, ApiError>) -> ErrorKind {
    result.unwrap_err().error.kind
}

#[tokio::test]
async fn a_new_alarm_is_unchecked() {
    let world = World::new();
    let created = world.alarms.create_alarm(rule("checkout")).await.unwrap();
    assert_eq!(created.version, 1);
    assert_eq!(created.status.state, AlarmState::InsufficientData);
    assert_eq!(created.status.reason, "Unchecked: Initial alarm creation");
    assert_eq!(created.status.evaluated_at_unix_nano, None);
    assert_eq!(world.alarms.get_alarm(&created.id).await.unwrap(), created);
    assert_eq!(world.alarms.history(&created.id).await.unwrap().transitions, []);
}

#[tokio::test]
async fn alarms_in_alarm_come_first_then_by_name() {
    let world = World::new();
    for name in ["b", "c", "a", "d"] {
        world.alarms.create_alarm(rule(name)).await.unwrap();
    }
    world.ask.say("c", &[Some(9.0), Some(9.0), Some(9.0)]);
    world.evaluate().await;
    let alarms = world.alarms.list_alarms().await.unwrap().alarms;
    let names: Vec<&str> = alarms.iter().map(|alarm| alarm.rule.name.as_str()).collect();
    assert_eq!(names, ["c", "a", "b", "d"]);
}

#[tokio::test]
async fn names_are_unique_and_free_again_after_a_rename_or_deletion() {
    let world = World::new();
    let first = world.alarms.create_alarm(rule("a")).await.unwrap();
    assert_eq!(kind(world.alarms.create_alarm(rule("a")).await), ErrorKind::Conflict);
    let second = world.alarms.create_alarm(rule("b")).await.unwrap();
    assert_eq!(kind(world.alarms.update_alarm(&second.id, rule("a"), None).await), ErrorKind::Conflict);
    world.alarms.update_alarm(&first.id, rule("c"), None).await.unwrap();
    world.alarms.update_alarm(&second.id, rule("a"), None).await.unwrap();
    world.alarms.delete_alarm(&second.id, None).await.unwrap();
    world.alarms.create_alarm(rule("a")).await.unwrap();
}

#[tokio::test]
async fn a_name_of_the_longest_length_is_stored_in_any_script() {
    let world = World::new();
    let name = "警".repeat(255);
    world.alarms.create_alarm(rule(&name)).await.unwrap();
    assert_eq!(kind(world.alarms.create_alarm(rule(&name)).await), ErrorKind::Conflict);
}

#[tokio::test]
async fn two_at_once_with_one_name_leave_one_alarm() {
    let world = World::new();
    let (one, other) = tokio::join!(world.alarms.create_alarm(rule("a")), world.alarms.create_alarm(rule("a")));
    assert!(one.is_ok() != other.is_ok());
    assert_eq!(world.alarms.list_alarms().await.unwrap().alarms.len(), 1);
}

#[tokio::test]
async fn an_edit_of_an_old_version_is_refused() {
    let world = World::new();
    let created = world.alarms.create_alarm(rule("a")).await.unwrap();
    let changed = AlarmRule { threshold: 10.0, ..rule("a") };
    let updated = world.alarms.update_alarm(&created.id, changed.clone(), Some(created.version)).await.unwrap();
    assert_eq!((updated.version, &updated.rule), (2, &changed));
    assert_eq!(
        kind(world.alarms.update_alarm(&created.id, rule("a"), Some(created.version)).await),
        ErrorKind::Conflict
    );
    assert_eq!(world.alarms.get_alarm(&created.id).await.unwrap().rule, changed);
}

#[tokio::test]
async fn an_edit_keeps_the_state() {
    let world = World::new();
    let alarm = world.alarms.create_alarm(rule("a")).await.unwrap();
    world.ask.say("a", &[Some(9.0), Some(9.0), Some(9.0)]);
    world.evaluate().await;
    let updated = world.alarms.update_alarm(&alarm.id, AlarmRule { threshold: 8.0, ..rule("a") }, None).await.unwrap();
    assert_eq!(updated.status.state, AlarmState::Alarm);
    world.evaluate().await;
    assert_eq!(world.ask.count(), 2, "the changed rule is evaluated at once");
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let world = World::new();
    assert_eq!(kind(world.alarms.get_alarm("x").await), ErrorKind::NotFound);
    assert_eq!(kind(world.alarms.update_alarm("x", rule("a"), None).await), ErrorKind::NotFound);
    assert_eq!(kind(world.alarms.delete_alarm("x", None).await), ErrorKind::NotFound);
    assert_eq!(kind(world.alarms.history("x").await), ErrorKind::NotFound);
}

#[tokio::test]
async fn the_limit_is_named_when_it_is_reached() {
    let world = World::with(Config { alarms_max: 1, ..Config::default() });
    world.alarms.create_alarm(rule("a")).await.unwrap();
    let error = world.alarms.create_alarm(rule("b")).await.unwrap_err();
    assert_eq!(error.error.kind, ErrorKind::TooLarge);
    assert!(error.error.message.contains("alarms_max"), "{error}");
}

#[tokio::test]
async fn a_wrong_rule_is_not_stored() {
    let world = World::new();
    let wrong = AlarmRule { alarm_actions: vec!["nobody".to_owned()], ..rule("a") };
    assert_eq!(kind(world.alarms.create_alarm(wrong.clone()).await), ErrorKind::Invalid);
    let source = AlarmSource::Logs(LogSearch { text: WRONG_TEXT.to_owned(), ..LogSearch::default() });
    let error = world.alarms.create_alarm(AlarmRule { source, ..wrong }).await.unwrap_err();
    for part in ["2 mistakes", "alarm_actions: ", "source.text: it is wrong"] {
        assert!(error.error.message.contains(part), "{part} in {error}");
    }
    assert_eq!(world.records.count(RULES), 0);
}
