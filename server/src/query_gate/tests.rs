use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::sync::mpsc;
use tower::ServiceExt;

use super::*;

fn slow_router(gate: &Arc<QueryGate>, started: mpsc::UnboundedSender<()>, release: Arc<Semaphore>) -> Router {
    let handler = move || async move {
        started.send(()).expect("the test listens");
        let _released = release.acquire().await;
    };
    Router::new()
        .route("/slow", get(handler))
        .layer(from_fn_with_state(gate.clone(), wait_for_turn))
        .layer(from_fn_with_state(gate.clone(), limit_time))
}

fn request() -> Request {
    Request::get("/slow").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn so_many_work_so_many_wait_and_the_rest_is_told_to_come_back() {
    let config = Config { requests_concurrent_max: 1, requests_waiting_max: 1, ..Config::default() };
    let gate = QueryGate::new(config);
    let (started, mut starts) = mpsc::unbounded_channel();
    let release = Arc::new(Semaphore::new(0));
    let router = slow_router(&gate, started, release.clone());
    let working = tokio::spawn(router.clone().oneshot(request()));
    starts.recv().await.unwrap();
    let mut waiting = Box::pin(router.clone().oneshot(request()));
    assert!(futures::poll!(&mut waiting).is_pending());
    let refused = router.clone().oneshot(request()).await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    drop(waiting);
    assert_eq!(gate.working(), 1);
    release.add_permits(2);
    assert_eq!(working.await.unwrap().unwrap().status(), 200);
    assert_eq!(router.oneshot(request()).await.unwrap().status(), 200);
    assert_eq!(gate.working(), 0);
}

#[tokio::test]
async fn a_request_beyond_its_time_is_given_up_and_frees_its_place() {
    let config = Config { request_time_max: Duration::from_millis(20), ..Config::default() };
    let gate = QueryGate::new(config);
    let (started, _starts) = mpsc::unbounded_channel();
    let router = slow_router(&gate, started, Arc::new(Semaphore::new(0)));
    assert_eq!(router.oneshot(request()).await.unwrap().status(), 504);
    assert_eq!(gate.working(), 0);
}
