//! The loops, started as `server` starts them.

use api::alarm::{AlarmState, DeliveryState};

use crate::testing::{World, rule, webhook};

/// Polls until the condition holds; fails after ten seconds.
async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    for _ in 0..1_000 {
        if condition().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("waited in vain until {what}");
}

#[tokio::test]
async fn the_loops_evaluate_deliver_and_stop() {
    let world = World::new();
    world.ask.say("checkout", &[Some(20.0), Some(30.0), Some(40.0)]);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let alarms = world.alarms.clone();
    let running = tokio::spawn(async move {
        alarms
            .run(async {
                let _ = stopped.await;
            })
            .await;
    });

    // A new alarm is evaluated and its webhook called without a step of the clock.
    let hook = world.alarms.create_webhook(webhook("pager")).await.unwrap();
    let mut with_action = rule("checkout");
    with_action.alarm_actions = vec![hook.id];
    let alarm = world.alarms.create_alarm(with_action).await.unwrap();
    until("the webhook is called", || async { world.deliver.calls().len() == 1 }).await;
    until("the delivery is recorded", || async {
        let history = world.alarms.history(&alarm.id).await.unwrap();
        history.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Delivered)
    })
    .await;
    assert_eq!(world.alarms.get_alarm(&alarm.id).await.unwrap().status.state, AlarmState::Alarm);

    stop.send(()).unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(10), running).await.expect("the loops stop").unwrap();
}
