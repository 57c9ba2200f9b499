use std::time::Duration;

use arrow::array::AsArray;

use super::*;
use crate::codec::tests::{log_record, stored};
use crate::row::{Batch, Resource, TenantId};

fn table(tenant: &str) -> TableKey {
    (TenantId::new(tenant).expect("a name"), Signal::Logs)
}

/// Log records with these bodies.
fn batch(bodies: &[&str]) -> EncodedBatch {
    let resource = Arc::new(Resource::default());
    stored(&Batch::Logs(bodies.iter().map(|body| log_record(&resource, 1, body)).collect()))
}

fn follow(followers: &Followers, bytes_max: usize) -> Following {
    followers.follow(table("a"), Arc::default(), 2, bytes_max).expect("there is room")
}

async fn next(following: &mut Following) -> (Vec<String>, u64) {
    let news = tokio::time::timeout(Duration::from_secs(10), following.next()).await.expect("comes in time");
    let news = news.expect("goes on");
    let (rows, skipped) = (news.rows().expect("can be read"), news.skipped);
    let bodies = rows.column_by_name("body").expect("is a column").as_string::<i32>();
    (bodies.iter().flatten().map(str::to_owned).collect(), skipped)
}

#[tokio::test]
async fn each_follower_gets_the_rows_from_its_moment_on_in_order() {
    let followers = Followers::default();
    followers.tell(&table("a"), &batch(&["before"]));
    let mut first = follow(&followers, 1 << 20);
    followers.tell(&table("a"), &batch(&["1", "2"]));
    let mut second = follow(&followers, 1 << 20);
    followers.tell(&table("b"), &batch(&["of another"]));
    followers.tell(&table("a"), &batch(&["3"]));
    assert_eq!(next(&mut first).await, (vec!["1".into(), "2".into(), "3".into()], 0));
    assert_eq!(next(&mut second).await, (vec!["3".into()], 0));
    let waits = tokio::time::timeout(Duration::from_millis(1), first.next()).await;
    assert!(waits.is_err(), "nothing more has come");
    followers.tell(&table("a"), &batch(&["4"]));
    assert_eq!(next(&mut first).await, (vec!["4".into()], 0));
}

#[tokio::test]
async fn who_is_slow_loses_the_oldest_and_is_told_how_many() {
    let followers = Followers::default();
    let three = batch(&["1", "2", "3"]);
    let mut following = follow(&followers, three.bytes() * 2);
    for _ in 0..5 {
        followers.tell(&table("a"), &three);
    }
    let (rows, skipped) = next(&mut following).await;
    assert_eq!((rows.len(), skipped), (6, 9));
    let long = "x".repeat(three.bytes() * 2);
    followers.tell(&table("a"), &batch(&[&long]));
    assert_eq!(next(&mut following).await, (vec![], 1), "one that never fits is skipped as well");
}

#[tokio::test]
async fn many_rows_come_in_several_batches() {
    let followers = Followers::default();
    let mut following = follow(&followers, 64 << 20);
    let many: Vec<&str> = std::iter::repeat_n("x", BATCH_ROWS_MAX - 1).collect();
    followers.tell(&table("a"), &batch(&many));
    followers.tell(&table("a"), &batch(&["1", "2"]));
    assert_eq!(next(&mut following).await.0.len(), BATCH_ROWS_MAX - 1);
    assert_eq!(next(&mut following).await.0, ["1", "2"]);
}

#[tokio::test]
async fn there_is_room_for_so_many_and_for_another_when_one_has_gone() {
    let followers = Followers::default();
    let first = follow(&followers, 1);
    let _second = follow(&followers, 1);
    let refused = followers.follow(table("a"), Arc::default(), 2, 1).expect_err("is full");
    assert!(refused.to_string().contains("followers_max"), "{refused}");
    drop(first);
    follow(&followers, 1);
}

#[tokio::test]
async fn at_the_end_what_is_left_is_taken_first() {
    let followers = Followers::default();
    let mut following = follow(&followers, 1 << 20);
    followers.tell(&table("a"), &batch(&["last"]));
    followers.end();
    assert_eq!(next(&mut following).await, (vec!["last".into()], 0));
    assert!(following.next().await.is_none());
}
