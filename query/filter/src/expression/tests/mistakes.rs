//! What is said about texts that are no expressions.

use super::*;

/// The text is refused at the position, with a message and perhaps a suggestion.
#[track_caller]
fn check(text: &str, position: usize, message: &str, suggestion: Option<&str>) {
    let error = parse(text).expect_err(text);
    assert!(error.message.contains(message), "{text}: {}", error.message);
    assert_eq!((error.position, error.suggestion.as_deref()), (position, suggestion), "{text}: {}", error.message);
}

#[test]
fn unknown_keywords_have_a_nearest_one() {
    check("responsetme > 5", 0, "unknown keyword \"responsetme\"", Some("responsetime"));
    check("ok AND falut", 7, "unknown keyword \"falut\"", Some("fault"));
    check("http.stauts = 200", 0, "unknown keyword", Some("http.status"));
    check("servce(\"x\")", 0, "unknown keyword", Some("service"));
    check("anotation.x", 0, "unknown keyword", Some("annotation"));
    check("user CONTAIN \"x\"", 5, "unknown keyword", Some("CONTAINS"));
    check("something", 0, "unknown keyword", None);
    check("service(id(nme: \"x\"))", 11, "id(…) has no \"nme\"", Some("name"));
    check("rootcause.falt.service { }", 0, "fault, error, responsetime or json", Some("fault"));
    check("rootcause.fault.servise { }", 0, "service, entity or exception", Some("service"));
    check("rootcause.json = #[{\"Servics\": []}]", 18, "unknown field \"Servics\"", Some("Services"));
    let error = parse("responsetme > 5").unwrap_err();
    assert_eq!(error.to_string(), "unknown keyword \"responsetme\"; did you mean responsetime?");
    assert_eq!(error.length, 11);
    assert!(error.expected.contains(&"responsetime".to_owned()) && !error.expected.contains(&"coverage".to_owned()));
}

#[test]
fn values_have_a_type() {
    check("http.url = 5", 11, "put it in quotation marks: \"5\"", None);
    check("user = true", 7, "put it in quotation marks", None);
    check("responsetime > \"5\"", 15, "compared with a number, not \"5\"", None);
    check("responsetime > 5s", 15, "it is in seconds, without a unit", None);
    check("duration < 250ms", 11, "it is in seconds", None);
    check("fault = 1", 8, "true or false, not 1", None);
    check("fault = ture", 8, "true or false, not ture", Some("true"));
    check("fault > true", 6, "> does not fit fault, which is true or false; it takes =, !=", None);
    check("user < \"a\"", 5, "< does not fit user, which is text", None);
    check("http.status CONTAINS \"2\"", 12, "CONTAINS does not fit http.status, which is a number", None);
    check("annotation.a CONTAINS 5", 22, "compared with text", None);
    check("annotation.a > \"5\"", 15, "compared with a number", None);
    check("annotation.a > true", 15, "compared with a number", None);
    check("annotation.a CONTAINS true", 22, "compared with text", None);
    check("responsetime > 1e999", 15, "larger than a number can be", None);
    check("http.status", 11, "http.status needs a comparison", None);
    check("user = 'alice'", 7, "double quotation marks", None);
    check("user =", 6, "expected a value for user", None);
    check("user = AND fault", 7, "expected a value for user before AND", None);
    check("fault == true", 6, "== is not an operator; write =", None);
    check("fault <> true", 6, "<> is not an operator; write !=", None);
}

#[test]
fn keywords_have_their_places() {
    for (keyword, place) in [
        ("coverage > 1", "it belongs in the braces of rootcause.responsetime.entity"),
        ("first", "it belongs in the braces of a root cause"),
        ("last", "it belongs in the braces of a root cause"),
        ("index = 0", "it belongs in the braces of a root cause"),
        ("remote", "it belongs in the braces of rootcause.….entity"),
        ("inferred", "it belongs in the braces of rootcause.….service"),
    ] {
        check(keyword, 0, place, None);
        check(&format!("service {{ {keyword} }}"), 10, place, None);
        check(&format!("edge {{ {keyword} }}"), 7, place, None);
    }
    check("rootcause.fault.entity { coverage > 1 }", 25, "cannot stand in the braces of rootcause.fault.entity", None);
    check("rootcause.fault.service { fault }", 26, "cannot stand in the braces of rootcause.fault.service", None);
    check("rootcause.fault.service { remote }", 26, "braces of rootcause.….entity", None);
    check("rootcause.fault.service { annotation.a }", 26, "annotations cannot stand", None);
    check("edge { name = \"x\" }", 7, "an edge names its nodes", None);
    check("edge { root }", 7, "cannot stand in the braces of an edge", None);
    check("source.annotation.a", 0, "in the braces of an edge only", None);
    check("service { destination.annotation.a }", 10, "in the braces of an edge only", None);
    check("service { service(\"x\") }", 10, "service cannot stand in the braces of a service", None);
    check("edge { group.name = \"g\" }", 7, "group.name cannot stand", None);
    check("id(name: \"x\")", 0, "inside service(…) and edge(…, …) only", None);
}

#[test]
fn brackets_have_partners() {
    check("(ok", 0, "the bracket is not closed", None);
    check("ok)", 2, "no opening partner", None);
    check("service(\"x\"", 7, "the bracket is not closed", None);
    check("service(\"x\") { fault", 13, "the bracket is not closed", None);
    check("service(\"x\" \"y\")", 12, "expected \")\"", None);
    check("edge(\"x\")", 8, "an edge has two ends", None);
    check("edge(\"x\", )", 10, "expected a name", None);
    check("annotation[a", 10, "the bracket is not closed", None);
    check("annotation[]", 0, "name the annotation", None);
    check("annotation.", 0, "name the annotation", None);
    check("annotation", 0, "name the annotation", None);
    check("user = \"alice", 7, "the quotation mark has no partner", None);
    check("fault { ok }", 6, "braces follow service, edge or rootcause only", None);
    // As the documentation has it.
    check("rootcause.fault.exception { last and message = \"Access Denied\" ", 26, "not closed", None);
}

#[test]
fn something_is_missing() {
    check("", 0, "expected a condition", None);
    check("   ", 3, "expected a condition", None);
    check("AND ok", 0, "expected a condition before AND", None);
    check("ok OR", 5, "expected a condition", None);
    check("ok OR OR fault", 6, "expected a condition before OR", None);
    check("!", 1, "expected a condition", None);
    check("()", 1, "expected a condition", None);
    check("\"alice\"", 0, "without a keyword", None);
    check("= 5", 0, "= stands without a keyword", None);
    check("!= 5", 0, "!= stands without a keyword", None);
    check("NOT fault", 0, "write ! instead of NOT", None);
    check("rootcause.fault.service", 23, "needs braces", None);
    check("rootcause.fault", 0, "service, entity or exception", None);
    check("rootcause", 0, "fault, error, responsetime or json", None);
    check("rootcause.json = [{}]", 0, "rootcause.json = #[", None);
    check("rootcause.json = #[{", 19, "the JSON cannot be read", None);
    check("rootcause.json = #[{\"é", 21, "the JSON cannot be read", None);
    check("rootcause.json = #{}", 18, "rootcause.json must be a list in the JSON, not an object", None);
    check("rootcause.json = #[{\"Services\": [{\"Name\": 5}]}]", 18, "Name must be text in the JSON", None);
    check("group.name", 10, "needs the group", None);
    check("group.name CONTAINS \"x\"", 19, "needs the group", None);
    check("group.name != \"x\"", 0, "takes = only", None);
    check("group.arn = \"slow\"", 12, "the ARN of a group has the form", None);
    check("service(id(name \"x\"))", 16, "expected a colon", None);
    check("service(id(name: a, name: b))", 20, "given twice", None);
}

#[test]
fn limits_are_named() {
    let long = format!("user = \"{}\"", "x".repeat(TEXT_BYTES_MAX));
    check(&long, 0, "more than the 65536", None);
    check(&format!("{}ok", "!".repeat(1_000)), DEPTH_MAX, "deeper than the 64", None);
    check(&format!("{}ok", "(".repeat(60_000)), DEPTH_MAX, "deeper than the 64", None);
    assert!(parse(&format!("{}ok{}", "(".repeat(DEPTH_MAX - 1), ")".repeat(DEPTH_MAX - 1))).is_ok());
    let wide = format!("ok{}", " OR fault".repeat(7_000));
    assert!(parse(&wide).is_ok());
}
