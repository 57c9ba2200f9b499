mod arbitrary;
mod completion;
mod matching;
mod mistakes;
mod narrow;
mod today;

use proptest::prelude::*;

use super::*;
use arbitrary::{WORDS, searches};

const LEVELS: &[&str] = &["trace", "debug", "info", "warn", "error", "fatal"];

/// A table as the product has it.
const KEYS: &[Key] = &[
    Key { name: "service", aliases: &["service.name"], key_type: KeyType::Text, alternatives: true },
    Key { name: "severity", aliases: &["level"], key_type: KeyType::Levels(LEVELS), alternatives: false },
    Key { name: "duration", aliases: &["took"], key_type: KeyType::Duration, alternatives: false },
    Key {
        name: "class",
        aliases: &[],
        key_type: KeyType::Words(&["ok", "error", "throttle", "fault"]),
        alternatives: true,
    },
    Key::new("size", KeyType::Size),
    Key::new("count", KeyType::Number),
    Key::new("root", KeyType::Bool),
    Key::new("name", KeyType::Text),
    Key::new("trace_id", KeyType::Text),
];

fn read(text: &str) -> Search {
    parse_search(text, KEYS).unwrap_or_else(|error| panic!("{text}: {error} at {}", error.position))
}

/// What the text is read as, printed canonically, is `canonical`, which is read the same.
#[track_caller]
fn check(text: &str, canonical: &str) {
    let search = read(text);
    assert_eq!(search.print(KEYS), canonical, "{text}");
    assert_eq!(parse_search(canonical, KEYS).as_ref(), Ok(&search), "{canonical}");
}

fn word(text: &str) -> Search {
    Search::Text(Text { text: text.to_owned(), shape: Shape::Word })
}

fn phrase(text: &str) -> Search {
    Search::Text(Text { text: text.to_owned(), shape: Shape::Phrase })
}

fn prefix(text: &str) -> Search {
    Search::Text(Text { text: text.to_owned(), shape: Shape::Prefix })
}

fn not(search: Search) -> Search {
    Search::Not(Box::new(search))
}

fn attribute(key: &str, test: FieldTest) -> Search {
    Search::Field(Field { key: FieldKey::Attribute(key.to_owned()), negated: false, test })
}

fn reserved(key: &str, test: FieldTest) -> Search {
    Search::Field(Field { key: FieldKey::Reserved(key.to_owned()), negated: false, test })
}

fn negated(search: Search) -> Search {
    let Search::Field(field) = search else { panic!("{search:?} is no field") };
    Search::Field(Field { negated: true, ..field })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn equals(value: Value) -> FieldTest {
    FieldTest::Equals(value)
}

#[test]
fn words_phrases_and_prefixes() {
    assert_eq!(read("payment"), word("payment"));
    assert_eq!(read("\"card declined\""), phrase("card declined"));
    assert_eq!(read("\"say \\\"hi\\\" \\\\ there\""), phrase("say \"hi\" \\ there"));
    assert_eq!(read("decl*"), prefix("decl"));
    assert_eq!(read("\"card decl\"*"), prefix("card decl"));
    assert_eq!(read("payment -retry"), Search::And(vec![word("payment"), not(word("retry"))]));
    assert_eq!(read("-\"timed out\""), not(phrase("timed out")));
    assert_eq!(read("*"), Search::Everything);
    assert_eq!(read(""), Search::Everything);
    assert_eq!(read(" \t\n"), Search::Everything);
    assert_eq!(read("payment *"), word("payment"));
    assert_eq!(read("-*"), not(Search::Everything));
    assert_eq!(read("\"a\"b"), Search::And(vec![phrase("a"), word("b")]));
    check("  payment   -retry ", "payment -retry");
}

#[test]
fn or_binds_weaker_than_and() {
    let (a, b, c) = (word("a"), word("b"), word("c"));
    let and = |all: &[&Search]| Search::And(all.iter().copied().cloned().collect());
    let or = |all: &[&Search]| Search::Or(all.iter().copied().cloned().collect());
    assert_eq!(read("a b OR c"), or(&[&and(&[&a, &b]), &c]));
    assert_eq!(read("a AND b OR c"), or(&[&and(&[&a, &b]), &c]));
    assert_eq!(read("a (b OR c)"), and(&[&a, &or(&[&b, &c])]));
    assert_eq!(read("NOT a b"), and(&[&not(a.clone()), &b]));
    assert_eq!(read("NOT (a b)"), not(and(&[&a, &b])));
    assert_eq!(read("-(a OR b)"), not(or(&[&a, &b])));
    assert_eq!(read("NOT NOT a"), not(not(a.clone())));
    assert_eq!(read("((a))"), a);
    check("a AND b", "a b");
    check("NOT a", "-a");
    check("NOT (a OR b) c", "-(a OR b) c");
    check("a OR (b OR c)", "a OR (b OR c)");
    check("NOT user:bob", "NOT user:bob");
    check("(a)(b)", "a b");
}

#[test]
fn operators_are_words_in_capitals_only() {
    assert_eq!(read("or and not"), Search::And(vec![word("or"), word("and"), word("not")]));
    assert_eq!(read("ORDER ANDROID NOTE"), Search::And(vec![word("ORDER"), word("ANDROID"), word("NOTE")]));
    assert_eq!(read("\"OR\""), phrase("OR"));
    assert_eq!(read("-NOT"), not(word("NOT")));
    assert_eq!(read("OR:5"), attribute("OR", equals(Value::Int(5))));
    assert_eq!(read("NOT(a)"), not(word("a")));
}

#[test]
fn brackets_that_are_part_of_a_word_stay_there() {
    assert_eq!(read("main()"), word("main()"));
    assert_eq!(read("call(a b)"), Search::And(vec![word("call(a"), word("b)")]));
    assert_eq!(read("(main() OR x)"), Search::Or(vec![word("main()"), word("x")]));
    assert_eq!(read("a:f(x)"), attribute("a", equals(text("f(x)"))));
    check("a:f(x)", "a:\"f(x)\"");
}

#[test]
fn conditions_on_attributes() {
    use Order::{Greater, GreaterOrEqual, Less, LessOrEqual};
    for (written, test) in [
        ("k:v", equals(text("v"))),
        ("k=v", equals(text("v"))),
        ("k:\"a b\"", equals(text("a b"))),
        ("k=\"a b\"", equals(text("a b"))),
        ("k:5", equals(Value::Int(5))),
        ("k=-5", equals(Value::Int(-5))),
        ("k:5.0", equals(Value::Double(5.0))),
        ("k:1e3", equals(Value::Double(1000.0))),
        ("k:\"5\"", equals(text("5"))),
        ("k:05", equals(text("05"))),
        ("k:+5", equals(text("+5"))),
        ("k:true", equals(Value::Bool(true))),
        ("k:\"true\"", equals(text("true"))),
        ("k:True", equals(text("True"))),
        ("k:30s", equals(text("30s"))),
        ("k:*", FieldTest::Exists),
        ("k=*", equals(text("*"))),
        ("k:val*", FieldTest::Prefix("val".to_owned())),
        ("k:\"two w\"*", FieldTest::Prefix("two w".to_owned())),
        ("k=val*", equals(text("val*"))),
        ("k:/re[gx]+/", FieldTest::Regex("re[gx]+".to_owned())),
        ("k:/a\\/b\\./", FieldTest::Regex("a/b\\.".to_owned())),
        ("k=/re/", equals(text("/re/"))),
        ("k:/cart", equals(text("/cart"))),
        ("k:/cart/items", equals(text("/cart/items"))),
        ("k:\"/cart/\"", equals(text("/cart/"))),
        ("k:~part", FieldTest::Contains("part".to_owned())),
        ("k:~\"a b\"", FieldTest::Contains("a b".to_owned())),
        ("k>5", FieldTest::Compares(Greater, Value::Int(5))),
        ("k:>5", FieldTest::Compares(Greater, Value::Int(5))),
        ("k>=5.5", FieldTest::Compares(GreaterOrEqual, Value::Double(5.5))),
        ("k:>=5.5", FieldTest::Compares(GreaterOrEqual, Value::Double(5.5))),
        ("k<-5", FieldTest::Compares(Less, Value::Int(-5))),
        ("k:<=5", FieldTest::Compares(LessOrEqual, Value::Int(5))),
        ("k>250ms", FieldTest::Compares(Greater, Value::Duration(250_000_000))),
        ("k:<=1.5s", FieldTest::Compares(LessOrEqual, Value::Duration(1_500_000_000))),
        ("k>=10KB", FieldTest::Compares(GreaterOrEqual, Value::Size(10_000))),
        ("k<1MiB", FieldTest::Compares(Less, Value::Size(1 << 20))),
    ] {
        assert_eq!(read(written), attribute("k", test.clone()), "{written}");
        let again = attribute("k", test).print(KEYS);
        assert_eq!(read(&again), read(written), "{again}");
    }
    assert_eq!(read("-k:v"), negated(attribute("k", equals(text("v")))));
    assert_eq!(read("k!=v"), negated(attribute("k", equals(text("v")))));
    assert_eq!(read("-k=v"), negated(attribute("k", equals(text("v")))));
    assert_eq!(read("-k:*"), negated(attribute("k", FieldTest::Exists)));
    assert_eq!(read("-k:~x"), negated(attribute("k", FieldTest::Contains("x".to_owned()))));
    assert_eq!(read("-k:v*"), negated(attribute("k", FieldTest::Prefix("v".to_owned()))));
    assert_eq!(read("-k:/x/"), negated(attribute("k", FieldTest::Regex("x".to_owned()))));
    assert_eq!(read("NOT k:v"), not(attribute("k", equals(text("v")))));
}

#[test]
fn keys_in_quotation_marks_are_attributes() {
    assert_eq!(read("\"my key\":v"), attribute("my key", equals(text("v"))));
    assert_eq!(read("\"my key\">5"), attribute("my key", FieldTest::Compares(Order::Greater, Value::Int(5))));
    assert_eq!(read("-\"my key\":*"), negated(attribute("my key", FieldTest::Exists)));
    assert_eq!(read("\"duration\":5"), attribute("duration", equals(Value::Int(5))));
    assert_eq!(read("\"a\":\"b\""), attribute("a", equals(text("b"))));
    assert_eq!(read("\"a: b\""), phrase("a: b"));
    assert_eq!(read("\"a\":"), Search::And(vec![phrase("a"), word(":")]));
    check("\"duration\":5", "\"duration\":5");
    check("\"level\":x", "\"level\":x");
    check("\"plain\":x", "plain:x");
}

#[test]
fn keys_of_the_table_have_types() {
    use Order::{Greater, GreaterOrEqual};
    assert_eq!(read("service:5"), reserved("service", equals(text("5"))));
    assert_eq!(read("trace_id:123e45"), reserved("trace_id", equals(text("123e45"))));
    assert_eq!(read("service.name=cart"), reserved("service", equals(text("cart"))));
    assert_eq!(
        read("duration>250ms"),
        reserved("duration", FieldTest::Compares(Greater, Value::Duration(250_000_000)))
    );
    assert_eq!(read("took:>1.5s"), reserved("duration", FieldTest::Compares(Greater, Value::Duration(1_500_000_000))));
    assert_eq!(
        read("duration>=30"),
        reserved("duration", FieldTest::Compares(GreaterOrEqual, Value::Duration(30_000_000)))
    );
    assert_eq!(read("duration:1h30m"), reserved("duration", equals(Value::Duration(5_400_000_000_000))));
    assert_eq!(read("size>10KB"), reserved("size", FieldTest::Compares(Greater, Value::Size(10_000))));
    assert_eq!(read("size>512"), reserved("size", FieldTest::Compares(Greater, Value::Size(512))));
    assert_eq!(read("class:FAULT"), reserved("class", equals(text("fault"))));
    assert_eq!(read("root:true"), reserved("root", equals(Value::Bool(true))));
    assert_eq!(read("count:5"), reserved("count", equals(Value::Int(5))));
    assert_eq!(read("name:GET*"), reserved("name", FieldTest::Prefix("GET".to_owned())));
    assert_eq!(read("duration:*"), reserved("duration", FieldTest::Exists));
}

#[test]
fn a_level_means_at_least() {
    let at_least = |level: &str| reserved("severity", FieldTest::Compares(Order::GreaterOrEqual, text(level)));
    assert_eq!(read("severity:Warn"), at_least("warn"));
    assert_eq!(read("level:\"warn\""), at_least("warn"));
    assert_eq!(read("severity>=warn"), at_least("warn"));
    assert_eq!(read("-severity:warn"), negated(at_least("warn")));
    assert_eq!(read("severity=warn"), reserved("severity", equals(text("warn"))));
    assert_eq!(read("severity!=warn"), negated(reserved("severity", equals(text("warn")))));
    assert_eq!(read("severity<warn"), reserved("severity", FieldTest::Compares(Order::Less, text("warn"))));
    check("level:ERROR", "severity:error");
    check("severity!=warn", "-severity=warn");
    check("severity>info", "severity>info");
}

#[test]
fn services_beside_each_other_are_alternatives() {
    let service = |name: &str| reserved("service", equals(text(name)));
    let either = Search::Or(vec![service("cart"), service("stock")]);
    assert_eq!(read("service:cart service:stock"), either);
    assert_eq!(read("service:cart timeout service:stock"), Search::And(vec![either.clone(), word("timeout")]));
    assert_eq!(read("service:(cart stock)"), either);
    assert_eq!(read("service:cart AND service:stock"), Search::And(vec![service("cart"), service("stock")]));
    assert_eq!(read("service:cart -service:stock"), Search::And(vec![service("cart"), negated(service("stock"))]));
    check("service:cart timeout service:stock", "(service:cart OR service:stock) timeout");
    check("service:cart AND service:stock x", "service:cart AND service:stock AND x");
}

#[test]
fn values_in_brackets() {
    let k = |test: FieldTest| attribute("k", test);
    let is = |value: &str| k(equals(text(value)));
    assert_eq!(read("k:(a OR b)"), Search::Or(vec![is("a"), is("b")]));
    assert_eq!(read("k:(a b)"), Search::And(vec![is("a"), is("b")]));
    assert_eq!(
        read("k:(\"a b\" OR c* OR 5)"),
        Search::Or(vec![is("a b"), k(FieldTest::Prefix("c".to_owned())), k(equals(Value::Int(5)))])
    );
    assert_eq!(
        read("k:(>5 <=10)"),
        Search::And(vec![
            k(FieldTest::Compares(Order::Greater, Value::Int(5))),
            k(FieldTest::Compares(Order::LessOrEqual, Value::Int(10))),
        ])
    );
    assert_eq!(read("k:(a -b)"), Search::And(vec![is("a"), negated(is("b"))]));
    assert_eq!(read("k:(NOT a)"), not(is("a")));
    assert_eq!(
        read("k:(a OR (b /x/))"),
        Search::Or(vec![is("a"), Search::And(vec![is("b"), k(FieldTest::Regex("x".to_owned()))])])
    );
    assert_eq!(read("-k:(a OR b)"), Search::And(vec![negated(is("a")), negated(is("b"))]));
    assert_eq!(read("NOT k:(a OR b)"), not(Search::Or(vec![is("a"), is("b")])));
    assert_eq!(read("-k:(a -b)"), Search::Or(vec![negated(is("a")), is("b")]));
    assert_eq!(read("k:(a) c"), Search::And(vec![is("a"), word("c")]));
    assert_eq!(read("duration:(>1s <2s)"), read("duration>1s duration<2s"));
    check("k:(a OR b) c", "(k:a OR k:b) c");
}

#[test]
fn a_misspelt_key_has_a_nearest_one() {
    let attribute = |name: &str| FieldKey::Attribute(name.to_owned());
    assert_eq!(attribute("servce").nearest(KEYS), Some("service"));
    assert_eq!(attribute("http.route").nearest(KEYS), None);
    assert_eq!(FieldKey::Reserved("service".to_owned()).nearest(KEYS), None);
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(search in searches()) {
        let text = search.print(KEYS);
        prop_assert_eq!(parse_search(&text, KEYS), Ok(search), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), cursor in any::<usize>()) {
        if let Err(error) = parse_search(&text, KEYS) {
            prop_assert!(text.get(error.position..error.position + error.length).is_some(), "{:?}", error);
        }
        completion_at(&text, cursor % (text.len() + 2), KEYS);
    }

    /// Texts that go further than random letters do.
    #[test]
    fn its_own_words_are_read_or_refused_at_a_place(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..16)
    ) {
        let text = words.concat();
        for cursor in 0..=text.len() {
            let completion = completion_at(&text, cursor, KEYS);
            prop_assert!(completion.from <= completion.to && completion.to <= text.len(), "{completion:?} of {text:?}");
            prop_assert!(text.is_char_boundary(completion.from) && text.is_char_boundary(completion.to));
        }
        match parse_search(&text, KEYS) {
            Ok(search) => {
                let printed = search.print(KEYS);
                prop_assert_eq!(parse_search(&printed, KEYS), Ok(search), "{} from {}", printed, text);
            }
            Err(error) => {
                prop_assert!(error.position + error.length <= text.len(), "{:?} of {:?}", error, text);
                for at in [error.position, error.position + error.length] {
                    prop_assert!(text.is_char_boundary(at), "{:?} of {:?}", error, text);
                }
            }
        }
    }
}
