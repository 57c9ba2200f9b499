use storage::{Span, SpanKind, StatusCode};

use super::*;

fn span() -> trace_v1::Span {
    trace_v1::Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: "GET /".to_owned(),
        start_time_unix_nano: 1000,
        end_time_unix_nano: 3000,
        ..Default::default()
    }
}

/// Breaks a span, expects it to be refused for this reason and the whole one beside it to be kept.
#[track_caller]
fn refused(reason: &str, break_it: impl FnOnce(&mut trace_v1::Span)) {
    let mut broken = span();
    break_it(&mut broken);
    let limits = Limits { attributes_per_record_max: 2, name_bytes_max: 10, text_bytes_max: 20, ..Limits::default() };
    let (rows, refused) = convert_spans(vec![broken, span()], &limits);
    assert_eq!(refused.message(Signal::Spans), format!("1 span refused: {reason} (1)"));
    assert_eq!(rows.len(), 1);
}

#[track_caller]
fn kept(change_it: impl FnOnce(&mut trace_v1::Span)) -> Span<'static> {
    let mut changed = span();
    change_it(&mut changed);
    let (mut rows, refused) = convert_spans(vec![changed], &Limits::default());
    assert_eq!(refused.total(), 0, "{}", refused.message(Signal::Spans));
    rows.remove(0)
}

#[test]
fn a_whole_span_is_kept_whole() {
    let row = kept(|span| {
        span.parent_span_id = vec![3; 8];
        span.kind = 2;
        span.flags = 0x101;
        span.trace_state = "a=b".to_owned();
        span.attributes = vec![text("http.route", "/")];
        span.status = Some(trace_v1::Status { message: "no".to_owned(), code: 2 });
        span.events = vec![trace_v1::span::Event {
            time_unix_nano: 2000,
            name: "exception".to_owned(),
            attributes: vec![text("exception.type", "E")],
            ..Default::default()
        }];
        span.links = vec![trace_v1::span::Link { trace_id: vec![7; 16], span_id: vec![8; 8], ..Default::default() }];
        span.dropped_attributes_count = 1;
        span.dropped_events_count = 2;
        span.dropped_links_count = 3;
    });
    assert_eq!((row.trace_id, row.span_id, row.parent_span_id), ([1; 16], [2; 8], Some([3; 8])));
    assert_eq!((row.kind, row.flags, row.trace_state.as_ref()), (SpanKind::Server, 0x101, "a=b"));
    assert_eq!((row.start_time_unix_nano, row.duration_ns), (1000, 2000));
    assert_eq!((row.status_code, row.status_message.as_ref()), (StatusCode::Error, "no"));
    assert_eq!(row.attributes, [("http.route".into(), Value::String("/".into()))]);
    assert_eq!((row.events[0].time_unix_nano, row.events[0].name.as_ref()), (2000, "exception"));
    assert_eq!((row.links[0].trace_id, row.links[0].span_id), ([7; 16], [8; 8]));
    assert_eq!((row.dropped_attributes_count, row.dropped_events_count, row.dropped_links_count), (1, 2, 3));
    assert_eq!(row.resource.service_name, "shop");
}

#[test]
fn ids_have_one_length_and_are_not_zero() {
    refused("trace_id is 4 bytes long, must be 16", |span| span.trace_id = vec![1; 4]);
    refused("trace_id is empty, must be 16 bytes", |span| span.trace_id = vec![]);
    refused("trace_id is all zero", |span| span.trace_id = vec![0; 16]);
    refused("span_id is 16 bytes long, must be 8", |span| span.span_id = vec![1; 16]);
    refused("span_id is all zero", |span| span.span_id = vec![0; 8]);
    refused("parent_span_id is 7 bytes long, must be 8", |span| span.parent_span_id = vec![1; 7]);
    let link = trace_v1::span::Link { trace_id: vec![7; 3], ..Default::default() };
    refused("links.trace_id is 3 bytes long, must be 16", |span| span.links = vec![link]);
}

#[test]
fn a_parent_or_link_of_zeros_is_none() {
    assert_eq!(kept(|span| span.parent_span_id = vec![0; 8]).parent_span_id, None);
    assert_eq!(kept(|span| span.parent_span_id = vec![]).parent_span_id, None);
    assert_eq!(kept(|span| span.links = vec![trace_v1::span::Link::default()]).links[0].trace_id, [0; 16]);
}

#[test]
fn times_are_sent_and_fit() {
    let range = "is 9223372036854775808, must be at most 9223372036854775807";
    let missing = "start_time_unix_nano is 0, must be nanoseconds since the epoch";
    refused(missing, |span| span.start_time_unix_nano = 0);
    refused(&format!("start_time_unix_nano {range}"), |span| span.start_time_unix_nano = 1 << 63);
    refused(&format!("end_time_unix_nano {range}"), |span| span.end_time_unix_nano = 1 << 63);
    let event = trace_v1::span::Event { time_unix_nano: 1 << 63, ..Default::default() };
    refused(&format!("events.time_unix_nano {range}"), |span| span.events = vec![event]);
}

#[test]
fn an_end_before_the_start_lasts_no_time() {
    assert_eq!(kept(|span| span.end_time_unix_nano = 999).duration_ns, 0);
    assert_eq!(kept(|span| span.end_time_unix_nano = 0).duration_ns, 0);
    let longest = kept(|span| {
        span.start_time_unix_nano = 1;
        span.end_time_unix_nano = i64::MAX as u64;
    });
    assert_eq!(longest.duration_ns, i64::MAX - 1);
}

#[test]
fn unknown_enumerations_are_unspecified() {
    assert_eq!(kept(|span| span.kind = 17).kind, SpanKind::Unspecified);
    assert_eq!(kept(|span| span.kind = -1).kind, SpanKind::Unspecified);
    let status = trace_v1::Status { code: 9, ..Default::default() };
    assert_eq!(kept(|span| span.status = Some(status)).status_code, StatusCode::Unset);
}

#[test]
fn limits_refuse_the_span() {
    refused("number of attributes: 3, the limit ingest.attributes_per_record_max is 2", |span| {
        span.attributes = vec![text("a", ""), text("b", ""), text("c", "")];
    });
    refused("length of the span's name: 11, the limit ingest.name_bytes_max is 10", |span| span.name = "x".repeat(11));
    refused("length of trace_state: 21, the limit ingest.text_bytes_max is 20", |span| {
        span.trace_state = "x".repeat(21);
    });
    let (rows, refused) = convert_spans(
        vec![trace_v1::Span { events: vec![Default::default(); 3], links: vec![], ..span() }],
        &Limits { events_per_span_max: 2, ..Limits::default() },
    );
    assert_eq!((rows.len(), refused.total()), (0, 1));
    assert!(refused.message(Signal::Spans).contains("ingest.events_per_span_max is 2"));
}

#[test]
fn reasons_are_counted_together() {
    let short = trace_v1::Span { trace_id: vec![1; 4], ..span() };
    let zero = trace_v1::Span { span_id: vec![0; 8], ..span() };
    let (rows, refused) = convert_spans(vec![short.clone(), zero, short, span()], &Limits::default());
    assert_eq!(rows.len(), 1);
    let message = "3 spans refused: trace_id is 4 bytes long, must be 16 (2); span_id is all zero (1)";
    assert_eq!(refused.message(Signal::Spans), message);
}

#[test]
fn a_reply_lists_ten_reasons_and_counts_the_rest() {
    let spans = (17..40).map(|length| trace_v1::Span { trace_id: vec![1; length], ..span() }).collect();
    let (_, refused) = convert_spans(spans, &Limits::default());
    assert_eq!(refused.total(), 23);
    assert!(refused.message(Signal::Spans).ends_with("must be 16 (1); other reasons (13)"));
}

#[test]
fn rows_share_their_resource_and_scope() {
    let (rows, _) = convert_spans(vec![span(), span()], &Limits::default());
    assert!(std::sync::Arc::ptr_eq(&rows[0].resource, &rows[1].resource));
    assert!(std::sync::Arc::ptr_eq(&rows[0].scope, &rows[1].scope));
}
