use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, PutMultipartOptions, PutOptions,
    PutPayload, PutResult,
};

use super::*;
use crate::io::Real;
use crate::table_store::flaky::Flaky;

#[test]
fn a_url_names_a_folder_or_a_bucket() {
    let remote = |scheme: &str, prefix: &str| Target::Remote { scheme: scheme.into(), prefix: Path::from(prefix) };
    for (url, expected) in [
        ("file:///srv/tables", Target::Folder("/srv/tables".into())),
        ("file:///srv/tables/", Target::Folder("/srv/tables".into())),
        ("s3://bucket", remote("s3", "")),
        ("s3://bucket/a/b/", remote("s3", "a/b")),
        ("gs://bucket/a", remote("gs", "a")),
        ("az://box/a", remote("az", "a")),
    ] {
        assert_eq!(target(url).expect(url), expected);
    }
    for url in [
        "",
        "bucket",
        "s3://",
        "s3:///a",
        "s3://b ucket/a",
        "s3://key:secret@bucket/a",
        "file://host/a",
        "file:///",
        "memory:///",
        "http://h/a",
    ] {
        let error = check_tables_url(url).expect_err(url);
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains("s3://bucket/prefix"), "{error}");
    }
}

#[tokio::test]
async fn a_store_that_replaces_what_it_is_told_to_create_is_not_used() {
    probe(&InMemory::new()).await.expect("it may be used");
    let Err(Unfit::Never(reason)) = probe(&Careless(InMemory::new())).await else { panic!("it may not be used") };
    assert!(reason.contains("conditional puts"), "{reason}");
}

#[tokio::test]
async fn a_store_that_is_away_is_waited_for_and_then_named() {
    let flaky = Flaky::new();
    flaky.set_away(true);
    let soon = Instant::now() + Duration::from_millis(50);
    let tried = wait("s3://bucket/a", soon, Duration::from_secs(9), async || probe(&flaky).await).await;
    let error = tried.expect_err("it is away");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    for part in ["s3://bucket/a", "9s", "storage.tables_wait_max", "no answer"] {
        assert!(error.to_string().contains(part), "{part}: {error}");
    }
    flaky.set_away(false);
    let later = Instant::now() + Duration::from_secs(60);
    wait("s3://bucket/a", later, Duration::from_secs(9), async || probe(&flaky).await).await.expect("it is back");
}

#[tokio::test]
async fn the_tables_of_another_data_directory_are_left_alone() {
    let dirs: Vec<_> = (0..2).map(|_| tempfile::tempdir().expect("tempdir")).collect();
    let io: Arc<dyn Io> = Arc::new(Real);
    let store: Arc<dyn ObjectStore> = Arc::new(Flaky::new());
    let tables = TableStore::remote_on(store, io.clone(), &Config::new(dirs[0].path()));
    let claim =
        async |dir: usize, is_check| owner::claim(io.as_ref(), dirs[dir].path(), &tables, "s3://b", is_check).await;
    claim(1, true).await.expect("they are nobody's");
    claim(0, false).await.expect("they are nobody's");
    claim(0, false).await.expect("they are its own");
    claim(0, true).await.expect("they are its own");
    for is_check in [false, true] {
        let error = claim(1, is_check).await.expect_err("they are another's").to_string();
        assert!(error.contains("s3://b") && error.contains("alidade-owner"), "{error}");
    }
}

#[tokio::test]
async fn tables_in_another_folder_are_found_there() {
    let dirs: Vec<_> = (0..2).map(|_| tempfile::tempdir().expect("tempdir")).collect();
    let io: Arc<dyn Io> = Arc::new(Real);
    let folder = dirs[1].path().join("tables");
    let config = Config { tables_url: Some(format!("file://{}", folder.display())), ..Config::new(dirs[0].path()) };
    let (tables, held) = TableStore::open(&io, &config).await.expect("opens");
    tables.objects().put(&Path::from("tenants/a"), "x".into()).await.expect("puts");
    assert_eq!(std::fs::read(folder.join("tenants/a")).expect("reads"), b"x");
    TableStore::open(&io, &config).await.expect_err("it is held");
    drop(held);
    TableStore::open(&io, &config).await.expect("opens");
}

/// Replaces what is there, whatever it is told.
#[derive(Debug)]
struct Careless(InMemory);

impl std::fmt::Display for Careless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Careless")
    }
}

#[async_trait]
impl ObjectStore for Careless {
    async fn put_opts(&self, at: &Path, payload: PutPayload, _: PutOptions) -> object_store::Result<PutResult> {
        self.0.put_opts(at, payload, PutOptions::default()).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(at, options).await
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        self.0.get_opts(at, options).await
    }

    async fn get_ranges(&self, at: &Path, ranges: &[std::ops::Range<u64>]) -> object_store::Result<Vec<Bytes>> {
        self.0.get_ranges(at, ranges).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.0.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> object_store::Result<()> {
        self.0.copy_opts(from, to, options).await
    }
}
