use axum::response::Response;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::testing::{Server, bytes_of, json_of, request};

const SERVICES: &str = "/api/v1/ingest-keys";

async fn set_up(server: &Server) -> String {
    let body = json!({"code": server.setup_code.clone().unwrap(), "user": "ada", "password": "difference engine"});
    let (status, answer) = server.call(Method::POST, "/api/v1/setup", &[], Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["token"].as_str().unwrap().to_owned()
}

async fn get_as(server: &Server, token: &str, path: &str) -> StatusCode {
    server.call(Method::GET, path, &[("authorization", &format!("Bearer {token}"))], None).await.0
}

fn kind(answer: &Value) -> &str {
    answer["error"]["kind"].as_str().unwrap_or_else(|| panic!("no kind in {answer}"))
}

#[tokio::test]
async fn the_code_makes_one_administrator_once() {
    let server = Server::guarded().await;
    let (_, info) = server.call(Method::GET, "/api/v1/session", &[], None).await;
    assert_eq!((&info["auth_required"], &info["setup_needed"]), (&json!(true), &json!(true)));
    let mut body = json!({"code": "WRON-GWRO-NGWR-ONGW", "user": "ada", "password": "difference engine"});
    let (status, answer) = server.call(Method::POST, "/api/v1/setup", &[], Some(body.clone())).await;
    assert_eq!((status, kind(&answer)), (StatusCode::FORBIDDEN, "forbidden"));
    body["code"] = json!(server.setup_code.clone().unwrap());
    body["password"] = json!("short");
    assert_eq!(server.call(Method::POST, "/api/v1/setup", &[], Some(body.clone())).await.0, StatusCode::BAD_REQUEST);
    let token = set_up(&server).await;
    assert_eq!(get_as(&server, &token, SERVICES).await, StatusCode::OK);
    body["password"] = json!("difference engine");
    assert_eq!(server.call(Method::POST, "/api/v1/setup", &[], Some(body)).await.0, StatusCode::FORBIDDEN);
    let server = server.restart().await;
    assert_eq!(server.setup_code, None);
    assert_eq!(get_as(&server, &token, SERVICES).await, StatusCode::OK, "a login outlives a restart");
}

#[tokio::test]
async fn a_lost_code_costs_a_restart() {
    let server = Server::guarded().await;
    let first = server.setup_code.clone().unwrap();
    let server = server.restart().await;
    assert_ne!(server.setup_code.as_deref(), Some(first.as_str()));
    let body = json!({"code": first, "user": "ada", "password": "difference engine"});
    assert_eq!(server.call(Method::POST, "/api/v1/setup", &[], Some(body)).await.0, StatusCode::FORBIDDEN);
    set_up(&server).await;
}

#[tokio::test]
async fn logins_are_limited_and_look_alike_for_unknown_users() {
    let server = Server::guarded().await;
    set_up(&server).await;
    let log_in = |user: &str, password: &str| {
        let body = json!({"user": user, "password": password});
        request(Method::POST, "/api/v1/session", &[], Some(body))
    };
    let (status, answer) = json_of(server.send(log_in("ada", "difference engine")).await).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let wrong = json_of(server.send(log_in("ada", "wrong")).await).await;
    let unknown = json_of(server.send(log_in("nobody", "wrong")).await).await;
    assert_eq!(wrong, unknown);
    assert_eq!((wrong.0, kind(&wrong.1)), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    for _ in 0..8 {
        server.send(log_in("ada", "wrong")).await;
    }
    let refused = server.send(log_in("ada", "difference engine")).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "300");
    server.clock.advance_seconds(301);
    assert_eq!(server.send(log_in("ada", "difference engine")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_cookie_is_closed_to_scripts_and_other_sites() {
    let server = Server::guarded().await;
    let body = json!({"code": server.setup_code.clone().unwrap(), "user": "ada", "password": "difference engine"});
    let response = server.send(request(Method::POST, "/api/v1/setup", &[], Some(body))).await;
    let set = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(part), "{part}: {set}");
    }
    assert!(!set.contains("Secure"), "over http a browser would not send it");
    let cookie = set.split(';').next().unwrap();
    assert_eq!(server.call(Method::GET, SERVICES, &[("cookie", cookie)], None).await.0, StatusCode::OK);
    let new = json!({"name": "k"});
    for (headers, expected) in [
        (vec![("cookie", cookie)], StatusCode::FORBIDDEN),
        (vec![("cookie", cookie), ("origin", "http://evil.example")], StatusCode::FORBIDDEN),
        (vec![("cookie", cookie), ("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (vec![("cookie", cookie), ("origin", "http://localhost:8080")], StatusCode::CREATED),
        (vec![("cookie", cookie), ("sec-fetch-site", "same-origin")], StatusCode::CREATED),
    ] {
        let (status, answer) = server.call(Method::POST, SERVICES, &headers, Some(new.clone())).await;
        assert_eq!(status, expected, "{headers:?}: {answer}");
    }
    let headers = [("cookie", cookie), ("origin", "http://localhost:8080")];
    let out = server.send(request(Method::DELETE, "/api/v1/session", &headers, None)).await;
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert!(out.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(
        server.call(Method::GET, SERVICES, &[("cookie", cookie)], None).await.0,
        StatusCode::UNAUTHORIZED,
        "logged out"
    );
    let server = server.restart().await;
    assert_eq!(
        server.call(Method::GET, SERVICES, &[("cookie", cookie)], None).await.0,
        StatusCode::UNAUTHORIZED,
        "for good"
    );
}

#[tokio::test]
async fn sessions_end_and_keys_rotate_without_ending_tokens() {
    let server = Server::guarded().await;
    let session = set_up(&server).await;
    let new = json!({"name": "ci", "expires_in_days": 60});
    let bearer = format!("Bearer {session}");
    let (status, token) =
        server.call(Method::POST, "/api/v1/api-tokens", &[("authorization", &bearer)], Some(new)).await;
    assert_eq!(status, StatusCode::CREATED);
    let token = token["secret"].as_str().unwrap();
    server.clock.advance_seconds(12 * 3_600 + 1);
    assert_eq!(get_as(&server, &session, SERVICES).await, StatusCode::UNAUTHORIZED, "the session has ended");
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    server.clock.advance_seconds(31 * 86_400);
    server.parts.door.tend().await.unwrap();
    let body = json!({"user": "ada", "password": "difference engine"});
    let (_, login) = server.call(Method::POST, "/api/v1/session", &[], Some(body)).await;
    let newer = login["token"].as_str().unwrap();
    assert_ne!(kid(newer), kid(token), "a month later another key signs");
    assert_eq!(get_as(&server, token, SERVICES).await, StatusCode::OK, "and the old one still verifies");
    let server = server.restart().await;
    assert_eq!(get_as(&server, token, SERVICES).await, StatusCode::OK);
    server.clock.advance_seconds(40 * 86_400);
    server.parts.door.tend().await.unwrap();
    assert_eq!(get_as(&server, token, SERVICES).await, StatusCode::UNAUTHORIZED);
    let keys = server.parts.store.documents().list(&storage::TenantId::default_tenant(), "signing_keys").await.unwrap();
    assert!(keys.iter().all(|key| key.id != kid(token)), "its key is gone with its last token");
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let server = Server::guarded().await;
    let token = set_up(&server).await;
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |value: Value| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
    };
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid;
    let none = format!("{}.{}.", encode(json!({"alg": "none", "kid": kid})), parts[1]);
    let other = format!("{}.{}.{}", encode(json!({"alg": "HS512", "kid": kid})), parts[1], parts[2]);
    let claims = format!(
        "{}.{}.{}",
        parts[0],
        encode(
            json!({"iss": "alidade", "sub": "eve", "iat": 0, "exp": 9_999_999_999_i64, "jti": "x", "use": "session"})
        ),
        parts[2]
    );
    for forged in [none, other, claims, format!("{token}x"), String::new(), "x".repeat(10_000)] {
        assert_eq!(get_as(&server, &forged, SERVICES).await, StatusCode::UNAUTHORIZED, "{forged}");
    }
}

#[tokio::test]
async fn credentials_are_seen_once_listed_and_revoked() {
    let server = Server::guarded().await;
    let bearer = format!("Bearer {}", set_up(&server).await);
    let headers = [("authorization", bearer.as_str())];
    for path in ["/api/v1/ingest-keys", "/api/v1/api-tokens"] {
        let (status, made) = server.call(Method::POST, path, &headers, Some(json!({"name": "ci"}))).await;
        assert_eq!(status, StatusCode::CREATED);
        let (_, listed) = server.call(Method::GET, path, &headers, None).await;
        let listed = &listed["credentials"][0];
        assert_eq!((&listed["id"], &listed["name"]), (&made["id"], &json!("ci")));
        assert!(listed["secret"].is_null());
        let (secret, prefix) = (made["secret"].as_str().unwrap(), listed["prefix"].as_str().unwrap());
        assert!(prefix.strip_prefix('…').map_or(secret.starts_with(prefix), |end| secret.ends_with(end)), "{prefix}");
        for wrong in [
            json!({"name": ""}),
            json!({"name": "x", "expires_in_days": 0}),
            json!({"name": "x", "expires_in_days": 4000}),
        ] {
            assert_eq!(server.call(Method::POST, path, &headers, Some(wrong)).await.0, StatusCode::BAD_REQUEST);
        }
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        assert_eq!(server.call(Method::DELETE, &one, &headers, None).await.0, StatusCode::NO_CONTENT);
        assert_eq!(server.call(Method::DELETE, &one, &headers, None).await.0, StatusCode::NOT_FOUND);
        if path.ends_with("tokens") {
            assert_eq!(get_as(&server, made["secret"].as_str().unwrap(), path).await, StatusCode::UNAUTHORIZED);
        }
    }
}

async fn export(server: &Server, content_type: &str, path: &str, key: Option<(&str, &str)>) -> Response {
    let mut builder = http::Request::post(path).header("host", "localhost:4318").header("content-type", content_type);
    if let Some((name, value)) = key {
        builder = builder.header(name, value);
    }
    let body = match content_type {
        "application/json" => b"{}".to_vec(),
        "application/grpc" => vec![0; 5],
        _ => Vec::new(),
    };
    server.send(builder.body(axum::body::Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn exporters_need_a_key_and_are_answered_in_their_protocol() {
    let server = Server::guarded().await;
    let session = set_up(&server).await;
    let bearer = format!("Bearer {session}");
    let made =
        server.call(Method::POST, SERVICES, &[("authorization", &bearer)], Some(json!({"name": "shop"}))).await.1;
    let key = made["secret"].as_str().unwrap();
    assert!(key.starts_with("ald_"));
    let grpc = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    let json = export(&server, "application/json", "/v1/traces", None).await;
    assert_eq!(
        (json.status(), &json.headers()["content-type"]),
        (StatusCode::UNAUTHORIZED, &http::HeaderValue::from_static("application/json"))
    );
    let (_, body) = json_of(json).await;
    assert_eq!(body["code"], 16);
    assert!(body["message"].as_str().unwrap().contains("ingest key"));
    let protobuf = export(&server, "application/x-protobuf", "/v1/logs", Some(("x-api-key", "ald_wrong"))).await;
    assert_eq!(protobuf.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(bytes_of(protobuf).await[..2], [0x08, 16], "google.rpc.Status in protobuf");
    let refused = export(&server, "application/grpc", grpc, None).await;
    assert_eq!((refused.status(), refused.headers()["grpc-status"].to_str().unwrap()), (StatusCode::OK, "16"));
    assert!(bytes_of(refused).await.is_empty(), "trailers only");
    let session_key = export(&server, "application/json", "/v1/traces", Some(("authorization", &bearer))).await;
    assert_eq!(session_key.status(), StatusCode::UNAUTHORIZED, "a login is no ingest key");

    for (name, value) in [("x-api-key", key.to_owned()), ("authorization", format!("Bearer {key}"))] {
        assert_eq!(
            export(&server, "application/json", "/v1/traces", Some((name, &value))).await.status(),
            StatusCode::OK
        );
        let taken = export(&server, "application/grpc", grpc, Some((name, &value))).await;
        assert!(taken.headers().get("grpc-status").is_none_or(|status| status == "0"));
    }
    let health = server.call(Method::GET, "/api/v1/health", &[("authorization", &bearer)], None).await.1;
    let refusals = |signal: usize| health["ingest"][signal]["refused"][0].clone();
    assert_eq!(refusals(0), json!({"reason": "request: unauthenticated", "count": 3}));
    assert_eq!(refusals(1), json!({"reason": "request: unauthenticated", "count": 1}));

    let one = format!("{SERVICES}/{}", made["id"].as_str().unwrap());
    server.call(Method::DELETE, &one, &[("authorization", &bearer)], None).await;
    assert_eq!(
        export(&server, "application/json", "/v1/traces", Some(("x-api-key", key))).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn without_auth_only_this_machine_and_no_other_site() {
    let server = Server::open().await;
    assert_eq!(server.setup_code, None);
    let (_, info) = server.call(Method::GET, "/api/v1/session", &[], None).await;
    assert_eq!(info["auth_required"], json!(false));
    let (status, answer) = server.call(Method::GET, "/api/v1/health", &[("host", "evil.example:8080")], None).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(answer["error"]["message"].as_str().unwrap().contains("ALIDADE_PUBLIC_URL"));
    for (path, expected) in [("/", StatusCode::FORBIDDEN), ("/v1/traces", StatusCode::FORBIDDEN)] {
        assert_eq!(server.call(Method::GET, path, &[("host", "evil.example")], None).await.0, expected, "{path}");
    }
    let foreign = [("origin", "http://evil.example")];
    assert_eq!(
        server.call(Method::POST, SERVICES, &foreign, Some(json!({"name": "x"}))).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        server.call(Method::POST, SERVICES, &[], Some(json!({"name": "x"}))).await.0,
        StatusCode::CREATED,
        "curl may"
    );
    let login = json!({"user": "ada", "password": "difference engine"});
    assert_eq!(server.call(Method::POST, "/api/v1/session", &[], Some(login)).await.0, StatusCode::BAD_REQUEST);
}
