use futures::TryStreamExt;
use object_store::{ObjectStoreExt, PutMultipartOptions};

use super::*;
use crate::io::Real;

fn store(dir: &tempfile::TempDir) -> SyncedFolder {
    SyncedFolder::new(Arc::new(Real), dir.path())
}

fn create() -> PutOptions {
    PutMode::Create.into()
}

#[tokio::test]
async fn a_put_that_must_create_never_replaces() {
    let dir = tempfile::tempdir().expect("tempdir");
    let (store, path) = (store(&dir), Path::from("a/b/one.json"));
    store.put_opts(&path, "first".into(), create()).await.expect("creates");
    let error = store.put_opts(&path, "second".into(), create()).await.expect_err("is taken");
    assert!(matches!(error, Error::AlreadyExists { .. }), "{error}");
    let content = async || store.get(&path).await.expect("is there").bytes().await.expect("reads");
    assert_eq!(content().await, "first");
    store.put(&path, "third".into()).await.expect("replaces");
    assert_eq!(content().await, "third");
    // Nothing that was being written stays behind.
    let names: Vec<_> = std::fs::read_dir(dir.path().join("a/b")).expect("lists").flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[tokio::test]
async fn of_many_that_create_the_same_object_one_does() {
    let dir = tempfile::tempdir().expect("tempdir");
    let (store, path) = (store(&dir), Path::from("log/00000000000000000001.json"));
    let puts = (0..16).map(|number: u32| store.put_opts(&path, number.to_string().into(), create()));
    let done = futures::future::join_all(puts).await;
    let created: Vec<usize> = (0..16).filter(|number| done[*number].is_ok()).collect();
    assert_eq!(created.len(), 1, "{done:?}");
    let content = store.get(&path).await.expect("is there").bytes().await.expect("reads");
    assert_eq!(content, created[0].to_string());
}

#[tokio::test]
async fn listings_are_sorted_and_leave_out_what_is_being_written() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = store(&dir);
    for name in ["t/day=2/b.parquet", "t/day=1/c.parquet", "t/_log/2.json", "t/_log/1.json"] {
        store.put(&Path::from(name), "x".into()).await.expect("puts");
    }
    std::fs::write(dir.path().join("t/_log/3.json#1"), "half").expect("writes");
    let names = |objects: Vec<ObjectMeta>| objects.into_iter().map(|o| o.location.to_string()).collect::<Vec<_>>();
    let all: Vec<ObjectMeta> = store.list(Some(&Path::from("t"))).try_collect().await.expect("lists");
    assert_eq!(names(all), ["t/_log/1.json", "t/_log/2.json", "t/day=1/c.parquet", "t/day=2/b.parquet"]);
    let (log, first) = (Path::from("t/_log"), Path::from("t/_log/1.json"));
    let behind = store.list_with_offset(Some(&log), &first).try_collect().await.expect("lists");
    assert_eq!(names(behind), ["t/_log/2.json"]);
    let level = store.list_with_delimiter(Some(&Path::from("t"))).await.expect("lists");
    assert_eq!(level.common_prefixes, ["t/_log", "t/day=1", "t/day=2"].map(Path::from));
    assert_eq!(names(level.objects), Vec::<String>::new());
    let none: Vec<ObjectMeta> = store.list(Some(&Path::from("nowhere"))).try_collect().await.expect("lists");
    assert!(none.is_empty());
    assert!(matches!(store.head(&Path::from("t/_log/9.json")).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn ranges_parts_copies_and_renames() {
    let dir = tempfile::tempdir().expect("tempdir");
    let (store, path) = (store(&dir), Path::from("parts"));
    let mut upload = store.put_multipart_opts(&path, PutMultipartOptions::default()).await.expect("begins");
    upload.put_part("0123".into()).await.expect("writes");
    upload.put_part("456789".into()).await.expect("writes");
    assert!(matches!(store.head(&path).await, Err(Error::NotFound { .. })), "not named before it is whole");
    upload.complete().await.expect("completes");
    assert_eq!(store.get_range(&path, 2..6).await.expect("reads"), "2345");
    let ranges = store.get_ranges(&path, &[0..1, 8..10]).await.expect("reads");
    assert_eq!(ranges, ["0", "89"].map(Bytes::from));
    assert!(
        store.get_ranges(&path, std::slice::from_ref(&(8..11))).await.is_err(),
        "a range behind the end is an error"
    );
    let (copy, moved) = (Path::from("copy"), Path::from("moved"));
    store.copy(&path, &copy).await.expect("copies");
    assert!(store.copy_if_not_exists(&path, &copy).await.is_err());
    store.rename(&copy, &moved).await.expect("renames");
    assert_eq!(store.head(&moved).await.expect("is there").size, 10);
    store.delete(&moved).await.expect("deletes");
    assert!(matches!(store.delete(&moved).await, Err(Error::NotFound { .. })));
    let mut given_up = store.put_multipart_opts(&moved, PutMultipartOptions::default()).await.expect("begins");
    given_up.put_part("x".into()).await.expect("writes");
    given_up.abort().await.expect("gives up");
    drop(given_up);
    assert_eq!(std::fs::read_dir(dir.path()).expect("lists").count(), 1);
}
