//! The door: no login on loopback, none but with one elsewhere.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use serde_json::{Value, json};
use tests::sdk::{node_export, python_export};
use tests::{Alidade, otlp};

#[tokio::test(flavor = "multi_thread")]
async fn another_address_without_auth_is_refused_with_the_way_out() {
    let data = tempfile::tempdir().unwrap();
    let refused = Alidade::try_start(data.path(), &[("ALIDADE_OTLP_HTTP", "0.0.0.0:0")]).await;
    let log = refused.err().expect("it must not start");
    assert!(log.contains("0.0.0.0") && log.contains("ALIDADE_AUTH"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_accounts_and_tokens() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start_with(data.path(), &[("ALIDADE_AUTH", "on")]).await;
    for path in ["/api/v1/services", "/api/v1/alarms", "/api/v1/ingest-keys"] {
        let refused = alidade.try_get(path).await.unwrap_err();
        assert!(refused.starts_with("401") && refused.contains("unauthenticated"), "{path}: {refused}");
    }
    let session = alidade.get("/api/v1/session").await;
    assert_eq!((&session["auth_required"], &session["setup_needed"]), (&json!(true), &json!(true)));

    let account = json!({"user": "ada", "password": "difference engine"});
    let mut setup = account.clone();
    setup["code"] = json!("not-the-code");
    assert!(alidade.try_post("/api/v1/setup", &setup).await.is_err());
    setup["code"] = json!(setup_code(&alidade.log()));
    let token = alidade.post("/api/v1/setup", &setup).await["token"].as_str().unwrap().to_owned();
    assert!(alidade.try_post("/api/v1/setup", &setup).await.is_err(), "the code works once");
    assert!(alidade.try_post("/api/v1/session", &json!({"user": "ada", "password": "wrong"})).await.is_err());
    assert!(alidade.post("/api/v1/session", &account).await["token"].is_string());
    assert_eq!(get_as(&alidade, &token, "/api/v1/services").await.0, 200);

    let key = secret_of(&alidade, &token, "/api/v1/ingest-keys").await;
    let api_token = secret_of(&alidade, &token, "/api/v1/api-tokens").await;
    assert_eq!(get_as(&alidade, &api_token, "/api/v1/services").await.0, 200);
    assert_eq!(get_as(&alidade, &key, "/api/v1/services").await.0, 401, "an ingest key reads nothing");

    let body = || otlp::traces("door", vec![otlp::span(1, 1, "knock", tests::poll::now_unix_nano())]);
    assert!(!otlp::export(alidade.client(), &alidade.otlp_http, "/v1/traces", body()).await, "no key, no entry");
    python_export("grpc", &alidade.otlp_grpc, "door", 3, Some(&key)).await;
    python_export("http/protobuf", &alidade.otlp_http, "doorhttp", 3, Some(&key)).await;
    node_export("grpc", &alidade.otlp_grpc, "doornode", 3, Some(&key)).await;
    let (_, services) = get_as(&alidade, &token, "/api/v1/services").await;
    let names: Vec<&str> =
        services["services"].as_array().unwrap().iter().filter_map(|service| service["service"].as_str()).collect();
    for service in ["python-door", "python-doorhttp", "node-doornode"] {
        assert!(names.contains(&service), "{service} is not in {names:?}");
    }
    assert!(!names.contains(&"door"));

    // What was promised holds after a restart: account, key and session are still good.
    assert!(alidade.terminate().await);
    let alidade = Alidade::start_with(data.path(), &[("ALIDADE_AUTH", "on")]).await;
    assert_eq!(get_as(&alidade, &token, "/api/v1/services").await.0, 200);
    python_export("grpc", &alidade.otlp_grpc, "again", 1, Some(&key)).await;
    let listed = get_as(&alidade, &token, "/api/v1/ingest-keys").await.1;
    let id = listed["credentials"][0]["id"].as_str().unwrap();
    assert!(listed["credentials"][0]["secret"].is_null());
    let removal = alidade.client().delete(format!("{}/api/v1/ingest-keys/{id}", alidade.http)).bearer_auth(&token);
    assert!(removal.send().await.unwrap().status().is_success());
    let request = alidade.client().post(format!("{}/v1/traces", alidade.otlp_http)).header("x-api-key", &key);
    let reply = request.header("content-type", "application/x-protobuf").body(body()).send().await.unwrap();
    assert_eq!(reply.status(), 401, "a removed key opens nothing");
}

/// The one-time code as the operator reads it in the log.
fn setup_code(log: &str) -> String {
    let line = log.lines().find(|line| line.to_lowercase().contains("setup code")).unwrap_or_else(|| panic!("{log}"));
    line.rsplit(|c: char| c.is_whitespace() || c == '=').next().unwrap().trim_matches('"').to_owned()
}

async fn get_as(alidade: &Alidade, token: &str, path: &str) -> (u16, Value) {
    let request = alidade.client().get(format!("{}{path}", alidade.http)).bearer_auth(token);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn secret_of(alidade: &Alidade, token: &str, path: &str) -> String {
    let request = alidade.client().post(format!("{}{path}", alidade.http)).bearer_auth(token);
    let answer: Value = request.json(&json!({"name": "from a test"})).send().await.unwrap().json().await.unwrap();
    answer["secret"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}
