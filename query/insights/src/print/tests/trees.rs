//! Syntax trees for the property tests: every command, every kind of expression.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::period::{Period, Unit};
use crate::span::Span;
use crate::syntax::*;

const AT: Span = Span { position: 0, length: 0 };

pub(crate) fn query() -> impl Strategy<Value = Query> {
    let inner = shallow_query();
    (option::of(source()), vec(command(inner), 1..5)).prop_map(|(source, commands)| Query { source, commands })
}

/// For sub-queries.
fn shallow_query() -> BoxedStrategy<Query> {
    let fields = column().prop_map(|column| Command::Fields(Fields { columns: vec![column], span: AT }));
    (option::of(source()), vec(fields, 1..3)).prop_map(|(source, commands)| Query { source, commands }).boxed()
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9 *]{0,6}",
        "[\\\\\"'\n\t/äß`|#]{0,5}",
        select(vec!["ERROR", "/aws/lambda/x", "a=*"]).prop_map(str::to_owned)
    ]
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[@a-z_][a-zA-Z0-9_]{0,6}",
        "[a-z .`-]{1,5}",
        select(vec!["filter", "in", "AS", "true", "offset", "csv", "spans", "multi", "where", "5m", "ümlaut"])
            .prop_map(str::to_owned),
    ]
}

fn name() -> impl Strategy<Value = Name> {
    any_name().prop_map(|text| Name { text, span: AT })
}

fn names() -> impl Strategy<Value = Vec<Name>> {
    vec(name(), 1..3)
}

fn field() -> impl Strategy<Value = Field> {
    let step = prop_oneof![any_name().prop_map(Step::Key), (0usize..99).prop_map(Step::Index)];
    (any_name(), vec(step, 0..3)).prop_map(|(name, path)| Field { name, path, span: AT })
}

fn fields(least: usize) -> impl Strategy<Value = Vec<Field>> {
    vec(field(), least..3)
}

fn period() -> impl Strategy<Value = Period> {
    let units = vec![
        Unit::Millisecond,
        Unit::Second,
        Unit::Minute,
        Unit::Hour,
        Unit::Day,
        Unit::Week,
        Unit::Month,
        Unit::Quarter,
        Unit::Year,
    ];
    (1u32..1000, select(units)).prop_map(|(count, unit)| Period { count, unit })
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![(0u32..1000).prop_map(f64::from), (0.0f64..1e6), Just(1e21), Just(1e-9)]
}

fn regex() -> impl Strategy<Value = Regex> {
    prop_oneof!["[a-z/(?<>) ]{1,6}", r"(\\[dws/\\]|[a-z]){1,4}".prop_map(|text| text.replace("\\/", "/"))]
        .prop_map(|text| Regex { text, span: AT })
}

fn source() -> impl Strategy<Value = Source> {
    let texts = || vec(any_text(), 1..3);
    let groups = || {
        (vec(any_text(), 0..3), vec(any_text(), 0..2), vec(any_text(), 0..2), vec(any_text(), 0..2)).prop_map(
            |(name_prefix, account_identifiers, class, log_group_tags)| LogGroups {
                name_prefix,
                account_identifiers,
                class,
                log_group_tags,
            },
        )
    };
    let kind = prop_oneof![
        texts().prop_map(SourceKind::Named),
        groups().prop_map(SourceKind::LogGroups),
        (texts(), option::of(groups())).prop_map(|(names, log_groups)| SourceKind::DataSource { names, log_groups }),
        Just(SourceKind::Spans),
        Just(SourceKind::Logs),
    ];
    let bound = || {
        option::of(prop_oneof![
            Just(TimeBound::Now),
            period().prop_map(TimeBound::Before),
            number().prop_map(TimeBound::Epoch),
            any_text().prop_map(TimeBound::Date),
        ])
    };
    (kind, bound(), bound()).prop_map(|(kind, start, end)| Source { kind, start, end, span: AT })
}

fn expr_of(kind: ExprKind) -> Expr {
    Expr { kind, span: AT }
}

fn expr() -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![
        field().prop_map(ExprKind::Field),
        number().prop_map(ExprKind::Number),
        any_text().prop_map(ExprKind::Text),
        any::<bool>().prop_map(ExprKind::Bool),
        period().prop_map(ExprKind::Period),
    ]
    .prop_map(expr_of);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let call =
            ("[a-z][a-zA-Z_]{0,5}x", vec(prop_oneof![4 => inner.clone(), 1 => Just(expr_of(ExprKind::Star))], 0..3))
                .prop_map(|(name, arguments)| ExprKind::Call(Call { name, arguments, name_span: AT }));
        let set = prop_oneof![vec(inner.clone(), 1..3).prop_map(InSet::Values), shallow_set(),];
        let pattern = prop_oneof![any_text().prop_map(LikePattern::Text), regex().prop_map(LikePattern::Regex)];
        prop_oneof![
            (operator(), inner.clone(), inner.clone()).prop_map(|(operator, left, right)| {
                let is_boolean = matches!(operator, BinaryOperator::And | BinaryOperator::Or);
                let (left, right) = if is_boolean { (condition_of(left), condition_of(right)) } else { (left, right) };
                ExprKind::Binary(operator, Box::new(left), Box::new(right))
            }),
            inner.clone().prop_map(|inner| ExprKind::Unary(UnaryOperator::Not, Box::new(condition_of(inner)))),
            inner.clone().prop_map(|inner| ExprKind::Unary(UnaryOperator::Negate, Box::new(inner))),
            (inner.clone(), pattern, any::<bool>()).prop_map(|(target, pattern, negated)| ExprKind::Like(Like {
                target: Box::new(target),
                pattern,
                negated
            })),
            (inner, set, any::<bool>()).prop_map(|(target, set, negated)| ExprKind::In(In {
                target: Box::new(target),
                set,
                negated
            })),
            call,
        ]
        .prop_map(expr_of)
    })
    .boxed()
}

fn shallow_set() -> impl Strategy<Value = InSet> {
    (source(), any_name()).prop_map(|(source, name)| {
        let columns = vec![Column { expr: Expr::field(&name, AT), alias: None }];
        let commands = vec![Command::Fields(Fields { columns, span: AT })];
        InSet::Subquery(Box::new(Query { source: Some(source), commands }))
    })
}

fn operator() -> impl Strategy<Value = BinaryOperator> {
    use BinaryOperator::*;
    select(vec![Or, And, Eq, Ne, Lt, Le, Gt, Ge, Add, Subtract, Multiply, Divide, Remainder, Power])
}

/// A bare text means something else in a condition; the parser never leaves one there.
fn condition_of(expr: Expr) -> Expr {
    match expr.kind {
        ExprKind::Text(text) => {
            expr_of(ExprKind::Field(Field { name: format!("f{text}"), path: Vec::new(), span: AT }))
        }
        _ => expr,
    }
}

fn condition() -> impl Strategy<Value = Expr> {
    expr().prop_map(condition_of)
}

fn column() -> impl Strategy<Value = Column> {
    (expr(), option::of(name())).prop_map(|(expr, alias)| Column { expr, alias })
}

fn columns() -> impl Strategy<Value = Vec<Column>> {
    vec(column(), 1..3)
}

fn output() -> impl Strategy<Value = Output> {
    (vec((name(), option::of(name())), 1..3), any::<bool>())
        .prop_map(|(columns, only_empty)| Output { columns, only_empty })
}

fn command(inner: BoxedStrategy<Query>) -> impl Strategy<Value = Command> {
    prop_oneof![reading(), grouping(), joining(inner), shaping()]
}

fn reading() -> impl Strategy<Value = Command> {
    let glob = (any_text(), names(), any::<bool>()).prop_map(|(text, names, multi)| {
        let pattern = format!("{}{}", text.replace('*', ""), "*-".repeat(names.len()));
        ParseMode::Glob { pattern, pattern_span: AT, names, multi }
    });
    let mode = prop_oneof![
        glob,
        (regex(), vec(name(), 0..3), any::<bool>()).prop_map(|(regex, names, multi)| ParseMode::Regex {
            regex,
            names,
            multi
        }),
        name().prop_map(|name| ParseMode::Logfmt { name }),
        names().prop_map(|names| ParseMode::Csv { names }),
        vec((any_text(), name()), 1..3).prop_map(|pairs| {
            let (paths, names) = pairs.into_iter().unzip();
            ParseMode::Json { paths, names }
        }),
    ];
    prop_oneof![
        columns().prop_map(|columns| Command::Fields(Fields { columns, span: AT })),
        columns().prop_map(|columns| Command::Display(Display { columns, span: AT })),
        condition().prop_map(|condition| Command::Filter(Filter { condition, span: AT })),
        (field(), vec(expr(), 1..3)).prop_map(|(field, values)| Command::FilterIndex(FilterIndex {
            field,
            values,
            span: AT
        })),
        (option::of(field()), mode).prop_map(|(field, mode)| Command::Parse(Parse { field, mode, span: AT })),
        (fields(0), condition()).prop_map(|(fields, condition)| Command::RelevantFields(RelevantFields {
            fields,
            condition,
            span: AT
        })),
    ]
}

fn grouping() -> impl Strategy<Value = Command> {
    let baselines = vec![Baseline::Before, Baseline::PreviousDay, Baseline::PreviousWeek, Baseline::PreviousMonth];
    let key = (expr(), any::<bool>()).prop_map(|(expr, descending)| SortKey { expr, descending });
    prop_oneof![
        (columns(), vec(column(), 0..3), option::of(period()))
            .prop_map(|(aggregates, by, offset)| Command::Stats(Stats { aggregates, by, offset, span: AT })),
        vec(key, 1..3).prop_map(|keys| Command::Sort(Sort { keys, span: AT })),
        (0u64..1_000_000, any::<bool>()).prop_map(|(rows, any)| Command::Limit(Limit { rows, any, span: AT })),
        fields(1).prop_map(|fields| Command::Dedup(Dedup { fields, span: AT })),
        field().prop_map(|field| Command::Pattern(Pattern { field, span: AT })),
        select(baselines).prop_map(|baseline| Command::Diff(Diff { baseline, span: AT })),
        Just(Command::Anomaly(Anomaly { span: AT })),
        fields(0).prop_map(|fields| Command::Unmask(Unmask { fields, span: AT })),
        fields(1).prop_map(|fields| Command::CountFrequent(CountFrequent { fields, span: AT })),
        period().prop_map(|timeshift| Command::LogCompare(LogCompare { timeshift, span: AT })),
        Just(Command::Estimate(Estimate { span: AT })),
    ]
}

fn joining(inner: BoxedStrategy<Query>) -> impl Strategy<Value = Command> {
    let kind = select(vec![JoinKind::Inner, JoinKind::Left]);
    let pairs = vec((field(), field()), 1..3);
    prop_oneof![
        (kind, name(), name(), pairs, inner.clone()).prop_map(|(kind, left, right, on, query)| {
            Command::Join(Join { kind, left, right, on, query: Box::new(query), span: AT })
        }),
        (any::<bool>(), option::of(1u64..99), inner).prop_map(|(replace, max, query)| {
            Command::Appendcols(Appendcols { replace, max, query: Box::new(query), span: AT })
        }),
        (name(), vec((name(), option::of(field())), 1..3), output())
            .prop_map(|(table, keys, output)| Command::Lookup(Lookup { table, keys, output, span: AT })),
        (name(), field(), option::of(name()), output()).prop_map(|(table, field, cidr_column, output)| {
            Command::CidrLookup(CidrLookup { table, field, cidr_column, output, span: AT })
        }),
        (field(), name()).prop_map(|(list, into)| Command::Unnest(Unnest { list, into, span: AT })),
        field().prop_map(|field| Command::Expand(Expand { field, span: AT })),
    ]
}

fn shaping() -> impl Strategy<Value = Command> {
    let value = prop_oneof![
        number().prop_map(ExprKind::Number),
        number().prop_map(|number| ExprKind::Number(-number)),
        any_text().prop_map(ExprKind::Text),
    ]
    .prop_map(expr_of);
    let star_name = "[a-z]{1,3}x\\*?[a-z]{0,3}\\*?".prop_map(|text| Name { text, span: AT });
    prop_oneof![
        (field(), option::of(name()), 1u64..9, 0u64..9).prop_map(|(field, alias, first, more)| {
            Command::Autoregress(Autoregress { field, alias, first, last: first + more, span: AT })
        }),
        (field(), option::of(name())).prop_map(|(field, alias)| Command::Accum(Accum { field, alias, span: AT })),
        (option::of(name()), any::<bool>(), any::<bool>(), fields(0)).prop_map(|(field_name, row, col, fields)| {
            Command::Addtotals(Addtotals { field_name, row, col, fields, span: AT })
        }),
        vec(star_name, 0..3).prop_map(|fields| Command::Filldown(Filldown { fields, span: AT })),
        vec((value, field()), 0..3).prop_map(|values| Command::Fillmissing(Fillmissing { values, span: AT })),
        (any::<bool>(), number(), any::<bool>(), any::<bool>(), fields(1)).prop_map(
            |(remove, param, use_lower, mark, fields)| {
                let action = if remove { OutlierAction::Remove } else { OutlierAction::Transform };
                Command::Outlier(Outlier { action, param, use_lower, mark, fields, span: AT })
            }
        ),
        (fields(1), option::of(period()), option::of(name())).prop_map(|(fields, max_span, alias)| {
            Command::Sessionize(Sessionize { fields, max_span, alias, span: AT })
        }),
    ]
}
