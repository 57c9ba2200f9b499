use std::borrow::Cow;

use http_body_util::BodyExt;
use rust_embed::Metadata;

use super::*;

struct Few(Vec<(&'static str, &'static str)>);

impl Files for Few {
    fn file(&self, path: &str) -> Option<EmbeddedFile> {
        let (name, content) = self.0.iter().find(|(name, _)| *name == path)?;
        let mut hash = [0; 32];
        hash[..name.len().min(32)].copy_from_slice(&name.as_bytes()[..name.len().min(32)]);
        let metadata = Metadata::__rust_embed_new(hash, None, None);
        Some(EmbeddedFile { data: Cow::Borrowed(content.as_bytes()), metadata })
    }
}

fn dist() -> Few {
    Few(vec![
        ("index.html", "page"),
        ("boot.js", "boot"),
        ("ui-0123456789abcdef_bg.wasm", "wasm"),
        ("ui-0123456789abcdef_bg.wasm.br", "brotli"),
        ("ui-0123456789abcdef_bg.wasm.gz", "gzip"),
        ("app-0123456789abcdef.css", "css"),
    ])
}

fn get(files: &Few, path: &str, headers: &[(&'static str, &str)]) -> Response {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    serve(files, &Method::GET, &path.parse().unwrap(), &headers)
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn compressed_copies_are_negotiated() {
    let path = "/ui-0123456789abcdef_bg.wasm";
    for (accept, encoding, body) in [
        ("gzip, deflate, br", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), "gzip"),
        ("identity", None, "wasm"),
    ] {
        let response = get(&dist(), path, &[("accept-encoding", accept)]);
        assert_eq!(response.headers()["content-type"], "application/wasm");
        assert_eq!(response.headers()["vary"], "accept-encoding");
        assert_eq!(
            response.headers().get("content-encoding").map(|value| value.to_str().unwrap()),
            encoding,
            "{accept}"
        );
        assert_eq!(text(response).await, body, "{accept}");
    }
}

#[tokio::test]
async fn hashed_names_are_kept_for_ever_and_others_revalidated() {
    for (path, expected) in [
        ("/ui-0123456789abcdef_bg.wasm", "public, max-age=31536000, immutable"),
        ("/app-0123456789abcdef.css", "public, max-age=31536000, immutable"),
        ("/boot.js", "no-cache"),
        ("/", "no-cache"),
    ] {
        assert_eq!(get(&dist(), path, &[]).headers()["cache-control"], expected, "{path}");
    }
    let etag = get(&dist(), "/boot.js", &[]).headers()["etag"].to_str().unwrap().to_owned();
    let again = get(&dist(), "/boot.js", &[("if-none-match", &etag)]);
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(text(again).await, "");
}

#[tokio::test]
async fn screens_are_the_page_and_the_rest_is_not_found() {
    for path in ["/", "/map", "/traces", "/traces/0af7651916cd43dd8448eb211c80319c", "/settings", "/index.html"] {
        let response = get(&dist(), path, &[]);
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(text(response).await, "page", "{path}");
    }
    let nowhere = get(&dist(), "/nowhere", &[("accept", "text/html,*/*")]);
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    assert_eq!(text(nowhere).await, "page");
    for path in ["/nowhere", "/missing.js", "/api/v1/nowhere", "/../Cargo.toml"] {
        let response = get(&dist(), path, &[]);
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(text(response).await.starts_with("{\"error\":{\"kind\":\"not_found\""), "{path}");
    }
    let post = serve(&dist(), &Method::POST, &"/map".parse().unwrap(), &HeaderMap::new());
    assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_binary_without_ui_says_what_to_run() {
    let response = get(&Few(Vec::new()), "/map", &[]);
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text(response).await.contains("cargo xtask up"));
}
