use super::*;

#[test]
fn a_difference_is_as_exact_as_a_sum() {
    let values: Vec<f64> = (0..1000).map(|at| f64::from(at).sin() * 1e6 + 0.1).collect();
    assert!(is_exact(&values));
    let mut running = RunningSums { sums: Vec::new(), lost: Vec::new() };
    let (mut sum, mut lost) = (0.0, 0.0);
    running.push(sum, lost);
    for value in &values {
        let (next, error) = two_sum(sum, *value);
        (sum, lost) = (next, lost + error);
        running.push(sum, lost);
    }
    for (from, to) in [(0, 1000), (500, 600), (998, 1000), (1, 2)] {
        let mut direct = crate::kahan::Sum::default();
        values[from..to].iter().for_each(|value| direct.add(*value));
        let found = running.between(from, to);
        assert!((found - direct.total()).abs() <= direct.total().abs() * 1e-13, "{from}..{to}: {found}");
    }
}

#[test]
fn values_of_very_different_size_are_added_up() {
    assert!(!is_exact(&[1e100, 1.0]));
    assert!(!is_exact(&[1.0, f64::NAN]));
    assert!(!is_exact(&[1.0, f64::INFINITY]));
    assert!(is_exact(&[0.0, 0.0]));
    assert!(is_exact(&[1e9, 1e-3, 0.0]));
}
