//! SVG paths of lines, areas and bars. Pure.
//!
//! Where there are more points than pixels, a column of pixels keeps its first, lowest, highest and last point: no peak
//! is lost, and the path stays short.

use std::fmt::Write;

use super::scale::Scale;

/// A point in pixels; `None` is a gap.
pub(crate) type Point = Option<(f64, f64)>;

/// Thins points out to at most four a pixel column; gaps stay.
pub(crate) fn thinned(points: &[Point], width: f64) -> Vec<Point> {
    if (points.len() as f64) <= width * 2.0 {
        return points.to_vec();
    }
    let mut kept = Vec::new();
    let mut column: Vec<(f64, f64)> = Vec::new();
    for point in points {
        let changes = match (point, column.last()) {
            (Some((x, _)), Some((last, _))) => x.floor() != last.floor(),
            (None, _) => true,
            (Some(_), None) => false,
        };
        if changes {
            flush(&mut column, &mut kept);
        }
        match point {
            Some(point) => column.push(*point),
            None if !matches!(kept.last(), Some(None)) => kept.push(None),
            None => {}
        }
    }
    flush(&mut column, &mut kept);
    kept
}

fn flush(column: &mut Vec<(f64, f64)>, kept: &mut Vec<Point>) {
    let extreme = |better: fn(f64, f64) -> bool| {
        (0..column.len()).reduce(|best, at| if better(column[at].1, column[best].1) { at } else { best })
    };
    if let (Some(low), Some(high)) = (extreme(|a, b| a < b), extreme(|a, b| a > b)) {
        let mut places = [0, low, high, column.len() - 1];
        places.sort_unstable();
        let mut last = None;
        for place in places {
            if last != Some(place) {
                kept.push(Some(column[place]));
            }
            last = Some(place);
        }
    }
    column.clear();
}

/// The path of a line; a point alone between gaps becomes a small ring.
pub(crate) fn line(points: &[Point]) -> String {
    let mut path = String::new();
    for (at, point) in points.iter().enumerate() {
        let Some((x, y)) = point else { continue };
        let after_gap = at == 0 || points[at - 1].is_none();
        let before_gap = points.get(at + 1).is_none_or(Option::is_none);
        push(&mut path, if after_gap { 'M' } else { 'L' }, *x, *y);
        if after_gap && before_gap {
            // A ring of two pixels: a dot as thin as the line would be overlooked.
            path.push_str("m-2 0a2 2 0 1 0 4 0a2 2 0 1 0 -4 0");
        }
    }
    path
}

/// The area between a line and a lower one at the same places (`base`), or a constant one.
pub(crate) fn area(points: &[Point], base: &dyn Fn(usize) -> f64) -> String {
    let mut path = String::new();
    let mut at = 0;
    while at < points.len() {
        if points[at].is_none() {
            at += 1;
            continue;
        }
        let begin = at;
        while at < points.len() && points[at].is_some() {
            at += 1;
        }
        for (place, point) in points[begin..at].iter().enumerate() {
            if let Some((x, y)) = point {
                push(&mut path, if place == 0 { 'M' } else { 'L' }, *x, *y);
            }
        }
        for place in (begin..at).rev() {
            if let Some((x, _)) = points[place] {
                push(&mut path, 'L', x, base(place));
            }
        }
        path.push('Z');
    }
    path
}

/// Bars from `base` to `top` with a hairline between them where there is room.
pub(crate) fn bars(spans: &[(f64, f64, f64, f64)]) -> String {
    let mut path = String::new();
    for (left, right, top, base) in spans {
        let gap = if right - left > 3.0 { 1.0 } else { 0.0 };
        let right = (right - gap).max(left + 0.5);
        let _ = write!(path, "M{left:.1} {base:.1}V{top:.1}H{right:.1}V{base:.1}Z");
    }
    path
}

fn push(path: &mut String, command: char, x: f64, y: f64) {
    // Writing to a String cannot fail.
    let _ = write!(path, "{command}{x:.1} {y:.1}");
}

/// Sums from the bottom up: for each line its lower and upper values. A gap counts as nothing.
pub(crate) fn stacked(lines: &[&[Option<f64>]], periods: usize) -> Vec<Vec<(f64, f64)>> {
    let mut heights = vec![0.0_f64; periods];
    let mut stack = Vec::with_capacity(lines.len());
    for line in lines {
        let layer = (0..periods).map(|at| {
            let value = line.get(at).copied().flatten().filter(|value| value.is_finite()).unwrap_or(0.0).max(0.0);
            let low = heights[at];
            heights[at] += value;
            (low, heights[at])
        });
        stack.push(layer.collect());
    }
    stack
}

/// The points of a line, each at the middle of its period.
pub(crate) fn points(values: &[Option<f64>], periods: usize, x: &Scale, y: &Scale) -> Vec<Point> {
    (0..periods)
        .map(|at| {
            let value = values.get(at).copied().flatten().filter(|value| value.is_finite())?;
            Some((middle(at, periods, x), y.at(value)))
        })
        .collect()
}

/// The middle of a period in pixels.
pub(crate) fn middle(at: usize, periods: usize, x: &Scale) -> f64 {
    let (from, to) = x.range;
    from + (at as f64 + 0.5) / periods as f64 * (to - from)
}
