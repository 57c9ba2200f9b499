//! The fields of requests, by either generation of their attributes.

use super::*;
use crate::trace::tests::{client, server};

#[track_caller]
fn check_url(sample: Sample, url: &str) {
    check(&[sample], &format!("http.url = \"{url}\""), true);
}

#[test]
fn the_url_is_an_attribute_or_its_parts() {
    let root = || server(1, "a", "r");
    check_url(root().text("url.full", "https://x/a?b=1"), "https://x/a?b=1");
    check_url(root().text("http.url", "https://x/a"), "https://x/a");
    check_url(root().text("http.host", "x").text("http.target", "/v2/a?b"), "http://x/v2/a?b");
    check_url(root().text("server.address", "x").text("url.path", "/a").text("url.scheme", "https"), "https://x/a");
    let stable = root().text("server.address", "x").number("server.port", 8443.0).text("url.path", "/a");
    check_url(stable.clone(), "http://x:8443/a");
    check_url(stable.text("url.query", "q=1").number("server.port", 443.0), "http://x/a?q=1");
    check_url(root().text("http.host", "x:81").number("net.host.port", 81.0).text("http.target", "/"), "http://x:81/");
    check_url(root().text("host.name", "ip-10").text("http.method", "GET"), "http://ip-10/");
    check(&[root().text("host.name", "ip-10")], "http.url", false);
    check(&[root().text("url.path", "/a")], "http.url", false);
    let samples =
        [server(1, "a", "r"), client(2, "a", "c").below(1).text("net.peer.name", "x").text("http.target", "/b")];
    check(&samples, "http.url", false);
    check(&samples, "edge { http.url = \"http://x/b\" }", false);
    check(
        &[client(1, "a", "c").text("net.peer.name", "x").text("http.target", "/b")],
        "http.url = \"http://x/b\"",
        true,
    );
}

#[test]
fn the_other_fields_have_two_generations() {
    for sample in [
        server(1, "a", "r")
            .text("http.request.method", "GET")
            .number("http.response.status_code", 404.0)
            .text("user_agent.original", "curl/8.1")
            .text("client.address", "10.0.0.1"),
        server(1, "a", "r")
            .text("http.method", "GET")
            .number("http.status_code", 404.0)
            .text("http.user_agent", "curl/8.1")
            .text("http.client_ip", "10.0.0.1"),
        server(1, "a", "r")
            .text("http.method", "GET")
            .number("http.status_code", 404.0)
            .text("http.user_agent", "curl/8.1")
            .text("client.address", "not-an-address")
            .text("network.peer.address", "10.0.0.1"),
    ] {
        check_all(
            &[sample],
            &[
                "http.method = \"GET\"",
                "http.method",
                "http.status = 404",
                "http.status != 200",
                "http.status >= 400 http.status < 500",
                "http.useragent BEGINSWITH \"curl\"",
                "http.clientip = \"10.0.0.1\"",
                "http.clientip ENDSWITH \".1\"",
            ],
            &[
                "http.method != \"GET\"",
                "http.status > 404",
                "http.useragent = \"curl\"",
                "http.clientip = \"10.0.0.2\"",
            ],
        );
    }
}

#[test]
fn what_is_not_there_meets_no_comparison() {
    let samples = [server(1, "a", "r")];
    check_all(
        &samples,
        &["!http.url", "!user", "!(http.status = 200)", "!(user = \"alice\")"],
        &[
            "http.url",
            "http.status = 200",
            "http.status != 200",
            "user != \"alice\"",
            "user CONTAINS \"\"",
            "http.method",
        ],
    );
}

#[test]
fn only_the_root_is_asked_for_requests() {
    let samples = [
        server(1, "a", "r").text("http.method", "GET").number("http.status_code", 200.0),
        server(2, "b", "s").below(1).text("http.method", "PUT").number("http.status_code", 500.0),
    ];
    check_all(
        &samples,
        &["http.method = \"GET\"", "service(\"b\") { http.method = \"PUT\" http.status = 500 }"],
        &["http.method = \"PUT\"", "http.status = 500", "service(\"b\") { http.status = 200 }"],
    );
}
