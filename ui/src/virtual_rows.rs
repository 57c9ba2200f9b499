//! Which rows of a long list are in the document: those on the screen and a few beside them. Rows may differ in height.

use std::collections::HashMap;

/// Rows kept before and after those on the screen, so that a scroll does not show empty space.
pub(crate) const OVERSCAN: usize = 12;

/// Rows `first..last` are in the document; `before` is where the first one begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    /// First row.
    pub(crate) first: usize,
    /// The row after the last.
    pub(crate) last: usize,
    /// Pixels above the first row.
    pub(crate) before: f64,
    /// Pixels of the whole list.
    pub(crate) total: f64,
}

/// The window over rows of equal height.
pub(crate) fn even(count: usize, row_height: f64, scrolled: f64, height: f64) -> Window {
    let first = ((scrolled.max(0.0) / row_height) as usize).min(count).saturating_sub(OVERSCAN);
    let last = (((scrolled.max(0.0) + height.max(0.0)) / row_height).ceil() as usize + OVERSCAN).min(count);
    Window { first, last: last.max(first), before: first as f64 * row_height, total: count as f64 * row_height }
}

/// Where to scroll so that a row is seen; `None` if it is. It comes to rest a third down the screen when it was far.
pub(crate) fn scroll_to(row: usize, row_height: f64, scrolled: f64, height: f64) -> Option<f64> {
    let (top, bottom) = (row as f64 * row_height, (row + 1) as f64 * row_height);
    if top >= scrolled && bottom <= scrolled + height {
        return None;
    }
    let near = 2.0 * row_height;
    let target = if top < scrolled && scrolled - top <= near {
        top
    } else if bottom > scrolled + height && bottom - scrolled - height <= near {
        bottom - height
    } else {
        top - height / 3.0
    };
    Some(target.max(0.0))
}

/// Heights of rows: one guess for all, and what was measured of those that differ.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heights {
    guess: f64,
    measured: HashMap<u64, f64>,
}

impl Heights {
    /// Every row has the guessed height.
    pub(crate) fn new(guess: f64) -> Self {
        Self { guess, measured: HashMap::new() }
    }

    /// Remembers the height of a row by its key; true if that changes anything by half a pixel or more.
    pub(crate) fn measure(&mut self, key: u64, height: f64) -> bool {
        let old = self.measured.insert(key, height).unwrap_or(self.guess);
        (old - height).abs() >= 0.5
    }

    /// The height of a row.
    pub(crate) fn of(&self, key: u64) -> f64 {
        self.measured.get(&key).copied().unwrap_or(self.guess)
    }

    /// The window over rows with these keys.
    pub(crate) fn window(&self, keys: &[u64], scrolled: f64, height: f64) -> Window {
        let (mut at, mut first, mut last) = (0.0, None, keys.len());
        let mut tops = Vec::with_capacity(keys.len());
        for (row, key) in keys.iter().enumerate() {
            tops.push(at);
            if at > scrolled + height && last == keys.len() {
                last = row;
            }
            at += self.of(*key);
            if at >= scrolled && first.is_none() {
                first = Some(row);
            }
        }
        let first = first.unwrap_or(keys.len()).saturating_sub(OVERSCAN);
        let last = (last + OVERSCAN).min(keys.len()).max(first);
        Window { first, last, before: tops.get(first).copied().unwrap_or(0.0), total: at }
    }
}

#[cfg(test)]
mod tests;
