//! The line of an edge: level through the columns it passes, cubic between the columns, from ring to ring.

use std::fmt::Write;

use api::service::Point;

/// Radius of a node's ring.
pub(crate) const RADIUS: f64 = 24.0;

/// Air between a ring and the tip of an arrow.
const GAP: f64 = 5.0;

/// How steeply a line may leave or meet a ring: sine of the angle against the horizontal.
const STEEP_MAX: f64 = 0.45;

/// Path data from the caller's ring to the callee's. The layout's route has its ends on the nodes, then a bend at either
/// side of every gap between two columns. The ends are replaced by points on the rings, because only the drawing knows
/// how large they are; the first and the last bend are left out, because the curve itself crosses those gaps.
pub(crate) fn path(caller: Point, callee: Point, route: &[Point]) -> String {
    if caller == callee {
        return own_loop(caller);
    }
    let bends = inner(route);
    let first = border(caller, bends.first().copied().unwrap_or(callee));
    let last = border(callee, bends.last().copied().unwrap_or(caller));
    let mut path = format!("M{} {}", short(first.x), short(first.y));
    let mut from = first;
    for &bend in bends {
        if short(bend.y) == short(from.y) && from != first {
            write!(path, "H{}", short(bend.x)).expect("a String takes every write");
        } else {
            curve(&mut path, from, bend);
        }
        from = bend;
    }
    curve(&mut path, from, last);
    path
}

/// The bends where a line passes columns that are not its own.
fn inner(route: &[Point]) -> &[Point] {
    if route.len() > 4 { &route[2..route.len() - 2] } else { &[] }
}

/// The middle of a line, for its label: halfway between its middle bends, or between the rings.
pub(crate) fn middle(caller: Point, callee: Point, route: &[Point]) -> Point {
    if caller == callee {
        return Point { x: caller.x, y: caller.y - RADIUS * 2.4 };
    }
    let bends = inner(route);
    let (a, b) = match bends.len() {
        0 => (caller, callee),
        many => (bends[(many - 1) / 2], bends[many / 2]),
    };
    Point { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 }
}

/// How wide the line of an edge is, by its rate beside the highest; rates differ by powers of ten.
pub(crate) fn width(rate: f64, highest: f64) -> f64 {
    if rate <= 0.0 || highest <= 0.0 {
        return 1.0;
    }
    let decades_below = (highest / rate).log10().clamp(0.0, 4.0);
    1.2 + (4.0 - decades_below)
}

/// A point beside a node's ring, on the side of another point.
fn border(centre: Point, toward: Point) -> Point {
    let (dx, dy) = (toward.x - centre.x, toward.y - centre.y);
    let length = dx.hypot(dy).max(1e-9);
    let sine = (dy / length).clamp(-STEEP_MAX, STEEP_MAX);
    let cosine = (1.0 - sine * sine).sqrt() * if dx < 0.0 { -1.0 } else { 1.0 };
    let reach = RADIUS + GAP;
    Point { x: centre.x + cosine * reach, y: centre.y + sine * reach }
}

fn curve(path: &mut String, from: Point, to: Point) {
    let pull = (to.x - from.x) / 2.0;
    let (x1, x2) = (short(from.x + pull), short(to.x - pull));
    let (y1, x, y) = (short(from.y), short(to.x), short(to.y));
    write!(path, "C{x1} {y1} {x2} {y} {x} {y}").expect("a String takes every write");
}

/// A service that calls itself: a loop above its ring.
fn own_loop(centre: Point) -> String {
    let reach = RADIUS + GAP;
    let (left, right, top) =
        (short(centre.x - reach * 0.6), short(centre.x + reach * 0.6), short(centre.y - reach * 0.8));
    let high = short(centre.y - reach * 2.2);
    format!("M{left} {top}C{left} {high} {right} {high} {right} {top}")
}

/// A tenth of a unit is finer than the screen.
fn short(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests;
