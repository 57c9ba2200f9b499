//! A line the size of a word, with the faults in red under it.

use leptos::prelude::*;

use super::path::{area, line};

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 22.0;

/// The points of a trend, with a pixel of air at top and bottom. Pure.
fn points(values: &[u64], high: u64) -> Vec<Option<(f64, f64)>> {
    let step = WIDTH / (values.len().max(2) - 1) as f64;
    let scale = (HEIGHT - 3.0) / high.max(1) as f64;
    values
        .iter()
        .enumerate()
        .map(|(at, value)| Some((at as f64 * step, HEIGHT - 1.0 - *value as f64 * scale)))
        .collect()
}

/// Requests, and faults among them, in equal steps.
#[component]
pub(crate) fn Sparkline(values: Vec<u64>, #[prop(optional)] faults: Vec<u64>) -> impl IntoView {
    let high = values.iter().copied().max().unwrap_or(0);
    let all = points(&values, high);
    let faulty = faults.iter().any(|count| *count > 0).then(|| area(&points(&faults, high), &|_| HEIGHT - 1.0));
    let text = format!("{} to {} requests a step", values.iter().copied().min().unwrap_or(0), high);
    view! {
        <svg class="sparkline" width=WIDTH height=HEIGHT viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=text>
            <path class="tint s0" d=area(&all, &|_| HEIGHT - 1.0) />
            <path class="stroke s0" d=line(&all) />
            {faulty.map(|path| view! { <path class="fill fault" d=path /> })}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_touches_the_top_and_nothing_leaves_the_box() {
        let points = points(&[0, 5, 10], 10);
        assert_eq!(points, [Some((0.0, 21.0)), Some((48.0, 11.5)), Some((96.0, 2.0))]);
        assert_eq!(super::points(&[3], 3).len(), 1);
    }
}
