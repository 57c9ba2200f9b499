//! The part of the trace that is shown: two fractions. Bars, drags, zooms and ticks are computed from them.

use crate::format;

/// From and to, as fractions of the trace, 0 ≤ start < end ≤ 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ViewRange {
    /// Begin.
    pub(crate) start: f64,
    /// End.
    pub(crate) end: f64,
}

/// The narrowest range: one ten-millionth of the trace.
const WIDTH_MIN: f64 = 1e-7;

/// Where a span is drawn, in percent of the view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// It ended before the view begins.
    Before,
    /// It begins after the view ends.
    After,
    /// Cut to the view.
    Bar {
        /// Percent from the left.
        left: f64,
        /// Percent of the width.
        width: f64,
    },
}

/// A tick of the time axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// Percent from the left of the view.
    pub(crate) percent: f64,
    /// Time since the trace began.
    pub(crate) label: String,
}

impl Default for ViewRange {
    fn default() -> Self {
        Self::FULL
    }
}

impl ViewRange {
    /// The whole trace.
    pub(crate) const FULL: Self = Self { start: 0.0, end: 1.0 };

    /// Two fractions in any order, pushed into the trace and apart.
    pub(crate) fn new(one: f64, other: f64) -> Self {
        if !one.is_finite() || !other.is_finite() {
            return Self::FULL;
        }
        let (start, end) = (one.min(other).clamp(0.0, 1.0), one.max(other).clamp(0.0, 1.0));
        if end - start >= WIDTH_MIN {
            return Self { start, end };
        }
        let start = start.min(1.0 - WIDTH_MIN);
        Self { start, end: start + WIDTH_MIN }
    }

    /// Whether it is the whole trace.
    pub(crate) fn is_full(&self) -> bool {
        *self == Self::FULL
    }

    /// Its width as a fraction of the trace.
    pub(crate) fn width(&self) -> f64 {
        self.end - self.start
    }

    /// The fraction of the trace at a fraction of the view.
    pub(crate) fn at(&self, fraction_of_view: f64) -> f64 {
        self.start + fraction_of_view.clamp(0.0, 1.0) * self.width()
    }

    /// The part of this range between two fractions of the view: zoom by dragging.
    pub(crate) fn part(&self, one: f64, other: f64) -> Self {
        Self::new(self.at(one), self.at(other))
    }

    /// Wider (factor > 1) or narrower around a fraction of the view.
    pub(crate) fn zoom(&self, factor: f64, around: f64) -> Self {
        let centre = self.at(around);
        let width = (self.width() * factor).clamp(WIDTH_MIN, 1.0);
        let start = (centre - around.clamp(0.0, 1.0) * width).clamp(0.0, 1.0 - width);
        Self::new(start, start + width)
    }

    /// Moved by a fraction of the trace; stops at the ends and keeps its width.
    pub(crate) fn pan(&self, by: f64) -> Self {
        let by = by.clamp(-self.start, 1.0 - self.end);
        Self { start: self.start + by, end: self.end + by }
    }

    /// Where something between two fractions of the trace is drawn.
    pub(crate) fn place(&self, start: f64, stop: f64) -> Place {
        if stop < self.start {
            return Place::Before;
        }
        if start > self.end {
            return Place::After;
        }
        let percent = |fraction: f64| (fraction.clamp(self.start, self.end) - self.start) / self.width() * 100.0;
        let left = percent(start);
        Place::Bar { left, width: percent(stop) - left }
    }

    /// `0.25-0.5`; empty for the whole trace.
    pub(crate) fn to_text(self) -> String {
        if self.is_full() { String::new() } else { format!("{}-{}", digits(self.start), digits(self.end)) }
    }

    /// From the text in the URL; what cannot be read is the whole trace.
    pub(crate) fn parse(text: &str) -> Self {
        let read = |(start, end): (&str, &str)| Some(Self::new(start.parse().ok()?, end.parse().ok()?));
        text.split_once('-').and_then(read).unwrap_or(Self::FULL)
    }

    /// About `wanted` ticks at round times.
    pub(crate) fn ticks(&self, duration_ns: i64, wanted: usize) -> Vec<Tick> {
        let duration = duration_ns.max(1) as f64;
        let (from, to) = (self.start * duration, self.end * duration);
        let step = round_step((to - from) / wanted.max(1) as f64);
        let first = (from / step - 1e-9).ceil();
        let label = |at: f64| if at == 0.0 { "0".to_owned() } else { format::duration(at) };
        (0..=wanted * 3)
            .map(|i| (first + i as f64) * step)
            .take_while(|at| *at <= to * (1.0 + 1e-12))
            .map(|at| Tick { percent: (at - from) / (to - from) * 100.0, label: label(at) })
            .collect()
    }
}

/// What a drag on the minimap moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Grip {
    /// The left edge.
    Start,
    /// The right edge.
    End,
    /// The whole range.
    Range,
    /// Nothing yet: a new range is drawn.
    New,
}

impl Grip {
    /// What a pointer at a fraction of the minimap takes hold of; `reach` is the fraction that counts as "on the edge".
    pub(crate) fn at(range: ViewRange, at: f64, reach: f64) -> Self {
        let (to_start, to_end) = ((at - range.start).abs(), (at - range.end).abs());
        if to_start.min(to_end) <= reach && !range.is_full() {
            return if to_start < to_end { Self::Start } else { Self::End };
        }
        if !range.is_full() && at > range.start && at < range.end { Self::Range } else { Self::New }
    }

    /// The range after the drag from one fraction of the minimap to another.
    pub(crate) fn drag(self, range: ViewRange, from: f64, to: f64) -> ViewRange {
        match self {
            Self::Start => ViewRange::new(to, range.end),
            Self::End => ViewRange::new(range.start, to),
            Self::Range => range.pan(to - from),
            Self::New => ViewRange::new(from, to),
        }
    }
}

/// 1, 2 or 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1e-3).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= least * 0.999_999).unwrap_or(power * 10.0)
}

/// Eight significant digits are finer than a pixel of a screen at the deepest zoom.
fn digits(fraction: f64) -> String {
    let text = format!("{fraction:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
