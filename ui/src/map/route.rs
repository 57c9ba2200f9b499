//! The line of an edge: horizontal across the column at its bends, cubic between the columns, from ring to ring.

use std::fmt::Write;

use api::service::Point;

/// Radius of a node's ring.
pub(crate) const RADIUS: f64 = 24.0;

/// Air between a ring and the tip of an arrow.
const GAP: f64 = 5.0;

/// Half of the way that a line runs horizontally at a bend.
const FLAT: f64 = 30.0;

/// How steeply a line may leave or meet a ring: sine of the angle against the horizontal.
const STEEP_MAX: f64 = 0.7;

/// Path data from the caller's ring to the callee's over the route's bends. The route's own ends are replaced by
/// points on the rings, because only the drawing knows how large they are.
pub(crate) fn path(caller: Point, callee: Point, route: &[Point]) -> String {
    if caller == callee {
        return own_loop(caller);
    }
    let bends = if route.len() > 2 { &route[1..route.len() - 1] } else { &[] };
    let first = border(caller, bends.first().copied().unwrap_or(callee));
    let last = border(callee, bends.last().copied().unwrap_or(caller));
    let mut path = format!("M{} {}", short(first.x), short(first.y));
    let mut from = first;
    for bend in bends {
        let ahead = if last.x >= first.x { FLAT } else { -FLAT };
        let flat_from = Point { x: bend.x - ahead, y: bend.y };
        let flat_to = Point { x: bend.x + ahead, y: bend.y };
        curve(&mut path, from, flat_from);
        write!(path, "H{}", short(flat_to.x)).expect("a String takes every write");
        from = flat_to;
    }
    curve(&mut path, from, last);
    path
}

/// The middle of a line, for its label: the middle bend, or halfway between the rings.
pub(crate) fn middle(caller: Point, callee: Point, route: &[Point]) -> Point {
    if caller == callee {
        return Point { x: caller.x, y: caller.y - RADIUS * 2.4 };
    }
    match route.len() {
        3.. => route[route.len() / 2],
        _ => Point { x: (caller.x + callee.x) / 2.0, y: (caller.y + callee.y) / 2.0 },
    }
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
