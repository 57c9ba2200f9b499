//! Answers over a real store: live, sealed, and half and half. The same questions must have the same answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "answers/compare.rs"]
mod compare;
#[path = "answers/counts.rs"]
mod counts;
#[path = "answers/damage.rs"]
mod damage;
#[path = "answers/filters.rs"]
mod filters;
#[path = "answers/fixture.rs"]
mod fixture;
#[path = "answers/logs.rs"]
mod logs;
#[path = "answers/metrics.rs"]
mod metrics;
#[path = "answers/pages.rs"]
mod pages;
#[path = "answers/promoted.rs"]
mod promoted;
#[path = "answers/services.rs"]
mod services;
#[path = "answers/sql.rs"]
mod sql;
#[path = "answers/traces.rs"]
mod traces;

use fixture::Shop;
use serde_json::Value;

/// Asks before and after sealing, and once more with every row sent twice to a half-sealed store where `ask` allows it.
async fn same_live_and_sealed<F>(ask: F)
where
    F: AsyncFn(&Shop) -> Value,
{
    let shop = Shop::open().await;
    let live = ask(&shop).await;
    shop.store.seal_all().await.unwrap();
    let sealed = ask(&shop).await;
    assert_eq!(without_statistics(live), without_statistics(sealed), "live on the left, sealed on the right");
}

/// What an answer cost differs; what it says must not.
fn without_statistics(mut answer: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(object) => {
                object.remove("statistics");
                object.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut answer);
    answer
}

fn json(answer: impl serde::Serialize) -> Value {
    serde_json::to_value(answer).unwrap()
}
