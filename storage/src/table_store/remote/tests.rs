use super::*;
use crate::table_store::flaky::Flaky;

fn remote(flaky: &Flaky, refused_for: Duration) -> Remote {
    let store: Arc<dyn ObjectStore> = Arc::new(flaky.clone());
    Remote::new("test://tables", store.clone(), store, Timing { pause_first: Duration::from_millis(1), refused_for })
}

fn commit(number: u64) -> Path {
    Path::from(format!("tenants/default/logs/_delta_log/{number:020}.json"))
}

async fn create(remote: &Remote, number: u64, content: &str) -> Result<PutResult> {
    remote.put_opts(&commit(number), content.to_owned().into(), PutMode::Create.into()).await
}

async fn read(remote: &Remote, number: u64) -> Bytes {
    remote.get(&commit(number)).await.expect("is there").bytes().await.expect("reads")
}

#[tokio::test]
async fn a_commit_ends_with_the_truth_whatever_happens_to_requests_and_replies() {
    let flaky = Flaky::new();
    let remote = remote(&flaky, Duration::ZERO);
    for seed in 0..60 {
        flaky.fail(2, seed);
        let name = seed / 2;
        let (own, is_first) = (format!("content {seed}"), seed % 2 == 0);
        match create(&remote, name, &own).await {
            Ok(_) => assert!(is_first, "{seed}: it has taken another's place"),
            Err(Error::AlreadyExists { .. }) => assert!(!is_first, "{seed}: a reply was lost"),
            Err(error) => panic!("{seed}: {error}"),
        }
        flaky.fail(0, 0);
        // What was on its way comes too late.
        flaky.deliver().await;
        assert_eq!(read(&remote, name).await, format!("content {}", name * 2));
        assert!(!remote.has_open_commit(&Path::from("tenants/default/logs")));
    }
    assert!(remote.unreachable().is_none());
}

#[tokio::test]
async fn at_the_end_a_commit_is_given_up_and_remembered_as_open() {
    let flaky = Flaky::new();
    flaky.set_away(true);
    let remote = remote(&flaky, Duration::ZERO);
    remote.stop_waiting();
    create(&remote, 0, "a").await.expect_err("nobody answers");
    assert!(remote.has_open_commit(&Path::from("tenants/default/logs")));
    assert!(!remote.has_open_commit(&Path::from("tenants/default/spans")));
    assert!(remote.unreachable().expect("is away").contains("no answer"));
    remote.settle(&Path::from("tenants/default/logs"));
    assert!(!remote.has_open_commit(&Path::from("tenants/default/logs")));
}

#[tokio::test]
async fn while_it_is_away_reads_fail_at_once_and_say_why() {
    let flaky = Flaky::new();
    let remote = remote(&flaky, Duration::from_secs(3600));
    create(&remote, 0, "a").await.expect("creates");
    flaky.set_away(true);
    remote.get(&commit(0)).await.expect_err("is away");
    let requests = flaky.requests();
    let error = remote.get(&commit(0)).await.expect_err("is away").to_string();
    assert!(error.contains("test://tables cannot be reached") && error.contains("no answer"), "{error}");
    assert_eq!(flaky.requests(), requests, "nobody was asked");
    assert!(remote.refuses_reads());
    // Writes are tried, and one that gets through says that it is back.
    flaky.set_away(false);
    create(&remote, 1, "b").await.expect("creates");
    assert_eq!(read(&remote, 0).await, "a");
    remote.get(&commit(7)).await.expect_err("is not there");
    assert!(!remote.refuses_reads(), "that is an answer");
}

#[tokio::test]
async fn what_is_large_goes_up_in_parts() {
    let flaky = Flaky::new();
    let remote = remote(&flaky, Duration::ZERO);
    let content: Vec<u8> = (0..2 * PART_BYTES as u32 + 100_000).map(|at| (at / 7) as u8).collect();
    let path = Path::from("tenants/default/logs/day=2026-11-23/a.parquet");
    remote.put(&path, content.clone().into()).await.expect("puts");
    assert_eq!(remote.get(&path).await.expect("is there").bytes().await.expect("reads"), content);
}
