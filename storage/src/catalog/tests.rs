use super::*;
use crate::io::Real;
use crate::row::{Signal, TenantId};
use crate::segment::{Checksums, Sidecar};

fn key() -> TableKey {
    (TenantId::default_tenant(), Signal::Spans)
}

fn new_catalog(config: &Config) -> Result<Catalog, Error> {
    Catalog::new(&TableStore::folder(Arc::new(Real), &config.data_dir), config, &key())
}

fn segment(number: u64) -> Arc<Segment> {
    let folder = "tenants/default/spans/day=2026-11-23";
    Arc::new(Segment {
        id: format!("id-{number}"),
        path: Path::from(format!("{folder}/id-{number}.parquet")),
        size_bytes: 1000 + number,
        rows: 10 * number,
        day: 20_780,
        time_min_us: 1_795_392_000_000_000 + number as i64,
        time_max_us: 1_795_392_000_000_123,
        service_min: Some("a \"quoted\"".into()),
        service_max: Some("zürich".into()),
        checksums: Some(Checksums { file: u32::MAX, data_bytes: 700, tail: 3 }),
        sidecar: number.is_multiple_of(2).then(|| Sidecar {
            path: Path::from(format!("{folder}/id-{number}.idx")),
            size_bytes: 7,
            crc32c: u32::MAX,
        }),
        expired: if number.is_multiple_of(3) { vec!["service:a \"b\"".into()] } else { Vec::new() },
        columns: Vec::new(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_is_read_again_through_checkpoints_too() {
    let dir = tempfile::tempdir().expect("tempdir");
    let config = Config { checkpoint_commits: 4, ..Config::new(dir.path()) };
    let set_aside = SetAsideFolder::open(Arc::new(Real), dir.path()).expect("opens");
    let mut catalog = new_catalog(&config).expect("opens");
    assert!(catalog.load(&set_aside).await.expect("loads").is_none());
    let mut expected = Vec::new();
    for number in 0..10 {
        expected.push(segment(number));
        let loaded = catalog
            .commit(&[segment(number)], &PromotedSet::fixed(), number * 10, 1_795_392_000_000)
            .await
            .expect("commits");
        assert_eq!((loaded.sealed, loaded.version), (number * 10, number as i64 + 1));
        check(&loaded, &expected);

        let mut again = new_catalog(&config).expect("opens");
        let loaded = again.load(&set_aside).await.expect("loads").expect("has a table");
        assert_eq!((loaded.sealed, loaded.version), (number * 10, number as i64 + 1));
        check(&loaded, &expected);
    }
    let log = dir.path().join(table_path(&key()).as_ref()).join("_delta_log");
    let names: Vec<String> = std::fs::read_dir(log)
        .expect("lists")
        .map(|e| e.expect("entry").file_name().to_string_lossy().into())
        .collect();
    assert!(names.iter().any(|name| name.ends_with("checkpoint.parquet")), "{names:?}");
    assert!(set_aside.list().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_writers_commit_is_no_conflict() {
    let dir = tempfile::tempdir().expect("tempdir");
    let config = Config::new(dir.path());
    let set_aside = SetAsideFolder::open(Arc::new(Real), dir.path()).expect("opens");
    let mut first = new_catalog(&config).expect("opens");
    first.commit(&[segment(1)], &PromotedSet::fixed(), 1, 0).await.expect("commits");
    let mut second = new_catalog(&config).expect("opens");
    second.load(&set_aside).await.expect("loads").expect("has a table");
    // The second appends as somebody else would: without a word about our log.
    let add = Action::Add(actions::add(Signal::Spans, &table_path(&key()), &segment(2), 0));
    let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
    let state = second.state.as_ref().map(|state| state as _);
    CommitBuilder::default()
        .with_actions(vec![add])
        .build(state, second.log_store.clone(), operation)
        .await
        .expect("commits");
    let loaded = first.commit(&[segment(3)], &PromotedSet::fixed(), 3, 0).await.expect("commits");
    check(&loaded, &[segment(1), segment(2), segment(3)]);
}

fn check(loaded: &Loaded, expected: &[Arc<Segment>]) {
    let by_id = |segments: &[Arc<Segment>]| {
        let mut segments = segments.to_vec();
        segments.sort_by(|a, b| a.id.cmp(&b.id));
        segments
    };
    assert_eq!(by_id(&loaded.segments), by_id(expected));
}
