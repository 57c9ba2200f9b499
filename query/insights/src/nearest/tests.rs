use super::nearest;

#[test]
fn the_nearest_name_is_the_one_with_the_fewest_edits() {
    let check = |name: &str, expected: Option<&str>| {
        assert_eq!(nearest(name, ["fields", "filter", "stats", "sort"]), expected, "{name}");
    };
    check("feilds", Some("fields"));
    check("FILTR", Some("filter"));
    check("stat", Some("stats"));
    check("srot", Some("sort"));
    check("bananas", None);
    check("", None);
}
