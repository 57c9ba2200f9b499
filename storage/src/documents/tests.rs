mod device;
mod model;
pub(crate) mod truth;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::config::{Clock, Config};
use crate::error::{Error, ErrorKind};
use crate::io::faulty::Faulty;
use crate::io::{Io, Real};
use crate::set_aside::SetAsideFolder;
use crate::store::hold;

struct Counting(AtomicI64);

impl Clock for Counting {
    fn now_unix_nano(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

async fn open(dir: &std::path::Path) -> SqliteDocuments {
    let set_aside = SetAsideFolder::open(Arc::new(Real), dir).expect("opens");
    SqliteDocuments::open(Arc::new(Real), &Config::new(dir), Arc::new(Counting(AtomicI64::new(1))), &set_aside)
        .await
        .expect("opens")
}

/// On a file system of a test's own. Nothing is ever set aside there but by damage.
async fn open_on(faulty: &Faulty, config: &Config) -> Result<SqliteDocuments, Error> {
    hold(faulty, &config.data_dir)?;
    let io: Arc<dyn Io> = Arc::new(faulty.clone());
    let set_aside = SetAsideFolder::open(io.clone(), &config.data_dir)?;
    SqliteDocuments::open(io, config, Arc::new(Counting(AtomicI64::new(1))), &set_aside).await
}

fn put(id: &str, expected: Expected, body: &str) -> Change {
    Change::Put { collection: "boards".into(), id: id.into(), expected, body: body.into() }
}

fn delete(id: &str, expected: Expected) -> Change {
    Change::Delete { collection: "boards".into(), id: id.into(), expected }
}

fn tenant() -> TenantId {
    TenantId::default_tenant()
}

#[tokio::test]
async fn documents_have_versions_and_survive_a_restart() {
    let dir = tempfile::tempdir().expect("tempdir");
    let documents = open(dir.path()).await;
    documents
        .apply(&tenant(), vec![put("b", Expected::Absent, "1"), put("a", Expected::Any, "2")])
        .await
        .expect("puts");
    documents.apply(&tenant(), vec![put("b", Expected::Version(1), "{\"x\":3}")]).await.expect("puts");
    documents.close().await;

    let documents = open(dir.path()).await;
    let list = documents.list(&tenant(), "boards").await.expect("lists");
    let brief: Vec<_> = list.iter().map(|d| (d.id.as_str(), d.version, d.body.as_str())).collect();
    assert_eq!(brief, [("a", 1, "2"), ("b", 2, "{\"x\":3}")]);
    let other = TenantId::new("other").expect("a name");
    assert!(documents.list(&other, "boards").await.expect("lists").is_empty());
    assert_eq!(documents.get(&tenant(), "boards", "absent").await.expect("gets"), None);
    documents.apply(&tenant(), vec![delete("a", Expected::Version(1))]).await.expect("deletes");
    documents.apply(&tenant(), vec![delete("a", Expected::Any)]).await.expect("is gone already");
    assert_eq!(documents.get(&tenant(), "boards", "a").await.expect("gets"), None);
}

#[tokio::test]
async fn a_failed_expectation_undoes_the_whole_transaction() {
    let dir = tempfile::tempdir().expect("tempdir");
    let documents = open(dir.path()).await;
    documents.apply(&tenant(), vec![put("a", Expected::Absent, "1")]).await.expect("puts");
    let failing = [
        put("a", Expected::Absent, "9"),
        put("a", Expected::Version(2), "9"),
        put("c", Expected::Version(1), "9"),
        delete("a", Expected::Version(7)),
        delete("c", Expected::Version(1)),
    ];
    for change in failing {
        // The one that fails stands in the middle: what comes before it is undone, what comes after is not begun.
        let changes = vec![put("b", Expected::Any, "1"), change, delete("a", Expected::Any)];
        let error = documents.apply(&tenant(), changes.clone()).await.expect_err("conflicts");
        assert_eq!(error.kind(), ErrorKind::Conflict, "{changes:?}");
    }
    let list = documents.list(&tenant(), "boards").await.expect("lists");
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].id.as_str(), list[0].version), ("a", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_writers_of_one_version_one_wins() {
    let dir = tempfile::tempdir().expect("tempdir");
    let documents = Arc::new(open(dir.path()).await);
    documents.apply(&tenant(), vec![put("a", Expected::Absent, "0")]).await.expect("puts");
    let writers = (1..=20).map(|number: u32| {
        let documents = documents.clone();
        tokio::spawn(async move {
            documents.apply(&tenant(), vec![put("a", Expected::Version(1), &number.to_string())]).await
        })
    });
    let results = futures::future::join_all(writers).await;
    let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().map(|r| r.expect("no panic")).partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 19));
    assert!(lost.into_iter().all(|error| error.expect_err("lost").kind() == ErrorKind::Conflict));
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let dir = tempfile::tempdir().expect("tempdir");
    let documents = open(dir.path()).await;
    for change in [put("a", Expected::Any, "{"), put("", Expected::Any, "1"), put(&"x".repeat(600), Expected::Any, "1")]
    {
        let error = documents.apply(&tenant(), vec![change]).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}

#[tokio::test]
async fn a_corrupt_database_is_set_aside() {
    let dir = tempfile::tempdir().expect("tempdir");
    let documents = open(dir.path()).await;
    for number in 0..200 {
        let body = format!("\"{}\"", "x".repeat(500));
        documents.apply(&tenant(), vec![put(&number.to_string(), Expected::Any, &body)]).await.expect("puts");
    }
    documents.close().await;
    let path = dir.path().join("documents.sqlite");
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes[5000..9000].fill(0xee);
    std::fs::write(&path, bytes).expect("writes");

    let documents = open(dir.path()).await;
    let saved = documents.list(&tenant(), "boards").await.expect("lists");
    assert!(!saved.is_empty() && saved.len() < 200, "{} of 200", saved.len());
    let whole = format!("\"{}\"", "x".repeat(500));
    assert!(saved.iter().all(|document| document.body == whole && document.version == 1));
    let set_aside = SetAsideFolder::open(Arc::new(Real), dir.path()).expect("opens").list();
    assert!(set_aside.iter().any(|file| file.original.ends_with("documents.sqlite")), "{set_aside:?}");
}

/// Wherever a bit is flipped: no document says anything else, and none is missing without a word.
#[tokio::test]
async fn a_flipped_bit_changes_no_document_and_takes_none_silently() {
    let source = tempfile::tempdir().expect("tempdir");
    let documents = open(source.path()).await;
    for number in 0..40 {
        let body = format!(r#"{{"name":"board {number}","panels":[{}]}}"#, number * 7_919);
        documents.apply(&tenant(), vec![put(&format!("b{number:03}"), Expected::Any, &body)]).await.expect("puts");
    }
    let truth = documents.list(&tenant(), "boards").await.expect("lists");
    documents.close().await;
    let bytes = std::fs::read(source.path().join("documents.sqlite")).expect("reads");
    let (mut put_right, mut lost) = (0, 0);
    for turn in 0..150 {
        let bit = turn * 2_654_435_761 % (bytes.len() * 8);
        let dir = tempfile::tempdir().expect("tempdir");
        std::fs::create_dir(dir.path().join("wal")).expect("creates");
        std::fs::write(dir.path().join("wal/x"), "").expect("writes");
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(dir.path().join("documents.sqlite"), &damaged).expect("writes");
        let documents = open(dir.path()).await;
        let found = documents.list(&tenant(), "boards").await.expect("lists");
        documents.close().await;
        let set_aside = SetAsideFolder::open(Arc::new(Real), dir.path()).expect("opens").list();
        assert!(found.iter().all(|document| truth.contains(document)), "bit {bit}: {found:?}");
        assert!(found.len() == truth.len() || !set_aside.is_empty(), "bit {bit}: {} documents", found.len());
        put_right += usize::from(found.len() == truth.len() && !set_aside.is_empty());
        lost += usize::from(found.len() < truth.len());
    }
    assert!(put_right > 40 && lost < 30, "{put_right} put right, {lost} with documents lost");
}
