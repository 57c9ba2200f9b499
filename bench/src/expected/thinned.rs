//! Samples spread evenly over a stream of unknown length.

/// A stream leaves between this many and twice as many samples.
const KEPT: usize = 200;

/// Every `stride`-th of the things offered so far.
pub(crate) struct Thinned<T> {
    kept: Vec<T>,
    stride: u64,
    offered: u64,
}

impl<T> Default for Thinned<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), stride: 1, offered: 0 }
    }
}

impl<T> Thinned<T> {
    /// Makes and keeps the next thing if it is its turn.
    pub(crate) fn offer(&mut self, make: impl FnOnce() -> T) {
        if self.offered.is_multiple_of(self.stride) {
            self.kept.push(make());
        }
        self.offered += 1;
        if self.kept.len() == 2 * KEPT {
            let mut place = 0_usize;
            self.kept.retain(|_| {
                place += 1;
                !place.is_multiple_of(2)
            });
            self.stride *= 2;
        }
    }

    pub(crate) fn kept(&self) -> &[T] {
        &self.kept
    }
}
