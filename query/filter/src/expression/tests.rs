mod arbitrary;
mod examples;
mod mistakes;

use proptest::prelude::*;

use super::*;
pub(crate) use arbitrary::expressions;

/// What the text is read as, printed canonically, is `canonical`, which is read the same.
#[track_caller]
fn check(text: &str, canonical: &str) {
    let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {}", error.position));
    assert_eq!(expression.to_string(), canonical, "{text}");
    assert_eq!(parse(canonical).as_ref(), Ok(&expression), "{canonical}");
}

fn flag(keyword: Flag, value: bool) -> Expression {
    Expression::Test(Test::Flag { keyword, value })
}

#[test]
fn flags_alone_and_compared() {
    for keyword in [Flag::Ok, Flag::Error, Flag::Throttle, Flag::Fault, Flag::Partial, Flag::Root] {
        let name = keyword.as_str();
        let read = |text: String| parse(&text).unwrap();
        assert_eq!(read(name.to_owned()), flag(keyword, true));
        assert_eq!(read(name.to_uppercase()), flag(keyword, true));
        assert_eq!(read(format!("{name} = true")), flag(keyword, true));
        assert_eq!(read(format!("{name} != FALSE")), flag(keyword, true));
        assert_eq!(read(format!("{name}=false")), flag(keyword, false));
        assert_eq!(read(format!("{name}!=\"true\"")), flag(keyword, false));
        assert_eq!(read(format!("!{name}")), Expression::Not(Box::new(flag(keyword, true))));
    }
}

#[test]
fn numbers_by_every_operator() {
    let operators = [
        ("=", Comparison::Equal),
        ("!=", Comparison::NotEqual),
        ("<", Comparison::Less),
        ("<=", Comparison::LessOrEqual),
        (">", Comparison::Greater),
        (">=", Comparison::GreaterOrEqual),
    ];
    for keyword in [NumberKeyword::ResponseTime, NumberKeyword::Duration, NumberKeyword::HttpStatus] {
        for (text, operator) in operators {
            let wanted = Expression::Test(Test::Number { keyword, operator, value: 2.5 });
            assert_eq!(parse(&format!("{} {text} 2.5", keyword.as_str())), Ok(wanted.clone()));
            assert_eq!(parse(&format!("{}{text}2.5", keyword.as_str().to_uppercase())), Ok(wanted));
        }
    }
    check("duration > -1", "duration > -1");
    check("duration > .5", "duration > 0.5");
    check("duration > 1e3", "duration > 1000");
}

#[test]
fn texts_by_every_operator() {
    let operators = [
        ("=", TextOperator::Equal),
        ("!=", TextOperator::NotEqual),
        ("CONTAINS", TextOperator::Contains),
        ("beginswith", TextOperator::BeginsWith),
        ("EndsWith", TextOperator::EndsWith),
    ];
    for keyword in TextKeyword::ALL {
        let set = Expression::Test(Test::Text { keyword, compared: None });
        assert_eq!(parse(keyword.as_str()), Ok(set));
        for (text, operator) in operators {
            let wanted =
                Expression::Test(Test::Text { keyword, compared: Some((operator, "a \"b\" \\ c".to_owned())) });
            assert_eq!(parse(&format!("{} {text} \"a \\\"b\\\" \\\\ c\"", keyword.as_str())), Ok(wanted));
        }
    }
    check("name = traces", "name = \"traces\"");
    check("name=my-service.v2", "name = \"my-service.v2\"");
    check("type = AWS::DynamoDB", "type = \"AWS::DynamoDB\"");
    check("user CONTAINS \"\"", "user CONTAINS \"\"");
}

#[test]
fn and_binds_closer_than_or_and_needs_no_word() {
    let (a, b, c) = (flag(Flag::Ok, true), flag(Flag::Error, true), flag(Flag::Fault, true));
    let and = |all: &[&Expression]| Expression::And(all.iter().copied().cloned().collect());
    let or = |all: &[&Expression]| Expression::Or(all.iter().copied().cloned().collect());
    assert_eq!(parse("ok error fault"), Ok(and(&[&a, &b, &c])));
    assert_eq!(parse("ok AND error and fault"), Ok(and(&[&a, &b, &c])));
    assert_eq!(parse("ok or error fault"), Ok(or(&[&a, &and(&[&b, &c])])));
    assert_eq!(parse("(ok OR error) fault"), Ok(and(&[&or(&[&a, &b]), &c])));
    assert_eq!(parse("!(ok or error)"), Ok(Expression::Not(Box::new(or(&[&a, &b])))));
    check("ok and (error and fault)", "ok AND (error AND fault)");
    check("!!ok", "!!ok");
    check("! ok", "!ok");
    check("ok!error", "ok AND !error");
    check("(((ok)))", "ok");
    check("  ok \n\t fault ", "ok AND fault");
}

#[test]
fn annotations_of_every_type() {
    check("annotation.age", "annotation.age");
    check("Annotation.Age > 29", "annotation.Age > 29");
    check("annotation[request.id] = \"x\"", "annotation[request.id] = \"x\"");
    check("annotation.request.id = \"x\"", "annotation[request.id] = \"x\"");
    check("annotation[ my-key ] CONTAINS \"x\"", "annotation[my-key] CONTAINS \"x\"");
    check("annotation[\"a ] b\"]", "annotation[\"a ] b\"]");
    check("annotation[environment] = staging", "annotation.environment = \"staging\"");
    check("annotation.cold = true", "annotation.cold = true");
    check("annotation.cold != FALSE", "annotation.cold != false");
    check("annotation.age != 29.5", "annotation.age != 29.5");
    check("annotation.s BEGINSWITH a", "annotation.s BEGINSWITH \"a\"");
    check("annotation.s = \"5\"", "annotation.s = \"5\"");
}

#[test]
fn services_edges_and_ids() {
    check("service", "service");
    check("service()", "service");
    check("service(id())", "service");
    check("service(\"a b\")", "service(\"a b\")");
    check("SERVICE ( checkout ) {fault}", "service(\"checkout\") { fault }");
    check("service { annotation[request.id] = \"x\" }", "service { annotation[request.id] = \"x\" }");
    check("service(\"a\") { }", "service(\"a\")");
    check("service(id(name:\"a\"))", "service(\"a\")");
    check(
        "service(id(type: \"T::U\", account.id: 123, name: a)) { error OR responsetime > 2 }",
        "service(id(name: \"a\", type: \"T::U\", account.id: \"123\")) { error OR responsetime > 2 }",
    );
    check("service(\"id\")", "service(\"id\")");
    check("service(id)", "service(\"id\")");
    check("edge", "edge");
    check("edge()", "edge");
    check("edge(a,b)", "edge(\"a\", \"b\")");
    check("edge(id(type: \"client\"), \"b\"){throttle}", "edge(id(type: \"client\"), \"b\") { throttle }");
    check("edge(id(), id())", "edge(id(), id())");
    check(
        "edge(\"a\", \"b\") { source.annotation[k] = \"x\" destination.annotation.n > 1 annotation.own }",
        "edge(\"a\", \"b\") { source.annotation.k = \"x\" AND destination.annotation.n > 1 AND annotation.own }",
    );
}

#[test]
fn groups_by_name_and_arn() {
    check("group.name = \"slow\" AND user = \"alice\"", "group.name = \"slow\" AND user = \"alice\"");
    let arn = "arn:aws:xray:eu-west-1:123456789012:group/slow/ABCDEF";
    check(&format!("GROUP.ARN=\"{arn}\""), &format!("group.arn = \"{arn}\""));
    let group = GroupReference { name: "slow".to_owned(), arn: Some(arn.to_owned()), position: 0 };
    assert_eq!(parse(&format!("group.arn = \"{arn}\"")), Ok(Expression::Test(Test::Group(group))));
    let Ok(Expression::And(all)) = parse("ok group.name = \"g\"") else { panic!() };
    assert!(matches!(&all[1], Expression::Test(Test::Group(group)) if group.position == 16), "{all:?}");
}

#[test]
fn root_causes_of_every_kind() {
    for kind in ["fault", "error", "responsetime"] {
        for element in ["service", "entity", "exception"] {
            let text = format!("rootcause.{kind}.{element} {{ first and !last and index > 5 and name = \"x\" }}");
            check(&text, &text.replace("and", "AND"));
        }
        check(
            &format!("RootCause.{kind}.service{{inferred type=\"AWS::DynamoDB\"}}"),
            &format!("rootcause.{kind}.service {{ inferred AND type = \"AWS::DynamoDB\" }}"),
        );
        check(&format!("rootcause.{kind}.entity {{ remote }}"), &format!("rootcause.{kind}.entity {{ remote }}"));
        check(&format!("rootcause.{kind}.service {{}}"), &format!("rootcause.{kind}.service {{ }}"));
    }
}

#[test]
fn json_has_the_fields_of_a_summary() {
    let text = r##"rootcause.json = #[{"ClientImpacting":true,"Services":[{"Name":"a","Names":["a","b"],"Type":"T",
        "AccountId":"1","Inferred":false,"EntityPath":[{"Name":"e","Remote":true,"Coverage":0.5,
        "Exceptions":[{"Name":"X","Message":"it's \"so\""}]}]}]}] AND fault"##;
    let expression = parse(text).unwrap();
    let Expression::And(all) = &expression else { panic!("{expression:?}") };
    let exception = ExceptionPattern { name: Some("X".to_owned()), message: Some("it's \"so\"".to_owned()) };
    let entity = EntityPattern {
        name: Some("e".to_owned()),
        remote: Some(true),
        coverage: Some(0.5),
        exceptions: Some(vec![exception]),
    };
    let service = ServicePattern {
        name: Some("a".to_owned()),
        names: Some(vec!["a".to_owned(), "b".to_owned()]),
        node_type: Some("T".to_owned()),
        account_id: Some("1".to_owned()),
        inferred: Some(false),
        entity_path: Some(vec![entity]),
    };
    let cause = CausePattern { client_impacting: Some(true), services: Some(vec![service]) };
    assert_eq!(all[0], Expression::Test(Test::RootCauseJson(vec![cause])));
    assert_eq!(parse(&expression.to_string()), Ok(expression));
    check("rootcause.json=#[]", "rootcause.json = #[]");
    check("rootcause.json = # [ {} ]", "rootcause.json = #[{}]");
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(expression in expressions()) {
        let text = expression.to_string();
        prop_assert_eq!(parse(&text), Ok(expression), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        if let Err(error) = parse(&text) {
            prop_assert!(text.get(error.position..error.position + error.length).is_some(), "{:?}", error);
        }
    }

    /// Texts that go further than random letters do.
    #[test]
    fn no_sequence_of_its_own_words_makes_it_panic(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..24)
    ) {
        let text = words.concat();
        match parse(&text) {
            Ok(expression) => prop_assert_eq!(parse(&expression.to_string()), Ok(expression), "{}", text),
            Err(error) => {
                prop_assert!(error.position + error.length <= text.len(), "{:?} of {:?}", error, text);
                for at in [error.position, error.position + error.length] {
                    prop_assert!(text.is_char_boundary(at), "{:?} of {:?}", error, text);
                }
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}

const WORDS: &[&str] = &[
    " ",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "!",
    "!=",
    "=",
    "<",
    ">=",
    ",",
    ":",
    "\"",
    "\"x\"",
    "'",
    "#",
    "\\",
    "é",
    "🔥",
    "1",
    "-1.5",
    "true",
    "ok",
    "fault ",
    "responsetime",
    "http.url",
    "name",
    "CONTAINS ",
    " AND ",
    " or ",
    "annotation.a",
    "annotation",
    "source.annotation",
    "service",
    "edge",
    "id(",
    "type:",
    "group.name",
    "group.arn",
    "rootcause.fault.service",
    "rootcause.responsetime.entity",
    "rootcause.json=#[{\"Services\":[{\"Name\":\"a\"}]}]",
    "coverage",
    "last",
];
