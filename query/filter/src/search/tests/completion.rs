use super::*;

/// What is being typed at the `|` of the text, and what a proposal takes the place of.
#[track_caller]
fn check(marked: &str, expected: &str, replaced: &str) {
    let cursor = marked.find('|').expect("the cursor is marked");
    let text = marked.replacen('|', "", 1);
    let completion = completion_at(&text, cursor, KEYS);
    let key = |key: &FieldKey| match key {
        FieldKey::Reserved(name) => format!("!{name}"),
        FieldKey::Attribute(name) => name.clone(),
    };
    let found = match &completion.typing {
        Typing::Key { prefix } => format!("key {prefix}"),
        Typing::Operator { key: of, prefix } => format!("operator {} {prefix}", key(of)),
        Typing::Value { key: of, operator, prefix, quoted } => {
            format!("value {} {operator} {prefix}{}", key(of), if *quoted { " quoted" } else { "" })
        }
        Typing::Nothing => "nothing".to_owned(),
    };
    assert_eq!(found, expected, "{marked}");
    assert_eq!(&text[completion.from..completion.to], replaced, "{marked}");
}

#[test]
fn keys_and_words() {
    check("|", "key ", "");
    check("dur|", "key dur", "dur");
    check("du|r", "key du", "dur");
    check("|dur", "key ", "");
    check("timeout |", "key ", "");
    check("timeout se|rv", "key se", "serv");
    check("-ser|", "key ser", "ser");
    check("(a OR ser|)", "key ser", "ser");
    check("NOT (ser|", "key ser", "ser");
    check("du|ration>5", "key du", "duration");
    check("a https://x|", "key https://x", "https://x");
    check("דו|", "key דו", "דו");
    check("\"my k|ey\":5", "key my k", "\"my key\"");
}

#[test]
fn operators() {
    check("duration!|", "operator !duration !", "!");
    check("foo!|", "operator foo !", "!");
    check("duration!|=5", "operator !duration !", "!=");
    check("duration:|>5", "operator !duration :", ":>");
}

#[test]
fn values() {
    check("service:|", "value !service : ", "");
    check("service:ca|", "value !service : ca", "ca");
    check("service:c|art b", "value !service : c", "cart");
    check("level=|", "value !severity = ", "");
    check("http.route:/ca|", "value http.route : /ca", "/ca");
    check("-user:bo|", "value user : bo", "bo");
    check("user!=b|", "value user != b", "b");
    check("duration>|", "value !duration > ", "");
    check("duration:>=2|", "value !duration :>= 2", "2");
    check("url:~ca|", "value url :~ ca", "ca");
    check("user:\"Ann L|ee\" x", "value user : Ann L quoted", "\"Ann Lee\"");
    check("user:\"Ann L| x", "value user : Ann L quoted", "\"Ann L");
    check("user:\"|", "value user :  quoted", "\"");
    check("\"my key\":v|", "value my key : v", "v");
    check("\"duration\":v|", "value duration : v", "v");
    check("a service:ca| b:c", "value !service : ca", "ca");
}

#[test]
fn values_in_brackets() {
    check("service:(|", "value !service : ", "");
    check("service:(a OR b|)", "value !service : b", "b");
    check("service:(a |", "value !service : ", "");
    check("service:(a (b |", "value !service : ", "");
    check("service:(a) b|", "key b", "b");
    check("(service:a|)", "value !service : a", "a");
}

#[test]
fn nothing_is_proposed_in_a_phrase() {
    check("\"card d|eclined\"", "nothing", "\"card declined\"");
    check("\"card d|", "nothing", "\"card d");
    check("a \"b\" c|", "key c", "c");
}

#[test]
fn after_a_term_it_may_go_on_with_an_operator() {
    let after_term = |text: &str| completion_at(text, text.len(), KEYS).after_term;
    for text in ["a ", "a O", "k:v ", "(a) ", "(a)O", "\"a\" A", "k:(a "] {
        assert!(after_term(text), "{text}");
    }
    for text in ["", "a", "a OR ", "NOT ", "(", "k:(", "a AND b"] {
        assert!(!after_term(text), "{text}");
    }
}

#[test]
fn a_cursor_that_is_nowhere_is_moved() {
    assert_eq!(completion_at("abc", 99, KEYS).typing, Typing::Key { prefix: "abc".to_owned() });
    assert_eq!(completion_at("é", 1, KEYS).typing, Typing::Key { prefix: String::new() });
    assert_eq!(completion_at(&"a".repeat(1 << 20), 5, KEYS).typing, Typing::Nothing);
}
