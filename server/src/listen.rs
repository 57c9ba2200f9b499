//! Listeners: bound first, then served, then drained.
//!
//! What it promises: an address that cannot be bound is reported with its key before anything starts; when told to
//! stop, no new connection is taken, requests in progress end, and those that do not are cut at the deadline.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::serve::ListenerExt;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// UI, API and OTLP.
    pub http: SocketAddr,
    /// OTLP over gRPC.
    pub otlp_grpc: SocketAddr,
    /// OTLP over HTTP.
    pub otlp_http: SocketAddr,
    /// How long requests in progress may take to end.
    pub drain_time_max: Duration,
    /// How long sealing what is live may take then; what is left stays in the log.
    pub close_time_max: Duration,
}

impl Default for Config {
    fn default() -> Self {
        let loopback = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            http: loopback(8080),
            otlp_grpc: loopback(4317),
            otlp_http: loopback(4318),
            drain_time_max: Duration::from_secs(10),
            close_time_max: Duration::from_secs(10),
        }
    }
}

/// The three listeners, bound.
#[derive(Debug)]
pub struct Listeners {
    /// UI, API and OTLP.
    pub http: TcpListener,
    /// OTLP over gRPC.
    pub otlp_grpc: TcpListener,
    /// OTLP over HTTP.
    pub otlp_http: TcpListener,
}

/// The addresses that were bound; port 0 is a real port here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Addresses {
    /// UI, API and OTLP.
    pub http: SocketAddr,
    /// OTLP over gRPC.
    pub otlp_grpc: SocketAddr,
    /// OTLP over HTTP.
    pub otlp_http: SocketAddr,
}

impl Listeners {
    /// Binds all three, or says which cannot be and what to do.
    pub async fn bind(config: &Config) -> Result<Self, String> {
        let http = bind("http", config.http).await;
        let otlp_grpc = bind("otlp_grpc", config.otlp_grpc).await;
        let otlp_http = bind("otlp_http", config.otlp_http).await;
        match (http, otlp_grpc, otlp_http) {
            (Ok(http), Ok(otlp_grpc), Ok(otlp_http)) => Ok(Self { http, otlp_grpc, otlp_http }),
            (http, otlp_grpc, otlp_http) => {
                let failures: Vec<String> =
                    [http.err(), otlp_grpc.err(), otlp_http.err()].into_iter().flatten().collect();
                Err(failures.join("\n"))
            }
        }
    }

    /// The real addresses.
    pub fn addresses(&self) -> std::io::Result<Addresses> {
        Ok(Addresses {
            http: self.http.local_addr()?,
            otlp_grpc: self.otlp_grpc.local_addr()?,
            otlp_http: self.otlp_http.local_addr()?,
        })
    }
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {key} = {address}: {error}; end what listens there, or choose another address ({address_hint})",
            address_hint = format_args!("ALIDADE_{}=127.0.0.1:0 takes a free port", key.to_uppercase()))
    })
}

/// Listeners being served.
pub struct Serving {
    tasks: Vec<(&'static str, JoinHandle<std::io::Result<()>>)>,
    stop: watch::Sender<bool>,
    in_progress: Arc<AtomicUsize>,
}

impl Serving {
    /// Serves each listener with its routes.
    pub fn start(routes: Vec<(&'static str, TcpListener, Router)>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let in_progress = Arc::new(AtomicUsize::new(0));
        let tasks = routes.into_iter().map(|(name, listener, router)| {
            let mut stopped = stopped.clone();
            let counted = router.layer(axum::middleware::from_fn_with_state(in_progress.clone(), count));
            let listener = listener.tap_io(|connection| {
                // A reply is small and waited for: never hold it back to fill a packet.
                if let Err(error) = connection.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
            });
            let service = counted.into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(listener, service).with_graceful_shutdown(async move {
                // An error means that the sender is gone, which is a reason to stop as well.
                let _ = stopped.wait_for(|stop| *stop).await;
            });
            (name, tokio::spawn(async move { served.await }))
        });
        Self { tasks: tasks.collect(), stop, in_progress }
    }

    /// Stops taking connections and waits for requests in progress, up to the deadline.
    pub async fn drain(self, time_max: Duration) {
        let Self { tasks, stop, in_progress } = self;
        stop.send_replace(true);
        let deadline = tokio::time::Instant::now() + time_max;
        for (name, mut task) in tasks {
            tokio::select! {
                _ = tokio::time::timeout_at(deadline, &mut task) => {}
                () = nothing_in_progress(&in_progress) => {}
            }
            if !task.is_finished() {
                let requests = in_progress.load(Ordering::Relaxed);
                if requests > 0 {
                    tracing::warn!(listener = name, requests, "the drain's time is up: open connections are cut");
                }
                task.abort();
            }
        }
    }
}

/// Ends when no request was in progress for a while: what is still open then never sent a whole request.
async fn nothing_in_progress(in_progress: &AtomicUsize) {
    /// Within it a request that has arrived is begun, and an answer that is finished is sent.
    const QUIET: Duration = Duration::from_millis(500);
    const LOOK: Duration = Duration::from_millis(50);
    let mut quiet_since = tokio::time::Instant::now();
    while quiet_since.elapsed() < QUIET {
        tokio::time::sleep(LOOK).await;
        if in_progress.load(Ordering::Relaxed) > 0 {
            quiet_since = tokio::time::Instant::now();
        }
    }
}

/// Counts a request from its head until its answer is sent or given up.
async fn count(
    axum::extract::State(in_progress): axum::extract::State<Arc<AtomicUsize>>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    in_progress.fetch_add(1, Ordering::Relaxed);
    let counted = Counted(in_progress);
    let response = next.run(request).await;
    response.map(|body| Body::new(CountedBody { body, _counted: counted }))
}

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An answer's body; its request is in progress as long as it lives.
struct CountedBody {
    body: Body,
    _counted: Counted,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
