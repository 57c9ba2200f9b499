use super::*;

fn ids(trace: &Trace<'_>, places: impl IntoIterator<Item = usize>) -> Vec<u8> {
    places.into_iter().map(|at| trace.spans[at].id[7]).collect()
}

#[test]
fn the_root_is_the_first_span_without_a_parent() {
    let samples =
        [server(2, "b", "late").at(5, 10), client(3, "a", "x").below(1).at(2, 3), server(1, "a", "r").at(1, 9)];
    let trace = trace(&samples);
    assert_eq!(trace.root().id[7], 1);
    assert_eq!(trace.duration_ns(), 14 * NANOS_PER_MILLI);
    assert!(!trace.is_partial());
    assert!(Trace::new(Vec::new()).is_none());
}

#[test]
fn a_trace_without_its_root_has_the_class_of_its_worst_entry() {
    let samples = [
        server(2, "a", "x").below(9).at(1, 5).class(Class::Error),
        server(3, "b", "y").below(8).at(2, 5).class(Class::Throttle),
        internal(4, "b", "z").below(3).at(2, 5).class(Class::Fault),
    ];
    let without_root = trace(&samples);
    assert_eq!((without_root.root().id[7], without_root.class()), (2, Class::Throttle));
    assert!(without_root.is_partial());
    let only_internal = [internal(4, "b", "z").below(9).class(Class::Fault)];
    assert_eq!(trace(&only_internal).class(), Class::Fault);
}

#[test]
fn a_trace_is_partial_if_anything_is_missing() {
    assert!(trace(&[server(1, "a", "r"), client(2, "a", "x").below(7)]).is_partial());
    assert!(trace(&[server(1, "a", "r").flag("aws.xray.inprogress", true)]).is_partial());
    assert!(!trace(&[server(1, "a", "r"), client(2, "a", "x").below(1)]).is_partial());
}

#[test]
fn a_span_that_came_twice_counts_once() {
    let samples =
        [server(1, "a", "longer").at(0, 9), server(1, "a", "shorter").at(0, 5), server(1, "a", "later").at(1, 9)];
    let trace = trace(&samples);
    assert_eq!((trace.spans.len(), trace.root().name), (1, "longer"));
}

#[test]
fn parents_in_a_circle_are_broken_at_the_earliest() {
    let samples =
        [server(1, "a", "x").below(2).at(1, 1), server(2, "a", "y").below(1).at(0, 1), internal(3, "a", "z").below(3)];
    let circle = trace(&samples);
    assert_eq!(circle.spans.len(), 3);
    assert_eq!(ids(&circle, circle.tree.order.clone()).len(), 3);
    let only_circle = [server(1, "a", "x").below(2).at(1, 1), server(2, "a", "y").below(1).at(0, 1)];
    assert_eq!(trace(&only_circle).root().id[7], 2);
}

#[test]
fn a_segment_is_what_one_request_began_in_one_service() {
    let samples = [
        server(1, "a", "in").at(0, 100),
        internal(2, "a", "work").below(1).at(1, 90),
        client(3, "a", "call").below(2).at(2, 50),
        server(4, "b", "in").below(3).at(3, 40),
        internal(5, "b", "work").below(4).at(4, 10),
        // Without a SERVER span of its own.
        internal(6, "c", "work").below(2).at(60, 10),
        internal(7, "c", "more").below(6).at(61, 5),
        // Its parent did not arrive.
        client(8, "a", "lost").below(99).at(70, 5),
        // A request enters the service again.
        server(9, "b", "again").below(5).at(5, 4),
    ];
    let trace = trace(&samples);
    let heads: Vec<usize> = trace.heads().collect();
    assert_eq!(ids(&trace, heads.clone()), [1, 4, 9, 6, 8]);
    let segments: Vec<Vec<u8>> = heads.iter().map(|head| ids(&trace, trace.segment(*head).to_vec())).collect();
    assert_eq!(segments, [vec![1, 2, 3], vec![4, 5], vec![9], vec![6, 7], vec![8]]);
}

/// No recursion, and nothing that takes the square of the number of spans.
#[test]
fn a_trace_may_be_large_and_deep() {
    const SPANS: u64 = 100_000;
    let attributes: BTreeMap<String, AttributeValue<'static>> = BTreeMap::new();
    let of = |id: u64, parent: Option<u64>| Span {
        id: id.to_be_bytes(),
        parent: parent.map(u64::to_be_bytes),
        kind: if id.is_multiple_of(2) { Kind::Client } else { Kind::Server },
        name: "x",
        service: ["a", "b", "c"][(id / 2 % 3) as usize],
        class: Class::Fault,
        start_ns: id as i64,
        duration_ns: 2 * (SPANS - id) as i64,
        attributes: &attributes,
        exceptions: Vec::new(),
        remote: None,
        links: Vec::new(),
    };
    let deep = Trace::new((1..=SPANS).map(|id| of(id, (id > 1).then(|| id - 1))).collect()).unwrap();
    let wide = Trace::new((1..=SPANS).map(|id| of(id, (id > 1).then_some(1))).collect()).unwrap();
    for (trace, entities) in [(&deep, SPANS as usize), (&wide, 2)] {
        let cause = &trace.root_causes(CauseKind::Fault)[0];
        assert_eq!(cause.services.iter().map(|service| service.entity_path.len()).sum::<usize>(), entities);
        assert!(!trace.root_causes(CauseKind::ResponseTime).is_empty());
        let groups = crate::Groups::new();
        let expression =
            crate::parse("service(\"d\") OR edge(\"a\", \"d\") OR service { annotation.k } OR fault").unwrap();
        assert_eq!(expression.matches(trace, &groups), Ok(true));
    }
}
