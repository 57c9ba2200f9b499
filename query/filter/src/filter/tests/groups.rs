use super::*;
use crate::trace::Class;
use crate::trace::tests::server;

fn groups_of(all: &[(&str, &str)]) -> Groups {
    all.iter().map(|(name, text)| ((*name).to_owned(), parse(text).unwrap())).collect()
}

#[track_caller]
fn check_error(all: &[(&str, &str)], text: &str, position: usize, message: &str) {
    let error = Filter::new(parse(text).unwrap(), &groups_of(all)).expect_err(text);
    assert!(error.message.contains(message), "{text}: {}", error.message);
    assert_eq!(error.position, position, "{text}: {}", error.message);
}

#[test]
fn a_group_stands_for_its_expression() {
    let groups = groups_of(&[("slow", "responsetime > 3"), ("bad", "fault OR group.name = \"slow\"")]);
    let samples = [server(1, "a", "r").at(0, 4_000).text("user.id", "alice")];
    let trace = trace(&samples);
    for (text, expected) in [
        ("group.name = \"slow\"", true),
        ("group.name = \"slow\" AND user = \"alice\"", true),
        ("group.name = \"slow\" AND user = \"bob\"", false),
        ("!group.name = \"slow\"", false),
        ("group.name = \"bad\"", true),
        ("group.arn = \"arn:aws:xray:eu-west-1:1:group/slow/ID\"", true),
        ("fault OR (ok AND group.name = \"bad\")", true),
    ] {
        assert_eq!(parse(text).unwrap().matches(&trace, &groups), Ok(expected), "{text}");
    }
    let fault = [server(1, "a", "r").class(Class::Fault)];
    let fault = crate::trace::tests::trace(&fault);
    assert_eq!(parse("group.name = \"bad\"").unwrap().matches(&fault, &groups), Ok(true));
    assert_eq!(parse("group.name = \"slow\"").unwrap().matches(&fault, &groups), Ok(false));
}

#[test]
fn a_group_that_does_not_exist_is_named() {
    let all = [("slow", "responsetime > 3"), ("bad", "group.name = \"sloow\"")];
    check_error(&all, "ok AND group.name = \"slwo\"", 20, "there is no group \"slwo\"; did you mean \"slow\"?");
    check_error(&all, "ok group.name = \"bad\"", 16, "there is no group \"sloow\"");
    check_error(&[], "group.name = \"x\"", 13, "there is no group \"x\"");
}

#[test]
fn groups_that_lead_to_themselves_are_named() {
    check_error(&[("a", "group.name = \"a\"")], "group.name = \"a\"", 13, "\"a\" leads to itself: a → a");
    let all = [("a", "group.name = \"b\""), ("b", "ok OR group.name = \"c\""), ("c", "group.name = \"b\"")];
    check_error(&all, "fault group.name = \"a\"", 19, "\"b\" leads to itself: a → b → c → b");
}

#[test]
fn the_depth_of_groups_is_limited() {
    let names: Vec<String> = (0..=GROUP_DEPTH_MAX).map(|at| format!("g{at}")).collect();
    let mut groups = Groups::new();
    for pair in names.windows(2) {
        groups.insert(pair[0].clone(), parse(&format!("group.name = \"{}\"", pair[1])).unwrap());
    }
    groups.insert(names[GROUP_DEPTH_MAX].clone(), parse("ok").unwrap());
    let error = Filter::new(parse("group.name = \"g0\"").unwrap(), &groups).unwrap_err();
    assert!(error.message.contains("deeper than the 8"), "{}", error.message);
    assert!(Filter::new(parse("group.name = \"g1\"").unwrap(), &groups).is_ok());
}

#[test]
fn groups_that_are_named_often_are_read_once() {
    // Without sharing this would be 16 times itself at each of eight levels.
    let mut groups = Groups::new();
    for level in 0..7 {
        let one = format!("group.name = \"g{}\"", level + 1);
        groups.insert(format!("g{level}"), parse(&vec![one; 16].join(" AND ")).unwrap());
    }
    groups.insert("g7".to_owned(), parse("fault").unwrap());
    let filter = Filter::new(parse("group.name = \"g0\"").unwrap(), &groups).unwrap();
    let samples = [server(1, "a", "r").class(Class::Fault)];
    assert!(filter.matches(&trace(&samples)));
    assert_eq!(format!("{:?}", filter.necessary()), "Span([Class([Fault])])");
}
