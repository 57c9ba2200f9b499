//! What of the drawing is seen: pan, zoom and fit, as the numbers of an SVG `viewBox`.

use api::service::Point;

/// Air around the drawing when it is fitted.
const MARGIN: f64 = 64.0;

/// Pixels for one unit of the drawing: at most and at least.
const SCALE_MAX: f64 = 3.0;
const SCALE_MIN: f64 = 0.05;

/// Below this the names of nodes cannot be read.
const SCALE_READABLE: f64 = 0.6;

/// A fitted drawing is not blown up beyond this.
const SCALE_FIT_MAX: f64 = 1.25;

/// The drawing, and the screen it is seen on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stage {
    /// Width and height of the drawing, in its units.
    pub(crate) drawing: (f64, f64),
    /// Width and height of the screen, in pixels.
    pub(crate) screen: (f64, f64),
}

/// What is seen: its middle, in units of the drawing, and pixels for a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Camera {
    /// In the middle of the screen.
    pub(crate) centre: Point,
    /// Pixels for a unit.
    pub(crate) scale: f64,
}

impl Camera {
    /// The whole drawing.
    pub(crate) fn fit(stage: Stage) -> Self {
        let (width, height) = (stage.drawing.0 + 2.0 * MARGIN, stage.drawing.1 + 2.0 * MARGIN);
        let scale = (stage.screen.0 / width).min(stage.screen.1 / height).clamp(SCALE_MIN, SCALE_FIT_MAX);
        Self { centre: Point { x: stage.drawing.0 / 2.0, y: stage.drawing.1 / 2.0 }, scale }
    }

    /// What is seen first: the whole drawing if its names can be read then, else its first columns, where requests
    /// come in.
    pub(crate) fn first(stage: Stage) -> Self {
        let whole = Self::fit(stage);
        if whole.scale >= SCALE_READABLE {
            return whole;
        }
        let x = (stage.screen.0 / SCALE_READABLE / 2.0 - MARGIN).min(stage.drawing.0 / 2.0);
        Self { centre: Point { x, ..whole.centre }, scale: SCALE_READABLE }.held(stage)
    }

    /// The attribute.
    pub(crate) fn view_box(&self, stage: Stage) -> String {
        let (width, height) = (stage.screen.0 / self.scale, stage.screen.1 / self.scale);
        let (x, y) = (self.centre.x - width / 2.0, self.centre.y - height / 2.0);
        format!("{x:.2} {y:.2} {width:.2} {height:.2}")
    }

    /// Nearer (factor > 1) or farther; what lies at these pixels stays there.
    pub(crate) fn zoom(&self, stage: Stage, factor: f64, at: (f64, f64)) -> Self {
        let scale = (self.scale * factor).clamp(SCALE_MIN, SCALE_MAX);
        let off = (at.0 - stage.screen.0 / 2.0, at.1 - stage.screen.1 / 2.0);
        let keep = 1.0 / self.scale - 1.0 / scale;
        Self { centre: Point { x: self.centre.x + off.0 * keep, y: self.centre.y + off.1 * keep }, scale }.held(stage)
    }

    /// Moved by so many pixels, as if the paper were dragged.
    pub(crate) fn pan(&self, stage: Stage, by: (f64, f64)) -> Self {
        let centre = Point { x: self.centre.x - by.0 / self.scale, y: self.centre.y - by.1 / self.scale };
        Self { centre, scale: self.scale }.held(stage)
    }

    /// Moved as little as it takes to have a point within the screen, with its name.
    pub(crate) fn in_sight(&self, stage: Stage, point: Point) -> Self {
        /// Pixels of a node, its name and its numbers around its middle.
        const AROUND: f64 = 72.0;
        let off = |point: f64, centre: f64, size: f64| {
            let at = (point - centre) * self.scale + size / 2.0;
            let air = AROUND.min(size / 2.0);
            at.clamp(air, size - air) - at
        };
        let (width, height) = stage.screen;
        self.pan(stage, (off(point.x, self.centre.x, width), off(point.y, self.centre.y, height)))
    }

    /// A point in the middle, near enough to read its name.
    pub(crate) fn look_at(&self, stage: Stage, point: Point) -> Self {
        Self { centre: point, scale: self.scale.max(0.9) }.held(stage)
    }

    /// The drawing cannot be lost: its middle stays within it.
    fn held(self, stage: Stage) -> Self {
        let hold = |at: f64, size: f64| at.clamp(-MARGIN, size.max(0.0) + MARGIN);
        Self {
            centre: Point { x: hold(self.centre.x, stage.drawing.0), y: hold(self.centre.y, stage.drawing.1) },
            ..self
        }
    }
}

/// What a key does to the camera; `None` for keys that are not its own.
pub(crate) fn key(camera: Camera, stage: Stage, key: &str) -> Option<Camera> {
    let middle = (stage.screen.0 / 2.0, stage.screen.1 / 2.0);
    let step = 60.0;
    Some(match key {
        "ArrowLeft" => camera.pan(stage, (step, 0.0)),
        "ArrowRight" => camera.pan(stage, (-step, 0.0)),
        "ArrowUp" => camera.pan(stage, (0.0, step)),
        "ArrowDown" => camera.pan(stage, (0.0, -step)),
        "+" | "=" => camera.zoom(stage, 1.25, middle),
        "-" => camera.zoom(stage, 0.8, middle),
        "0" => Camera::fit(stage),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
