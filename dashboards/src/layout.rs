//! Where widgets lie: a grid of 24 columns and as many rows as are needed. Pure.

use serde::{Deserialize, Serialize};

/// Columns of the grid.
pub const COLUMNS: u32 = 24;

/// A rectangle on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Leftmost column, from 0.
    pub x: u32,
    /// Topmost row, from 0.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Place {
    /// Whether the two share a cell.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// The column after the last.
    pub fn right(&self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// The row after the last.
    pub fn bottom(&self) -> u32 {
        self.y.saturating_add(self.height)
    }
}

/// The pairs that overlap, by position, the smaller first.
pub fn overlaps(places: &[Place]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (first, place) in places.iter().enumerate() {
        for (offset, other) in places[first + 1..].iter().enumerate() {
            if place.overlaps(other) {
                pairs.push((first, first + 1 + offset));
            }
        }
    }
    pairs
}

/// How many rows are used.
pub fn rows(places: &[Place]) -> u32 {
    places.iter().map(Place::bottom).max().unwrap_or(0)
}

/// The positions in reading order: from top to bottom, then from left to right.
pub fn reading_order(places: &[Place]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|position| (places[*position].y, places[*position].x));
    order
}

/// Moves everything up as far as it goes, in reading order, each in its columns. Overlaps come apart; what sticks out on
/// the right is moved or cut to the grid.
pub fn compact(places: &[Place]) -> Vec<Place> {
    compact_in(places, reading_order(places))
}

/// Puts one widget where its reader dropped it; the others make way downwards, then all move up.
pub fn put(places: &[Place], moved: usize, to: Place) -> Vec<Place> {
    let mut places = places.to_vec();
    if moved >= places.len() {
        return places;
    }
    places[moved] = to;
    let mut order = reading_order(&places);
    // Of those that begin in the same row or lie over it, the moved one comes first: it is where the reader wants it.
    order.retain(|position| *position != moved);
    let before = order.iter().take_while(|position| places[**position].bottom() <= to.y).count();
    order.insert(before, moved);
    compact_in(&places, order)
}

/// The first free place of that size below everything else: where a new widget goes.
pub fn free_place(places: &[Place], width: u32, height: u32) -> Place {
    Place { x: 0, y: rows(places), width: width.clamp(1, COLUMNS), height: height.max(1) }
}

/// One column in reading order, for a narrow screen: positions and their places, each as wide as the grid.
pub fn phone(places: &[Place]) -> Vec<(usize, Place)> {
    let mut y = 0;
    reading_order(places)
        .into_iter()
        .map(|position| {
            let place = Place { x: 0, y, width: COLUMNS, height: places[position].height };
            y = place.bottom();
            (position, place)
        })
        .collect()
}

fn compact_in(places: &[Place], order: Vec<usize>) -> Vec<Place> {
    let mut compacted = places.to_vec();
    // The first free row of each column.
    let mut free = [0_u32; COLUMNS as usize];
    for position in order {
        let wanted = places[position];
        let width = wanted.width.clamp(1, COLUMNS);
        let x = wanted.x.min(COLUMNS - width);
        let columns = &mut free[x as usize..(x + width) as usize];
        let y = columns.iter().copied().max().unwrap_or(0);
        let place = Place { x, y, width, height: wanted.height.max(1) };
        columns.fill(place.bottom());
        compacted[position] = place;
    }
    compacted
}

#[cfg(test)]
mod tests;
