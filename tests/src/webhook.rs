//! A webhook receiver on loopback that verifies Standard Webhooks signatures.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// A request that came in.
#[derive(Debug, Clone)]
pub struct Call {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// The body as received.
    pub body: Vec<u8>,
}

impl Call {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// Whether one of the signatures is the one that `secret` makes.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("whsec_")).expect("base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
        mac.update(format!("{}.{}.", self.id, self.timestamp).as_bytes());
        mac.update(&self.body);
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signature.split(' ').any(|signature| signature == expected)
    }
}

/// What a receiver knows.
#[derive(Default)]
struct Inner {
    calls: Vec<Call>,
    refuse_first: usize,
}

/// A receiver. It stops when dropped.
pub struct Receiver {
    inner: Arc<Mutex<Inner>>,
    task: tokio::task::JoinHandle<()>,
    /// Where it listens.
    pub url: String,
}

impl Receiver {
    /// Listens on a port of the system's choosing and answers 503 to the first `refuse_first` calls.
    pub async fn start(refuse_first: usize) -> Self {
        let inner = Arc::new(Mutex::new(Inner { calls: Vec::new(), refuse_first }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let app = Router::new().route("/hook", axum::routing::post(receive)).with_state(Arc::clone(&inner));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("serve") });
        Self { inner, task, url }
    }

    /// Every call so far, refused ones too.
    pub fn calls(&self) -> Vec<Call> {
        self.inner.lock().expect("the calls").calls.clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(State(inner): State<Arc<Mutex<Inner>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let call = Call {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: body.to_vec(),
    };
    let mut inner = inner.lock().expect("the calls");
    inner.calls.push(call);
    if inner.calls.len() <= inner.refuse_first { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
}
