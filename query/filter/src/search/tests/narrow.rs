use super::*;

#[track_caller]
fn check(before: &str, added: &str, after: &str) {
    let Search::Field(field) = read(added) else { panic!("{added} is no condition") };
    let narrowed = read(before).with(field, KEYS);
    assert_eq!(narrowed.print(KEYS), after, "{before} with {added}");
    assert_eq!(read(after), narrowed, "{after}");
}

#[test]
fn a_condition_narrows() {
    check("", "user:bob", "user:bob");
    check("timeout", "user:\"Ann Lee\"", "timeout user:\"Ann Lee\"");
    check("a OR b", "user:bob", "(a OR b) user:bob");
    check("user:ann", "user:bob", "user:ann user:bob");
    check("", "-n:5", "-n:5");
}

#[test]
fn it_takes_the_place_of_itself_and_of_its_opposite() {
    check("timeout user:\"Ann Lee\"", "user:\"Ann Lee\"", "timeout user:\"Ann Lee\"");
    check("timeout user:\"Ann Lee\"", "-user:\"Ann Lee\"", "timeout -user:\"Ann Lee\"");
    check("user!=bob x", "user:bob", "x user:bob");
    check("user:*", "-user:*", "-user:*");
    check("severity:warn", "-severity:warn", "-severity:warn");
}

#[test]
fn services_are_alternatives() {
    check("service:cart", "service:stock", "service:cart OR service:stock");
    check("service:cart x", "service:stock", "x (service:cart OR service:stock)");
    check("service:cart x service:stock", "service:mail", "x (service:cart OR service:stock OR service:mail)");
    check("service:cart service:stock", "-service:cart", "service:stock -service:cart");
    check("service:cart", "-service:cart", "-service:cart");
    check("service:cart service:stock", "service:cart", "service:stock OR service:cart");
}

#[test]
fn what_was_searched_for_is_marked() {
    let search = read("payment (\"card declined\" OR time*) -retry NOT (a b) user:bob");
    let marks: Vec<String> = search.marks().iter().map(ToString::to_string).collect();
    assert_eq!(marks, ["payment", "\"card declined\"", "time*"]);
}
