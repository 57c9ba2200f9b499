//! The course of a number under it: as wide as its place, without axes.

use leptos::prelude::*;

use super::path::{Point, area, line, thinned};

/// Units of the drawing, which is stretched to its place.
const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 32.0;

/// The points of a course; it stands on zero unless it goes below. Pure.
fn points(values: &[Option<f64>]) -> Vec<Point> {
    let real = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) = (real().fold(0.0, f64::min), real().fold(0.0, f64::max));
    let step = WIDTH / (values.len().max(2) - 1) as f64;
    let scale = if high > low { (HEIGHT - 3.0) / (high - low) } else { 0.0 };
    let at = |(place, value): (usize, &Option<f64>)| {
        let value = value.filter(|value| value.is_finite())?;
        Some((place as f64 * step, HEIGHT - 1.0 - (value - low) * scale))
    };
    thinned(&values.iter().enumerate().map(at).collect::<Vec<_>>(), WIDTH)
}

/// A line without words; the number beside it says what it is of.
#[component]
pub(crate) fn Trend(values: Vec<Option<f64>>) -> impl IntoView {
    let points = points(&values);
    let tint = area(&points, &|_| HEIGHT - 1.0);
    view! {
        <svg class="trend" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            <path class="tint s0" d=tint />
            <path class="stroke s0" d=line(&points) vector-effect="non-scaling-stroke" />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_stands_on_zero_and_keeps_its_gaps() {
        let drawn = points(&[Some(0.0), None, Some(10.0)]);
        assert_eq!(drawn, [Some((0.0, 31.0)), None, Some((240.0, 2.0))]);
        assert_eq!(points(&[Some(-10.0), Some(0.0)])[0], Some((0.0, 31.0)));
        assert_eq!(points(&[Some(f64::NAN), Some(0.0)]), [None, Some((240.0, 31.0))]);
    }
}
