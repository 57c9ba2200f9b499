use http::HeaderValue;

use super::*;

#[test]
fn names_of_this_machine() {
    let public = PublicUrl::new("https://Alidade.example.com");
    for host in [
        "localhost",
        "LOCALHOST:8080",
        "127.0.0.1:1",
        "127.9.9.9",
        "[::1]:80",
        "[::1]",
        "a.localhost:8080",
        "localhost.",
    ] {
        assert!(names_this_machine(host, None), "{host}");
    }
    for host in [
        "evil.example",
        "localhost.evil.example:8080",
        "10.0.0.1",
        "[fe80::1]:80",
        "",
        "notlocalhost",
        "alidade.example.com",
    ] {
        assert!(!names_this_machine(host, None), "{host}");
    }
    assert!(names_this_machine("alidade.example.com:443", public.as_ref()));
}

#[test]
fn senders() {
    let check = |headers: &[(&'static str, &'static str)], expected: Sender| {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let public = PublicUrl::new("https://alidade.example.com");
        assert_eq!(sender(&Uri::from_static("/api/v1/sql"), &map, public.as_ref()), expected, "{headers:?}");
    };
    check(&[("host", "localhost:1")], Sender::Unknown);
    check(&[("host", "localhost:1"), ("origin", "http://localhost:1")], Sender::Ours);
    check(&[("host", "localhost:1"), ("origin", "http://localhost:2")], Sender::Foreign);
    check(&[("host", "10.1.1.1"), ("origin", "https://alidade.example.com")], Sender::Ours);
    check(&[("host", "localhost:1"), ("origin", "null")], Sender::Foreign);
    check(&[("sec-fetch-site", "same-origin"), ("origin", "http://x")], Sender::Ours);
    check(&[("sec-fetch-site", "none")], Sender::Ours);
    check(&[("sec-fetch-site", "same-site"), ("host", "localhost"), ("origin", "http://localhost")], Sender::Foreign);
    check(&[("sec-fetch-site", "cross-site")], Sender::Foreign);
}
