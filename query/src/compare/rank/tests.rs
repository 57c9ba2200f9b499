use api::trace::Class;

use super::*;

/// A set of so many spans, of which each has the values that the function says.
fn set(spans: u64, values: impl Fn(u64) -> Vec<(&'static str, String)>) -> Tally {
    let mut tally = Tally::default();
    for span in 0..spans {
        tally.span(1, Class::Ok);
        values(span).into_iter().for_each(|(key, value)| tally.value(key, &value));
    }
    tally
}

fn pick<'a>(found: &'a [ComparedAttribute], key: &str) -> &'a ComparedAttribute {
    found.iter().find(|attribute| attribute.key == key).unwrap_or_else(|| panic!("{key} differs"))
}

#[test]
fn what_differs_most_comes_first_and_what_does_not_is_left_out() {
    let selection = set(100, |span| {
        let version = if span < 90 { "2" } else { "1" };
        let mut values = vec![("version", version.to_owned()), ("region", "eu".to_owned()), ("id", format!("a{span}"))];
        if span < 50 {
            values.push(("retried", "true".to_owned()));
        }
        values
    });
    let baseline = set(200, |span| {
        let version = if span < 20 { "2" } else { "1" };
        vec![("version", version.to_owned()), ("region", "eu".to_owned()), ("id", format!("b{span}"))]
    });
    let (found, differ) = attributes(&selection, &baseline, 10);
    let keys: Vec<&str> = found.iter().map(|attribute| attribute.key.as_str()).collect();
    assert_eq!((keys.as_slice(), differ), (["version", "retried"].as_slice(), 2));
    let version = &found[0];
    // 90 % and 10 % of the selection have 2, 10 % and 90 % of the baseline: 0.8 of either would have to change.
    assert!((version.difference - 0.8).abs() < 1e-9, "{version:?}");
    let value = |value: &str, selection, baseline| ComparedValue { value: value.into(), selection, baseline };
    assert_eq!(version.values, [value("1", 10, 180), value("2", 90, 20)]);
    assert_eq!((&version.others, &version.missing), (&value("", 0, 0), &value("", 0, 0)));
    let retried = &found[1];
    assert!((retried.difference - 0.5).abs() < 1e-9, "{retried:?}");
    assert_eq!(retried.missing, value("", 50, 200));
    assert_eq!(attributes(&selection, &baseline, 1).0.len(), 1);
}

#[test]
fn rare_values_count_together() {
    let selection = set(1_000, |span| vec![("path", if span < 500 { "/".to_owned() } else { format!("/{span}") })]);
    let baseline = set(1_000, |span| vec![("path", format!("/{}", span + 5_000))]);
    let (found, _) = attributes(&selection, &baseline, 10);
    let path = pick(&found, "path");
    assert!((path.difference - 0.5).abs() < 1e-9, "{path:?}");
    assert_eq!((path.values.len(), path.others.selection, path.others.baseline), (1, 500, 1_000));
}

#[test]
fn many_numbers_are_ranges() {
    let selection = set(100, |span| vec![("size", (1_024 + span).to_string())]);
    let baseline = set(100, |span| vec![("size", span.to_string())]);
    let (found, _) = attributes(&selection, &baseline, 10);
    let size = pick(&found, "size");
    assert!((size.difference - 1.0).abs() < 1e-9, "{size:?}");
    assert_eq!((size.values[0].value.as_str(), size.values[0].selection), ("1024 to 2048", 100));
    let upper = size.values.iter().find(|value| value.value == "64 to 128").unwrap();
    assert_eq!((upper.selection, upper.baseline), (0, 36));
    assert_eq!((range(0.0), range(-3.0), range(0.75)), ("0".into(), "-4 to -2".into(), "0.5 to 1".into()));
}

#[test]
fn an_empty_set_differs_from_nothing_by_what_the_other_has() {
    let (found, _) = attributes(&set(10, |_| vec![("a", "1".to_owned())]), &set(0, |_| Vec::new()), 10);
    assert_eq!((found.len(), found[0].values[0].selection, found[0].values[0].baseline), (1, 10, 0));
    assert_eq!(attributes(&set(0, |_| Vec::new()), &set(0, |_| Vec::new()), 10), (Vec::new(), 0));
}

#[test]
fn long_values_are_told_apart_by_their_begin() {
    let long = "ä".repeat(500);
    let selection = set(10, |_| vec![("text", long.clone())]);
    let baseline = set(10, |_| vec![("text", format!("{long} and more"))]);
    assert_eq!(attributes(&selection, &baseline, 10).1, 0);
}
