use super::*;

#[test]
fn a_message_is_kept_once_and_located() {
    let mut annotations = Annotations::default();
    let span = Span::new(5, 6);
    annotations.possibly_no_counter(span, "up");
    annotations.possibly_no_counter(span, "up");
    annotations.invalid_quantile(Span::new(0, 1), 1.5);
    let (warnings, infos) = annotations.into_parts();
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        infos[0].located("rate(up[5m])"),
        "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"up\" (1:6)"
    );
}

#[test]
fn repairs_of_one_metric_are_gathered() {
    let mut annotations = Annotations::default();
    for (time, difference) in [(0, 1.0), (60_000, 123.4)] {
        let repair = Repair { lowest: 1.0, highest: 2.0, difference };
        annotations.monotonicity_forced(Span::new(0, 1), "", time, repair);
    }
    let (_, infos) = annotations.into_parts();
    let text = infos[0].located("x");
    let expected = "from buckets 1 to 2, with a max diff of 1.2e+02, over 2 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z (1:1)";
    assert!(text.ends_with(expected), "{text}");
}
