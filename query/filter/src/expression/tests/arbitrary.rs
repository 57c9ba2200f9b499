//! Random expressions of the kind that reading makes.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::keyword::{Keyword, Scope};
use super::super::*;

/// Names that small random traces have too.
const NAMES: &[&str] = &["a", "b", "db", "fn", "client", "odd \"name\" \\ ü"];
const KEYS: &[&str] = &["k", "n", "http.route", "odd ] \"key\"", "user.id", "ключ"];
const TYPES: &[&str] = &["AWS::Lambda::Function", "AWS::DynamoDB", "remote", "client"];

/// Expressions about a trace.
pub(crate) fn expressions() -> BoxedStrategy<Expression> {
    let tests = prop_oneof![
        4 => simple(Scope::Trace),
        2 => annotations(vec![Side::Own]),
        2 => (selectors(), filters(Scope::Service)).prop_map(|(node, filter)| Test::Service { node, filter }),
        2 => (prop::option::of((selectors(), selectors())), filters(Scope::Edge))
            .prop_map(|(ends, filter)| Test::Edge { ends, filter }),
        1 => select(&["g", "h"][..]).prop_map(|name| {
            Test::Group(GroupReference { name: name.to_owned(), arn: None, position: 0 })
        }),
        2 => causes(),
        1 => prop::collection::vec(patterns(), 0..2).prop_map(Test::RootCauseJson),
    ];
    combined(tests.boxed())
}

fn combined(tests: BoxedStrategy<Test>) -> BoxedStrategy<Expression> {
    let leaf = tests.prop_map(Expression::Test);
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Or),
            inner.prop_map(|one| Expression::Not(Box::new(one))),
        ]
    })
    .boxed()
}

fn filters(scope: Scope) -> BoxedStrategy<Option<Box<Expression>>> {
    let tests = match scope {
        Scope::Edge => {
            prop_oneof![simple(scope), annotations(vec![Side::Own, Side::Source, Side::Destination])].boxed()
        }
        Scope::Service => prop_oneof![simple(scope), annotations(vec![Side::Own])].boxed(),
        _ => simple(scope),
    };
    prop::option::of(combined(tests).prop_map(Box::new)).boxed()
}

fn simple(scope: Scope) -> BoxedStrategy<Test> {
    let keywords: Vec<Keyword> = Keyword::all().filter(|keyword| scope.has(*keyword)).collect();
    select(keywords)
        .prop_flat_map(|keyword| match keyword {
            Keyword::Flag(keyword) => any::<bool>().prop_map(move |value| Test::Flag { keyword, value }).boxed(),
            Keyword::Number(keyword) => (comparisons(), numbers())
                .prop_map(move |(operator, value)| Test::Number { keyword, operator, value })
                .boxed(),
            Keyword::Text(keyword) => prop::option::of((select(&TextOperator::ALL[..]), texts()))
                .prop_map(move |compared| Test::Text { keyword, compared })
                .boxed(),
        })
        .boxed()
}

fn annotations(sides: Vec<Side>) -> BoxedStrategy<Test> {
    let values = prop_oneof![
        (comparisons(), numbers()).prop_map(|(operator, value)| Value::Number(operator, value)),
        (select(&TextOperator::ALL[..]), texts()).prop_map(|(operator, value)| Value::Text(operator, value)),
        (select(&[Comparison::Equal, Comparison::NotEqual][..]), any::<bool>())
            .prop_map(|(operator, value)| Value::Bool(operator, value)),
    ];
    (select(sides), select(KEYS), prop::option::of(values))
        .prop_map(|(side, key, compared)| Test::Annotation { side, key: key.to_owned(), compared })
        .boxed()
}

fn causes() -> BoxedStrategy<Test> {
    (select(&CauseKind::ALL[..]), select(&CauseElement::ALL[..]))
        .prop_flat_map(|(of, element)| {
            filters(Scope::Cause(of, element)).prop_map(move |filter| Test::RootCause { of, element, filter })
        })
        .boxed()
}

fn patterns() -> BoxedStrategy<CausePattern> {
    let exceptions = (prop::option::of(texts()), prop::option::of(texts()))
        .prop_map(|(name, message)| ExceptionPattern { name, message });
    let entities = (
        prop::option::of(texts()),
        prop::option::of(any::<bool>()),
        prop::option::of(select(&[0.0, 0.5, 0.863, 1.0][..])),
        prop::option::of(prop::collection::vec(exceptions, 0..2)),
    )
        .prop_map(|(name, remote, coverage, exceptions)| EntityPattern { name, remote, coverage, exceptions });
    let services = (
        prop::option::of(texts()),
        prop::option::of(select(TYPES).prop_map(str::to_owned)),
        prop::option::of(any::<bool>()),
        prop::option::of(prop::collection::vec(entities, 0..3)),
    )
        .prop_map(|(name, node_type, inferred, entity_path)| ServicePattern {
            name,
            node_type,
            inferred,
            entity_path,
            ..ServicePattern::default()
        });
    (prop::option::of(any::<bool>()), prop::option::of(prop::collection::vec(services, 0..3)))
        .prop_map(|(client_impacting, services)| CausePattern { client_impacting, services })
        .boxed()
}

fn selectors() -> BoxedStrategy<Selector> {
    let accounts = prop::option::weighted(0.2, select(&["1", "2"][..]).prop_map(str::to_owned));
    let types = prop::option::weighted(0.3, select(TYPES).prop_map(str::to_owned));
    (prop::option::weighted(0.7, select(NAMES).prop_map(str::to_owned)), types, accounts)
        .prop_map(|(name, node_type, account_id)| Selector { name, node_type, account_id })
        .boxed()
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    select(&Comparison::ALL[..])
}

/// Numbers that small random traces have too.
fn numbers() -> BoxedStrategy<f64> {
    prop_oneof![
        select(&[0.0, 0.5, 1.0, 2.0, 3.0, 200.0, 404.0, 500.0][..]),
        any::<f64>().prop_filter("finite", |value| value.is_finite()),
    ]
    .boxed()
}

fn texts() -> BoxedStrategy<String> {
    let known = select(&["", "a", "b", "db", "fn", "GET", "/a", "http://a/a", "alice", "X", "5", "true"][..]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,6}"].boxed()
}
